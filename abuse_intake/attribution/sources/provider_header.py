"""Which customer a provider's own servers wrote into the message's header."""

from collections.abc import Iterator

from abuse_intake.attribution.claims import Claim, Profile
from abuse_intake.attribution.evidence import Subject, show_lines
from abuse_intake.attribution.provider_headers import PROFILES
from abuse_intake.attribution.signatures import SignatureVerdict
from parsers.addresses import is_at_or_below
from storage.values import Evidence


def find_provider_header_evidence(subject: Subject) -> Iterator[Evidence]:
    """What each row of the table says that is not switched off; verified where a key of ours covers its fields.

    Where a stranger's host handed the message to our relay, the fields may be the stranger's: they name nobody,
    unless that relay is one that writes them anew.
    """
    for profile, claim in find_claims(subject):
        lines, tenant, detail = show_lines(claim.traces), claim.tenant, claim.detail
        if tenant and subject.origin.is_passed_on and not _is_rewritten(subject, profile):
            tenant = None
            detail += "; but a host that is no tenant's handed the message in and may have written it: it names nobody"
        verified = tenant is not None and _is_verified(subject, profile, claim)
        if tenant and not verified:
            detail += _explain_unproven(subject, profile, claim)
        yield Evidence("provider_header", claim.value, tenant, verified, detail, lines)


def find_claims(subject: Subject) -> Iterator[tuple[Profile, Claim]]:
    """What each row says, before it is asked whether it may be believed."""
    for profile in PROFILES:
        if profile.name in subject.provider.disabled_profiles:
            continue
        traces = subject.find_traces(*(name.lower() for name in profile.fields))
        if traces:
            yield from ((profile, claim) for claim in profile.read(traces, subject.directory))


def _is_rewritten(subject: Subject, profile: Profile) -> bool:
    """Whether the relay that took it in writes the fields itself: Exchange Online says `Internet` of strangers.

    The hosts inside it, which users speak to, have public addresses that nobody would list as relays.
    """
    message, hop = subject.report.message, subject.origin.hop
    name = (message.hops[hop].by_name or "").lower().rstrip(".") if message and hop is not None else ""
    return any(is_at_or_below(name, domain) for domain in profile.rewriters)


def _is_verified(subject: Subject, profile: Profile, claim: Claim) -> bool:
    """Whether a key of the service itself signs all that the claim stands on, in a message that left our servers.

    Another key of ours would prove only that our servers let the field out, not that they wrote it.
    """
    stands_on = {trace.name.lower() for trace in claim.traces}
    return subject.origin.is_ours and any(
        _is_of_service(signature, profile) and stands_on <= signature.covered
        for signature in subject.signatures
    )


def _explain_unproven(subject: Subject, profile: Profile, claim: Claim) -> str:
    """What a signature by a key of the provider's own lacks to prove the claim; nothing where there is none."""
    ours = [one for one in subject.signatures if one.kind == "dkim" and one.is_proof and one.is_ours]
    if not ours:
        return ""
    signature = next((one for one in ours if _is_of_service(one, profile)), ours[0])
    names = dict.fromkeys(trace.name for trace in claim.traces if trace.name.lower() not in signature.covered)
    if names:
        why = f"it does not cover {', '.join(names)}"
    elif not _is_of_service(signature, profile):
        why = "that is not the service's own key"
    else:
        why = "nothing shows that the message left our servers"
    return f"; it is signed by {signature.domain}, but {why}: no proof of it"


def _is_of_service(signature: SignatureVerdict, profile: Profile) -> bool:
    return (
        signature.kind == "dkim"
        and signature.is_proof
        and signature.is_ours
        and any(is_at_or_below(signature.domain, signer) for signer in profile.signers)
    )

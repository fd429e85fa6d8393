"""Who signed it: DKIM signatures and ARC sets, verified where they could prove something."""

from collections.abc import Iterator

from abuse_intake.attribution.claims import describe_owner
from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.evidence import Subject
from abuse_intake.attribution.signatures import SignatureVerdict
from abuse_intake.attribution.sources.envelope import explain_uncounted, may_claims_count
from storage.values import Evidence

OF_THE_KEY = tuple(
    map(
        str,
        (
            Problem.NO_KEY,
            Problem.NO_KEY_IN_ARCHIVE,
            Problem.UNREACHABLE,
            Problem.REVOKED,
            Problem.MALFORMED_KEY,
            Problem.OTHER_KEY,
            Problem.TESTING,
            Problem.WEAK_KEY,
            Problem.IDENTITY,
            Problem.HEADER_CHANGED,
            Problem.CHAIN_BROKEN,
        ),
    )
)
"""Why a signature may prove nothing now that proved something with the key of then, over the very same bytes."""


def find_signature_evidence(subject: Subject) -> Iterator[Evidence]:
    """Every signature; one that is no proof says why, and counts as what anybody can write, or says why it does not."""
    uncounted = explain_uncounted(subject.report, subject.origin)
    for signature in subject.signatures:
        tenant = signature.owner.tenant if signature.owner else None
        detail = _describe(signature, tenant)
        if tenant and uncounted and not signature.is_proof:
            detail = f"{uncounted}; {detail}"
        lines = (signature.line,) if signature.line else ()
        yield Evidence(signature.kind, signature.domain, tenant, signature.is_proof, detail, lines)


def _describe(signature: SignatureVerdict, tenant: str | None) -> str:
    """Whose it is, and what it proves or why nothing: that stands at the end."""
    is_ours_alone = signature.is_ours and tenant is None
    whose = "the provider's own domain" if is_ours_alone else f"a domain {describe_owner(signature.owner)}"
    result = signature.problem or "it verifies, and covers the whole message"
    return f"d={signature.domain} s={signature.selector}, {whose}: {result}"


def find_signing_owners(subject: Subject) -> Iterator[Owner]:
    """Who lists the signing domains that count: of proofs, and of all where claims stand in for the envelope."""
    may_claims = may_claims_count(subject.report, subject.origin)
    for signature in subject.signatures:
        if signature.owner and not signature.is_ours and (signature.is_proof or may_claims):
            yield signature.owner


def is_for_its_key(evidence: Evidence) -> bool:
    """Whether a signature proves nothing only because its key is another one now, or is not to be had."""
    return (
        evidence.source in ("dkim", "arc") and not evidence.verified and evidence.detail.endswith(OF_THE_KEY)
    )

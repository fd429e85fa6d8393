"""Who signed it: DKIM signatures and ARC sets, verified where they could prove something."""

from collections.abc import Iterator

from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.evidence import Subject
from abuse_intake.attribution.sources.envelope import may_claims_count
from storage.values import Evidence


def find_signature_evidence(subject: Subject) -> Iterator[Evidence]:
    """Every signature; one that is no proof says why, and counts as what anybody can write."""
    for signature in subject.signatures:
        owner = signature.owner
        tenant = owner.tenant if owner else None
        is_ours_alone = signature.is_ours and tenant is None
        whose = "the provider's own domain" if is_ours_alone else f"a domain of {tenant or 'no tenant'}"
        result = signature.problem or "it verifies, and covers the whole message"
        detail = f"d={signature.domain} s={signature.selector}, {whose}: {result}"
        lines = (signature.line,) if signature.line else ()
        yield Evidence(signature.kind, signature.domain, tenant, signature.is_proof, detail, lines)


def find_signing_owners(subject: Subject) -> Iterator[Owner]:
    """Who lists the signing domains that count: of proofs, and of all where claims stand in for the envelope."""
    may_claims = may_claims_count(subject.report, subject.origin)
    for signature in subject.signatures:
        if signature.owner and not signature.is_ours and (signature.is_proof or may_claims):
            yield signature.owner

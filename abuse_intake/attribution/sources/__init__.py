"""The sources of evidence, one module each: what it saw, whom that names, and whether it was verified.

A source yields what it saw even when that names nobody, so that an analyst can check it. To add one, write
its module and put its function into SOURCES; `decide` says which group it belongs to.
"""

from collections.abc import Callable, Iterator

from abuse_intake.attribution.evidence import Subject
from abuse_intake.attribution.sources.address import find_address_evidence
from abuse_intake.attribution.sources.envelope import find_envelope_evidence, find_envelope_owners
from abuse_intake.attribution.sources.hearsay import find_hearsay
from abuse_intake.attribution.sources.provider_header import find_claims, find_provider_header_evidence
from abuse_intake.attribution.sources.signing import find_signature_evidence, find_signing_owners
from storage.values import Evidence

SOURCES: tuple[Callable[[Subject], Iterator[Evidence]], ...] = (
    find_signature_evidence,
    find_address_evidence,
    find_provider_header_evidence,
    find_envelope_evidence,
    find_hearsay,
)


def gather_evidence(subject: Subject) -> tuple[Evidence, ...]:
    """All that all sources see, in the order of SOURCES."""
    return tuple(evidence for source in SOURCES for evidence in source(subject))


def has_ambiguous_name(subject: Subject) -> bool:
    """Whether a name that would count fits two tenants: a domain, an account, or an id in a provider's header."""
    owners = (*find_envelope_owners(subject), *find_signing_owners(subject))
    claims = () if subject.origin.is_passed_on else find_claims(subject)
    return any(owner.tenant is None for owner in owners) or any(claim.is_ambiguous for _, claim in claims)

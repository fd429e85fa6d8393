"""The decision: origin and evidence → tenant, confidence, reason. A pure function over a table of rules."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from abuse_intake.attribution.route import Origin
from storage.values import Confidence, Evidence


class Verdict(NamedTuple):
    """Whom the evidence names, how sure that is, and the reason when it names nobody."""

    tenant: str | None
    confidence: Confidence
    reason: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at. `named` are the tenants that each group of sources names."""

    origin: Origin
    was_ever_held: bool
    named: dict[str, frozenset[str]]
    has_ambiguous_name: bool
    """A domain or an id that would count fits two tenants, and so names neither."""
    is_hearsay: bool = False
    """One hand may have written all that names anybody: then nothing corroborates anything."""
    proven: frozenset[str] = frozenset()
    """The tenants that cryptography names."""

    @property
    def tenants(self) -> frozenset[str]:
        """All tenants that any group names."""
        return frozenset().union(*self.named.values())


def _unattributed(reason: str) -> Callable[[Facts], Verdict]:
    return lambda _: Verdict(None, "unattributed", reason)


def _name_proven(facts: Facts) -> Verdict:
    (tenant,) = facts.proven
    return Verdict(tenant, "proven", None)


def _name_tenant(facts: Facts) -> Verdict:
    (tenant,) = facts.tenants
    agree = len(facts.named) > 1 and not facts.is_hearsay
    return Verdict(tenant, "corroborated" if agree else "stated", None)


RULES: tuple[tuple[Callable[[Facts], bool], Callable[[Facts], Verdict]], ...] = (
    # Nobody but its key's owner can make a signature; a message with those of two tenants was passed on by one.
    (lambda facts: len(facts.proven) == 1, _name_proven),
    (lambda facts: len(facts.proven) > 1, _unattributed("ambiguous")),
    # Without a route through us, nothing unsigned names a tenant: it is the victim of a forged sender.
    (lambda facts: facts.origin.ip is None, _unattributed("no_route")),
    (lambda facts: not facts.origin.is_ours and facts.was_ever_held, _unattributed("no_holder_then")),
    (lambda facts: not facts.origin.is_ours, _unattributed("not_ours")),
    # One group that names two tenants can be trusted for neither; two groups that disagree likewise.
    (lambda facts: any(len(tenants) > 1 for tenants in facts.named.values()), _unattributed("ambiguous")),
    (lambda facts: len(facts.tenants) > 1, _unattributed("conflict")),
    (lambda facts: len(facts.tenants) == 1, _name_tenant),
    (lambda facts: facts.has_ambiguous_name, _unattributed("ambiguous")),
    (lambda facts: True, _unattributed("no_tenant_named")),
)
"""The first rule whose condition holds decides."""


def decide(facts: Facts) -> Verdict:
    """Apply the first rule that holds."""
    return next(verdict(facts) for condition, verdict in RULES if condition(facts))


GROUPS = {
    "address": "address",
    "provider_header": "provider header",
    "envelope": "envelope",
    "from": "envelope",
    "dkim": "envelope",
    "arc": "envelope",
}
"""Source → group. Only different groups corroborate each other: what one hand can write together is one group."""

CLAIMS = frozenset({"from", "dkim", "arc"})
"""Sources that, unverified, stand in for the envelope where none is known."""


def find_proven(evidence: Iterable[Evidence]) -> frozenset[str]:
    """The tenants that verified evidence names."""
    return frozenset(item.tenant for item in evidence if item.verified and item.tenant is not None)


def group_tenants(evidence: Iterable[Evidence], *, may_claims_count: bool) -> dict[str, frozenset[str]]:
    """The tenants that each group of sources names; groups that name nobody are left out."""
    named: dict[str, set[str]] = defaultdict(set)
    for item in evidence:
        if item.tenant is not None and (may_claims_count or item.source not in CLAIMS):
            named[GROUPS[item.source]].add(item.tenant)
    return {group: frozenset(tenants) for group, tenants in named.items()}

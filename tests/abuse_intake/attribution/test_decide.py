"""The decision: every rule both ways."""

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import pytest

from abuse_intake.attribution.decide import Facts, Verdict, decide, group_tenants
from abuse_intake.attribution.route import Origin
from storage.values import Evidence

AT = datetime(2026, 11, 10, tzinfo=UTC)
A, B = frozenset({"a"}), frozenset({"b"})


def _facts(
    *,
    ip: str | None = "192.0.2.5",
    ours: bool = True,
    held: bool = False,
    ambiguous: bool = False,
    hearsay: bool = False,
    **named: frozenset[str],
) -> Facts:
    origin = Origin(ip_address(ip) if ip else None, AT, ours, None)
    return Facts(origin, held, named, ambiguous, hearsay)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"address": A, "envelope": A}, ("a", "corroborated", None)),
        ({"address": A, "envelope": A, "hearsay": True}, ("a", "stated", None)),
        ({"address": A, "envelope": B, "hearsay": True}, (None, "unattributed", "conflict")),
        ({"address": A}, ("a", "stated", None)),
        ({"envelope": A}, ("a", "stated", None)),
        ({"envelope": A, "ambiguous": True}, ("a", "stated", None)),
        ({"address": A, "held": True}, ("a", "stated", None)),
        ({"ip": None, "ours": False}, (None, "unattributed", "no_route")),
        ({"ip": None, "ours": False, "envelope": A}, (None, "unattributed", "no_route")),
        ({"ours": False}, (None, "unattributed", "not_ours")),
        ({"ours": False, "address": A, "envelope": A}, (None, "unattributed", "not_ours")),
        ({"ours": False, "held": True}, (None, "unattributed", "no_holder_then")),
        ({"ours": False, "held": True, "envelope": A}, (None, "unattributed", "no_holder_then")),
        ({"envelope": A | B}, (None, "unattributed", "ambiguous")),
        ({"address": A, "envelope": A | B}, (None, "unattributed", "ambiguous")),
        ({"address": A, "envelope": B}, (None, "unattributed", "conflict")),
        ({"ambiguous": True}, (None, "unattributed", "ambiguous")),
        ({}, (None, "unattributed", "no_tenant_named")),
        ({"held": True}, (None, "unattributed", "no_tenant_named")),
    ],
)
def test_each_rule_decides_what_it_says(
    facts: dict[str, Any], verdict: tuple[str | None, str, str | None]
) -> None:
    """The first rule that holds names the tenant, or the reason why nobody is named."""
    assert decide(_facts(**facts)) == Verdict(*verdict)


def test_tenants_are_grouped_by_what_one_hand_can_write() -> None:
    """Two pieces of envelope evidence are one group; what names nobody is left out."""
    evidence = (
        Evidence("address", "192.0.2.5", "a", False, ""),
        Evidence("envelope", "a.example", "a", False, ""),
        Evidence("envelope", "b.example", "b", False, ""),
        Evidence("envelope", "c.example", None, False, ""),
    )

    assert group_tenants(evidence, may_claims_count=True) == {"address": A, "envelope": A | B}
    assert group_tenants(evidence[3:], may_claims_count=True) == {}

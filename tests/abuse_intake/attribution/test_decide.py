"""The decision: every rule both ways."""

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import pytest

from abuse_intake.attribution.decide import GROUPS, Facts, Verdict, decide, find_proven, group_tenants
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
    proven: frozenset[str] = frozenset(),
    **named: frozenset[str],
) -> Facts:
    origin = Origin(ip_address(ip) if ip else None, AT, ours, None)
    return Facts(origin, held, named, ambiguous, hearsay, proven)


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
        ({"provider header": A}, ("a", "stated", None)),
        ({"provider header": A, "address": A}, ("a", "corroborated", None)),
        ({"provider header": A, "envelope": A}, ("a", "corroborated", None)),
        ({"provider header": A, "envelope": A, "address": A}, ("a", "corroborated", None)),
        ({"provider header": A, "envelope": A, "hearsay": True}, ("a", "stated", None)),
        ({"provider header": A, "envelope": B}, (None, "unattributed", "conflict")),
        ({"provider header": B, "envelope": A, "address": A}, (None, "unattributed", "conflict")),
        ({"provider header": A | B, "address": A}, (None, "unattributed", "ambiguous")),
        ({"provider header": A, "ours": False}, (None, "unattributed", "not_ours")),
        ({"provider header": A, "ip": None, "ours": False}, (None, "unattributed", "no_route")),
        ({"proven": A}, ("a", "proven", None)),
        ({"proven": A, "envelope": A}, ("a", "proven", None)),
        ({"proven": A, "envelope": A, "address": B}, ("a", "proven", None)),
        ({"proven": A, "envelope": A | B, "ambiguous": True}, ("a", "proven", None)),
        ({"proven": A, "envelope": A, "hearsay": True}, ("a", "proven", None)),
        ({"proven": A, "ours": False}, ("a", "proven", None)),
        ({"proven": A, "ours": False, "held": True}, ("a", "proven", None)),
        ({"proven": A, "ip": None, "ours": False}, ("a", "proven", None)),
        ({"proven": A | B, "address": A}, (None, "unattributed", "ambiguous")),
        ({"proven": A | B, "ours": False}, (None, "unattributed", "ambiguous")),
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


def test_provider_headers_are_a_group_of_their_own() -> None:
    """They corroborate an address and an envelope, and two of them are one."""
    evidence = (
        Evidence("provider_header", "1", "a", False, ""),
        Evidence("provider_header", "2", "b", False, ""),
        Evidence("envelope", "a.example", "a", False, ""),
    )

    assert group_tenants(evidence, may_claims_count=False) == {"provider header": A | B, "envelope": A}


@pytest.mark.parametrize("source", ["from", "dkim", "arc"])
def test_claims_count_only_where_no_envelope_is_known(source: str) -> None:
    """What anybody can write stands in for the envelope, and never corroborates it."""
    evidence = (
        Evidence(source, "a.example", "a", False, ""),
        Evidence("envelope", "a.example", "a", False, ""),
    )

    assert group_tenants(evidence[:1], may_claims_count=False) == {}
    assert group_tenants(evidence[:1], may_claims_count=True) == {"envelope": A}
    assert group_tenants(evidence, may_claims_count=True) == {"envelope": A}


def test_only_verified_evidence_that_names_somebody_is_proof() -> None:
    """A signature of nobody's domain proves nothing about a tenant."""
    evidence = (
        Evidence("dkim", "a.example", "a", True, ""),
        Evidence("dkim", "stranger.example", None, True, ""),
        Evidence("address", "192.0.2.5", "b", False, ""),
    )

    assert find_proven(evidence) == A
    assert find_proven(evidence[1:]) == frozenset()


def test_every_source_that_names_a_tenant_has_a_group() -> None:
    """A source without one would end in an error where it names somebody."""
    assert set(GROUPS) == {"address", "provider_header", "envelope", "from", "dkim", "arc"}

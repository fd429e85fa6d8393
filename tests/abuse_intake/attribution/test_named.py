"""Complaints in prose: a tenant's address among those that are named, and who must not be blamed."""

from ipaddress import ip_address, ip_network

import pytest
from report_builders import RECEIVED_AT, allocate, make_tenant

from abuse_intake.attribution import Attributor, Directory
from abuse_intake.settings_attribution import ProviderSettings
from parsers import read_mail
from parsers.values import Report
from storage.values import Attribution

PROVIDER = ProviderSettings(relays=(ip_network("203.0.113.0/26"),), hosts=("*.out.provider.example",))
TENANTS = [
    make_tenant("contoso", "192.0.2.0/28", domains=("contoso.example",)),
    make_tenant("fabrikam", "192.0.2.16/28", domains=("fabrikam.example",)),
    make_tenant("former", allocate("198.51.100.0/27", None, "2026-01-01")),
]
CONTOSO, FABRIKAM, STRANGER, FORMER, RELAY = (
    "192.0.2.5",
    "192.0.2.20",
    "198.51.100.200",
    "198.51.100.5",
    "203.0.113.7",
)


def _attribute(*candidates: str, own: tuple[str, ...] = ()) -> Attribution:
    report = Report(
        "prose", candidate_ips=tuple(map(ip_address, candidates)), own_ips=tuple(map(ip_address, own))
    )
    return Attributor(PROVIDER, Directory(TENANTS)).attribute(report, RECEIVED_AT)


def _verdict(found: Attribution) -> tuple[str | None, str | None, str, str | None]:
    return str(found.ip) if found.ip else None, found.tenant, found.confidence, found.reason


def test_a_tenant_whose_address_is_named_is_stated() -> None:
    """Never more: all rests on what the reporter says."""
    found = _attribute(CONTOSO)

    assert _verdict(found) == (CONTOSO, "contoso", "stated", None)


def test_the_address_that_is_ours_comes_first() -> None:
    """Wherever it stands among those of strangers."""
    found = _attribute(STRANGER, FORMER, CONTOSO)

    assert _verdict(found) == (CONTOSO, "contoso", "stated", None)


def test_a_tenants_address_comes_before_our_relays() -> None:
    """Nobody knows who sent through the relay."""
    found = _attribute(RELAY, CONTOSO)

    assert _verdict(found) == (CONTOSO, "contoso", "stated", None)


def test_several_addresses_of_one_tenant_name_it() -> None:
    """One tenant, by the first of them."""
    found = _attribute(CONTOSO, "192.0.2.6")

    assert _verdict(found) == (CONTOSO, "contoso", "stated", None)
    assert [(one.value, one.tenant) for one in found.evidence] == [
        (CONTOSO, "contoso"),
        ("192.0.2.6", "contoso"),
    ]


def test_two_tenants_are_ambiguous() -> None:
    """One may be the other's victim; the evidence shows both."""
    found = _attribute(CONTOSO, FABRIKAM)

    assert _verdict(found) == (CONTOSO, None, "unattributed", "ambiguous")
    assert [(one.value, one.tenant) for one in found.evidence] == [
        (CONTOSO, "contoso"),
        (FABRIKAM, "fabrikam"),
    ]


def test_the_writers_own_address_blames_nobody() -> None:
    """A tenant that complains names its own address, and is the victim."""
    found = _attribute(STRANGER, CONTOSO, own=(CONTOSO,))

    assert _verdict(found) == (STRANGER, None, "unattributed", "not_ours")


@pytest.mark.parametrize(
    ("candidate", "reason"), [(STRANGER, "not_ours"), (FORMER, "no_holder_then"), (RELAY, "no_tenant_named")]
)
def test_an_address_of_no_tenant_names_nobody(candidate: str, reason: str) -> None:
    """It is shown all the same."""
    found = _attribute(candidate)

    assert _verdict(found) == (candidate, None, "unattributed", reason)


def test_candidates_of_other_reports_count_nothing() -> None:
    """Where a route ended without an origin they may be forged."""
    report = Report("attached", candidate_ips=(ip_address(CONTOSO),))

    found = Attributor(PROVIDER, Directory(TENANTS)).attribute(report, RECEIVED_AT)

    assert _verdict(found) == (None, None, "unattributed", "no_route")


@pytest.mark.parametrize(
    "text",
    [
        f"Attack on our server {CONTOSO} from {STRANGER}. Please stop it.",
        f"{STRANGER} attacks {CONTOSO}. Please stop the attack.",
        f"Attack: 10:00:00 SRC={STRANGER} DST={CONTOSO}. Please stop it.",
        f"From {STRANGER} to {CONTOSO} there are attacks. Please stop them.",
        f"{STRANGER}:4444 -> {CONTOSO}:22 attack. Please stop it.",
        f"Source IP: {STRANGER}\nTarget IP: {CONTOSO}\nPlease stop the attack.",
    ],
)
def test_a_tenant_that_was_attacked_is_not_blamed(text: str) -> None:
    """Read from its bytes: the victim's address is known as such."""
    raw = f"From: ann@reporter.example\r\nTo: junk@provider.example\r\nSubject: Attack\r\n\r\n{text}".encode()

    (report,) = read_mail(raw).reports
    found = Attributor(PROVIDER, Directory(TENANTS)).attribute(report, RECEIVED_AT)

    assert _verdict(found) == (STRANGER, None, "unattributed", "not_ours")

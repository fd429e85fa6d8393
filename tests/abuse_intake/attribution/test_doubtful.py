"""What a directory lists and can never match is warned of, and who holds addresses of our relays is found."""

from ipaddress import ip_network

import pytest
from report_builders import allocate, make_tenant, utc

from abuse_intake.attribution.directory import Directory


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("a@Gamma.example", "gamma.example"),
        ("https://gamma.example/x", "gamma.example"),
        ("*.gamma.example", "gamma.example"),
        (".gamma.example", "gamma.example"),
        ("gamma.example:25", "gamma.example"),
        ("gamma..example", None),
        ("gamma example", None),
        ("", None),
    ],
)
def test_a_domain_that_matches_nothing_is_warned_of(domain: str, meant: str | None) -> None:
    """The rest of the directory is good, so it is not refused; what was meant is told where that can be read."""
    directory = Directory([make_tenant("contoso", domains=(domain,))])

    (warning,) = directory.warnings
    remedy = f"; write {meant}" if meant else ""
    assert warning == f"domain {domain.lower()!r} of contoso is no domain and matches nothing{remedy}"


@pytest.mark.parametrize(
    "domain",
    [
        "contoso.example",
        "Contoso.Example.",
        "xn--mller-kva.example",
        "Müller.example",
        "उदाहरण.परीक्षा",
        "_a.b-c.example",
    ],
)
def test_domains_of_all_scripts_are_fine(domain: str) -> None:
    """Encoded or not, in any case, with a final dot."""
    assert Directory([make_tenant("contoso", domains=(domain,))]).warnings == []


def test_networks_that_are_not_public_are_warned_of() -> None:
    """Whole ones, and parts; a public one beside them or around them is not."""
    directory = Directory(
        [make_tenant("contoso", "10.0.0.0/8", "192.168.7.0/24", "fd00::/48", "192.0.2.0/24", "8.0.0.0/6")]
    )

    told = [warning.partition(" of contoso is not public: ")[0] for warning in directory.warnings]
    assert told == ["network 10.0.0.0/8", "network 192.168.7.0/24", "network fd00::/48"]


def test_many_warnings_are_counted() -> None:
    """A directory full of them floods neither log nor memory."""
    domains = Directory([make_tenant("contoso", domains=tuple(f"@{number}" for number in range(1_060)))])
    networks = Directory([make_tenant("contoso", *(f"10.0.{number}.0/24" for number in range(200)))])

    assert len(domains.warnings) == len(networks.warnings) == 51
    assert domains.warnings[-1] == "and at least 1,010 more"
    assert networks.warnings[-1] == "and at least 1 more"


def test_who_holds_part_of_a_network_is_found() -> None:
    """Those around it, itself, and those inside, of that time; none beside it, before or after."""
    directory = Directory(
        [
            make_tenant("around", "192.0.0.0/16", allocate("192.0.2.0/23", "2026-01-01")),
            make_tenant("same", allocate("192.0.2.0/24", None, "2026-01-01")),
            make_tenant("inside", allocate("192.0.2.0/28", "2026-01-01"), "192.0.2.255/32"),
            make_tenant("beside", "192.0.3.0/24", "192.0.1.0/24", "2001:db8::/32"),
        ]
    )

    found = {
        at: [holding.tenant for holding in directory.find_held_in(ip_network("192.0.2.0/24"), utc(at))]
        for at in ("2025-12-31", "2026-01-01")
    }

    assert found == {
        "2025-12-31": ["around", "same", "inside"],
        "2026-01-01": ["around", "around", "inside", "inside"],
    }

"""The directory: who held an address at a time, and who owns a domain."""

from datetime import timedelta
from ipaddress import ip_address

import pytest
from report_builders import allocate, make_tenant, utc

from abuse_intake.attribution.directory import Directory
from abuse_intake.errors import DirectoryError

AT = utc("2026-11-10")
MOMENT = timedelta(microseconds=1)


def _holder(directory: Directory, ip: str, at: str = "2026-11-10") -> str | None:
    holding = directory.find_holding(ip_address(ip), utc(at))
    return holding.tenant if holding else None


@pytest.mark.parametrize(
    ("ip", "holder"),
    [
        ("192.0.2.0", "contoso"),
        ("192.0.2.15", "contoso"),
        ("192.0.2.16", None),
        ("192.0.1.255", None),
        ("2001:db8:10::", "contoso"),
        ("2001:db8:10:ffff:ffff:ffff:ffff:ffff", "contoso"),
        ("2001:db8:11::", None),
    ],
)
def test_an_address_is_held_by_the_tenant_of_its_network(ip: str, holder: str | None) -> None:
    """From the first to the last address of a network, in IPv4 and IPv6."""
    directory = Directory([make_tenant("contoso", "192.0.2.0/28", "2001:db8:10::/48")])

    assert _holder(directory, ip) == holder


def test_the_versions_of_ip_are_kept_apart() -> None:
    """An IPv6 network of the same bits holds no IPv4 address."""
    directory = Directory([make_tenant("contoso", "::/8")])

    assert _holder(directory, "0.0.0.1") is None


def test_the_longest_prefix_wins() -> None:
    """A tenant inside another's network holds its own part of it."""
    directory = Directory(
        [
            make_tenant("outer", "192.0.2.0/24"),
            make_tenant("inner", "192.0.2.64/26"),
            make_tenant("host", "192.0.2.65/32"),
        ]
    )

    holders = [_holder(directory, ip) for ip in ("192.0.2.1", "192.0.2.64", "192.0.2.65", "192.0.2.128")]

    assert holders == ["outer", "inner", "host", "outer"]


def test_the_longest_prefix_that_was_valid_then_wins() -> None:
    """A longer prefix counts only in its own time; outside of it the network around holds the address."""
    directory = Directory(
        [
            make_tenant("outer", "192.0.2.0/24"),
            make_tenant("inner", allocate("192.0.2.0/28", "2026-11-01", "2026-11-20")),
        ]
    )

    holders = [_holder(directory, "192.0.2.1", at) for at in ("2026-10-31", "2026-11-10", "2026-11-20")]

    assert holders == ["outer", "inner", "outer"]


def test_a_hand_over_happens_at_an_instant() -> None:
    """`since` is inclusive and `until` exclusive, so that nobody holds it twice, and nobody never."""
    directory = Directory(
        [
            make_tenant("northwind", allocate("198.51.100.0/27", None, "2026-11-10")),
            make_tenant("tailspin", allocate("198.51.100.0/27", "2026-11-10", None)),
        ]
    )
    ip = ip_address("198.51.100.7")

    before, after = directory.find_holding(ip, AT - MOMENT), directory.find_holding(ip, AT)

    assert before is not None
    assert after is not None
    assert (before.tenant, after.tenant) == ("northwind", "tailspin")


def test_a_gap_between_two_holders_is_nobodys() -> None:
    """Between two allocations nobody holds the network, though it was held."""
    directory = Directory(
        [
            make_tenant("northwind", allocate("198.51.100.0/27", None, "2026-11-09")),
            make_tenant("tailspin", allocate("198.51.100.0/27", "2026-11-11", None)),
        ]
    )

    assert _holder(directory, "198.51.100.7", "2026-11-10") is None
    assert directory.was_ever_held(ip_address("198.51.100.7"))
    assert not directory.was_ever_held(ip_address("198.51.100.99"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((None, None), (None, None)),
        (("2026-01-01", None), (None, "2026-01-02")),
        (("2026-01-01", "2026-12-01"), ("2026-03-01", "2026-04-01")),
        ((None, "2026-02-01"), ("2026-01-31", None)),
    ],
)
@pytest.mark.parametrize("network", ["192.0.2.0/24", "2001:db8::/32"])
def test_one_network_of_two_tenants_at_one_time_is_refused(
    network: str, one: tuple[str | None, str | None], other: tuple[str | None, str | None]
) -> None:
    """The refusal names the network and both tenants."""
    tenants = [
        make_tenant("contoso", allocate(network, *one)),
        make_tenant("fabrikam", allocate(network, *other)),
    ]

    with pytest.raises(DirectoryError) as caught:
        Directory(tenants)

    for name in (network, "contoso", "fabrikam"):
        assert name in str(caught.value)


def test_an_overlap_behind_a_longer_one_is_found() -> None:
    """A third holder is compared with the one that holds longest, not with the one listed before it."""
    year, month = (
        allocate("192.0.2.0/24", "2026-01-01", "2026-12-01"),
        allocate("192.0.2.0/24", "2026-02-01", "2026-03-01"),
    )
    tenants = [
        make_tenant("long", year, month),
        make_tenant("late", allocate("192.0.2.0/24", "2026-06-01")),
    ]

    with pytest.raises(DirectoryError, match="long and late"):
        Directory(tenants)


def test_one_tenant_may_list_a_network_twice() -> None:
    """Overlapping lines of one tenant contradict nothing."""
    tenant = make_tenant("contoso", allocate("192.0.2.0/24", "2026-01-01"), allocate("192.0.2.0/24"))

    assert _holder(Directory([tenant]), "192.0.2.1", "2025-06-01") == "contoso"


def test_a_tenant_that_is_listed_twice_is_refused() -> None:
    """Two lines of one id would be two tenants."""
    with pytest.raises(DirectoryError, match="tenant contoso is listed twice"):
        Directory([make_tenant("contoso"), make_tenant("contoso")])


@pytest.mark.parametrize(
    ("domain", "owner"),
    [
        ("contoso.example", "contoso"),
        ("mail.contoso.example", "contoso"),
        ("CONTOSO.Example.", "contoso"),
        ("shop.contoso.example", "fabrikam"),
        ("a.b.shop.contoso.example", "fabrikam"),
        ("xcontoso.example", None),
        ("example", None),
        ("contoso.example.evil.example", None),
        ("", None),
        (None, None),
    ],
)
def test_the_longest_listed_domain_wins(domain: str | None, owner: str | None) -> None:
    """A domain belongs to who lists it or the nearest one above it, label by label and in any case."""
    directory = Directory(
        [
            make_tenant("contoso", domains=("Contoso.example.",)),
            make_tenant("fabrikam", domains=("shop.contoso.example",)),
        ]
    )

    found = directory.find_domain_owner(domain)

    assert (found.tenant if found else None) == owner


def test_a_domain_of_two_tenants_warns_and_names_nobody() -> None:
    """It is taken, told, and then counts for none of them; nor does the domain above it stand in."""
    directory = Directory(
        [
            make_tenant("above", domains=("example.net",)),
            make_tenant("contoso", domains=("shared.example.net",)),
            make_tenant("fabrikam", domains=("shared.example.net",)),
            make_tenant("third", domains=("shared.example.net",)),
        ]
    )

    found = directory.find_domain_owner("mail.shared.example.net")

    assert found is not None
    assert found.tenant is None
    assert len(directory.warnings) == 1
    for name in ("shared.example.net", "contoso", "fabrikam"):
        assert name in directory.warnings[0]


def test_a_tenant_may_list_a_domain_twice() -> None:
    """A repeated line is no contradiction."""
    directory = Directory([make_tenant("contoso", domains=("contoso.example", "CONTOSO.example"))])

    assert directory.warnings == []

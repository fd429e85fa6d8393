"""Whose a host is."""

from ipaddress import ip_address

import pytest

from parsers.houses import house_of, is_inner_name, is_inside, is_outbound


def test_hosts_of_one_provider_are_one_house() -> None:
    """Two labels name a house, three under a public second level; some providers use several domains."""
    assert house_of("mx1.mail.provider.example") == "provider.example"
    assert house_of("mx1.provider.co.uk") == "provider.co.uk"
    assert house_of("a.prod.outlook.com") == house_of("b.office365.com")
    assert house_of("192.0.2.1") is None
    assert house_of("localhost") is None


@pytest.mark.parametrize(
    "label",
    "ac ad co com ed edu gen go gob gouv gov govt gr ind lg ltd me mil ne net nom or org sch".split(),
)
def test_a_second_level_below_a_country_is_nobodys_house(label: str) -> None:
    """Whoever registers a name below it is no neighbour of the others."""
    assert house_of(f"mx.provider.{label}.uk") == f"provider.{label}.uk"
    assert house_of(f"mx.{label}.example") == f"{label}.example"


def test_a_host_at_a_shared_domain_is_a_house_of_its_own() -> None:
    """Its neighbours belong to others; the provider's own hosts are above."""
    assert house_of("a.vps.ovh.net") == "a.vps.ovh.net"
    assert house_of("mx1.mail.ovh.net") == "ovh.net"


def test_a_name_without_a_public_domain_is_an_inner_one() -> None:
    """A bare word, or below a suffix that nobody can register."""
    assert is_inner_name("EX1")
    assert is_inner_name("ex1.corp.local.")
    assert not is_inner_name("mx.provider.example")


@pytest.mark.parametrize(
    ("house", "ip"),
    [
        *(("outlook.com", f"2603:10{digit}6::1") for digit in "0123456789abcdef"),
        ("outlook.com", "2a01:111:e400::1"),
        ("outlook.com", "2a01:111:f400::1"),
        ("outlook.com", "25.1.2.3"),
        ("icloud.com", "17.1.2.3"),
        ("secureserver.net", "72.167.238.9"),
    ],
)
def test_a_provider_has_networks_among_its_own_hosts(house: str, ip: str) -> None:
    """No customer of the provider, and no stranger, sends from there."""
    assert is_inside(house, ip_address(ip))


def test_a_network_is_inside_of_its_own_house_only() -> None:
    """Azure, where strangers have hosts, lies between those of Outlook.com."""
    assert not is_inside("outlook.com", ip_address("2603:1020::1"))
    assert not is_inside("icloud.com", ip_address("2603:10a6::1"))


def test_the_hosts_that_customers_send_by_are_outbound() -> None:
    """At Outlook.com they stand in its inner networks."""
    assert is_outbound("outlook.com", "EUR05-DB8-obe.Outbound.protection.outlook.com")
    assert not is_outbound("outlook.com", "DB5EUR03FT040.eop-EUR03.prod.protection.outlook.com")

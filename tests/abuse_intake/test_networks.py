"""Addresses and networks as people write them in a filter."""

from ipaddress import ip_network

import pytest

from abuse_intake.networks import find_counted_network, parse_address, parse_network


@pytest.mark.parametrize(
    ("written", "network"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
        ("2001:db8::1/32", "2001:db8::/32"),
    ],
)
def test_a_network_is_found_as_it_is_stored(written: str, network: str) -> None:
    """Bits of a host count for nothing, and mapped IPv4 is IPv4."""
    assert parse_network(written) == ip_network(network)


def test_an_address_is_a_network_of_one() -> None:
    """Mapped IPv4 is IPv4 here, too."""
    assert parse_address("::ffff:192.0.2.1") == ip_network("192.0.2.1/32")


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("192.0.2.128/25", "192.0.2.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
    ],
)
def test_what_lies_in_a_counted_network_names_it(written: str, counted: str) -> None:
    """An address, or a part of the network, stands for the whole."""
    assert find_counted_network(written) == counted


@pytest.mark.parametrize("wide", ["10.0.0.0/8", "192.0.2.0/23", "2001:db8::/32"])
def test_a_network_wider_than_what_is_counted_is_refused(wide: str) -> None:
    """Its first part alone would pass for the whole."""
    with pytest.raises(ValueError, match="several"):
        find_counted_network(wide)

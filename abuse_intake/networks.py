"""Addresses and networks as people write them in a filter; IPv4-mapped IPv6 is IPv4, as it is stored."""

from ipaddress import IPv6Network, ip_address, ip_network

from storage.columns import sortable_address
from storage.junk_counts import network_of
from storage.values import IPNetwork

MAPPED = 96
"""Bits before the IPv4 address in `::ffff:192.0.2.1` (RFC 4291, section 2.5.5.2)."""


def parse_address(text: str) -> IPNetwork:
    """The network of this one address; ValueError where it is none."""
    address = ip_address(text)
    return ip_network(getattr(address, "ipv4_mapped", None) or address)


def parse_network(text: str) -> IPNetwork:
    """The network, also where bits of a host are set in it; ValueError where it is none."""
    network = ip_network(text, strict=False)
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is None or network.prefixlen < MAPPED:
        return network
    return ip_network((mapped, network.prefixlen - MAPPED))


def find_counted_network(text: str) -> str:
    """The /24 or the /48, by which junk is counted, that this lies in; ValueError where it lies in several or none."""
    try:
        network = parse_network(text)
    except ValueError:
        raise ValueError("this is no network; write 192.0.2.0/24 or 2001:db8::/48") from None
    counted = str(network_of(sortable_address(network.network_address)))
    if not network.subnet_of(ip_network(counted)):  # type: ignore[arg-type]
        raise ValueError(f"junk is counted by the /24 or the /48, and {network} holds several of these")
    return counted

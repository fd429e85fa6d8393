"""IP addresses and mail addresses: read tolerantly, and judged strictly where others rely on it."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from parsers.values import IPAddress

_NEVER_ORIGIN = (
    "0.0.0.0/8",  # "this network", RFC 1122
    "10.0.0.0/8",  # private, RFC 1918
    "100.64.0.0/10",  # shared, RFC 6598
    "127.0.0.0/8",  # loopback
    "169.254.0.0/16",  # link-local
    "172.16.0.0/12",  # private, RFC 1918
    "192.0.0.0/24",  # protocol assignments, RFC 6890
    "192.88.99.0/24",  # 6to4 relays, RFC 7526
    "192.168.0.0/16",  # private, RFC 1918
    "198.18.0.0/15",  # benchmarks, RFC 2544
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, with the broadcast address
    "::/8",  # unspecified, loopback, mapped and other forms of IPv4
    "100::/64",  # discard only, RFC 6666
    "fc00::/7",  # unique local
    "fe80::/10",  # link-local
    "fec0::/10",  # site-local, RFC 3879
    "ff00::/8",  # multicast
)
"""What no mail comes from over the internet; the documentation networks are not here, tests use them."""

_NETWORKS_4 = tuple(n for text in _NEVER_ORIGIN if isinstance(n := ip_network(text), IPv4Network))
_NETWORKS_6 = tuple(n for text in _NEVER_ORIGIN if isinstance(n := ip_network(text), IPv6Network))

_FIRST_OCTETS = frozenset(
    n.network_address.packed[0] + i for n in _NETWORKS_4 for i in range(max(1, n.num_addresses >> 24))
)
"""What the addresses in them begin with: most others need no closer look."""

_IP = re.compile(
    r"\s{0,100}[\[(<\"']{0,3}\s{0,20}(?:IPv[46]:)?"
    r"(?:((?:\d{1,3}\.){3}\d{1,3})(?![\w.-])(?::\d{1,5})?(?![\d:])|([0-9a-f:]{2,39}(?:\.\d{1,3}){0,3})(?![\w%:.]))",
    re.IGNORECASE,
)
_DOT_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_ADDR_SPEC = re.compile(rf"({_DOT_ATOM})@({_LABEL}(?:\.{_LABEL})*\.?|\[[A-Za-z0-9:.]{{2,60}}\])", re.ASCII)
ADDR_SPEC_OCTETS = 254
LOCAL_PART_OCTETS = 64


def parse_ip(text: str) -> IPAddress | None:
    """The address that a text begins with, canonical; brackets, `IPv6:`, a port, a comment are fine.

    IPv4-mapped IPv6 is IPv4. Leading zeros, zone ids, masked and cut addresses are None.
    """
    found = _IP.match(text[:200])
    if not found:
        return None
    try:
        return IPv4Address(found[1]) if found[1] else _unmap(IPv6Address(found[2]))
    except ValueError:
        return None


def _unmap(address: IPv6Address) -> IPAddress:
    return address.ipv4_mapped or address


def can_be_origin(ip: IPAddress) -> bool:
    """Whether mail can come from this address over the internet: public, or set aside for documentation."""
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        return can_be_origin(inner) if inner else not any(ip in network for network in _NETWORKS_6)
    if int(ip) >> 24 not in _FIRST_OCTETS:
        return True
    return not any(ip in network for network in _NETWORKS_4)


def is_loopback(ip: IPAddress) -> bool:
    """Whether it is a host's own name for itself; `ipaddress` looks into a network for that."""
    return int(ip) >> 24 == 127 if isinstance(ip, IPv4Address) else ip.is_loopback


def strict_addr_spec(text: str) -> str | None:
    """The text, if it is one ASCII addr-spec that is safe in a header: a dot-atom (RFC 5322, 3.4.1)."""
    if len(text) > ADDR_SPEC_OCTETS:
        return None
    found = _ADDR_SPEC.fullmatch(text)
    return text if found and len(found[1]) <= LOCAL_PART_OCTETS else None


def domain_of(address: str) -> str | None:
    """The domain of an address, lower case and without a final dot; None where there is none."""
    _, at, domain = address.strip().strip("<>").rpartition("@")
    domain = domain.rstrip(".").lower()
    return domain if at and domain and not re.search(r"[\s<>@,;\"()]", domain) else None


def is_at_or_below(name: str, domain: str) -> bool:
    """Whether a domain name is this domain, or lies below it; both in lower case."""
    return f".{name}".endswith(f".{domain}")


def list_never_public() -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of which no address can be an origin."""
    return (*_NETWORKS_4, *_NETWORKS_6)

"""Whose a host is, as far as its name and its address tell: what is known of providers and their domains."""

import re
from ipaddress import IPv4Network, IPv6Network

from parsers.values import IPAddress

_SECOND_LEVEL = frozenset(
    "ac ad co com ed edu gen go gob gouv gov govt gr ind lg ltd me mil ne net nom or org sch".split()
)
"""Labels below a country's domain that belong to nobody, so that a house has one label more."""

_SAME_HOUSE = {
    "hotmail.com": "outlook.com",
    "office365.com": "outlook.com",
    "exchangelabs.com": "outlook.com",
    "protection.gbl": "outlook.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "smailru.net": "mail.ru",
    "proxad.net": "free.fr",
}
"""Domains that one provider names its own relays in: on a route they are one house."""

_SHARED = tuple(
    """
    .amazonaws.com .azure.com .cloudapp.net .googleusercontent.com .linodeusercontent.com .vultrusercontent.com
    .your-server.de .contaboserver.net .vps.ovh.net .ddns.net .dyndns.org .duckdns.org .no-ip.org .hopto.org
    """.split()
)
"""Domains in which each host may have another holder."""

_BARE_WORD = re.compile(r"[a-z_-][a-z0-9_-]*")
_INNER_NAMES = tuple(".internal .local .localdomain .lan .corp .intranet .intern .private .home.arpa".split())

_INSIDE_NETWORKS: dict[str, tuple[IPv4Network | IPv6Network, ...]] = {
    # Outlook.com and Exchange Online pass mail among themselves by IPv6, and name no address of the receiver.
    # Between them lie the networks of Azure, where strangers have hosts. Until 2016 they used addresses of
    # 25.0.0.0/8 as if they were private; nobody sends mail from there.
    "outlook.com": (
        *(IPv6Network(f"2603:10{digit:x}6::/32") for digit in range(16)),
        IPv6Network("2a01:111:e400::/48"),
        IPv6Network("2a01:111:f400::/48"),
        IPv4Network("25.0.0.0/8"),
    ),
    "icloud.com": (IPv4Network("17.0.0.0/8"),),
    "secureserver.net": (IPv4Network("72.167.238.0/24"),),
}
"""Networks that a provider's hosts have among themselves."""

_OUTBOUND_HOSTS = {
    "google.com": re.compile(r"mail-"),
    "outlook.com": re.compile(r".*outbound\."),
    "icloud.com": re.compile(r"(?!.*smtpin)"),
    "secureserver.net": re.compile(r"(?!.*libsmtp)"),
    "ovh.net": re.compile(r"(?!(?:in|vr|out|output)\d+\.mail\.)"),
    "mimecast.com": re.compile(r"(?!.*inbound)"),
}
"""Hosts that the mail of a provider's customers leaves by: at the provider itself, they are where it came from."""


def house_of(host: str | None) -> str | None:
    """The registrable domain of a host, near enough to tell a provider's own hosts from others."""
    name = (host or "").rstrip(".").lower()
    labels = name.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(labels):
        return None
    if name.endswith(_SHARED):
        return name
    public = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    domain = ".".join(labels[-3 if public else -2 :])
    return _SAME_HOUSE.get(domain, domain)


def is_inner_name(host: str) -> bool:
    """Whether a host's name means something only inside a network: a bare word, or below a private suffix."""
    host = host.rstrip(".").lower()
    return bool(_BARE_WORD.fullmatch(host)) or host.endswith(_INNER_NAMES)


def inner_label(domain: str) -> str | None:
    """The label of a private domain that a network chose: `corp` of `corp.local`."""
    label, dot, suffix = domain.rpartition(".")
    return label if dot and f".{suffix}" in _INNER_NAMES and "." not in label else None


def is_inside(house: str, ip: IPAddress) -> bool:
    """Whether only hosts of this house can have sent from this address."""
    return any(ip in network for network in _INSIDE_NETWORKS.get(house, ()))


def is_outbound(house: str, name: str) -> bool:
    """Whether the mail of this house's customers leaves it by the host of this name."""
    pattern = _OUTBOUND_HOSTS.get(house)
    return bool(pattern and pattern.match(name.lower()))

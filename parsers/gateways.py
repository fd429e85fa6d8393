"""Steps that a name alone does not prove: a gateway with a private address, a filter that delivers, inner programs.

A private address does not tell who stood there: where a balancer or a translation hides the clients, each of
them seems to come from it. So below such a step a line in a name of no known house counts only where the host above
called itself by one of the receiver's, or by that very name and the mail was for its house.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from ipaddress import IPv4Network

from parsers.addresses import can_be_origin, is_loopback
from parsers.houses import house_of, inner_label, is_inner_name, is_inside
from parsers.received import Line

_QUEUES = {"queue": "ovh.net"}
"""What the last step of a house's hosts, from one program to the next, calls itself."""


@dataclass(frozen=True, slots=True)
class _Filter:
    """A service that filters what its customers receive, and also what they send, by hosts with other names."""

    delivers_by: re.Pattern[str]
    """The names of the hosts by which it hands over what came in."""
    received_by: re.Pattern[str]
    """The names of the hosts that write the line below."""
    networks: tuple[IPv4Network, ...]
    """Where its hosts are, for a receiver that looks no name up (Exchange)."""


_FILTERS = {
    # Its SPF record (eu, us)._netblocks.mimecast.com
    "Mimecast": _Filter(
        re.compile(r"[a-z]{2}-smtp-inbound(?:-delivery)?-\d+\.mimecast\.com"),
        re.compile(r"relay\.mimecast\.com"),
        tuple(
            map(
                IPv4Network,
                """195.130.217.0/24 91.220.42.0/24 146.101.78.0/24 207.82.80.0/24 213.167.81.0/25 193.7.207.0/25
                213.167.75.0/25 185.58.85.0/24 185.58.86.0/24 193.7.206.0/25 207.211.31.0/25 205.139.110.0/24
                216.205.24.0/24 170.10.128.0/23 170.10.133.0/24 63.128.21.0/24""".split(),
            )
        ),
    ),
    "Barracuda": _Filter(
        re.compile(
            r"(?:outbound|egress)-ip\w+\.ess(?:\.\w+)?\.barracuda\.com|d\w+\.ess\.barracudanetworks\.com"
        ),
        re.compile(r"mx-inbound[\w-]*\.[\w-]+\.ess\.aws\.cudaops\.com"),
        (IPv4Network("209.222.80.0/21"),),
    ),
}


def is_delivered(line: Line, below: Line | None) -> bool:
    """Whether a filter of the receiver's handed the mail over, and wrote the line below.

    A name that nobody looked up counts from the filter's own network only, where no stranger says it.
    """
    if below is None:
        return False
    ip, writer = line.hop.from_ip, lower(below.hop.by_name)
    for service in _FILTERS.values():
        if service.received_by.fullmatch(writer):
            names = {lower(line.hop.from_name)} if line.verified else set()
            if ip is not None and any(ip in network for network in service.networks):
                names |= {lower(line.hop.from_name), lower(line.helo)}
            return any(service.delivers_by.fullmatch(name) for name in names)
    return False


def is_hidden(line: Line) -> bool:
    """Whether the sender has an address that means something only inside a network, and is another host."""
    ip = line.hop.from_ip
    return ip is not None and not can_be_origin(ip) and not is_loopback(ip)


def is_on_loopback(line: Line) -> bool:
    """Whether a host handed the mail to itself: its own address may be public, the one it reached cannot be."""
    return any(ip is not None and is_loopback(ip) for ip in (line.hop.from_ip, line.by_ip))


def is_own_program(above: Line, line: Line) -> bool:
    """Whether a program wrote this line that an inner host reached under its own address (amavis: `by localhost`)."""
    if not (is_hidden(above) and is_hidden(line) and above.hop.from_ip == line.by_ip):
        return False
    return is_inner_name(lower(line.hop.by_name)) and lower(line.hop.by_name) == lower(above.helo)


def house_of_step(line: Line) -> str | None:
    """The house whose programs note a step in a form of their own (OVH's queue, iCloud's mailnotify)."""
    if is_on_loopback(line) and lower(line.hop.by_name) == "localhost":
        return _QUEUES.get(lower(line.helo))
    ends = (line.hop.from_ip, line.by_ip)
    is_apple = line.is_handed_over and all(ip is not None and is_inside("icloud.com", ip) for ip in ends)
    return "icloud.com" if is_apple else None


def is_below_step(above: Line, line: Line) -> bool:
    """Whether a line stands below a step of such a house, where only its own hosts can have written."""
    if house_of_step(line):
        return above.is_handed_over and is_inner_name(above.hop.by_name or "")
    return is_on_loopback(above) and house_of_step(above) is not None


def is_gateway(above: Line, line: Line, houses: Set[str], recipients: Set[str]) -> bool:
    """Whether the receiver's gateway wrote this line: it called itself so, and its house gets the mail.

    The house is that of a recipient whom the receiver's lines name, or has the label of the receiver's inner
    domain (`gw.corp.example` before `ex1.corp.local`). `To` and the line itself do not count: the sender writes both.
    """
    name = lower(line.hop.by_name)
    house = house_of(name)
    if house is None or is_inner_name(name) or name != lower(above.helo):
        return False
    return house in map(house_of, recipients) or house.partition(".")[0] in {
        inner_label(one) for one in houses
    }


def lower(name: str | None) -> str:
    """A host's name as it is compared."""
    return (name or "").lower().rstrip(".")

"""Where a message came from: the first hop, from the top, whose sender is outside the receiving side.

Below that hop the sender writes what it likes, so nothing below it is believed. What is above it was written
by the receiving side: its own hops, and what it says it saw (Received-SPF, Authentication-Results).
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network

from parsers.addresses import can_be_origin, house_of, parse_ip
from parsers.content import decode_charset
from parsers.header_block import Header
from parsers.received import Line, parse_received
from parsers.values import IPAddress

HOPS = 100
STATEMENTS = 20
VALUE_BYTES = 4096

_STATEMENT_FIELDS = frozenset(
    {"received-spf", "authentication-results", "arc-authentication-results", "x-spf-result"}
)
_STATEMENT = re.compile(
    r"(?:client-ip=|sender ip is |remote-ip=|policy\.iprev=|\bdesignates? )[\"'\[ ]{0,3}([0-9a-f:.]{3,45})",
    re.IGNORECASE,
)

INSIDE_NETWORKS = {
    # Outlook.com and Exchange Online pass mail among themselves by IPv6, and name no address of the receiver.
    "outlook.com": (IPv6Network("2603:1000::/24"), IPv6Network("2a01:111:f400::/48")),
}
"""Networks that a provider's hosts have among themselves; its customers' mail leaves by others."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An address that a server says it received from, and how many Received lines stand above it."""

    ip: IPAddress
    below: int


@dataclass(frozen=True, slots=True)
class Route:
    """The Received lines of a message, newest first, and what servers stated between them."""

    lines: tuple[Line, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """The address concluded, the index of its hop (None: it rests on a statement), and all offered."""

    ip: IPAddress | None = None
    hop: int | None = None
    candidates: tuple[IPAddress, ...] = ()


def read_route(header: Header, limit: int = HOPS) -> Route:
    """The route that a header tells of; of more lines than the limit, the newest."""
    lines: list[Line] = []
    statements: list[Statement] = []
    for name, value in header.fields:
        lower = name.lower()
        if lower == "received" and len(lines) < min(limit, HOPS):
            lines.append(parse_received(value))
        elif lower in _STATEMENT_FIELDS and len(statements) < STATEMENTS:
            found = _STATEMENT.search(decode_charset(value[:VALUE_BYTES], None))
            if found and (ip := parse_ip(found[1])):
                statements.append(Statement(ip, len(lines)))
    return Route(tuple(lines), tuple(statements))


def conclude_origin(route: Route, source_ip: IPAddress | None = None) -> Origin:
    """The origin; a public `source_ip` is the reporter's own word and picks the hop that it names."""
    hop = _find_hop(route, source_ip)
    stated = [ip for ip in (source_ip, *(s.ip for s in route.statements[:1])) if ip and can_be_origin(ip)]
    if hop is not None and _lacks_receiver(route, hop, stated):
        hop = None
    ip = route.lines[hop].hop.from_ip if hop is not None else next(iter(stated), None)
    return Origin(ip, hop, tuple(dict.fromkeys([*([ip] if ip else []), *stated])))


def _find_hop(route: Route, source_ip: IPAddress | None) -> int | None:
    if source_ip and can_be_origin(source_ip) and (hop := _hop_of(route, source_ip, 0)) is not None:
        return hop
    foreign = _first_foreign_hop(route)
    if foreign is None:
        return None
    # A statement above the hop was written later, by the receiving side: it corrects us.
    for statement in route.statements:
        if statement.below <= foreign and (hop := _hop_of(route, statement.ip, foreign)) is not None:
            return hop
    return foreign


def _lacks_receiver(route: Route, hop: int, stated: list[IPAddress]) -> bool:
    """Whether the route begins on the sender's side, since the receiver's own line is missing.

    Filters that report see a message before their server adds its line: the report and the filter then name
    an address that no hop has. Likewise where a line above the hop names no sender.
    """
    if not stated or any(line.hop.from_ip in stated for line in route.lines):
        return False
    agree = len(stated) > 1 and stated[0] == stated[1]
    return agree or any(line.hop.from_ip is None for line in route.lines[:hop])


def _hop_of(route: Route, ip: IPAddress, start: int) -> int | None:
    """The first hop from `start` on whose server saw this public address."""
    hops = enumerate(route.lines[start:], start)
    return next((index for index, line in hops if line.hop.from_ip == ip and can_be_origin(ip)), None)


def _first_foreign_hop(route: Route) -> int | None:
    """The first public sender that is no host of the receiver; of its own hosts only, the lowest."""
    own: int | None = None
    inside: int | None = None
    stated = {statement.ip for statement in route.statements}
    house: str | None = None
    for index, line in enumerate(route.lines):
        house = house_of(line.hop.by_name) or house
        ip = line.hop.from_ip
        if ip is None or not can_be_origin(ip):
            continue
        if _is_inside(line, ip, house):
            inside = index
        elif ip in stated:
            return index
        elif not _is_own(line, house):
            return index if own is None or _follows(route, index) else own
        else:
            own = index
    return inside if own is None else own


def _is_inside(line: Line, ip: IPAddress, house: str | None) -> bool:
    """Whether no stranger can have sent by this protocol, or from this network of the receiver."""
    networks = INSIDE_NETWORKS.get(house or "", ())
    return line.is_fetched or (
        house_of(line.hop.from_name) == house and any(ip in network for network in networks)
    )


def _is_own(line: Line, house: str | None) -> bool:
    """Whether the sending host is the receiver's: by its verified name, or by its name and its network."""
    name, ip = line.hop.from_name, line.hop.from_ip
    if ip is None or house is None or house_of(name) != house or _is_generic_name(name or "", ip):
        return False
    return line.verified or _are_neighbours(ip, line.by_ip)


def _follows(route: Route, index: int) -> bool:
    """Whether the hop was written by the house that the hops above it belong to, so that the chain holds."""
    above = {house_of(line.hop.from_name) for line in route.lines[:index]} | {
        house_of(line.hop.by_name) for line in route.lines[:index]
    }
    written_by = house_of(route.lines[index].hop.by_name)
    return written_by is None or written_by in above


def _is_generic_name(name: str, ip: IPAddress) -> bool:
    """A reverse name made of the address is a customer's line, not a relay of the provider."""
    if not isinstance(ip, IPv4Address):
        return False
    numbers = re.findall(r"\d{1,3}", name)
    return all(octet in numbers for octet in str(ip).split("."))


def _are_neighbours(one: IPAddress, other: IPAddress | None) -> bool:
    """Whether two hosts are in one network of a large provider: /16, or /24 for IPv6."""
    if other is None or one.version != other.version or not can_be_origin(other):
        return False
    shift = one.max_prefixlen - (16 if one.version == 4 else 24)
    return int(one) >> shift == int(other) >> shift

"""Where a message came from: the first hop, from the top, whose sender is outside the receiving side.

Below that hop the sender writes what it likes, so nothing below it is believed. What is above it was written
by the receiving side: its own hops, and what it says it saw (Received-SPF, Authentication-Results).

Each hop below the first counts only if it is linked: the receiving side wrote it too, by its name or as a
host that the hop above vouches for. A name is a promise only where the server looked it up and back.
"""

import re
from dataclasses import dataclass, field
from ipaddress import ip_network

from parsers.addresses import can_be_origin, is_loopback
from parsers.gateways import (
    house_of_step,
    is_below_step,
    is_delivered,
    is_gateway,
    is_hidden,
    is_on_loopback,
    is_own_program,
    lower,
)
from parsers.houses import house_of, is_inner_name, is_inside, is_outbound
from parsers.received import Line
from parsers.route import Route, Statement
from parsers.values import IPAddress

INNER = ".inner"
"""The house of all names that mean nothing outside of one."""

LOOKS_BEHIND = frozenset({"outlook.com"})
"""Providers that know their customers' gateways, and state who stood behind the one that they received from."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The address concluded, the index of its hop (None: it rests on a statement), and all offered."""

    ip: IPAddress | None = None
    hop: int | None = None
    candidates: tuple[IPAddress, ...] = ()


@dataclass(slots=True)
class _Side:
    """What is known of the receiving side, from the lines that it wrote."""

    houses: set[str] = field(default_factory=set)
    addresses: set[IPAddress] = field(default_factory=set)
    recipients: set[str] = field(default_factory=set)
    """The domains that the mail was for, as far as the receiving side says it."""
    above: Line | None = None
    """The last line by which a host handed the mail over."""

    def add(self, line: Line) -> None:
        """Learn from a line that the receiving side wrote."""
        self.houses |= _houses(line.hop.by_name)
        self.houses |= {house} if (house := house_of_step(line)) else set()
        self.recipients |= {line.recipient} if line.recipient else set()
        self.addresses |= {line.by_ip} if line.by_ip and not is_loopback(line.by_ip) else set()
        self.above = line if line.has_sender else self.above

    def wrote(self, line: Line) -> bool:
        """Whether the receiving side wrote this line too; until it has named a house of its own, it did."""
        kin = _houses(line.hop.by_name) & self.houses
        if self.above is None:
            return bool(kin) or not self.houses
        # Below a private address anybody may stand, and say a name that means nothing outside.
        if kin - {INNER} or (kin and (not is_hidden(self.above) or house_of(self.above.helo) in self.houses)):
            return True
        if _vouches_for(self.above, line) or self.has_host_of(self.above):
            return True
        return is_hidden(self.above) and is_gateway(self.above, line, self.houses, self.recipients)

    def has_host_of(self, line: Line) -> bool:
        """Whether the sender of a line wrote one above it, or this one: Exchange tells its own addresses."""
        return line.hop.from_ip in self.addresses


def _vouches_for(above: Line, line: Line) -> bool:
    """Whether a hop came from the host that wrote this line, and no stranger can have made it seem so."""
    name = lower(line.hop.by_name)
    if above.is_fetched or is_below_step(above, line) or is_delivered(above, line):
        return True
    if not name:
        return False
    if is_own_program(above, line) or (is_on_loopback(above) and name == lower(above.helo)):
        return True
    if (above.verified or above.is_handed_over) and name == lower(above.hop.from_name):
        return True
    return _is_inner_step(above) and above.hop.from_ip == line.by_ip


def _is_inner_step(line: Line) -> bool:
    """Whether a host that only its own network knows by name received it from a private address."""
    return is_hidden(line) and is_inner_name(line.hop.by_name or "")


@dataclass(frozen=True, slots=True)
class Walk:
    """The hop of the first foreign sender, and the last line that the receiving side wrote."""

    foreign: int | None
    last: int


def conclude_origin(
    route: Route,
    source_ip: IPAddress | None = None,
    named: tuple[IPAddress, ...] = (),
    walk: Walk | None = None,
) -> Origin:
    """The origin; a public `source_ip` is the reporter's own word and picks the hop that it names.

    What else the report has `named` is a candidate only; without an origin, so is what the line says that ended
    the walk. One that was made before may be handed in.
    """
    walk = walk or walk_down(route)
    hop = _find_hop(route, walk, source_ip)
    believed = [statement.ip for statement in route.statements if statement.below <= walk.last]
    stated = [ip for ip in (source_ip, *believed[:1]) if ip and can_be_origin(ip)]
    if hop is not None and _lacks_receiver(route, hop, stated):
        hop = None
    ip = route.lines[hop].hop.from_ip if hop is not None else next(iter(stated), None)
    offered = [ip, *stated, *named] if ip else [*named, *_find_unlinked(route, walk)]
    return Origin(ip, hop, tuple(dict.fromkeys(offered)))


def find_return_path(route: Route, walk: Walk | None = None) -> str | None:
    """The envelope sender that the receiving side wrote: one below the origin's hop is the sender's own word."""
    walk = walk or walk_down(route)
    last = max(walk.last, _find_hop(route, walk, None) or 0)
    return next((path.address for path in route.return_paths if path.below <= last), None)


def _find_hop(route: Route, walk: Walk, source_ip: IPAddress | None) -> int | None:
    if source_ip and (hop := _hop_of(route, source_ip, 0)) is not None:
        return hop
    if walk.foreign is None:
        return None
    # A statement above the hop was written later, by the receiving side: it corrects us.
    for statement in route.statements:
        if statement.below <= walk.foreign:
            hop = _hop_of(route, statement.ip, walk.foreign)
            if hop is not None and (
                _is_chained(route, walk.foreign, hop) or _looks_behind(route, walk.foreign, statement)
            ):
                return hop
    return walk.foreign


def _looks_behind(route: Route, foreign: int, statement: Statement) -> bool:
    """Whether a provider that knows its customers' gateways states it, between two lines of its own."""
    if not 0 < statement.below == foreign:
        return False
    above, line = (_houses(route.lines[i].hop.by_name) for i in (foreign - 1, foreign))
    return bool(above & line & LOOKS_BEHIND)


def _is_chained(route: Route, start: int, end: int) -> bool:
    """Whether each line down to `end` is the receiver's, or of the house that verifiably stands in the one above."""
    houses = {house for line in route.lines[: start + 1] for house in _houses(line.hop.by_name)}
    for above, line in zip(route.lines[start:end], route.lines[start + 1 : end + 1], strict=True):
        houses |= _houses(above.hop.from_name) if above.verified else set()
        if not houses & _houses(line.hop.by_name):
            return False
    return True


def _lacks_receiver(route: Route, hop: int, stated: list[IPAddress]) -> bool:
    """Whether the route begins on the sender's side, since the receiver's own line is missing.

    Filters that report see a message before their server adds its line: the report and the filter then name
    an address that no hop has. Likewise where a line above the hop names no sender.
    """
    if not stated or any(line.hop.from_ip in stated for line in route.lines):
        return False
    agree = len(stated) > 1 and stated[0] == stated[1]
    return agree or any(line.hop.from_ip is None for line in route.lines[:hop])


def _find_unlinked(route: Route, walk: Walk) -> list[IPAddress]:
    """The next public address below where the walk ended, if any: the sender may have written it."""
    below = (line.hop.from_ip for line in route.lines[walk.last + 1 :])
    return [ip for ip in below if ip and can_be_origin(ip)][:1]


def _hop_of(route: Route, ip: IPAddress, start: int) -> int | None:
    """The first hop from `start` on whose server saw this public address."""
    hops = enumerate(route.lines[start:], start)
    return next((index for index, line in hops if line.hop.from_ip == ip and can_be_origin(ip)), None)


def walk_down(route: Route) -> Walk:
    """Down from the top: the first public sender that is no host of the receiver; of its own only, the lowest."""
    side = _Side()
    own: int | None = None
    for index, line in enumerate(route.lines):
        if not line.has_sender and not line.hop.by_name:
            continue  # qmail notes each of its steps
        if not side.wrote(line):
            return Walk(own if own is not None and side.above is route.lines[own] else None, index - 1)
        side.add(line)
        side.recipients |= {one.domain for one in route.recipients if one.below <= index}
        ip = line.hop.from_ip
        if ip is None or not can_be_origin(ip) or is_on_loopback(line):
            continue  # who stands behind a translated or hidden address, only the next line tells
        if is_delivered(line, next(iter(route.lines[index + 1 : index + 2]), None)):
            own = index
            continue
        if _is_stated(route, index) or not (_is_inside(line, side) or _is_own(line, side)):
            return Walk(index, index)
        own = index
    return Walk(own, max(0, len(route.lines) - 1))


def _is_stated(route: Route, index: int) -> bool:
    """Whether the receiving side says that it saw the sender of this hop; Google says so below its own line."""
    ip = route.lines[index].hop.from_ip
    return any(statement.ip == ip and statement.below <= index + 1 for statement in route.statements)


def _is_inside(line: Line, side: _Side) -> bool:
    """Whether no stranger can have sent by this protocol, from this network of the receiver, or as this host."""
    if line.is_fetched or side.has_host_of(line) or house_of_step(line):
        return True
    house, ip = house_of(line.hop.from_name), line.hop.from_ip
    if ip is None or house is None or house not in side.houses:
        return False
    return is_inside(house, ip) and not is_outbound(house, line.hop.from_name or "")


def _is_own(line: Line, side: _Side) -> bool:
    """Whether the sending host is the receiver's: by its verified name, or as a neighbour with its name."""
    name, ip = line.hop.from_name or "", line.hop.from_ip
    house = house_of(name)
    if ip is None or house is None or house not in side.houses or is_outbound(house, name):
        return False
    if _is_generic_name(name, ip):
        return False
    return line.verified or _are_neighbours(ip, line.by_ip)


def _houses(host: str | None) -> set[str]:
    """The house of a host; all names that mean nothing outside of a house are one."""
    house = house_of(host)
    return ({house} if house else set()) | ({INNER} if is_inner_name(host or "") else set())


def _is_generic_name(name: str, ip: IPAddress) -> bool:
    """A reverse name made of the address is a customer's line, not a relay of the provider."""
    numbers = re.findall(r"\d{1,3}", name)
    return all(octet in numbers for octet in str(ip).split("."))


def _are_neighbours(one: IPAddress, other: IPAddress | None) -> bool:
    """Whether two hosts are in one small network, where a stranger hardly gets an address: /28, or /64 for IPv6."""
    network = ip_network((one, 28 if one.version == 4 else 64), strict=False)
    return other is not None and other in network

"""Which tenant held an address at a time: all networks of one version of IP with their stretches of time."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network
from struct import Struct
from typing import NamedTuple

from abuse_intake.attribution.addresses import NONE, make_addresses
from abuse_intake.attribution.records import Records
from storage.tenant_lines import Stretch
from storage.values import IPNetwork

_FORMS = {4: Struct(">4sBQQI"), 6: Struct(">16sBQQI")}
"""A stretch to be sorted: address, length of the prefix, since, until, number of the tenant."""
_COLUMNS = {
    4: [Struct(form) for form in (">4s21x", ">4xB20x", ">5xQ12x", ">13xQ4x", ">21xI")],
    6: [Struct(form) for form in (">16s21x", ">16xB20x", ">17xQ12x", ">25xQ4x", ">33xI")],
}
"""The same, one field at a time: so many tuples at once would set off the collection of all garbage, a long pause."""


_TABLE = Struct("<QQiiIB")
_pack, _read, _SIZE = _TABLE.pack, _TABLE.unpack_from, _TABLE.size
_NETWORKS: dict[int, type[IPv4Network] | type[IPv6Network]] = {4: IPv4Network, 6: IPv6Network}


class Overlap(Exception):  # noqa: N818 - it reads as what it says
    """A network is held at one time by two tenants."""

    def __init__(self, network: IPNetwork, one: int, other: int) -> None:
        super().__init__(network, one, other)
        self.network, self.tenants = network, (one, other)


class Collector:
    """Takes in the stretches of one version of IP, in any order."""

    def __init__(self, version: int) -> None:
        self._version = version
        self._form = _FORMS[version]
        self._records = Records(self._form.size)

    def extend(self, tenant: int, stretches: Iterable[Stretch]) -> None:
        """This tenant, by its number, holds these."""
        pack = self._form.pack
        self._records.extend([pack(*stretch, tenant) for stretch in stretches])

    def finish(self, rest: Callable[[], None]) -> "Holdings":
        """What was taken in, for look-ups; Overlap where two tenants hold a network at one time."""
        holdings = Holdings(self._version)
        nesting = _Nesting(holdings)
        for block in self._records.take_sorted(rest):
            nesting.extend(
                *([value for (value,) in column.iter_unpack(block)] for column in _COLUMNS[self._version])
            )
        return holdings


class Stored(NamedTuple):
    """What is known of a place."""

    since: int
    until: int
    outer: int
    """The last place of the network around it, NONE where there is none."""
    earliest: int
    """The place of the same network's first stretch."""
    tenant: int
    length: int


class Holdings:
    """The stretches by first address, the outer network first, then by time: 33 bytes each for IPv4, 45 for IPv6.

    The last one that begins at or below an address is around it, or lies inside a network that is: from there
    `outer` leads through ever shorter prefixes. All else of a place lies together: it is fetched at once.
    """

    def __init__(self, version: int) -> None:
        self._make_network = _NETWORKS[version]
        self.firsts = make_addresses(version)
        self.table = bytearray()

    def find(self, number: int, at: int) -> tuple[int, int] | None:
        """Of the longest prefix around this address that was held then: its place, and the tenant."""
        firsts, host_bits, table = self.firsts, self.firsts.host_bits, self.table
        place = firsts.find_last(number)
        while place != NONE:
            since, until, outer, earliest, tenant, length = _read(table, place * _SIZE)
            if number ^ firsts.first(place) <= host_bits[length]:
                if since <= at:  # its last stretch began before: no earlier one reaches further
                    if at < until:
                        return place, tenant
                elif earliest != place:
                    then = bisect_right(range(place), at, earliest, key=self._since_of) - 1
                    if then >= earliest and at < self.stored(then).until:
                        return then, self.stored(then).tenant
            place = outer
        return None

    def covers(self, number: int) -> bool:
        """Whether a network around the address was held at any time."""
        return any(True for _ in self._around(number))

    def find_nearest(self, number: int, at: int) -> tuple[int, int] | None:
        """Of the networks around an address that nobody held then, the stretch nearest in time: place, and tenant."""
        gaps = [
            gap
            for place, stored in self._around(number)
            for gap in self._find_gaps(range(stored.earliest, place + 1), at)
        ]
        nearest = min(gaps, key=lambda gap: gap[0], default=None)
        return None if nearest is None else (nearest[1], self.stored(nearest[1]).tenant)

    def _around(self, number: int) -> Iterator[tuple[int, Stored]]:
        """The networks around an address, the longest prefix first, each by its last place."""
        place = self.firsts.find_last(number)
        while place != NONE:
            stored = self.stored(place)
            if number ^ self.firsts.first(place) <= self.firsts.host_bits[stored.length]:
                yield place, stored
            place = stored.outer

    def _find_gaps(self, places: range, at: int) -> Iterator[tuple[int, int]]:
        """Of the stretches of one network: how far the last before and the first after are away, and their places."""
        after = bisect_right(places, at, key=self._since_of)
        if after > 0:
            yield at - self.stored(places[after - 1]).until, places[after - 1]
        if after < len(places):
            yield self._since_of(places[after]) - at, places[after]

    def places_around(self, network: IPNetwork) -> Iterator[int]:
        """The places of the networks that this one lies in, the longest prefix first."""
        for place, stored in self._around(int(network.network_address)):
            if stored.length < network.prefixlen:
                yield from range(stored.earliest, place + 1)

    def places_inside(self, network: IPNetwork) -> Iterator[int]:
        """The places of this network and those that lie in it, in order."""
        first, last = int(network.network_address), int(network.broadcast_address)
        begin = self.firsts.find_last(first - 1) + 1 if first else 0
        for place in range(begin, self.firsts.find_last(last) + 1):
            if self.stored(place).length >= network.prefixlen:
                yield place

    def stored(self, place: int) -> Stored:
        """What is known of this place."""
        return Stored(*_read(self.table, place * _SIZE))

    def network(self, place: int) -> IPNetwork:
        """The network of this place."""
        return self._make_network((self.firsts.first(place), self.stored(place).length))

    def _since_of(self, place: int) -> int:
        return self.stored(place).since


class _Nesting:
    """Fills Holdings with stretches in the order of their bytes, and finds which network lies in which."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._place = 0
        self._around: list[tuple[int, int, int]] = []
        """The newest network behind those around it: first and last address of each, and its last place."""

    def extend(self, packed: Sequence[bytes], *columns: Sequence[int]) -> None:
        """Add stretches: length, since, until, tenant. Overlap where two tenants hold a network at one time."""
        firsts, host_bits = self._holdings.firsts.extend(packed), self._holdings.firsts.host_bits
        for first, length, since, until, tenant in zip(firsts, *columns, strict=True):
            self._add(first, first | host_bits[length], since, until, tenant, length)

    def _add(self, first: int, last: int, since: int, until: int, tenant: int, length: int) -> None:
        around, place, earliest = self._around, self._place, self._place
        while around and around[-1][1] < first:
            around.pop()
        if around and around[-1][:2] == (first, last):
            around.pop()
            before = self._holdings.stored(place - 1)
            earliest = before.earliest
            until = self._join(before, since, until, tenant)
        self._holdings.table += _pack(
            since, until, around[-1][2] if around else NONE, earliest, tenant, length
        )
        around.append((first, last, place))
        self._place += 1

    def _join(self, before: Stored, since: int, until: int, tenant: int) -> int:
        """Until when a later stretch of a network holds; those that overlap must be of one tenant."""
        if since >= before.until:
            return until
        if tenant != before.tenant:
            first = self._holdings.network(self._place - 1)
            raise Overlap(first, before.tenant, tenant)
        return max(before.until, until)

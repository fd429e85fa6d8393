"""Which tenant held an address at a time: all networks of one version of IP with their stretches of time, in arrays."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from struct import Struct

from abuse_intake.attribution.networks import NONE, make_networks
from abuse_intake.attribution.records import Records
from storage.tenant_lines import Stretch

_FORMS = {4: Struct(">4sBQQI"), 6: Struct(">16sBQQI")}
"""A stretch to be sorted: address, length of the prefix, since, until, number of the tenant."""
_COLUMNS = {
    4: [Struct(form) for form in (">4s21x", ">4xB20x", ">5xQ12x", ">13xQ4x", ">21xI")],
    6: [Struct(form) for form in (">16s21x", ">16xB20x", ">17xQ12x", ">25xQ4x", ">33xI")],
}
"""The same, one field at a time: so many tuples at once would set off the collection of all garbage, a long pause."""


class Overlap(Exception):  # noqa: N818 - it reads as what it says
    """A network is held at one time by two tenants, in these places."""

    def __init__(self, holdings: "Holdings", one: int, other: int) -> None:
        super().__init__(holdings, one, other)
        self.network = holdings.networks.network(one)
        self.tenants = holdings.tenants[one], holdings.tenants[other]


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


class Holdings:
    """The stretches by network, then by time: 33 bytes each for IPv4, 45 for IPv6."""

    def __init__(self, version: int) -> None:
        self.networks = make_networks(version)
        self.since = array("Q")
        self.until = array("Q")
        """In microseconds since the year 1."""
        self.tenants = array("I")
        """The number of each tenant."""
        self.earliest = array("i")
        """The place of the same network's first stretch."""

    def find(self, number: int, at: int) -> int:
        """The place of the longest prefix around this address that was held then; NONE where there is none."""
        networks, since, until = self.networks, self.since, self.until
        place = networks.find_innermost(number)
        while place != NONE:
            if since[place] <= at:  # its last stretch began before: no earlier one reaches further
                if at < until[place]:
                    return place
            elif (earliest := self.earliest[place]) != place:
                then = bisect_right(since, at, earliest, place) - 1
                if then >= earliest and at < until[then]:
                    return then
            place = networks.outer[place]
        return NONE

    def covers(self, number: int) -> bool:
        """Whether a network around the address was held at any time."""
        return self.networks.find_innermost(number) != NONE


class _Nesting:
    """Fills Holdings with stretches in the order of their bytes, and finds which network lies in which."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._around: list[tuple[int, int, int]] = []
        """The newest network behind those around it: first and last address of each, and its last place."""

    def extend(
        self,
        packed: Sequence[bytes],
        lengths: Sequence[int],
        since: Sequence[int],
        until: Sequence[int],
        tenants: Sequence[int],
    ) -> None:
        """Add stretches; Overlap where two tenants hold a network at one time."""
        holdings, host_bits = self._holdings, self._holdings.networks.host_bits
        begin = len(holdings.since)
        firsts = holdings.networks.extend(packed)
        holdings.networks.lengths.extend(lengths)
        holdings.since.extend(since)
        holdings.until.extend(until)
        holdings.tenants.extend(tenants)
        for place, (first, length) in enumerate(zip(firsts, lengths, strict=True), start=begin):
            self._nest(place, first, first | host_bits[length])

    def _nest(self, place: int, first: int, last: int) -> None:
        around, holdings = self._around, self._holdings
        while around and around[-1][1] < first:
            around.pop()
        if around and around[-1][:2] == (first, last):
            around.pop()
            self._check_time(place)
            holdings.earliest.append(holdings.earliest[place - 1])
        else:
            holdings.earliest.append(place)
        holdings.networks.outer.append(around[-1][2] if around else NONE)
        around.append((first, last, place))

    def _check_time(self, place: int) -> None:
        """A later stretch of a network; where it overlaps the one before, both must be of one tenant."""
        holdings = self._holdings
        if holdings.since[place] < holdings.until[place - 1]:
            if holdings.tenants[place] != holdings.tenants[place - 1]:
                raise Overlap(holdings, place - 1, place)
            holdings.until[place] = max(holdings.until[place - 1], holdings.until[place])

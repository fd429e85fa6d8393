"""Networks of one version of IP, sorted and nested, as plain numbers: the innermost one around an address.

They stand by their first address, the outer one before those inside it; a network may stand in several places in
a row. The last one that begins at or below an address is around it, or lies inside one that is: from there
`outer` leads through ever shorter prefixes.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

NONE = -1
HALF = 64
_LOW = (1 << HALF) - 1
_FEW = 16
"""Networks that begin in one /64, as a rule."""


def list_host_bits(bits: int) -> list[int]:
    """By the length of a prefix: the bits that it leaves to hosts, all set."""
    return [(1 << bits - length) - 1 for length in range(bits + 1)]


class Networks4:
    """IPv4: 9 bytes a network."""

    host_bits = list_host_bits(32)

    def __init__(self) -> None:
        self._firsts = array("I")
        self.lengths = array("B")
        self.outer = array("i")
        """The place of the network around each, NONE where there is none."""

    def extend(self, packed: Sequence[bytes]) -> list[int]:
        """Add first addresses and return them as numbers; their lengths and what is around them are to follow."""
        firsts = [int.from_bytes(one, "big") for one in packed]
        self._firsts.extend(firsts)
        return firsts

    def network(self, place: int) -> IPv4Network:
        """The network of this place."""
        return IPv4Network((self._firsts[place], self.lengths[place]))

    def find_innermost(self, number: int) -> int:
        """The last place of the longest prefix around this address; NONE where there is none."""
        firsts = self._firsts
        place = bisect_right(firsts, number) - 1
        while place != NONE and number ^ firsts[place] > self.host_bits[self.lengths[place]]:
            place = self.outer[place]
        return place


class Networks6:
    """IPv6: 21 bytes a network, its address in two halves."""

    host_bits = list_host_bits(128)

    def __init__(self) -> None:
        self._high = array("Q")
        self._low = array("Q")
        self.lengths = array("B")
        self.outer = array("i")
        """The place of the network around each, NONE where there is none."""

    def extend(self, packed: Sequence[bytes]) -> list[int]:
        """Add first addresses and return them as numbers; their lengths and what is around them are to follow."""
        firsts = [int.from_bytes(one, "big") for one in packed]
        self._high.extend([first >> HALF for first in firsts])
        self._low.extend([first & _LOW for first in firsts])
        return firsts

    def network(self, place: int) -> IPv6Network:
        """The network of this place."""
        return IPv6Network((self._high[place] << HALF | self._low[place], self.lengths[place]))

    def find_innermost(self, number: int) -> int:
        """The last place of the longest prefix around this address; NONE where there is none."""
        high, low = self._high, self._low
        place = self._find_last(number >> HALF, number & _LOW)
        while place != NONE:
            if number ^ (high[place] << HALF | low[place]) <= self.host_bits[self.lengths[place]]:
                break
            place = self.outer[place]
        return place

    def _find_last(self, high: int, low: int) -> int:
        """The last one that begins at or below the address."""
        highs = self._high
        end = bisect_right(highs, high)
        begin = end - _FEW
        if begin < 0 or highs[begin] >= high:
            begin = 0
        return bisect_right(self._low, low, bisect_left(highs, high, begin, end), end) - 1


Networks = Networks4 | Networks6


def make_networks(version: int) -> Networks:
    """None yet, of that version."""
    return Networks4() if version == 4 else Networks6()

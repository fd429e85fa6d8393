"""The first addresses of networks of one version of IP, sorted, as plain numbers of 4 or 16 bytes."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

NONE = -1
HALF = 64
_LOW = (1 << HALF) - 1
_FEW = 16
"""Networks that begin in one /64, as a rule."""


def list_host_bits(bits: int) -> list[int]:
    """By the length of a prefix: the bits that it leaves to hosts, all set."""
    return [(1 << bits - length) - 1 for length in range(bits + 1)]


class Addresses4:
    """IPv4: one array."""

    host_bits = list_host_bits(32)

    def __init__(self) -> None:
        self._firsts = array("I")

    def extend(self, packed: Sequence[bytes]) -> list[int]:
        """Add first addresses, packed, and return them as numbers."""
        firsts = [int.from_bytes(one, "big") for one in packed]
        self._firsts.extend(firsts)
        return firsts

    def first(self, place: int) -> int:
        """The address of this place."""
        return self._firsts[place]

    def find_last(self, number: int) -> int:
        """The place of the last one at or below this address; NONE where there is none."""
        return bisect_right(self._firsts, number) - 1


class Addresses6:
    """IPv6: an array for each half."""

    host_bits = list_host_bits(128)

    def __init__(self) -> None:
        self._high = array("Q")
        self._low = array("Q")

    def extend(self, packed: Sequence[bytes]) -> list[int]:
        """Add first addresses, packed, and return them as numbers."""
        firsts = [int.from_bytes(one, "big") for one in packed]
        self._high.extend([first >> HALF for first in firsts])
        self._low.extend([first & _LOW for first in firsts])
        return firsts

    def first(self, place: int) -> int:
        """The address of this place."""
        return self._high[place] << HALF | self._low[place]

    def find_last(self, number: int) -> int:
        """The place of the last one at or below this address; NONE where there is none."""
        highs, high = self._high, number >> HALF
        end = bisect_right(highs, high)
        begin = end - _FEW
        if begin < 0 or highs[begin] >= high:
            begin = 0
        return bisect_right(self._low, number & _LOW, bisect_left(highs, high, begin, end), end) - 1


Addresses = Addresses4 | Addresses6


def make_addresses(version: int) -> Addresses:
    """None yet, of that version."""
    return Addresses4() if version == 4 else Addresses6()

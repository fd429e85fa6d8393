"""Sorts a million small records in little memory and in small steps, so that no other thread waits for it.

The memory is mapped for itself: the heap would keep what is let go between the strings that stay.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from mmap import mmap
from struct import Struct

BLOCK = 4096
"""Records that are sorted at once: a few milliseconds."""
SAMPLES = 16
"""Records of each block that are looked at, to find bounds that part all records about evenly."""


class Records:
    """Records of `size` bytes, collected in any order and given back in the order of their bytes, once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._iterate = Struct(f"{size}s").iter_unpack
        self._blocks: list[mmap] = []
        self._room = 0

    def extend(self, records: Sequence[bytes]) -> None:
        """Add records."""
        for begin in range(0, len(records), BLOCK):
            some = records[begin : begin + BLOCK]
            if len(some) > self._room:
                self._blocks.append(mmap(-1, self._size * BLOCK))
                self._room = BLOCK
            self._blocks[-1].write(b"".join(some))
            self._room -= len(some)

    def take_sorted(self, rest: Callable[[], None]) -> Iterator[bytes]:
        """All records, joined to some thousand each. They are let go meanwhile; `rest` is called between the steps."""
        groups = self._spread(rest) if len(self._blocks) > 1 else [self]
        while groups:
            group = groups.pop()
            yield b"".join(sorted(record for block in group._take() for record in block))
            rest()

    def _spread(self, rest: Callable[[], None]) -> list["Records"]:
        """The records in groups, each of which stands above the one behind it; inside they have no order yet."""
        bounds = self._find_bounds()
        groups = [Records(self._size) for _ in range(len(bounds) + 1)]
        for block in self._take():
            block.sort()
            ends = [bisect_left(block, bound) for bound in bounds]
            for group, begin, end in zip(groups, [0, *ends], [*ends, len(block)], strict=True):
                group.extend(block[begin:end])
            rest()
        return groups[::-1]

    def _find_bounds(self) -> list[bytes]:
        step = BLOCK // SAMPLES
        samples = sorted(record for block in self._blocks for record in self._read(block)[::step])
        return samples[SAMPLES::SAMPLES]

    def _take(self) -> Iterator[list[bytes]]:
        """All records; each block is let go once it was read."""
        while self._blocks:
            yield self._read(self._blocks.pop())

    def _read(self, block: mmap) -> list[bytes]:
        return [record for (record,) in self._iterate(block[: block.tell()])]

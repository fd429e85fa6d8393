"""Decisions that wait to be stored: in memory while they are few, else in a file that ends with the process."""

import pickle
from collections.abc import Collection, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from weakref import finalize

from storage.redecisions import Redecision

MEMORY_BYTES = 4 * 1024 * 1024
"""From so many on they are in a file."""


class Spool(Collection[Redecision]):
    """Decisions in the order in which they came, to be gone through as often as needed.

    An incident may have a hundred thousand reports, and it is stored as a whole.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 - closed when nobody holds it any more
        finalize(self, self._file.close)
        self._starts = list[int]()
        self._count = 0

    def add(self, some: Sequence[Redecision]) -> None:
        """Keep these too; so many as are in memory at once when they are gone through."""
        if some:
            self._starts.append(self._file.seek(0, 2))
            pickle.dump(some, self._file)
            self._count += len(some)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Redecision]:
        for start in self._starts:
            self._file.seek(start)
            yield from pickle.load(self._file)

    def __contains__(self, one: object) -> bool:
        return any(one == other for other in self)

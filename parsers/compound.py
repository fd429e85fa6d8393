"""Compound files (MS-CFB), in which Outlook saves a message: storages that hold streams and other storages.

Whatever its tables say: no entry is met twice, a chain of sectors ends where it loops, and what is read of all streams
together is at most twice as long as the file.
"""

import struct
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from parsers.budget import OUTLOOK_ENTRIES, Budget

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRY_BYTES = 128
MINI_SHIFT = 6
SHIFTS = range(9, 13)
"""Sectors have 512 bytes, or 4,096."""
FIRST_TABLES = 109
"""So many sectors of the table are named in the header."""
STORAGE, STREAM = 1, 2

_HEADER = struct.Struct("<30xH12xII4xII4xI4x")
_ENTRY = struct.Struct("<64sHBx3I36xIQ")


class _Entry(NamedTuple):
    name: bytes
    name_size: int
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class Storage:
    """One storage: streams and storages by their names, in capitals; each is looked at when asked."""

    def __init__(self, file: "_File", child: int) -> None:
        self._file = file
        self._entries = {_name_of(entry): entry for entry in file.find_siblings(child)}

    def read(self, name: str) -> bytes | None:
        """The content of a stream; cut, where the file lies about its length."""
        entry = self._entries.get(name.upper())
        return self._file.read(entry) if entry and entry.kind == STREAM else None

    def open(self, name: str) -> "Storage | None":
        """A storage in this one; empty if it was opened before."""
        entry = self._entries.get(name.upper())
        return Storage(self._file, entry.child) if entry and entry.kind == STORAGE else None

    def find_storages(self, prefix: str) -> list[str]:
        """The names of the storages that begin so, in their order."""
        names = (name for name, entry in self._entries.items() if entry.kind == STORAGE)
        return sorted(name for name in names if name.startswith(prefix.upper()))


def read_compound(content: bytes, budget: Budget) -> Storage | None:
    """The root of a compound file, or None if its header or its directory is broken."""
    if len(content) < 512 or not content.startswith(SIGNATURE):
        return None
    file = _File(content, budget)
    return Storage(file, file.entries[0].child) if file.shift in SHIFTS and file.entries else None


class _File:
    """The sectors of a file, and the tables that say which belong together."""

    def __init__(self, content: bytes, budget: Budget) -> None:
        self.content = content
        header = _HEADER.unpack_from(content)
        self.shift, self._tables, self._directory, self._cutoff, self._mini_table, self._more = header
        self._budget = budget
        self._seen: set[int] = set()
        self._left = 2 * len(content)

    @cached_property
    def entries(self) -> list[_Entry]:
        """The directory; the first entry is the root."""
        looked_at = (self._budget.allow(OUTLOOK_ENTRIES) + 1) * ENTRY_BYTES
        raw = b"".join(self._sectors(self._directory, looked_at))
        count = self._budget.take(OUTLOOK_ENTRIES, len(raw) // ENTRY_BYTES)
        return [_Entry(*fields) for fields in _ENTRY.iter_unpack(raw[: count * ENTRY_BYTES])]

    def find_siblings(self, first: int) -> Iterator[_Entry]:
        """The entries of one tree, each only the first time that it is met."""
        waiting = [first]
        while waiting:
            number = waiting.pop()
            if number < len(self.entries) and number not in self._seen:
                self._seen.add(number)
                entry = self.entries[number]
                waiting += (entry.left, entry.right)
                yield entry

    def read(self, entry: _Entry) -> bytes:
        """The content of a stream, as far as the file is not used up."""
        size = min(entry.size & 0xFFFFFFFF, self._left)  # some programs leave rubbish in the upper half
        self._left -= size
        if entry.size >= self._cutoff:
            return b"".join(self._sectors(entry.start, size))[:size]
        numbers = _follow(self._minis, entry.start, -(-size >> MINI_SHIFT))
        starts = (number << MINI_SHIFT for number in numbers)
        return b"".join([self._mini[start : start + (1 << MINI_SHIFT)] for start in starts])[:size]

    def _sectors(self, start: int, size: int) -> list[bytes]:
        numbers = _follow(self._table, start, -(-size >> self.shift))
        return [self._sector(number) for number in numbers]

    def _sector(self, number: int) -> bytes:
        return self.content[(number + 1) << self.shift : (number + 2) << self.shift]

    @cached_property
    def _table(self) -> Sequence[int]:
        """Of each sector the next one of its chain; a table for more sectors than there are is cut."""
        needed = len(self.content) // (1 << (2 * self.shift - 2)) + 1
        found = islice(self._find_tables(), min(self._tables, needed))
        return _unpack_numbers(b"".join(map(self._sector, found)))

    def _find_tables(self) -> Iterator[int]:
        """Which sectors the table stands in: some are named in the header, the others in a chain of lists."""
        yield from struct.unpack_from(f"<{FIRST_TABLES}I", self.content, 76)
        number, seen = self._more, set[int]()
        while number not in seen and (listed := _unpack_numbers(self._sector(number))):
            seen.add(number)
            yield from listed[:-1]
            number = listed[-1]

    @cached_property
    def _minis(self) -> Sequence[int]:
        return _unpack_numbers(b"".join(self._sectors(self._mini_table, len(self.content))))

    @cached_property
    def _mini(self) -> bytes:
        """The stream of the root, in which the short streams stand."""
        root = self.entries[0]
        return b"".join(self._sectors(root.start, min(root.size, len(self.content))))


def _follow(table: Sequence[int], number: int, most: int) -> Iterator[int]:
    """The sectors of a chain, up to where it ends, or loops, or is longer than it may be."""
    seen: set[int] = set()
    while number < len(table) and len(seen) < most and number not in seen:
        seen.add(number)
        yield number
        number = table[number]


def _unpack_numbers(raw: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])


def _name_of(entry: _Entry) -> str:
    return entry.name[: max(entry.name_size - 2, 0)].decode("utf-16-le", "replace").upper()

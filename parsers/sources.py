"""Bytes that are read piece by piece, and what is packed in them: each piece is paid for when it is unpacked."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from parsers.budget import KIB, MIB, UNPACKED_BYTES, Budget

DAMAGED = "An archive is damaged, or packed in a way that is not known; it was read as far as that goes."
TOO_DENSE = "An archive unpacks to far more than it is; its end was not read."
PIECE = 16 * KIB
STREAMS = 1_000
"""Compressed streams that are read one behind the other."""
FREE_BYTES = 4 * MIB
RATIO = 200
"""What something may unpack to: so many bytes, and so many for each of its own."""
DICTIONARY_BYTES = 40 * MIB
"""What unpacking xz may hold in memory; `xz -8` asks for 33 MiB."""


class Machine(Protocol):
    """A decompressor of the standard library."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Inflater:
    """That of zlib, which older Pythons have in another form than the others."""

    def __init__(self, bits: int) -> None:
        self._zlib = zlib.decompressobj(bits)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


@dataclass(frozen=True, slots=True)
class Method:
    """How something is packed."""

    start: Callable[[], Machine]
    signature: bytes | None
    """What each further stream begins with, where there can be several."""
    cost: int
    """How often each byte is counted: what takes longer to unpack counts more."""


RAW = Method(lambda: Inflater(-zlib.MAX_WBITS), None, 1)
GZIP = Method(lambda: Inflater(16 + zlib.MAX_WBITS), b"\x1f\x8b\x08", 1)
BZIP2 = Method(bz2.BZ2Decompressor, b"BZh", 16)
XZ = Method(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, DICTIONARY_BYTES), b"\xfd7zXZ\0", 3)


class Source:
    """Bytes that can be looked at before they are read."""

    def __init__(self) -> None:
        self._kept = b""

    def peek(self, size: int) -> bytes:
        """The next bytes, as many as there are up to that size; they can be read again."""
        found = self.read(size)
        self._kept = found + self._kept
        return found

    def read(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""
        found, self._kept = self._kept[:size], self._kept[size:]
        pieces, size = [found], size - len(found)
        while size > 0 and (piece := self._next(size)):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def read_all(self) -> bytes:
        """All that is left."""
        return b"".join(iter(lambda: self.read(PIECE), b""))

    def _next(self, size: int) -> bytes:
        raise NotImplementedError


class Stored(Source):
    """A stretch of bytes as it is; another may be the same, so that it is paid for too."""

    def __init__(self, content: bytes, start: int, end: int, budget: Budget) -> None:
        super().__init__()
        self._content, self._place, self._end = content, start, min(end, len(content))
        self._budget = budget

    def _next(self, size: int) -> bytes:
        wanted = max(min(size, self._end - self._place), 0)
        granted = self._budget.take(UNPACKED_BYTES, wanted)
        self._place += granted
        return self._content[self._place - granted : self._place]


class Packed(Source):
    """A compressed stretch of bytes, and what is packed the same way behind it."""

    def __init__(self, method: Method, content: bytes, start: int, end: int, budget: Budget) -> None:
        super().__init__()
        self._method, self._budget = method, budget
        self._content, self._place, self._end = content, start, min(end, len(content))
        self._left = FREE_BYTES + RATIO * max(self._end - start, 0)
        self._machine = method.start()
        self._streams = 1
        self._has_ended = False

    def _next(self, size: int) -> bytes:
        size = min(size, self._left, self._budget.allow(UNPACKED_BYTES) // self._method.cost)
        if size <= 0 and not self._has_ended:
            self._end_with(UNPACKED_BYTES.sentence if self._left else TOO_DENSE)
        try:
            found = b"" if self._has_ended else self._unpack(size)
        except (zlib.error, lzma.LZMAError, OSError, ValueError):
            found = self._end_with(DAMAGED)
        self._left -= len(found)
        self._budget.spend(UNPACKED_BYTES, len(found) * self._method.cost)
        return found

    def _unpack(self, size: int) -> bytes:
        """The next bytes of this stream, or of one behind it; none at the end."""
        while not self._has_ended:
            if self._machine.eof:
                self._begin_next()
                continue
            piece = self._take_piece() if self._machine.needs_input else b""
            if found := self._machine.decompress(piece, size):
                return found
            if not piece and not self._machine.eof:
                return self._end_with(DAMAGED)
        return b""

    def _take_piece(self) -> bytes:
        piece = self._content[self._place : min(self._place + PIECE, self._end)]
        self._place += len(piece)
        self._budget.spend(UNPACKED_BYTES, len(piece))
        return piece

    def _begin_next(self) -> None:
        self._place -= len(self._machine.unused_data)
        signature = self._method.signature
        self._has_ended = not signature or not self._content.startswith(signature, self._place, self._end)
        self._streams += 1
        if self._streams > STREAMS and not self._has_ended:
            self._end_with(DAMAGED)
        if not self._has_ended:
            self._machine = self._method.start()

    def _end_with(self, warning: str) -> bytes:
        self._budget.warn(warning)
        self._has_ended = True
        return b""


class Section(Source):
    """So many of the next bytes of another source."""

    def __init__(self, source: Source, size: int) -> None:
        super().__init__()
        self._source, self._left = source, size

    def skip(self) -> None:
        """Read what is left of them."""
        while self._left and self._next(PIECE):
            pass

    def _next(self, size: int) -> bytes:
        found = self._source.read(min(size, self._left))
        self._left -= len(found)
        return found

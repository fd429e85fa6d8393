"""Archives and compressed files: what files are in them. Nothing is written to a disk, and no name is a path."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from typing import TYPE_CHECKING

from parsers.budget import ARCHIVE_MEMBERS, Budget
from parsers.sources import BZIP2, DAMAGED, GZIP, RAW, XZ, Packed, Section, Source, Stored

if TYPE_CHECKING:
    from zipfile import ZipInfo

ENCRYPTED = "A file in an archive is encrypted; it was not read."
UNKNOWN = "An archive is packed in a way that is not read; ordinary zip, tar, gzip, bzip2 and xz are."
BLOCK = 512
"""Of tar."""
_IS_ENCRYPTED = 1
_STORED, _AES = 0, 99
_METHODS = {8: RAW, 12: BZIP2}
"""Methods of zip."""
_CENTRAL = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s22xHH")


class Kind(Enum):
    """Kinds of archives, and what they begin with; tar has its mark further on, and old ones have none."""

    ZIP = b"PK\x03\x04"
    GZIP = b"\x1f\x8b\x08"
    BZIP2 = b"BZh"
    XZ = b"\xfd7zXZ\0"
    RAR = b"Rar!\x1a\x07"
    SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
    ZSTANDARD = b"\x28\xb5\x2f\xfd"
    LZIP = b"LZIP\1"
    CABINET = b"MSCF\0\0\0\0"
    TAR = b"ustar"


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive."""

    name: str
    source: Source
    checksum: int | None = None
    """What the list of files says that its content has (CRC-32)."""

    def read(self, budget: Budget) -> bytes:
        """Its content; damage is told, and does not matter: a signature proves more than a checksum."""
        content = self.source.read_all()
        if self.checksum is not None and zlib.crc32(content) != self.checksum:
            budget.warn(DAMAGED)
        return content


def find_kind(beginning: bytes) -> Kind | None:
    """What kind of archive begins so, or None."""
    if _is_tar(beginning[:BLOCK]):
        return Kind.TAR
    return next((kind for kind in Kind if beginning.startswith(kind.value)), None)


def read_members(kind: Kind, content: bytes, name: str, budget: Budget) -> Iterator[Member]:
    """The files in it, each to be read before the next; what is only compressed is one file."""
    if kind is Kind.ZIP:
        yield from _read_zip(content, budget)
    elif kind is Kind.TAR:
        yield from _read_tar(Stored(content, 0, len(content), budget), budget)
    elif (method := {Kind.GZIP: GZIP, Kind.BZIP2: BZIP2, Kind.XZ: XZ}.get(kind)) is None:
        budget.warn(UNKNOWN)
    else:
        packed = Packed(method, content, 0, len(content), budget)
        if find_kind(packed.peek(BLOCK)) is Kind.TAR:
            yield from _read_tar(packed, budget)
        else:
            yield Member(name.rpartition(".")[0] or name, packed)


def _read_zip(content: bytes, budget: Budget) -> Iterator[Member]:
    """The standard library reads the list of files; as long as it is allowed to be."""
    import zipfile  # with all that it needs, it takes longer to load than most mails to read

    count = content.count(_CENTRAL)
    if budget.take(ARCHIVE_MEMBERS, count) < count:
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error):
        budget.warn(DAMAGED)
        return
    for one in listed:
        if one.flag_bits & _IS_ENCRYPTED or one.compress_type == _AES:
            budget.warn(ENCRYPTED)
        elif source := _open_in_zip(content, one, budget):
            yield Member(one.filename, source, one.CRC)


def _open_in_zip(content: bytes, one: "ZipInfo", budget: Budget) -> Source | None:
    at = one.header_offset
    if 0 <= at <= len(content) - _LOCAL.size:
        mark, *lengths = _LOCAL.unpack_from(content, at)
        start = at + _LOCAL.size + sum(lengths)
        end = start + one.compress_size
        if mark == Kind.ZIP.value and one.compress_type == _STORED:
            return Stored(content, start, end, budget)
        if mark == Kind.ZIP.value and one.compress_type in _METHODS:
            return Packed(_METHODS[one.compress_type], content, start, end, budget)
        if mark == Kind.ZIP.value:
            budget.warn(UNKNOWN)
            return None
    budget.warn(DAMAGED)
    return None


def _read_tar(source: Source, budget: Budget) -> Iterator[Member]:
    """Files only; links, folders, and names that are too long for their place have blocks of other kinds."""
    while (block := source.read(BLOCK)).strip(b"\0"):
        if not _is_tar(block):
            budget.warn(DAMAGED)
            return
        if not budget.take(ARCHIVE_MEMBERS, 1):
            return
        size, kind = _read_size(block[124:136]), block[156:157]
        body = Section(source, size if kind not in b"123456" else 0)
        if kind in b"07\0":
            yield Member(block[:100].partition(b"\0")[0].decode("utf-8", "replace"), body)
        body.skip()
        source.read(-size % BLOCK)


def _is_tar(block: bytes) -> bool:
    """Whether its checksum is right: the sum of its bytes, with blanks in the place of the checksum."""
    checksum = _read_octal(field := block[148:156])
    is_one = len(block) == BLOCK and checksum >= 0
    return is_one and checksum == sum(block) - sum(field) + len(field) * ord(" ")


def _read_size(field: bytes) -> int:
    """In octal; where that is too short, in bytes."""
    is_binary = field[:1] == b"\x80"
    return int.from_bytes(field[1:], "big") if is_binary else max(_read_octal(field), 0)


def _read_octal(field: bytes) -> int:
    digits = field.strip(b" \0")
    return int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else -1

"""Builders of Outlook's files, `.msg` and winmail.dat, for tests: as small as they can be, of what Outlook writes."""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from parsers.mapi import Tag

FREE, END, TABLE, LIST = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
FIRST, LISTED = 109, 127
"""Places of the table that the header has room for, and each sector of the list behind it."""
SECTOR, MINI, CUTOFF = 512, 64, 4096
STRING_8, UNICODE, TIME, NUMBER, BINARY, OBJECT = 0x1E, 0x1F, 0x40, 0x03, 0x102, 0x0D
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

Tree = Mapping[str, "bytes | Tree"]
Value = str | bytes | int | datetime


@dataclass
class Attached:
    """A file, or a message, that is attached to one."""

    content: "bytes | Made"
    name: str = "file.bin"
    kind: str = "application/octet-stream"


@dataclass
class Made:
    """A message, before it is written in one form or the other."""

    values: dict[Tag, Value] = field(default_factory=dict)
    attached: tuple[Attached, ...] = ()
    recipients: tuple[dict[Tag, Value], ...] = ()


def build_outlook(header: str = "", attached: Iterable[Attached] = (), **values: Value) -> Made:
    """A message with this header of its transport, and properties by their names in lower case."""
    tags = {Tag[name.upper()]: value for name, value in values.items()}
    kept = {Tag.TRANSPORT_MESSAGE_HEADERS: header} if header else {}
    return Made({Tag.MESSAGE_CLASS: "IPM.Note", **kept, **tags}, tuple(attached))


def build_msg(made: Made, charset: str | None = None) -> bytes:
    """A `.msg` file; its texts are in a charset, or in Unicode."""
    return build_compound(_message_tree(made, 32, charset))


def _message_tree(made: Made, header: int, charset: str | None) -> Tree:
    tree: dict[str, bytes | Tree] = dict(_property_tree(made.values, header, charset))
    for number, one in enumerate(made.recipients):
        tree[f"__recip_version1.0_#{number:08X}"] = _property_tree(one, 8, charset)
    for number, attached in enumerate(made.attached):
        values: dict[Tag, Value] = {
            Tag.ATTACH_LONG_FILENAME: attached.name,
            Tag.ATTACH_MIME_TAG: attached.kind,
            Tag.ATTACH_METHOD: 5 if isinstance(attached.content, Made) else 1,
        }
        if isinstance(attached.content, bytes):
            values[Tag.ATTACH_DATA] = attached.content
        branch = dict(_property_tree(values, 8, charset))
        if isinstance(attached.content, Made):
            branch["__substg1.0_3701000D"] = _message_tree(attached.content, 24, charset)
        tree[f"__attach_version1.0_#{number:08X}"] = branch
    return tree


def _property_tree(values: Mapping[Tag, Value], header: int, charset: str | None) -> dict[str, bytes | Tree]:
    rows, tree = bytes(header), dict[str, bytes | Tree]()
    for tag, value in values.items():
        kind, raw = _encode(value, charset)
        is_fixed = kind in (NUMBER, TIME)
        rows += struct.pack("<HHI8s", kind, tag, 6, raw if is_fixed else struct.pack("<I", len(raw)))
        if not is_fixed:
            tree[f"__substg1.0_{tag:04X}{kind:04X}"] = raw
    tree["__properties_version1.0"] = rows
    return tree


def _encode(value: Value, charset: str | None) -> tuple[int, bytes]:
    if isinstance(value, str):
        return (
            (STRING_8, value.encode(charset))
            if charset
            else (UNICODE, value.encode("utf-16-le", "surrogatepass"))
        )
    if isinstance(value, datetime):
        return TIME, struct.pack("<Q", int((value - EPOCH).total_seconds()) * 10_000_000)
    return (NUMBER, struct.pack("<I", value)) if isinstance(value, int) else (BINARY, value)


def build_compound(tree: Tree) -> bytes:
    """A compound file of these streams and storages, by their names."""
    writer = _Writer()
    writer.add_entry("Root Entry", 5, END, 0)
    writer.add_children(0, tree)
    return writer.write()


class _Writer:
    """The sectors of a file and their chains: streams first, the tables behind them."""

    def __init__(self) -> None:
        self.entries: list[list[object]] = []
        self.sectors: list[bytes] = []
        self.chain: list[int] = []
        self.minis: list[bytes] = []
        self.mini_chain: list[int] = []

    def add_entry(self, name: str, kind: int, start: int, size: int) -> int:
        raw = name.encode("utf-16-le")
        self.entries.append([raw, len(raw) + 2, kind, 1, FREE, FREE, FREE, start, size])
        return len(self.entries) - 1

    def add_children(self, parent: int, tree: Tree) -> None:
        """Each is the right neighbour of the one before it: a tree like any other."""
        place, owner = 6, parent
        for name in sorted(tree, key=lambda one: (len(one), one.upper())):
            content = tree[name]
            if isinstance(content, bytes):
                number = self.add_entry(name, 2, self.add_stream(content), len(content))
            else:
                number = self.add_entry(name, 1, 0, 0)
                self.add_children(number, content)
            self.entries[owner][place] = number
            place, owner = 5, number

    def add_stream(self, content: bytes) -> int:
        if not content:
            return END
        if len(content) < CUTOFF:
            return _add(self.minis, self.mini_chain, content, MINI)
        return _add(self.sectors, self.chain, content, SECTOR)

    def write(self) -> bytes:
        mini = b"".join(self.minis)
        self.entries[0][7:] = [_add(self.sectors, self.chain, mini, SECTOR) if mini else END, len(mini)]
        rows = struct.pack(f"<{len(self.mini_chain)}I", *self.mini_chain)
        mini_table = _add(self.sectors, self.chain, rows, SECTOR, b"\xff") if rows else END
        entries = b"".join(struct.pack("<64sHBB3I36xIQ", *entry) for entry in self.entries)
        directory = _add(self.sectors, self.chain, entries, SECTOR)
        places = self._write_tables()
        header = struct.pack(
            "<8s16xHHHHH6xIIIIIIIII",
            *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
            *(0, len(places), directory, 0, CUTOFF, mini_table, -(-len(rows) // SECTOR)),
            *(END, 0) if len(places) <= FIRST else (len(self.sectors), -(-(len(places) - FIRST) // LISTED)),
        )
        return (
            header + _list(places[:FIRST], FIRST) + b"".join(self.sectors) + self._write_lists(places[FIRST:])
        )

    def _write_tables(self) -> list[int]:
        """Append the table of all chains, its own sectors among them, and those that list where it stands."""
        first, tables, lists = len(self.sectors), 0, 0
        while (first + tables + lists) > tables * SECTOR // 4:
            tables += 1
            lists = max(-(-(tables - FIRST) // LISTED), 0)
        chain = [*self.chain, *[TABLE] * tables, *[LIST] * lists]
        content = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * SECTOR, b"\xff")
        self.sectors += [content[at : at + SECTOR] for at in range(0, len(content), SECTOR)]
        return [*range(first, first + tables)]

    def _write_lists(self, places: list[int]) -> bytes:
        """What does not fit into the header, in sectors that each name the next one."""
        first = len(self.sectors)
        cut = [places[at : at + LISTED] for at in range(0, len(places), LISTED)]
        after = [*range(first + 1, first + len(cut)), END]
        pairs = zip(cut, after, strict=False)
        return b"".join(_list(some, LISTED) + struct.pack("<I", number) for some, number in pairs)


def _list(places: list[int], size: int) -> bytes:
    return struct.pack(f"<{size}I", *places, *[FREE] * (size - len(places)))


def _add(units: list[bytes], chain: list[int], content: bytes, size: int, filling: bytes = b"\0") -> int:
    """Append the units that a stream takes, chained; where it begins."""
    first = len(units)
    cut = [content[at : at + size].ljust(size, filling) for at in range(0, len(content), size)]
    units += cut
    chain += [*range(first + 1, first + len(cut)), END]
    return first


def build_tnef(made: Made, code_page: int = 1252) -> bytes:
    """A winmail.dat."""
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(
        (
            _attribute(1, 0x9006, 8, struct.pack("<I", 0x10000)),
            _attribute(1, 0x9007, 6, struct.pack("<II", code_page, 0)),
            _attribute(1, 0x9003, 6, _mapi(made.values)),
            *(_attribute(1, 0x9004, 6, struct.pack("<I", 1) + _mapi(one)) for one in made.recipients[:1]),
            *(_attached(one, code_page) for one in made.attached),
        )
    )


def _attribute(level: int, name: int, kind: int, raw: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(raw)) + raw + struct.pack("<H", sum(raw) & 0xFFFF)


def _attached(attached: Attached, code_page: int) -> bytes:
    values: dict[Tag, Value] = {
        Tag.ATTACH_LONG_FILENAME: attached.name,
        Tag.ATTACH_MIME_TAG: attached.kind,
    }
    start = _attribute(2, 0x9002, 6, bytes(14))
    if isinstance(attached.content, bytes):
        content = _attribute(2, 0x800F, 6, attached.content)
        return start + content + _attribute(2, 0x9005, 6, _mapi(values))
    inner = bytes.fromhex("0703020000000000c000000000000046") + build_tnef(attached.content, code_page)
    return start + _attribute(2, 0x9005, 6, _mapi(values, inner))


def _mapi(values: Mapping[Tag, Value], message: bytes = b"") -> bytes:
    rows = [(tag, *_encode(value, None)) for tag, value in values.items()]
    rows += [(Tag.ATTACH_DATA, OBJECT, message)] if message else []
    written = b""
    for tag, kind, raw in rows:
        is_fixed = kind in (NUMBER, TIME)
        padded = raw + bytes(-len(raw) % 4)
        written += (
            struct.pack("<HH", kind, tag) + (b"" if is_fixed else struct.pack("<II", 1, len(raw))) + padded
        )
    return struct.pack("<I", len(rows)) + written

"""Outlook's `.msg` files (MS-OXMSG): a message as storages and streams of a compound file."""

import struct

from parsers.budget import Budget
from parsers.compound import Storage, read_compound
from parsers.mapi import DEPTH, OBJECT, TOO_DEEP, File, Item, Properties, Tag, read_file

ATTACHMENTS = 100
RECIPIENTS = 100
PROPERTIES = "__properties_version1.0"
OF_MESSAGE, OF_EMBEDDED, OF_OTHERS = 32, 24, 8
"""How long the header of the properties is."""
ROWS = 1_000
"""Properties that are read of one message, recipient or attachment; Outlook writes a hundred."""

_ROW = struct.Struct("<2xH4x8s")


def read_msg(content: bytes, budget: Budget) -> Item | None:
    """The message in a `.msg` file; None for other compound files, such as Word's."""
    root = read_compound(content, budget)
    return _read_item(root, OF_MESSAGE, budget, 1) if root and root.read(PROPERTIES) else None


def _read_item(
    storage: Storage, header: int, budget: Budget, depth: int, code_page: int | None = None
) -> Item:
    properties = _read_properties(storage, header, code_page)
    page = properties.number(Tag.MESSAGE_CODE_PAGE) or properties.number(Tag.INTERNET_CODE_PAGE) or code_page
    attached = []
    for part in _open_all(storage, "__attach_version1.0_", ATTACHMENTS):
        found = _read_attached(part, budget, depth, page)
        attached += [found] if found else []
    recipients = _open_all(storage, "__recip_version1.0_", RECIPIENTS)
    return Item(
        properties, tuple(_read_properties(one, OF_OTHERS, page) for one in recipients), tuple(attached)
    )


def _open_all(storage: Storage, prefix: str, limit: int) -> list[Storage]:
    opened = (storage.open(name) for name in storage.find_storages(prefix)[:limit])
    return [one for one in opened if one]


def _read_attached(storage: Storage, budget: Budget, depth: int, page: int | None) -> File | Item | None:
    properties = _read_properties(storage, OF_OTHERS, page)
    inner = storage.open(_stream_of(Tag.ATTACH_DATA, OBJECT))
    if inner is None:
        return read_file(properties, properties.content(Tag.ATTACH_DATA))
    if depth >= DEPTH:
        budget.warn(TOO_DEEP)
        return None
    return _read_item(inner, OF_EMBEDDED, budget, depth + 1, page) if inner.read(PROPERTIES) else None


def _read_properties(storage: Storage, header: int, code_page: int | None) -> Properties:
    """Numbers and times stand in one stream, of 16 bytes each; each text has a stream of its own."""

    def find(number: int, types: tuple[int, ...]) -> tuple[int, bytes] | None:
        found = ((kind, storage.read(_stream_of(number, kind))) for kind in types)
        return next(((kind, raw) for kind, raw in found if raw is not None), None)

    rows = (storage.read(PROPERTIES) or b"")[header:][: ROWS * _ROW.size]
    numbers = _ROW.iter_unpack(rows[: len(rows) // _ROW.size * _ROW.size])
    return Properties(find, dict(numbers), code_page)


def _stream_of(number: int, kind: int) -> str:
    return f"__substg1.0_{number:04X}{kind:04X}"

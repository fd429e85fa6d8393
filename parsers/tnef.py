"""winmail.dat (MS-OXTNEF): what Outlook puts around a mail that leaves in its own format, files and messages with it.

What is damaged ends the reading there; what stood before it is read.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from enum import IntEnum

from parsers.budget import OUTLOOK_ENTRIES, Budget
from parsers.mapi import (
    BINARY,
    DEPTH,
    OBJECT,
    SINCE,
    STRING_8,
    TICKS,
    TIME,
    TOO_DEEP,
    File,
    Item,
    Tag,
    read_file,
)
from parsers.tnef_properties import Cursor, DamageError, Values, read_properties

SIGNATURE = b"\x78\x9f\x3e\x22"
HEADER_BYTES = 6
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
"""Before a message that is attached as an object (IID_IMessage)."""

_ATTRIBUTE = struct.Struct("<BHHI")
_CHECKSUM_BYTES = 2
_LEVEL_OF_ATTACHMENT = 2
_DATE = struct.Struct("<6H")
RECIPIENTS = 100
_SENDER = struct.Struct("<4H")
_CLASSES = {b"ipm.microsoft mail.note": b"IPM.Note"}
"""What the attribute calls a class of mails otherwise than the property (MS-OXTNEF, section 2.1.3.2)."""


class _Name(IntEnum):
    """The attributes that are read (MS-OXTNEF, section 2.1.3.2)."""

    FROM = 0x8000
    SUBJECT = 0x8004
    DATE_SENT = 0x8005
    MESSAGE_CLASS = 0x8008
    BODY = 0x800C
    ATTACH_DATA = 0x800F
    ATTACH_TITLE = 0x8010
    ATTACH_REND_DATA = 0x9002
    MAPI_PROPERTIES = 0x9003
    RECIPIENTS = 0x9004
    ATTACHMENT = 0x9005
    OEM_CODE_PAGE = 0x9007


def read_tnef(content: bytes, budget: Budget, depth: int = 1) -> Item:
    """The message in it; whatever is missing is empty."""
    return _Reading(budget, depth).read(content)


class _Reading:
    """One file, attribute by attribute."""

    def __init__(self, budget: Budget, depth: int) -> None:
        self._budget = budget
        self._depth = depth
        self._message = Values()
        self._attached: list[Values] = []
        self._recipients: list[Values] = []
        self._code_page: int | None = None

    def read(self, content: bytes) -> Item:
        """All of it, or as far as it is whole."""
        for level, name, raw in self._find_attributes(content):
            if name == _Name.ATTACH_REND_DATA:
                self._attached.append(Values())
            elif level != _LEVEL_OF_ATTACHMENT:
                self._read_of_message(name, raw)
            elif self._attached:
                self._read_of_attachment(self._attached[-1], name, raw)
        found = (self._finish(values) for values in self._attached)
        return Item(
            self._message.seal(self._code_page),
            tuple(values.seal(self._code_page) for values in self._recipients),
            tuple(one for one in found if one),
        )

    def _find_attributes(self, content: bytes) -> Iterator[tuple[int, int, bytes]]:
        place = HEADER_BYTES
        while place + _ATTRIBUTE.size <= len(content) and self._budget.take(OUTLOOK_ENTRIES, 1):
            level, name, _, size = _ATTRIBUTE.unpack_from(content, place)
            place += _ATTRIBUTE.size
            yield level, name, content[place : place + size]
            place += size + _CHECKSUM_BYTES

    def _read_of_message(self, name: int, raw: bytes) -> None:
        if name == _Name.OEM_CODE_PAGE:
            self._code_page = int.from_bytes(raw[:4], "little") or None
        elif name == _Name.MAPI_PROPERTIES:
            self._read_list(raw, self._message)
        elif name == _Name.RECIPIENTS:
            self._read_recipients(raw)
        elif name == _Name.FROM:
            self._read_sender(raw)
        elif name == _Name.SUBJECT:
            self._message.add(Tag.SUBJECT, STRING_8, raw)
        elif name == _Name.BODY:
            self._message.add(Tag.BODY, STRING_8, raw)
        elif name == _Name.MESSAGE_CLASS:
            self._message.add(Tag.MESSAGE_CLASS, STRING_8, _CLASSES.get(raw.rstrip(b"\0").lower(), raw))
        elif name == _Name.DATE_SENT:
            self._message.add(Tag.CLIENT_SUBMIT_TIME, TIME, _as_ticks(raw))

    def _read_of_attachment(self, values: Values, name: int, raw: bytes) -> None:
        if name == _Name.ATTACHMENT:
            self._read_list(raw, values)
        elif name == _Name.ATTACH_DATA:
            values.add(Tag.ATTACH_DATA, BINARY, raw)
        elif name == _Name.ATTACH_TITLE:
            values.add(Tag.ATTACH_FILENAME, STRING_8, raw)

    def _read_list(self, raw: bytes, values: Values) -> None:
        with suppress(DamageError):
            read_properties(Cursor(raw), values, self._budget)

    def _read_recipients(self, raw: bytes) -> None:
        cursor = Cursor(raw)
        with suppress(DamageError):
            for _ in range(min(cursor.number(), RECIPIENTS)):
                self._recipients.append(Values())
                read_properties(cursor, self._recipients[-1], self._budget)

    def _read_sender(self, raw: bytes) -> None:
        """A name and an address with its kind before a colon, in the form of older programs."""
        if len(raw) < _SENDER.size:
            return
        _, _, name_size, address_size = _SENDER.unpack_from(raw)
        name, rest = raw[_SENDER.size :][:name_size], raw[_SENDER.size + name_size :][:address_size]
        kind, _, address = rest.partition(b":")
        self._message.add(Tag.SENDER_NAME, STRING_8, name)
        if kind.upper() == b"SMTP":
            self._message.add(Tag.SENDER_SMTP_ADDRESS, STRING_8, address)

    def _finish(self, values: Values) -> File | Item | None:
        properties = values.seal(self._code_page)
        kind, raw = values.texts.get(Tag.ATTACH_DATA, (BINARY, b""))
        if kind != OBJECT or not raw.startswith(MESSAGE):
            return read_file(properties, raw)
        if self._depth >= DEPTH:
            self._budget.warn(TOO_DEEP)
            return None
        return read_tnef(raw[len(MESSAGE) :], self._budget, self._depth + 1)


def _as_ticks(raw: bytes) -> bytes:
    """The time of an attribute as that of a property."""
    try:
        year, month, day, hour, minute, second = _DATE.unpack(raw[: _DATE.size])
        time = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, struct.error):
        return b""
    return (int((time - SINCE).total_seconds()) * TICKS).to_bytes(8, "little", signed=True)

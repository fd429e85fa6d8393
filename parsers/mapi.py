"""What Outlook keeps of a message: its properties (MS-OXPROPS), and what is attached; `.msg` and winmail.dat alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from parsers.content import clean_text, decode_charset

OBJECT, STRING_8, UNICODE, TIME, BINARY = 0x0D, 0x1E, 0x1F, 0x40, 0x102
TEXTS = (UNICODE, STRING_8)
TEXT_BYTES = 4 * 1024 * 1024
"""What is read of one text; bodies can be long."""
DEPTH = 8
"""Of messages that are attached to each other."""
TOO_DEEP = "Outlook files are nested too deep; the innermost were not read."
SINCE = datetime(1601, 1, 1, tzinfo=UTC)
TICKS = 10_000_000
"""In a second."""
_SECONDS = range(380 * 365 * 86_400, 600 * 365 * 86_400)
"""Since 1601; a mail is younger than 1981."""


class Tag(IntEnum):
    """The properties that are read, by their numbers."""

    MESSAGE_CLASS = 0x001A
    SUBJECT = 0x0037
    CLIENT_SUBMIT_TIME = 0x0039
    SENT_REPRESENTING_NAME = 0x0042
    SENT_REPRESENTING_EMAIL_ADDRESS = 0x0065
    TRANSPORT_MESSAGE_HEADERS = 0x007D
    SENDER_NAME = 0x0C1A
    SENDER_EMAIL_ADDRESS = 0x0C1F
    MESSAGE_DELIVERY_TIME = 0x0E06
    BODY = 0x1000
    HTML = 0x1013
    INTERNET_MESSAGE_ID = 0x1035
    DISPLAY_NAME = 0x3001
    EMAIL_ADDRESS = 0x3003
    ATTACH_DATA = 0x3701
    ATTACH_FILENAME = 0x3704
    ATTACH_METHOD = 0x3705
    ATTACH_LONG_FILENAME = 0x3707
    ATTACH_MIME_TAG = 0x370E
    SMTP_ADDRESS = 0x39FE
    INTERNET_CODE_PAGE = 0x3FDE
    MESSAGE_CODE_PAGE = 0x3FFD
    SENDER_SMTP_ADDRESS = 0x5D01
    SENT_REPRESENTING_SMTP_ADDRESS = 0x5D02


Find = Callable[[int, tuple[int, ...]], tuple[int, bytes] | None]
"""Finds a property by its number, and one of these types: the type that it has, and its bytes."""


@dataclass(frozen=True, slots=True)
class Properties:
    """Those of a message, a recipient or an attachment; each is read when asked."""

    find: Find
    fixed: dict[int, bytes]
    """Numbers and times, by the property's number: eight bytes at the most."""
    code_page: int | None = None
    """Of texts that are not Unicode, where the properties do not name it themselves."""

    def text(self, tag: Tag) -> str:
        """A text, clean; the empty text if it is absent."""
        kind, raw = self.find(tag, TEXTS) or (UNICODE, b"")
        raw = raw[:TEXT_BYTES]
        text = (
            raw.decode("utf-16-le", "replace")
            if kind == UNICODE
            else self._decode(raw, Tag.MESSAGE_CODE_PAGE)
        )
        return clean_text(text)

    def page(self) -> str:
        """The page (HTML) of a message, which is kept as bytes in the charset of the Internet, or as text."""
        found = self.find(Tag.HTML, (BINARY,))
        return self._decode(found[1][:TEXT_BYTES], Tag.INTERNET_CODE_PAGE) if found else self.text(Tag.HTML)

    def content(self, tag: Tag) -> bytes:
        """Bytes; none if they are absent."""
        found = self.find(tag, (BINARY,))
        return found[1] if found else b""

    def number(self, tag: Tag) -> int | None:
        """A number of 32 bits."""
        raw = self.fixed.get(tag)
        return int.from_bytes(raw[:4], "little") if raw else None

    def moment(self, tag: Tag) -> datetime | None:
        """A time, if it is one that a mail can have."""
        seconds = int.from_bytes(self.fixed.get(tag, b""), "little") // TICKS
        return SINCE + timedelta(seconds=seconds) if seconds in _SECONDS else None

    def _decode(self, raw: bytes, tag: Tag) -> str:
        page = self.number(tag) or self.number(Tag.INTERNET_CODE_PAGE) or self.code_page
        return decode_charset(raw.rstrip(b"\0"), charset_of(page))


@dataclass(frozen=True, slots=True)
class File:
    """A file that is attached to a message, or one of an archive."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Item:
    """A message, with what is attached to it: files, and other messages."""

    properties: Properties
    recipients: tuple[Properties, ...] = ()
    attached: tuple["File | Item", ...] = ()


_CHARSETS = {
    936: "gb18030",
    1200: "utf-16-le",
    20127: "us-ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    50220: "iso-2022-jp",
    50221: "iso-2022-jp",
    50222: "iso-2022-jp",
    51932: "euc-jp",
    51949: "euc-kr",
    54936: "gb18030",
    65000: "utf-7",
    65001: "utf-8",
}
"""What Windows calls otherwise than by `cp` and its number."""


def charset_of(code_page: int | None) -> str | None:
    """The charset of a code page of Windows, as mail names it."""
    if code_page is None:
        return None
    if 28591 <= code_page <= 28606:
        return f"iso-8859-{code_page - 28590}"
    return _CHARSETS.get(code_page, f"cp{code_page}")


def read_file(properties: Properties, content: bytes) -> File:
    """An attached file, under the longer of its names."""
    name = properties.text(Tag.ATTACH_LONG_FILENAME) or properties.text(Tag.ATTACH_FILENAME)
    return File(name, properties.text(Tag.ATTACH_MIME_TAG), content)

"""Header blocks: where one ends, and its fields, unfolded (RFC 5322, section 2.2), in linear time."""

import re
from dataclasses import dataclass, field
from itertools import islice

from parsers import budget as limits

PART_FIELDS = 200
"""Fields of a part's own header, which needs few."""
GLANCE_FIELDS = 60
"""Fields that tell whether this is a header at all; no others are looked for behind them."""
VALUE_BYTES = 64 * 1024

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_END = re.compile(rb"\n\r{0,2}\n")
_END_WITH_BARE_CR = re.compile(rb"\r\r")
_NAME = rb"[!-9;-~]{1,200}+(?=[ \t]{0,20}+:)"
_VALUE = rb"[ \t]{0,20}+:([^\n]*+(?:\n(?!%b)[^\n]*+){0,5000})" % _NAME
"""All up to the line that the next field begins with.

What repeats is no possessive group, here and elsewhere: Python 3.11 reads those wrongly before 3.11.5 (gh-106052).
"""
_FIELD = re.compile(rb"^(%b)%b" % (_NAME, _VALUE), re.MULTILINE)
_ESSENTIAL = (
    b"content-type",
    b"content-transfer-encoding",
    b"from",
    b"subject",
    b"message-id",
    b"date",
)
"""The fields without which no mail can be read: they are found behind any number of others."""
_ESSENTIAL_OF_ONE = 10
"""Fields of each of these names, so that none pushes another out."""
_STRAY_LINE = re.compile(rb"\n(?![ \t\n])[^\n]*+")
"""A line that is neither a field nor the fold of one."""

KNOWN_NAMES = frozenset(
    [
        "bcc",
        "cc",
        "comments",
        "content-disposition",
        "content-transfer-encoding",
        "content-type",
        "date",
        "delivered-to",
        "dkim-signature",
        "envelope-to",
        "from",
        "in-reply-to",
        "list-id",
        "message-id",
        "mime-version",
        "precedence",
        "received",
        "received-spf",
        "references",
        "reply-to",
        "return-path",
        "sender",
        "subject",
        "to",
        "user-agent",
        "x-apparently-to",
        "x-mailer",
        "x-original-to",
        "x-originating-ip",
        "x-received",
        "arc-seal",
        "arc-message-signature",
        "arc-authentication-results",
        "authentication-results",
        "auto-submitted",
        "x-spam-status",
        "x-envelope-from",
        "thread-topic",
    ]
)
"""Field names that tell a header block from prose that happens to hold a colon."""

WRAPPING_NAMES = frozenset(
    {"content-type", "content-transfer-encoding", "content-disposition", "content-id", "mime-version"}
)
"""Field names of a MIME part's own header, which some senders repeat inside the part."""


Field = tuple[str, bytes]
"""One header field: its name as written and its value without the line ends of its folds."""


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of one header block, in order, and by lower-case name."""

    fields: tuple[Field, ...] = ()
    by_name: dict[str, list[bytes]] = field(default_factory=dict)
    cuts: tuple[str, ...] = ()
    """What was left out of it, in short stable sentences."""

    def first(self, name: str) -> bytes | None:
        """The value of the topmost field of this lower-case name."""
        values = self.by_name.get(name)
        return values[0] if values else None

    def every(self, name: str) -> list[bytes]:
        """All values of this lower-case name, topmost first."""
        return self.by_name.get(name, [])

    def count_known(self) -> int:
        """How many different well-known names it has: none means that this is no header."""
        return len(KNOWN_NAMES.intersection(self.by_name))


def skip_prologue(source: bytes, start: int, end: int) -> int:
    """Where the header begins behind a byte order mark, empty lines, or an mbox `From ` line."""
    start += len(BYTE_ORDER_MARK) * source.startswith(BYTE_ORDER_MARK, start, end)
    head = source[start : min(end, start + 1000)]
    start += len(head) - len(head.lstrip(b"\r\n"))
    start += len(BYTE_ORDER_MARK) * source.startswith(BYTE_ORDER_MARK, start, end)
    if source.startswith((b"From ", b">From "), start, end):
        line_end = source.find(b"\n", start, min(end, start + 2000))
        start = line_end + 1 if line_end >= 0 else start
    return start


def split_header(
    source: bytes,
    start: int,
    end: int,
    limit: int = limits.FIELDS.of_one,
    size: int = limits.HEADER_BYTES.of_one,
) -> tuple[Header, int]:
    """The header that begins at `start`, of so many fields and bytes, and where the body begins.

    A long value is cut by itself, so that it pushes none of the other fields out.
    """
    block_end, body_start = _find_end(source, start, end)
    cuts = []
    if block_end - start > size:
        block_end = start + size
        cuts.append(limits.HEADER_BYTES.sentence)
    fields = _find_fields(source[start:block_end], limit)
    if len(fields) > limit:
        cuts.append(limits.FIELDS.sentence)
    return _index(fields, tuple(cuts)), body_start


def _find_end(source: bytes, start: int, end: int) -> tuple[int, int]:
    """End of the block and beginning of the body; a mail without any LF has its lines end in CR."""
    first = source[start : min(start + 3, end)]
    if first[:1] == b"\n" or first[:2] == b"\r\n":
        return start, start + (1 if first[:1] == b"\n" else 2)
    found = _END.search(source, start, end)
    if not found and source.find(b"\n", start, end) < 0:
        found = _END_WITH_BARE_CR.search(source, start, end)
    return (found.start() + 1, found.end()) if found else (end, end)


def _find_fields(block: bytes, limit: int) -> list[tuple[bytes, bytes]]:
    """The fields up to one more than the limit, and behind it those without which no mail can be read."""
    if b"\r" in block:
        block = block.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if block.count(b"\n") <= limit:
        return _FIELD.findall(block)
    found = list(islice(_FIELD.finditer(block), limit + 1))
    fields = [(match[1], match[2]) for match in found]
    if len(found) <= limit or limit == GLANCE_FIELDS:
        return fields
    return fields + _find_essential(block, found[-1].end())


def _find_essential(block: bytes, start: int) -> list[tuple[bytes, bytes]]:
    lower = block.lower()
    found: dict[int, tuple[bytes, bytes]] = {}
    for name in _ESSENTIAL:
        position, left = start, _ESSENTIAL_OF_ONE
        while left and (position := lower.find(b"\n" + name, position) + 1):
            match = _FIELD.match(block, position)
            if match and match[1].lower() == name:
                found[position] = (match[1], match[2])
                left -= 1
    return [found[position] for position in sorted(found)]


def _index(fields: list[tuple[bytes, bytes]], cuts: tuple[str, ...]) -> Header:
    """The names are decoded all at once: they are ASCII without line ends."""
    names = b"\n".join([name for name, _ in fields]).decode("ascii")
    values = [_unfold(value) if b"\n" in value else value[:VALUE_BYTES].strip() for _, value in fields]
    by_name: dict[str, list[bytes]] = {}
    for name, value in zip(names.lower().split("\n"), values, strict=False):
        if name in by_name:
            by_name[name].append(value)
        else:
            by_name[name] = [value]
    return Header(tuple(zip(names.split("\n"), values, strict=False)), by_name, cuts)


def _unfold(value: bytes) -> bytes:
    """The value without its line ends; lines between that are neither fields nor folds are left out."""
    return _STRAY_LINE.sub(b"", value[:VALUE_BYTES]).replace(b"\n", b"").strip()

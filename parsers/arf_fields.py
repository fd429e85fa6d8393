"""Where the fields of a feedback report stand in the content of a part, and what else stands there."""

import re
from collections.abc import Iterator

from parsers import budget as limits
from parsers.header_block import (
    GLANCE_FIELDS,
    WRAPPING_NAMES,
    Field,
    Header,
    skip_prologue,
    split_header,
)

BLOCKS = 30

FEEDBACK_TYPE = "feedback-type"
"""The field that every feedback report has (RFC 5965, section 3.1), and nothing else."""

MESSAGE_NAMES = ("from", "received", "return-path")
"""Fields of a message, which stand in no part that merely looks like a feedback report's."""

_LEAD = re.compile(rb"(?>(?:[ \t]{0,100}+[\r\n]){0,1000})([ \t]{0,100})")


def find_fields(raw: bytes) -> list[Field]:
    """The fields: some senders repeat the part's own header above them, or have empty lines between them."""
    return find_some_fields(raw, limits.FEEDBACK_FIELDS.of_one)[0]


def find_some_fields(raw: bytes, limit: int) -> tuple[list[Field], bool]:
    """The fields up to a few more than the limit, and whether a message stands behind them."""
    fields, start = _split_content(_dedent(raw), limit)
    return fields, start is not None


def begins_like_report(raw: bytes) -> bool:
    """Whether its first fields, but for those of the part, are a feedback report's, and no message's.

    A message has the receiving server's fields on top, whatever its sender wrote or left out below them.
    """
    blocks = _split_blocks(_dedent(raw), GLANCE_FIELDS)
    headers = (header for _, header in blocks if not _repeats_part(header))
    names = next(headers, Header()).by_name.keys()
    return FEEDBACK_TYPE in names and names.isdisjoint(MESSAGE_NAMES)


def find_appended(raw: bytes) -> bytes | None:
    """The reported message that stands behind the fields, in the same part; None without one."""
    raw = _dedent(raw)
    start = _split_content(raw)[1]
    return raw[start:] if start is not None else None


def _dedent(raw: bytes) -> bytes:
    """Without empty lines before the fields, and what all lines are indented by; a part can have millions of lines."""
    lead = _LEAD.match(raw)
    indent, raw = (lead[1], raw[lead.end() :]) if lead else (b"", raw)
    if not indent or re.search(rb"\n(?!%b)[^\S\n]*+\S" % re.escape(indent), raw):
        return raw
    return raw.replace(b"\n" + indent, b"\n")


def _split_content(raw: bytes, limit: int = limits.FEEDBACK_FIELDS.of_one) -> tuple[list[Field], int | None]:
    """The fields, and where a message begins behind them."""
    found: list[Field] = []
    is_typed = False
    for start, header in _split_blocks(raw, limit):
        if _is_message(header, is_typed):
            return found, start
        if not _repeats_part(header):
            found.extend(header.fields)
            is_typed = is_typed or FEEDBACK_TYPE in header.by_name
        if len(found) > limit:
            break
    return found, None


def _split_blocks(raw: bytes, limit: int) -> Iterator[tuple[int, Header]]:
    """What stands between empty lines, and where each begins."""
    end = 0
    for _ in range(BLOCKS):
        start = skip_prologue(raw, end, len(raw))
        if start >= len(raw):
            return
        header, end = split_header(raw, start, len(raw), limit)
        yield start, header


def _repeats_part(header: Header) -> bool:
    return bool(header.fields) and header.by_name.keys() <= WRAPPING_NAMES


def _is_message(header: Header, is_typed: bool) -> bool:
    """Whether a block belongs to the reported message: its sender can write there what it likes.

    Some reports have a sender and a subject among their fields; behind the type, a second one makes no report.
    """
    names = header.by_name.keys()
    return "received" in names or ({"from", "subject"} <= names and (is_typed or FEEDBACK_TYPE not in names))

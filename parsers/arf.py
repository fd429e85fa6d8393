"""Feedback reports (ARF, RFC 5965, with the fields of RFC 6591 and others), complete and usable alone.

`parse_feedback_report` answers in three ways: None = this is no feedback report; `BrokenReport` is
raised = it is one, but says nothing usable; a `Report` = the fields of one, without its message.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from parsers.addresses import can_be_origin
from parsers.arf_values import (
    read_count,
    read_host,
    read_ip,
    read_keyword,
    read_plain,
    read_recipients,
    read_sender,
    read_text,
    read_uri,
)
from parsers.header_block import BYTE_ORDER_MARK, Field, Header, skip_prologue, split_header
from parsers.headers import parse_date, raw_text
from parsers.values import Report

BLOCKS = 100
VALUES = 200

FEEDBACK_TYPE = "feedback-type"
"""The field that every feedback report has (RFC 5965, section 3.1), and nothing else."""

PART_FIELDS = frozenset(
    {"content-type", "content-transfer-encoding", "content-disposition", "content-id", "mime-version"}
)
"""The fields of the MIME part, which some senders repeat inside of it."""

_ROUTE_FIELDS = frozenset({"received", "return-path"})
_SENDER_FIELDS = frozenset({"from", "subject"})
_MARK = BYTE_ORDER_MARK
_LEAD = re.compile(rb"(?:" + _MARK + rb"|[ \t]{0,100}+[\r\n]){0,1000}+([ \t]{0,100})")

_Value = TypeVar("_Value")


class BrokenReport(ValueError):  # noqa: N818 - one of three answers, named like the others
    """It claims to be a feedback report, and no field of it can be used."""


class _Fields:
    """The fields of a report by lower-case name; typed ones are removed, what remains is extensions."""

    def __init__(self, fields: list[Field]) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            lower = name.lower()
            self._names.setdefault(lower, name)
            self._values.setdefault(lower, []).append(raw_text(value))

    def one(self, name: str, read: Callable[[str], _Value | None]) -> _Value | None:
        """The first value that can be read; all others stay."""
        values = self._values.get(name, [])
        for index, text in enumerate(values):
            if (value := read(text)) is not None:
                del values[index]
                return value
        return None

    def every(self, name: str, read: Callable[[str], _Value | None]) -> tuple[_Value, ...]:
        """What can be read of all values of the name, in order; they stay."""
        values = (read(text) for text in self._values.get(name, [])[:VALUES])
        return tuple(value for value in values if value is not None)

    def many(self, name: str, read: Callable[[str], _Value | None]) -> tuple[_Value, ...]:
        """Likewise; they are removed."""
        found = self.every(name, read)
        del self._values.get(name, [])[:VALUES]
        return found

    def remaining(self) -> dict[str, tuple[str, ...]]:
        """What no typed field took, by name as first written."""
        return {self._names[name]: tuple(values) for name, values in self._values.items() if any(values)}


def parse_feedback_report(content: str | bytes) -> Report | None:
    """The report in the content of a `message/feedback-report` part, its transfer encoding taken off.

    Fields that may appear once give their first readable value; what else there is, by whatever name,
    stands in `extensions` as it was written.
    """
    raw = _to_bytes(content)
    fields, _ = _find_fields(_dedent(raw))
    if not fields:
        return None
    report = _build(_Fields(fields))
    if replace(report, version=None, extensions={}) == Report("arf"):
        raise BrokenReport("It has none of the fields of a feedback report.")
    return replace(report, text_sha256=hashlib.sha256(raw).hexdigest())


def begins_like_report(content: str | bytes) -> bool:
    """Whether its first fields, but for those of the part, are a feedback report's, whatever its part is called."""
    raw = _dedent(_to_bytes(content))
    blocks = (block for block in _split_blocks(raw) if not _repeats_part(block[1]))
    start, header = next(blocks, (0, Header()))
    return FEEDBACK_TYPE in header.by_name and raw.startswith(header.fields[0].name.encode(), start)


def holds_report(content: str | bytes) -> bool:
    """Whether fields of a feedback report stand in it, also behind a text, but above any message."""
    fields, _ = _find_fields(_dedent(_to_bytes(content)))
    return any(field.name.lower() == FEEDBACK_TYPE for field in fields)


def find_appended(content: str | bytes) -> bytes | None:
    """The reported message that stands behind the fields, in the same part; None without one."""
    raw = _dedent(_to_bytes(content))
    _, start = _find_fields(raw)
    return raw[start:] if start is not None else None


def _to_bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8", "replace") if isinstance(content, str) else content


def _dedent(raw: bytes) -> bytes:
    """Without byte order mark, empty lines before the fields, and what all lines are indented by."""
    lead = _LEAD.match(raw)
    indent, raw = (lead[1], raw[lead.end() :]) if lead else (b"", raw)
    lines = raw.split(b"\n") if indent else []
    if all(line.startswith(indent) or not line.strip() for line in lines[1:]):
        return b"\n".join(line.removeprefix(indent) for line in lines) if lines else raw
    return raw


def _find_fields(raw: bytes) -> tuple[list[Field], int | None]:
    """The fields, and where a message begins behind them.

    Some senders repeat the part's own header inside it, or have empty lines between the fields.
    """
    found: list[Field] = []
    for start, header in _split_blocks(raw):
        if _is_message(header):
            return found, start if found else None
        if not _repeats_part(header):
            found.extend(header.fields)
    return found, None


def _split_blocks(raw: bytes) -> Iterator[tuple[int, Header]]:
    """What stands between empty lines, and where each begins."""
    end = 0
    for _ in range(BLOCKS):
        start = skip_prologue(raw, end, len(raw))
        if start >= len(raw):
            return
        header, end = split_header(raw, start, len(raw))
        yield start, header


def _repeats_part(header: Header) -> bool:
    return bool(header.fields) and header.by_name.keys() <= PART_FIELDS


def _is_message(header: Header) -> bool:
    """Whether a block belongs to the reported message: its sender can write there what it likes."""
    names = header.by_name.keys()
    return FEEDBACK_TYPE not in names and bool(names & _ROUTE_FIELDS or names >= _SENDER_FIELDS)


def _build(fields: _Fields) -> Report:
    addresses = fields.every("source-ip", read_ip)
    return Report(
        format="arf",
        feedback_type=fields.one("feedback-type", read_keyword),
        user_agent=fields.one("user-agent", read_text),
        version=fields.one("version", read_plain),
        source_ip=fields.one("source-ip", read_ip),
        candidate_ips=tuple(dict.fromkeys(ip for ip in addresses if can_be_origin(ip))),
        arrival_date=fields.one("arrival-date", parse_date) or fields.one("received-date", parse_date),
        original_mail_from=fields.one("original-mail-from", read_sender),
        original_rcpt_to=tuple(one for some in fields.many("original-rcpt-to", read_recipients) for one in some),
        reporting_mta=fields.one("reporting-mta", read_host),
        reported_domains=fields.many("reported-domain", read_plain),
        reported_uris=fields.many("reported-uri", read_uri),
        authentication_results=fields.many("authentication-results", read_text),
        incidents=fields.one("incidents", read_count) or 1,
        extensions=fields.remaining(),
    )

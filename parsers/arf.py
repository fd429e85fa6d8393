"""Feedback reports (ARF, RFC 5965, with the fields of RFC 6591 and others), complete and usable alone.

`parse_feedback_report` answers in three ways: None = this is no feedback report; `BrokenReport` is
raised = it is one, but says nothing usable; a `Report` = the fields of one, without its message.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from parsers.addresses import can_be_origin, parse_ip
from parsers.dates import parse_date
from parsers.header_block import Field, skip_prologue, split_header
from parsers.headers import raw_text, strip_comments
from parsers.values import IPAddress, Report

BLOCKS = 5
VALUES = 200
INCIDENTS = 1_000_000_000

KNOWN_FIELDS = frozenset(
    [
        "feedback-type",
        "user-agent",
        "version",
        "source-ip",
        "arrival-date",
        "received-date",
        "original-mail-from",
        "original-rcpt-to",
        "reporting-mta",
        "reported-domain",
        "reported-uri",
        "authentication-results",
        "incidents",
        "original-envelope-id",
        "source-port",
        "auth-failure",
        "delivery-result",
        "dkim-domain",
        "dkim-identity",
        "dkim-selector",
        "dkim-canonicalized-header",
        "dkim-canonicalized-body",
        "dkim-adsp-dns",
        "dkim-selector-dns",
        "spf-dns",
        "identity-alignment",
        "message-id",
        "removal-recipient",
        "abuse-type",
        "source",
    ]
)
"""The names that make a block of fields a feedback report: RFC 5965, RFC 6591, DMARC, and feedback loops."""

_TYPED = re.compile(r"(?:rfc822|utf-?8|smtp|x400|unknown)[ \t]{0,20};", re.IGNORECASE)
_ANGLE = re.compile(r'<((?:"(?:[^"\\]|\\.)*"|[^<>"])*)>')

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

    def one(self, name: str, read: Callable[[str], _Value]) -> _Value | None:
        """The first value that can be read; all others stay."""
        values = self._values.get(name, [])
        for index, text in enumerate(values):
            if (value := read(text)) is not None:
                del values[index]
                return value
        return None

    def many(self, name: str, read: Callable[[str], str | None]) -> tuple[str, ...]:
        """All values of the name, in order."""
        return tuple(
            value for text in self._values.pop(name, [])[:VALUES] if (value := read(text)) is not None
        )

    def every(self, name: str, read: Callable[[str], _Value | None]) -> list[_Value]:
        """What can be read of all values of the name; they stay."""
        return [value for text in self._values.get(name, [])[:VALUES] if (value := read(text)) is not None]

    def remaining(self) -> dict[str, tuple[str, ...]]:
        """What no typed field took, by name as first written."""
        return {self._names[name]: tuple(values) for name, values in self._values.items() if any(values)}


def parse_feedback_report(content: str | bytes) -> Report | None:
    """The report in the content of a `message/feedback-report` part, its transfer encoding taken off."""
    raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
    fields = _find_fields(raw)
    if not fields:
        return None
    if not {field.name.lower() for field in fields} & KNOWN_FIELDS - {"message-id", "source", "version"}:
        raise BrokenReport("It has none of the fields of a feedback report.")
    return _build(_Fields(fields), raw)


def _find_fields(raw: bytes) -> list[Field]:
    """The fields of all blocks that have a known one: some senders put a header or empty lines between."""
    found: list[Field] = []
    rest: list[Field] = []
    start = 0
    for _ in range(BLOCKS):
        start = skip_prologue(raw, start, len(raw))
        if start >= len(raw):
            break
        header, start = split_header(raw, start, len(raw))
        known = header.by_name.keys() & KNOWN_FIELDS
        (found if known else rest).extend(header.fields)
    return found or rest


def _build(fields: _Fields, raw: bytes) -> Report:
    incidents = fields.one("incidents", _count)
    addresses: list[IPAddress] = fields.every("source-ip", _ip)
    return Report(
        format="arf",
        feedback_type=fields.one("feedback-type", _keyword),
        user_agent=fields.one("user-agent", _text),
        version=fields.one("version", _text),
        source_ip=fields.one("source-ip", _ip),
        candidate_ips=tuple(dict.fromkeys(ip for ip in addresses if can_be_origin(ip))),
        arrival_date=fields.one("arrival-date", _date) or fields.one("received-date", _date),
        original_mail_from=fields.one("original-mail-from", _sender),
        original_rcpt_to=fields.many("original-rcpt-to", _address),
        reporting_mta=fields.one("reporting-mta", _host),
        reported_domains=fields.many("reported-domain", _text),
        reported_uris=fields.many("reported-uri", _text),
        authentication_results=fields.many("authentication-results", _text),
        incidents=incidents or 1,
        extensions=fields.remaining(),
        text_sha256=hashlib.sha256(raw).hexdigest(),
    )


def _text(text: str) -> str | None:
    return text or None


def _keyword(text: str) -> str | None:
    """Lower case, without quotes and comments."""
    return strip_comments(text).partition("(")[0].partition(";")[0].strip(" \t\"'").lower()[:100] or None


def _ip(text: str) -> IPAddress | None:
    """The address, also behind a comment."""
    return parse_ip(strip_comments(text))


def _date(text: str) -> datetime | None:
    return parse_date(text)


def _address(text: str) -> str | None:
    """Without comments, angle brackets, or the address type that some write before it, as RFC 3464 does."""
    return _sender(text) or None


def _sender(text: str) -> str | None:
    """Likewise; the empty text is the null sender, `<>`."""
    text = strip_comments(text)
    typed = _TYPED.match(text)
    text = text[typed.end() :].strip() if typed else text
    angle = _ANGLE.fullmatch(text)
    address = angle[1].strip() if angle else text.removeprefix("<").removesuffix(">").strip()
    return address if address or angle else None


def _host(text: str) -> str | None:
    """The name of the MTA without its type (`dns;`)."""
    kind, semicolon, rest = text.partition(";")
    return (rest.strip() if semicolon and kind.strip().isalnum() else text.strip()) or None


def _count(text: str) -> int | None:
    digits = text.split(" ")[0][:12]
    return min(int(digits), INCIDENTS) if digits.isascii() and digits.isdigit() and int(digits) > 0 else None

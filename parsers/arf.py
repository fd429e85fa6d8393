"""Feedback reports (ARF, RFC 5965, with the fields of RFC 6591 and others), complete and usable alone.

`parse_feedback_report` answers in three ways: None = this is no feedback report; `BrokenReport` is
raised = it is one, but says nothing usable; a `Report` = the fields of one, without its message.
"""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from parsers.addresses import can_be_origin
from parsers.arf_fields import find_fields
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
from parsers.dates import parse_date
from parsers.header_block import Field
from parsers.headers import raw_text
from parsers.values import IPAddress, Report

VALUE_CHARACTERS = 4_000
VALUES = 50
"""Values of one field that are read; the others stay as they were written."""

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
            self._values.setdefault(lower, []).append(raw_text(value)[:VALUE_CHARACTERS])

    def one(self, name: str, read: Callable[[str], _Value]) -> _Value | None:
        """The first value that can be read; all others stay."""
        values = self._values.get(name, [])
        for index, text in enumerate(values[:VALUES]):
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
    raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
    return build_report(find_fields(raw), raw)


def build_report(fields: list[Field], raw: bytes) -> Report | None:
    """The report that these fields of the content make."""
    if not fields:
        return None
    report = _build(_Fields(fields), hashlib.sha256(raw).hexdigest())
    told_nothing = Report(
        "arf", version=report.version, extensions=report.extensions, text_sha256=report.text_sha256
    )
    if report == told_nothing:
        raise BrokenReport("It has none of the fields of a feedback report.")
    return report


def _build(fields: _Fields, text_sha256: str) -> Report:
    incidents = fields.one("incidents", read_count)
    addresses: tuple[IPAddress, ...] = fields.every("source-ip", read_ip)
    return Report(
        format="arf",
        feedback_type=fields.one("feedback-type", read_keyword),
        user_agent=fields.one("user-agent", read_text),
        version=fields.one("version", read_plain),
        source_ip=fields.one("source-ip", read_ip) if addresses else None,
        candidate_ips=tuple(dict.fromkeys(ip for ip in addresses if can_be_origin(ip))),
        arrival_date=fields.one("arrival-date", parse_date) or fields.one("received-date", parse_date),
        original_mail_from=fields.one("original-mail-from", read_sender),
        original_rcpt_to=tuple(
            one for some in fields.many("original-rcpt-to", read_recipients) for one in some
        ),
        reporting_mta=fields.one("reporting-mta", read_host),
        reported_domains=fields.many("reported-domain", read_plain),
        reported_uris=fields.many("reported-uri", read_uri),
        authentication_results=fields.many("authentication-results", read_text),
        incidents=incidents or 1,
        extensions=fields.remaining(),
        text_sha256=text_sha256,
    )

"""Dates as mail programs write them → times in UTC. Bounded; nothing here raises."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

LOOKED_AT = 200

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2}))?(?:[.,]\d{1,9})?"
_MONTH = r"(?P<month>[A-Za-z]{3})[a-z]{0,6}\.?"
_ZONE = r"(?:(?:GMT|UTC)?(?P<offset>[+-]\d{2}:?\d{2}(?!\d))|(?P<zone>[A-Za-z]{1,5}(?![A-Za-z])))"
_HALF = r"(?:[ ]?(?P<half>[AaPp])[Mm]\b)?"
_FORMS = (
    # RFC 5322: Mon, 2 Nov 2026 10:00:00 +0100
    rf"(?P<day>\d{{1,2}})[ \t.-]{{1,5}}{_MONTH}[ \t.,-]{{1,5}}(?P<year>\d{{2,4}})[ \t,]{{1,5}}{_TIME}{_HALF}"
    rf"[ \t]{{0,5}}{_ZONE}?",
    # ISO 8601, and databases: 2026-11-02T10:00:00Z
    rf"(?P<year>\d{{4}})[-/](?P<digits>\d{{2}})[-/](?P<day>\d{{2}})[T \t]{{1,3}}{_TIME}[ \t]{{0,5}}{_ZONE}?",
    # asctime: Mon Nov  2 10:00:00 CET 2026
    rf"{_MONTH}[ \t]{{1,5}}(?P<day>\d{{1,2}})[ \t]{{1,5}}{_TIME}[ \t]{{1,5}}(?:{_ZONE}[ \t]{{1,3}})?(?P<year>\d{{4}})",
    # American, and JavaScript: Monday, November 2, 2026 10:00:00 AM; Mon Nov 02 2026 10:00:00 GMT+0100
    rf"{_MONTH}[ \t]{{1,5}}(?P<day>\d{{1,2}}),?[ \t]{{1,5}}(?P<year>\d{{4}})(?:,|[ ]at)?[ \t]{{1,5}}{_TIME}{_HALF}"
    rf"[ \t]{{0,5}}{_ZONE}?",
)
_PATTERNS = tuple(re.compile(form) for form in _FORMS)

_ZONE_HOURS = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "BST": 1, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9,
}  # fmt: skip
"""Zone names that mail uses; every other is UTC (RFC 5322, section 4.3)."""


def parse_date(text: str | None) -> datetime | None:
    """The time that a date names, in UTC; None if there is none."""
    text = (text or "")[:LOOKED_AT]
    if not text:
        return None
    for pattern in _PATTERNS:
        if found := pattern.search(text):
            return _make_time(found.groupdict())
    return None


def _make_time(parts: dict[str, str | None]) -> datetime | None:
    year = _number(parts["year"])
    if len(parts["year"] or "") < 4:
        year += 1900 if year >= 50 else 2000
    hour, half = _number(parts["hour"]), (parts.get("half") or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    clock = (hour, _number(parts["minute"]), min(_number(parts["second"]), 59))
    try:
        local = datetime(year, _month(parts), _number(parts["day"]), *clock, tzinfo=_zone(parts))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _number(digits: str | None) -> int:
    return int(digits or 0)


def _month(parts: dict[str, str | None]) -> int:
    name = (parts.get("month") or "").lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else _number(parts.get("digits"))


def _zone(parts: dict[str, str | None]) -> timezone:
    if offset := parts["offset"]:
        return _zone_of(offset)
    return timezone(timedelta(hours=_ZONE_HOURS.get((parts["zone"] or "").upper(), 0)))


@lru_cache(maxsize=64)
def _zone_of(offset: str) -> timezone:
    """The zone of an offset such as +0100; there are few."""
    digits = offset[1:].replace(":", "")
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if offset[0] == "-" else distance)

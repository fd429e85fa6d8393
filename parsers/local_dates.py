"""Dates as people see them in forwards: with months by name in many languages. What may be another day is none."""

import re

from parsers.dates import LOOKED_AT, parse_date
from parsers.wording.forwarded import MONTHS

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBERS = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_LONGEST = max(map(len, _NUMBERS))

_BY_NAME = re.compile(
    r"(?<!\d)(\d{1,2})\.?\s{1,3}(?:de |d')?([^\W\d_]{3,12})\.?,?\s{1,3}(?:de )?(\d{4})(?!\d)"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\.?\s{1,3}([^\W\d_]{3,12})\.?\s{1,3}(\d{1,2})(?!\d)")
"""Hungarian."""
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_OFFSET = re.compile(r"\b(?:GMT|UTC)([+-])(\d{1,2})(?![\d:])")
_EASTERN = re.compile(r"(?<!\d)(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_CLOCK = re.compile(r"(?<![\d.:])(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?![\d.:])\s?([AaPp])?(?:\.?\s?[Mm]\b)?")
_AFTERNOON = re.compile(r"下午|晚上|오후|午後|μ\.μ\.")
_MORNING = re.compile(r"上午|오전|午前|π\.μ\.")
_ZONE = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)|\b(MESZ|MEZ|CEST|CET|[ECMP][SD]T)\b")
_GERMAN = {"MEZ": "CET", "MESZ": "CEST"}


def normalize_date(text: str) -> str:
    """The date as mail writes it, for `parse_date`; nearly as it was where that reads it, or nothing can."""
    text = _OFFSET.sub(lambda found: f"{found[1]}{int(found[2]):02}00", _ORDINAL.sub("", text[:LOOKED_AT]))
    if parse_date(text):
        return text
    day = _find_day(text)
    clock = _find_clock(text[day[1] :]) if day else None
    return f"{day[0]} {clock}" if day and clock else text


def _find_day(text: str) -> tuple[str, int] | None:
    """The day, and where it ends in the text."""
    if found := _BY_NAME.search(text):
        return _write(found[3], _find_month(found[2]), found[1]), found.end()
    if found := _YEAR_FIRST.search(text):
        return _write(found[1], _find_month(found[2]), found[3]), found.end()
    if found := _EASTERN.search(text):
        return _write(found[1], int(found[2]), found[3]), found.end()
    if found := _DOTTED.search(text):
        return _write(found[3], int(found[2]), found[1]), found.end()
    found = _SLASHED.search(text)
    if not found or (month_and_day := _tell_apart(int(found[1]), int(found[2]))) is None:
        return None
    return _write(found[3], month_and_day[0], str(month_and_day[1])), found.end()


def _write(year: str, month: int, day: str) -> str:
    return f"{day} {_NAMES[month - 1] if 0 < month < 13 else '?'} {year}"


def _find_month(word: str) -> int:
    """The number of the month that a word names, 0 if it names none."""
    lower = word.lower()
    beginnings = (lower[:length] for length in range(min(len(lower), _LONGEST), 2, -1))
    return next((_NUMBERS[one] for one in beginnings if one in _NUMBERS), 0)


def _tell_apart(one: int, other: int) -> tuple[int, int] | None:
    """Month and day of a date with slashes: people write either first, so only numbers over 12 tell."""
    if one > 12 or one == other:
        return other, one
    return (one, other) if other > 12 else None


def _find_clock(text: str) -> str | None:
    """The time that stands behind the day, and the zone."""
    found = _CLOCK.search(text)
    if not found:
        return None
    hour = int(found[1])
    is_afternoon = (found[4] or "").lower() == "p" or bool(_AFTERNOON.search(text))
    if (is_afternoon or found[4] or _MORNING.search(text)) and hour <= 12:
        hour = hour % 12 + 12 * is_afternoon
    return f"{hour:02}:{found[2]}:{found[3] or '00'} {_find_zone(text[found.end() :])}".rstrip()


def _find_zone(text: str) -> str:
    found = _ZONE.search(text)
    if not found:
        return ""
    if found[4]:
        return _GERMAN.get(found[4], found[4])
    return f"{found[1]}{int(found[2]):02}{found[3] or '00'}"

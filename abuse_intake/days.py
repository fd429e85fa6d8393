"""Spans of days of UTC: what counts are asked for by, on the command line and over the API."""

from datetime import date, timedelta
from typing import NamedTuple

MOST_DAYS = 3_660
FIRST_YEAR, LAST_YEAR = 1990, 9000


class Span(NamedTuple):
    """Days of UTC, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1


def find_span(today: date, days: int | None, default: int, since: date | None, until: date | None) -> Span:
    """The last `days` up to `until`, or from `since` on; ValueError says what is wrong with them."""
    last = until or today
    if since is not None and days is not None:
        raise ValueError("days and since exclude each other")
    span = Span(since or last - timedelta(days=(days or default) - 1), last)
    if span.days < 1:
        raise ValueError(f"{span.first} is after {last}")
    if span.days > MOST_DAYS:
        raise ValueError(f"at most {MOST_DAYS} days can be looked at")
    return span


def require_near(day: date) -> date:
    """The day, if one can count from it; else ValueError."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} is too far away")
    return day

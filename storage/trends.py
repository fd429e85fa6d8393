"""Junk counted: by tenant, network, subject and day; which of them rise. Days are of UTC, by when an incident began.

The counts stand in `junk_tallies`. Those with most reports in a span are found without adding up all: who has so many
in D days has a D-th of it on one of them, and each day's rows are sorted by their reports.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from storage.bulk import chunked
from storage.incident_filter import is_storable
from storage.junk_counts import ALL, NETWORK, SUBJECT, TENANT, key_of, subject_kind
from storage.models import JunkTally
from storage.one_of import one_of
from storage.values import CountedKind, DayCount, JunkCount

KINDS: dict[CountedKind, int] = {"tenant": TENANT, "network": NETWORK, "subject": SUBJECT}
SHARE = 64
"""Of all reports of a day: so many at most have a share of it each, which is where looking begins."""
MANY = 3_000
"""So many are not looked up one by one: all are added up."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days as `date.toordinal` counts, both inclusive."""

    kind: int
    first: int
    last: int

    @property
    def days(self) -> int:
        """How many there are."""
        return self.last - self.first + 1

    @property
    def before(self) -> int:
        """The first of as many days before."""
        return self.first - self.days


def find_rising(
    session: Session, kind: CountedKind, first: date, last: date, limit: int = 10
) -> tuple[JunkCount, ...]:
    """Those whose reports rose most from as many days before to the days from `first` to `last`, both inclusive."""
    return _find_top(session, Span(KINDS[kind], first.toordinal(), last.toordinal()), limit, _rise)


def count_junk(
    session: Session, kind: CountedKind, first: date, last: date, limit: int = 10
) -> tuple[JunkCount, ...]:
    """Those with the most reports in the days from `first` to `last`, both inclusive."""
    return _find_top(session, Span(KINDS[kind], first.toordinal(), last.toordinal()), limit, _reports)


def count_by_day(
    session: Session,
    first: date,
    last: date,
    *,
    kind: CountedKind | None = None,
    key: str | None = None,
) -> tuple[DayCount, ...]:
    """Every day from `first` to `last`, oldest first, also those without; of all, or of one key of a kind."""
    stored = {row.day: row for row in session.execute(_days_of(kind, key, first, last))}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(_day_count(day, stored.get(day.toordinal())) for day in days)


def _days_of(kind: CountedKind | None, key: str | None, first: date, last: date) -> Any:
    hashed = key_of(subject_kind(key) if kind == "subject" else key if kind else None)
    return select(JunkTally.day, JunkTally.incidents, JunkTally.reports).where(
        JunkTally.kind == (KINDS[kind] if kind else ALL),
        JunkTally.key == (hashed if key is None or is_storable(key) else b"nobody's"),
        JunkTally.day.between(first.toordinal(), last.toordinal()),
    )


def _day_count(day: date, row: Any) -> DayCount:
    return DayCount(day, row.incidents, row.reports) if row else DayCount(day, 0, 0)


def _reports(one: JunkCount) -> int:
    return one.reports


def _rise(one: JunkCount) -> int:
    return one.rise


def _find_top(
    session: Session, span: Span, limit: int, rank: Callable[[JunkCount], int]
) -> tuple[JunkCount, ...]:
    """Nobody's rank is more than its reports in the span."""
    days, most = _stored_days(session, span)
    while most:
        most = max(1, most // SHARE)
        top = _rank(_count(session, span, days, most), limit, rank)
        enough = -(-rank(top[-1]) // len(days)) if top and len(top) == limit else 1
        if most > enough and len(top) == limit:
            most, top = enough, _rank(_count(session, span, days, enough), limit, rank)
        if most <= enough:
            return top
    return ()


def _rank(counts: Iterator[JunkCount], limit: int, rank: Callable[[JunkCount], int]) -> tuple[JunkCount, ...]:
    risen = (one for one in counts if rank(one) > 0)
    return tuple(sorted(risen, key=lambda one: (-rank(one), one.key or ""))[:limit])


def _stored_days(session: Session, span: Span) -> tuple[Sequence[int], int]:
    """Those of its days that have junk, and the most reports that all together have on one."""
    of_all = JunkTally.kind == ALL, JunkTally.key == b"", JunkTally.day.between(span.first, span.last)
    rows = session.execute(select(JunkTally.day, JunkTally.reports).where(*of_all)).all()
    return [row.day for row in rows], max((row.reports for row in rows), default=0)


def _count(session: Session, span: Span, days: Sequence[int], most: int) -> Iterator[JunkCount]:
    """Those that have so many reports on a day."""
    if most == 1:
        yield from _add_up(session, span)
        return
    wanted = select(JunkTally.key).where(
        JunkTally.kind == span.kind, one_of(session, JunkTally.day, days), JunkTally.reports >= most
    )
    keys = set(session.scalars(wanted))
    if len(keys) > MANY:
        yield from _add_up(session, span)
        return
    for some in chunked(sorted(keys)):
        yield from _add_up(session, span, JunkTally.key.in_(some))


def _add_up(session: Session, span: Span, *conditions: ColumnElement[bool]) -> Iterator[JunkCount]:
    now = JunkTally.day >= span.first
    sums = [
        func.sum(case((is_so, column), else_=0))
        for is_so in (now, ~now)
        for column in (JunkTally.incidents, JunkTally.reports)
    ]
    wanted = select(func.max(JunkTally.label), *sums).where(
        JunkTally.kind == span.kind, JunkTally.day.between(span.before, span.last), *conditions
    )
    for label, *numbers in session.execute(wanted.group_by(JunkTally.key)):
        yield JunkCount(label, *map(int, numbers))

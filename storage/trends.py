"""Junk counted: by tenant, network, subject and day; which of them rise. Days are of UTC, by when an incident began.

The counts stand in `junk_tallies`. Those with most reports in a span are found without adding up all:

1. Who has many on a day leads. The tenth of them tells what it takes to be among the first ten.
2. Each day's rows are sorted by their reports. Who may have what it takes has it on the days where it has many, or
   could have it with what the others leave room for. Only these are added up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, Integer, bindparam, case, func, select
from sqlalchemy.orm import Session

from storage.bulk import chunked, is_postgresql
from storage.incident_filter import unindexed
from storage.incident_wants import is_storable
from storage.junk_counts import ALL, NETWORK, SUBJECT, TENANT, key_of, subject_kind
from storage.models import JunkTally, table_of
from storage.one_of import listed, one_of_named
from storage.paging import Statement
from storage.values import CountedKind, DayCount, JunkCount

KINDS: dict[CountedKind, int] = {"tenant": TENANT, "network": NETWORK, "subject": SUBJECT}
SHARE = 64
"""Of all reports of a day: so many at most have a share of it each, which is where looking begins."""
LOWER = 4
"""So much less is looked for when too few were found."""
FALLING = 3
"""Many have as many reports as those that rise: so many more are looked for at first, as the tenth may rise little."""
UNSEEN = 2
"""Rows that together have no more than a half of what it takes are not read."""

Rank = Literal["reports", "rise"]
"""What the first have most of: no more than their reports in the span, either way."""
Leader = tuple[int, bytes]
"""A rank and whose it is."""


JUNK = table_of(JunkTally).c
OF_KIND = JUNK.kind == bindparam("kind")
ON_DAYS = JUNK.day.between(bindparam("first"), bindparam("last"))
IN_SPAN = JUNK.day >= bindparam("begin")
REACHED = func.sum(case((IN_SPAN, JUNK.reports), else_=-JUNK.reports))
BY_DAY = select(JUNK.day, JUNK.incidents, JUNK.reports).where(OF_KIND, JUNK.key == bindparam("key"), ON_DAYS)
"""Built once, as all statements here: that takes longer than what they do."""


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
    return _find_top(session, Span(KINDS[kind], first.toordinal(), last.toordinal()), limit, "rise")


def count_junk(
    session: Session, kind: CountedKind, first: date, last: date, limit: int = 10
) -> tuple[JunkCount, ...]:
    """Those with the most reports in the days from `first` to `last`, both inclusive."""
    return _find_top(session, Span(KINDS[kind], first.toordinal(), last.toordinal()), limit, "reports")


def count_by_day(
    session: Session,
    first: date,
    last: date,
    *,
    kind: CountedKind | None = None,
    key: str | None = None,
) -> tuple[DayCount, ...]:
    """Every day from `first` to `last`, oldest first, also those without; of all, or of one key of a kind."""
    hashed = key_of(subject_kind(key) if kind == "subject" else key if kind else None)
    of = {"kind": KINDS[kind] if kind else ALL, "key": hashed if _may_have(key) else b"nobody's"}
    rows = session.execute(BY_DAY, {**of, "first": first.toordinal(), "last": last.toordinal()})
    stored = {row.day: row for row in rows}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(_day_count(day, stored.get(day.toordinal())) for day in days)


def _may_have(key: str | None) -> bool:
    return key is None or is_storable(key)


def _day_count(day: date, row: Any) -> DayCount:
    return DayCount(day, row.incidents, row.reports) if row else DayCount(day, 0, 0)


def _find_top(session: Session, span: Span, limit: int, rank: Rank) -> tuple[JunkCount, ...]:
    days, most = _stored_days(session, span)
    ranked = _leaders(session, span, days, most, limit, rank)
    if len(ranked) >= limit:
        may_have = _with_room_for(session, span, days, ranked[limit - 1][0])
        others = may_have.difference(key for _, key in ranked)
        ranked = sorted((*ranked, *_rank(session, span, others, rank)), reverse=True)
    enough = ranked[limit - 1][0] if len(ranked) >= limit else 1
    first = (key for reached, key in ranked if reached >= enough)
    counts = (one for keys in chunked(first) for one in _count(session, span, keys))
    return tuple(sorted(counts, key=lambda one: (-getattr(one, rank), one.key or ""))[:limit])


def _stored_days(session: Session, span: Span) -> tuple[Sequence[int], int]:
    """Those of its days that have junk, and the most reports that all together have on one."""
    of_all = {"kind": ALL, "key": b"", "first": span.first, "last": span.last}
    rows = session.execute(BY_DAY, of_all).all()
    return [row.day for row in rows], max((row.reports for row in rows), default=0)


def _leaders(
    session: Session, span: Span, days: Sequence[int], most: int, limit: int, rank: Rank
) -> list[Leader]:
    """Those with many reports on a day: so many that there are enough of them, or all that there are."""
    share, sought = most // SHARE, limit
    if rank == "rise":
        share, sought = share // LOWER, limit * FALLING
    while most:
        many = session.scalars(*_many_on_a_day(session, span, days, share))
        ranked = _rank(session, span, set(many.all()), rank)
        if len(ranked) >= sought or share <= 1:
            return ranked
        share, sought = share // LOWER, limit
    return []


def _with_room_for(session: Session, span: Span, days: Sequence[int], enough: int) -> set[bytes]:
    """Those that may have so many reports, as far as the rows of many tell."""
    unseen = enough // (UNSEEN * len(days))
    wanted, of = _many_on_a_day(session, span, days, unseen + 1, grouped=True)
    of |= {"days_of_span": len(days), "unseen": unseen, "enough": enough}
    return set(session.scalars(wanted, of).all())


def _many_on_a_day(
    session: Session, span: Span, days: Sequence[int], least: int, *, grouped: bool = False
) -> tuple[Statement, dict[str, Any]]:
    """A statement for those with so many reports on a day, and its parameters."""
    on_postgresql = is_postgresql(session)
    wanted = (_room if grouped else _many)(on_postgresql)
    return wanted, {"kind": span.kind, "days": listed(on_postgresql, days), "least": least}


def _rank(session: Session, span: Span, keys: Iterable[bytes], rank: Rank) -> list[Leader]:
    """Those of the keys that have any of what is ranked by, most first."""
    first = span.before if rank == "rise" else span.first
    of = {"kind": span.kind, "first": first, "last": span.last, "begin": span.first}
    ranked = _ranked(is_postgresql(session))
    found = (session.execute(ranked, {**of, "keys": some}).all() for some in chunked(sorted(keys)))
    return sorted(((int(row[0]), row[1]) for rows in found for row in rows), reverse=True)


def _count(session: Session, span: Span, keys: Sequence[bytes]) -> Iterator[JunkCount]:
    of = {"kind": span.kind, "first": span.before, "last": span.last, "begin": span.first, "keys": keys}
    for label, *numbers in session.execute(_counted(is_postgresql(session)), of).all():
        yield JunkCount(label, *map(int, numbers))


@cache
def _many(on_postgresql: bool) -> Statement:
    many = one_of_named(on_postgresql, JUNK.day, "days"), JUNK.reports >= bindparam("least")
    return select(JUNK.key).where(OF_KIND, *many)


@cache
def _room(on_postgresql: bool) -> Statement:
    unseen_days = bindparam("days_of_span", type_=Integer) - func.count()
    at_most = func.sum(JUNK.reports) + unseen_days * bindparam("unseen", type_=BigInteger)
    seen = _many(on_postgresql).with_only_columns(unindexed(JUNK.key)).group_by(unindexed(JUNK.key))
    return seen.having(at_most >= bindparam("enough", type_=BigInteger))


def _among(on_postgresql: bool) -> ColumnElement[bool]:
    """Whether it is one of the keys; on PostgreSQL as one parameter, so that any number is the same statement."""
    if on_postgresql:
        is_one: ColumnElement[bool] = JUNK.key == func.any(bindparam("keys"))
        return is_one
    return JUNK.key.in_(bindparam("keys", expanding=True))


@cache
def _ranked(on_postgresql: bool) -> Statement:
    ranked = select(REACHED, JUNK.key).where(OF_KIND, _among(on_postgresql), ON_DAYS)
    return ranked.group_by(JUNK.key).having(REACHED > 0)


@cache
def _counted(on_postgresql: bool) -> Statement:
    """Of several labels the last by its bytes, whatever language a database of PostgreSQL sorts by."""
    label = func.max(JUNK.label.collate("C" if on_postgresql else "BINARY"))
    sums = (
        func.sum(case((is_so, column), else_=0))
        for is_so in (IN_SPAN, ~IN_SPAN)
        for column in (JUNK.incidents, JUNK.reports)
    )
    among = _among(on_postgresql)
    return select(label, *sums).where(OF_KIND, among, ON_DAYS).group_by(JUNK.key)

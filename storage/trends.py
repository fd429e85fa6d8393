"""Junk counted: by tenant, network, subject and day; which of them rise. Days are of UTC, by when an incident began."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Incident
from storage.values import CountedKind, DayCount, JunkCount


def find_rising(
    session: Session, kind: CountedKind, first: date, last: date, limit: int = 10
) -> tuple[JunkCount, ...]:
    """Those whose reports rose most from as many days before to the days from `first` to `last`, both inclusive."""
    rising = (one for one in _count(session, kind, first, last) if one.rise > 0)
    return tuple(sorted(rising, key=lambda one: (-one.rise, one.key or ""))[:limit])


def count_junk(
    session: Session, kind: CountedKind, first: date, last: date, limit: int = 10
) -> tuple[JunkCount, ...]:
    """Those with the most reports in the days from `first` to `last`, both inclusive."""
    most = (one for one in _count(session, kind, first, last) if one.incidents)
    return tuple(sorted(most, key=lambda one: (-one.reports, one.key or ""))[:limit])


def count_by_day(
    session: Session,
    first: date,
    last: date,
    *,
    kind: CountedKind | None = None,
    key: str | None = None,
) -> tuple[DayCount, ...]:
    """Every day from `first` to `last`, oldest first, also those without; of all, or of one tenant or network."""
    counts: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for row in _rows(session, first, last):
        if kind is None or _key(row, kind) == key:
            counts[row.first_seen.date()][0] += 1
            counts[row.first_seen.date()][1] += row.report_count
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(DayCount(day, *counts[day]) for day in days)


def _count(session: Session, kind: CountedKind, first: date, last: date) -> Iterator[JunkCount]:
    counts: dict[str | None, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    before = first - (last - first) - timedelta(days=1)
    for row in _rows(session, before, last):
        numbers, place = counts[_key(row, kind)], 0 if row.first_seen.date() >= first else 2
        numbers[place] += 1
        numbers[place + 1] += row.report_count
    return (JunkCount(key, *numbers) for key, numbers in counts.items())


def _rows(session: Session, first: date, last: date) -> Iterator[Any]:
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    columns = Incident.first_seen, Incident.tenant, Incident.ip, Incident.subject, Incident.report_count
    junk = select(*columns).where(Incident.has_junk.is_(True), Incident.report_count > 0)
    return iter(session.execute(junk.where(Incident.first_seen >= begin, Incident.first_seen < end)))


def _key(row: Any, kind: CountedKind) -> str | None:
    if kind == "tenant":
        tenant: str | None = row.tenant
        return tenant
    if kind == "network":
        return str(ip_network(f"{row.ip}/{48 if ':' in row.ip else 24}", strict=False)) if row.ip else None
    subject: str | None = row.subject
    return subject

"""Incidents as analysts query them. How reports make them is in `recording`, `tallies` and `incident_key`."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.columns import require_id
from storage.cursors import Cursors
from storage.errors import NotFound
from storage.incident_key import incident_key
from storage.incident_plans import IncidentPlan
from storage.incident_records import INCIDENTS, incident_record
from storage.incident_statements import KEYS
from storage.incident_wants import read_filter
from storage.models import Incident, IncidentHistory, Report
from storage.planner import row_by_row
from storage.records import REPORTS, report_records
from storage.values import (
    HistoryEntry,
    IncidentFilter,
    IncidentOrder,
    IncidentRecord,
    Page,
    ReportRecord,
)

__all__ = [
    "find_incident",
    "find_incident_page",
    "incident_cursors",
    "incident_history",
    "incident_key",
    "incident_reports",
    "list_incidents",
]

PAGE = 200
LONG_PAGE = 1_000
"""Of a list without end, after its first page: what a statement costs is then little beside its rows."""


def list_incidents(
    session: Session, filter: IncidentFilter, limit: int = 50, order: IncidentOrder = "newest"
) -> Iterator[IncidentRecord]:
    """Incidents that match, in order; 0 = all, in constant memory."""
    wanted = read_filter(filter)
    if wanted is None:
        return
    plan = IncidentPlan(session, wanted, order)
    position, given, page = None, 0, PAGE
    while True:
        size = page if limit == 0 else min(page, limit - given)
        with row_by_row(session):
            rows = plan.find(size, position)
        yield from map(incident_record, rows)
        given += len(rows)
        if len(rows) < size or given == limit:
            return
        position, page = (getattr(rows[-1], KEYS[order].key), rows[-1].id), LONG_PAGE


def find_incident_page(
    session: Session,
    filter: IncidentFilter,
    order: IncidentOrder = "newest",
    limit: int = 50,
    cursor: str | None = None,
) -> Page[IncidentRecord]:
    """Some incidents that match, in order, from where the page before ended; BadCursor when that cannot be told."""
    cursors = incident_cursors(filter, order)
    position = None if cursor is None else cursors.read(cursor)
    wanted = read_filter(filter)
    if wanted is None:
        return Page((), None)
    with row_by_row(session):
        rows = IncidentPlan(session, wanted, order).find(limit + 1, position)
    given = tuple(map(incident_record, rows[:limit]))
    if len(rows) <= limit:
        return Page(given, None)
    last = getattr(rows[limit - 1], KEYS[order].key), rows[limit - 1].id
    return Page(given, cursors.write(last))


def incident_cursors(filter: IncidentFilter, order: IncidentOrder) -> Cursors:
    """They hold with the same filter, but for its times, and the same order."""
    wanted = asdict(replace(filter, since=None, until=None))
    return Cursors(order, wanted, (int if order == "most_reported" else datetime, int))


def find_incident(session: Session, id: str) -> IncidentRecord:
    """The incident of that id."""
    row = session.execute(INCIDENTS.where(Incident.id == require_id(id, no_such_incident))).one_or_none()
    if row is None:
        raise no_such_incident(id)
    return incident_record(row)


def incident_reports(session: Session, id: str, limit: int = 0) -> tuple[ReportRecord, ...]:
    """The reports of an incident; the first is the one that it shows, as `tallies` orders them. 0 = all."""
    mine = REPORTS.where(Report.incident_id == require_id(id, no_such_incident)).order_by(
        Report.is_junk.desc(), Report.confidence_rank, Report.received_at, Report.mail_id, Report.position
    )
    return report_records(session.execute(mine.limit(limit) if limit else mine))


def incident_history(session: Session, id: str) -> tuple[HistoryEntry, ...]:
    """What happened to an incident, oldest first."""
    mine = select(
        IncidentHistory.at, IncidentHistory.actor, IncidentHistory.action, IncidentHistory.detail
    ).where(IncidentHistory.incident_id == require_id(id, no_such_incident))
    rows = session.execute(mine.order_by(IncidentHistory.id))
    return tuple(HistoryEntry(row.at, row.actor, row.action, row.detail) for row in rows)


def no_such_incident(id: str) -> NotFound:
    """The error for an incident that is not there."""
    return NotFound(f"no incident {id[:80]!r}: give its id, as `abuse-intake incidents list` shows it")

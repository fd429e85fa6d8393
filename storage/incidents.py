"""Incidents as analysts query them. How reports make them is in `recording`, `tallies` and `incident_key`."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.columns import require_id
from storage.cursors import read_cursor, write_cursor
from storage.errors import NotFound
from storage.incident_filter import conditions
from storage.incident_key import incident_key
from storage.incident_records import INCIDENTS, incident_record
from storage.models import Incident, IncidentHistory, Report
from storage.paging import after, falling, newest_by_time
from storage.records import REPORTS, report_records
from storage.values import (
    HistoryEntry,
    IncidentFilter,
    IncidentOrder,
    IncidentPage,
    IncidentRecord,
    ReportRecord,
)

__all__ = [
    "count_junk_by_tenant",
    "find_incident",
    "find_incident_page",
    "incident_history",
    "incident_key",
    "incident_reports",
    "list_incidents",
]

SORTED_BY: dict[IncidentOrder, InstrumentedAttribute[datetime] | InstrumentedAttribute[int]] = {
    "newest": Incident.last_seen,
    "most_reported": Incident.report_count,
    "first_seen": Incident.first_seen,
}


def list_incidents(
    session: Session, filter: IncidentFilter, limit: int = 50, order: IncidentOrder = "newest"
) -> Iterator[IncidentRecord]:
    """Incidents that match, in order; 0 = all, in constant memory."""
    wanted = INCIDENTS.where(*conditions(filter))
    return map(incident_record, newest_by_time(session, wanted, SORTED_BY[order], Incident.id, limit))


def find_incident_page(
    session: Session,
    filter: IncidentFilter,
    order: IncidentOrder = "newest",
    limit: int = 50,
    cursor: str | None = None,
) -> IncidentPage:
    """Some incidents that match, in order, from where the page before ended; BadCursor when that cannot be told."""
    keys = (SORTED_BY[order], Incident.id)
    wanted = falling(INCIDENTS.where(*conditions(filter)), keys)
    if cursor is not None:
        wanted = wanted.where(after(keys, read_cursor(cursor, filter, order)))
    rows = session.execute(wanted.limit(limit + 1)).all()
    given, more = rows[:limit], len(rows) > limit
    position = (getattr(given[-1], keys[0].key), given[-1].id) if more else None
    return IncidentPage(
        tuple(map(incident_record, given)), write_cursor(filter, order, position) if position else None
    )


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


def count_junk_by_tenant(
    session: Session, since: datetime | None = None
) -> tuple[tuple[str | None, int, int], ...]:
    """Per tenant: incidents with junk (last seen since then) and their reports; most incidents first."""
    counted = func.count(), func.sum(Incident.report_count)
    junk = select(Incident.tenant, *counted).where(Incident.has_junk.is_(True))
    if since is not None:
        junk = junk.where(Incident.last_seen >= since)
    rows = session.execute(junk.group_by(Incident.tenant)).all()
    counts = [(tenant, incidents, int(reports)) for tenant, incidents, reports in rows]
    return tuple(sorted(counts, key=lambda one: (-one[1], -one[2], one[0] or "")))


def no_such_incident(id: str) -> NotFound:
    """The error for an incident that is not there."""
    return NotFound(f"no incident {id[:80]!r}: give its id, as `abuse-intake incidents list` shows it")

"""Incidents as analysts query them. How reports make them is in `recording`, `tallies` and `incident_key`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from storage.columns import address_of, require_id, sortable_range
from storage.errors import NotFound
from storage.incident_key import incident_key
from storage.models import Incident, IncidentHistory, Report
from storage.paging import newest_by_time
from storage.records import REPORTS, report_records
from storage.serialization import evidence_from_json
from storage.tallies import MAX_SEARCH_CHARACTERS, fold
from storage.values import (
    Confidence,
    Correction,
    HistoryEntry,
    IncidentFilter,
    IncidentOrder,
    IncidentRecord,
    IncidentStatus,
    ReportRecord,
    Route,
)

__all__ = [
    "count_junk_by_tenant",
    "find_incident",
    "incident_history",
    "incident_key",
    "incident_reports",
    "list_incidents",
]


_ORDERS = {
    "newest": Incident.last_seen,
    "most_reported": Incident.report_count,
    "first_seen": Incident.first_seen,
}


def list_incidents(
    session: Session, filter: IncidentFilter, limit: int = 50, order: IncidentOrder = "newest"
) -> Iterator[IncidentRecord]:
    """Incidents that match, in that order; 0 = all, in constant memory."""
    wanted = INCIDENTS.where(*conditions(filter))
    return map(_record, newest_by_time(session, wanted, _ORDERS[order], Incident.id, limit))


def find_incident(session: Session, id: str) -> IncidentRecord:
    """The incident of that id."""
    row = session.execute(INCIDENTS.where(Incident.id == require_id(id, no_such_incident))).one_or_none()
    if row is None:
        raise no_such_incident(id)
    return _record(row)


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


INCIDENTS = select(
    Incident.id,
    Incident.tenant,
    Incident.attributed_tenant,
    Incident.corrected_at,
    Incident.corrected_by,
    Incident.corrected_tenant,
    Incident.correction_note,
    Incident.ip,
    Incident.confidence,
    Incident.reason,
    Incident.route,
    Incident.feedback_type,
    Incident.status,
    Incident.subject,
    Incident.message_id,
    Incident.from_address,
    Incident.report_count,
    Incident.reporter_count,
    Incident.authenticated_reporter_count,
    Incident.first_seen,
    Incident.last_seen,
    Incident.evidence,
)


def conditions(filter: IncidentFilter) -> Iterator[ColumnElement[bool]]:
    """What must hold for an incident that the filter chooses."""
    yield Incident.report_count == 0 if filter.emptied else Incident.report_count > 0
    for column, value in (
        (Incident.tenant, filter.tenant),
        (Incident.status, filter.status),
        (Incident.confidence, filter.confidence),
        (Incident.feedback_type, filter.feedback_type),
    ):
        if value is not None:
            yield column == value if _is_storable(value) else false()
    if filter.network is not None:
        yield Incident.ip_sortable.between(*sortable_range(filter.network))
    if filter.since is not None:
        yield Incident.last_seen >= filter.since
    if filter.until is not None:
        yield Incident.first_seen < filter.until
    if filter.search:
        yield _contains(filter.search)


def _contains(text: str) -> ColumnElement[bool]:
    if len(text) > MAX_SEARCH_CHARACTERS or not _is_storable(text):
        return false()
    return Incident.search_text.contains(fold(text), autoescape=True)


def _is_storable(text: str) -> bool:
    """Whether a stored text can be this one at all; PostgreSQL refuses to look for what it cannot hold."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


def _correction(row: Any) -> Correction | None:
    if row.corrected_at is None:
        return None
    return Correction(row.corrected_tenant, row.corrected_by, row.corrected_at, row.correction_note)


def _record(row: Any) -> IncidentRecord:
    return IncidentRecord(
        id=str(row.id),
        tenant=row.tenant,
        attributed_tenant=row.attributed_tenant,
        correction=_correction(row),
        ip=address_of(row.ip),
        confidence=cast(Confidence, row.confidence),
        reason=row.reason,
        route=cast(Route, row.route),
        feedback_type=row.feedback_type,
        status=cast(IncidentStatus, row.status),
        subject=row.subject,
        message_id=row.message_id,
        from_address=row.from_address,
        report_count=row.report_count,
        reporter_count=row.reporter_count,
        authenticated_reporter_count=row.authenticated_reporter_count,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        evidence=evidence_from_json(row.evidence),
    )

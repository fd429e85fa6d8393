"""Which incidents changed since a moment: for who follows them without reading all of them again and again.

A report or an entry of the history that came since tells of a change. Where several workers write, a row may become
visible after one with a higher number: ask again from a mark that is older than any transaction lasts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.incident_filter import checks_of
from storage.incident_records import INCIDENTS, incident_record
from storage.models import Incident, IncidentHistory, Report
from storage.values import IncidentFilter, IncidentRecord


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the tables had come."""

    report: int
    history: int
    incident: int

    def back(self, rows: int) -> "Mark":
        """A mark so many reports and entries earlier."""
        return replace(self, report=self.report - rows, history=self.history - rows)


def find_mark(session: Session) -> Mark:
    """How far they have come now."""
    newest = (
        session.scalar(select(func.max(id))) or 0 for id in (Report.id, IncidentHistory.id, Incident.id)
    )
    return Mark(*newest)


def find_changed(session: Session, since: Mark, filter: IncidentFilter) -> Iterator[IncidentRecord]:
    """Incidents that match now, and got a report or an entry in their history since; last seen last."""
    reported = select(Report.incident_id).where(Report.id > since.report)
    told = select(IncidentHistory.incident_id).where(IncidentHistory.id > since.history)
    check, values = checks_of(filter)
    changed = INCIDENTS.where(Incident.id.in_(reported.union(told)), check)
    return map(incident_record, session.execute(changed.order_by(Incident.last_seen, Incident.id), values))

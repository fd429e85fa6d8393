"""Which incidents changed since a moment: for who follows them without reading all of them again and again.

A report or an entry of the history that came since tells of a change. Where several workers write, a row may become
visible after one with a higher number: ask again from a mark that is older than any transaction lasts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.incidents import find_incidents
from storage.models import IncidentHistory, Report
from storage.values import IncidentFilter, IncidentRecord


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the tables had come."""

    report: int
    history: int


def find_mark(session: Session) -> Mark:
    """How far they have come now."""
    newest = (session.scalar(select(func.max(id))) or 0 for id in (Report.id, IncidentHistory.id))
    return Mark(*newest)


def find_changed(session: Session, since: Mark, filter: IncidentFilter) -> Iterator[IncidentRecord]:
    """Incidents that match now, and got a report or an entry in their history since; last seen last."""
    reported = select(Report.incident_id).where(Report.id > since.report)
    told = select(IncidentHistory.incident_id).where(IncidentHistory.id > since.history)
    return find_incidents(session, reported.union(told), filter)

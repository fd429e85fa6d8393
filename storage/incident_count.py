"""How many incidents a filter chooses: what a progress bar counts up to."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.incident_filter import checks_of
from storage.models import Incident
from storage.values import IncidentFilter


def count_incidents(session: Session, filter: IncidentFilter) -> int:
    """All incidents that match; it looks at each of them."""
    check, values = checks_of(filter)
    return session.scalars(select(func.count(Incident.id)).where(check), values).one()

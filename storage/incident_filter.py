"""What must hold for an incident that a filter chooses: every value literal, alike on SQLite and PostgreSQL."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, exists, false, func

from storage.columns import sortable_range
from storage.models import Incident, Report
from storage.tallies import MAX_SEARCH_CHARACTERS, fold
from storage.values import IncidentFilter


def conditions(filter: IncidentFilter) -> Iterator[ColumnElement[bool]]:
    """Conditions on the rows of incidents, all of which must hold."""
    yield Incident.report_count == 0 if filter.emptied else Incident.report_count > 0
    for column, value in (
        (Incident.tenant, filter.tenant),
        (Incident.status, filter.status),
        (Incident.confidence, filter.confidence),
        (Incident.feedback_type, filter.feedback_type),
        (Incident.route, filter.route),
    ):
        if value is not None:
            yield column == value if _is_storable(value) else false()
    if filter.corrected:
        yield Incident.corrected_at.is_not(None)
    if filter.network is not None:
        yield Incident.ip_sortable.between(*sortable_range(filter.network))
    if filter.since is not None:
        yield Incident.last_seen >= filter.since
    if filter.until is not None:
        yield Incident.first_seen < filter.until
    yield from _conditions_on_text(filter)


def _conditions_on_text(filter: IncidentFilter) -> Iterator[ColumnElement[bool]]:
    if filter.search:
        yield _contains(filter.search)
    for word in (filter.subject or "").split():
        yield and_(Incident.subject.is_not(None), _contains(word))
    if filter.message_id is not None:
        bare = filter.message_id.strip().removeprefix("<").removesuffix(">")
        same = Incident.message_id.in_((bare, f"<{bare}>"))
        yield same if _is_storable(bare) else false()
    if filter.reporter is not None:
        mine = Report.incident_id == Incident.id
        reported = exists().where(mine, func.lower(Report.reporter) == filter.reporter.lower())
        yield reported if _is_storable(filter.reporter) else false()


def _contains(text: str) -> ColumnElement[bool]:
    if len(text) > MAX_SEARCH_CHARACTERS or not _is_storable(text):
        return false()
    return Incident.search_text.contains(fold(text), autoescape=True)


def _is_storable(text: str) -> bool:
    """Whether a stored text can be this one at all; PostgreSQL refuses to look for what it cannot hold."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text

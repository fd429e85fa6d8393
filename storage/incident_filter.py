"""What must hold for an incident that a filter chooses: every value literal, alike on SQLite and PostgreSQL.

Each condition says how a row is checked, and by which index it finds rows. A check never invites an index: SQLite
keeps no statistics, and would take any; `incident_plans` says which one a query goes by.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, select, true

from storage.columns import lower_address, sortable_range, text_hash
from storage.grams import grams_of
from storage.models import IS_EMPTIED, Incident, Report
from storage.positions import Position
from storage.tallies import MAX_SEARCH_CHARACTERS, bare_message_id, fold
from storage.values import IncidentFilter, IncidentOrder

NEWEST: tuple[IncidentOrder, ...] = ("newest",)


@dataclass(frozen=True, slots=True)
class Condition:
    """One that must hold."""

    check: ColumnElement[bool]
    """On a row that was found by another one."""
    index: ColumnElement[bool] | None = None
    """The same or weaker, that an index finds by."""
    orders: tuple[IncidentOrder, ...] = ()
    """Those in which that index gives its rows."""
    ids: Select[Any] | None = None
    """The incidents that may match, where another table knows."""
    terms: tuple[str, ...] = ()
    """Folded texts that must stand in what is searched in; trigrams find by them."""
    is_rare: bool = False
    """Whether mostly few have it."""


NEVER = Condition(false(), is_rare=True)


def conditions(filter: IncidentFilter) -> Iterator[ColumnElement[bool]]:
    """What must hold, as checks on rows."""
    return (one.check for one in find_conditions(filter))


def find_conditions(filter: IncidentFilter) -> Iterator[Condition]:
    """All that must hold, the one first that mostly leaves least."""
    if filter.message_id is not None:
        yield _has_message_id(filter.message_id)
    if filter.reporter is not None:
        yield _was_reported_by(filter.reporter)
    yield from _conditions_on_words(filter)
    if filter.network is not None:
        yield _is_in(*sortable_range(filter.network))
    if filter.corrected:
        yield _is_so(Incident.corrected_at.is_not(None), Incident.corrected_at.is_not(None))
    yield from _conditions_on_columns(filter)
    if filter.emptied:
        yield _is_so(unindexed(Incident.report_count) == 0, literal_column(IS_EMPTIED))
    else:
        yield Condition(unindexed(Incident.report_count) > 0)


def unindexed(column: Any) -> Any:
    """The column, by which no index finds or sorts."""
    return func.coalesce(column, column, type_=column.type)


def is_storable(text: str) -> bool:
    """Whether a stored text can be this one at all; PostgreSQL refuses to look for what it cannot hold."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


def _conditions_on_columns(filter: IncidentFilter) -> Iterator[Condition]:
    if filter.tenant is not None:
        yield _equals(Incident.tenant, filter.tenant, ("newest", "most_reported", "first_seen"))
    if filter.feedback_type is not None:
        yield _has_type(filter.feedback_type)
    if filter.route is not None:
        yield _went(filter.route)
    if filter.status is not None:
        yield _equals(Incident.status, filter.status, ("newest", "first_seen"))
    if filter.confidence is not None:
        yield _equals(Incident.confidence, filter.confidence, NEWEST)
    if filter.since is not None:
        yield Condition(unindexed(Incident.last_seen) >= filter.since, Incident.last_seen >= filter.since)
    if filter.until is not None:
        yield Condition(unindexed(Incident.first_seen) < filter.until, Incident.first_seen < filter.until)


def _conditions_on_words(filter: IncidentFilter) -> Iterator[Condition]:
    if filter.search:
        yield _holds(fold(filter.search))
    words = tuple(dict.fromkeys(fold(filter.subject or "").split()))
    if words:
        yield _subject_holds(words)


def _equals(column: Any, value: str, orders: tuple[IncidentOrder, ...]) -> Condition:
    if not is_storable(value):
        return NEVER
    return Condition(unindexed(column) == value, column == value, orders)


def _is_so(check: ColumnElement[bool], index: ColumnElement[bool]) -> Condition:
    """An index that holds only such rows."""
    return Condition(check, index, NEWEST, is_rare=True)


def _went(route: str) -> Condition:
    """Only the rare route has an index; the other one fills a page soon."""
    if not is_storable(route):
        return NEVER
    check = unindexed(Incident.route) == route
    if route != "elsewhere":
        return Condition(check)
    return Condition(check, literal_column("incidents.route = 'elsewhere'"), NEWEST)


def _has_type(kind: str) -> Condition:
    if not is_storable(kind):
        return NEVER
    by_hash = Incident.feedback_type_hash == text_hash(kind)
    return Condition(Incident.feedback_type == kind, by_hash, NEWEST)


def _has_message_id(text: str) -> Condition:
    bare = bare_message_id(text) or ""
    if not is_storable(bare):
        return NEVER
    written = (bare, f"<{bare}>", f"<{bare}", f"{bare}>")
    by_hash = Incident.message_id_hash == text_hash(bare)
    return Condition(Incident.message_id.in_(written), by_hash, is_rare=True)


def _was_reported_by(address: str) -> Condition:
    if not is_storable(address):
        return NEVER
    lower = lower_address(address)
    by_them = and_(Report.reporter_hash == text_hash(lower), func.lower(Report.reporter) == lower)
    # Not EXISTS: PostgreSQL would join, and so read and sort all that they reported for a page.
    one = select(Report.id).where(Report.incident_id == Incident.id, by_them).limit(1)
    check = one.correlate(Incident).scalar_subquery().is_not(None)
    theirs = select(Report.incident_id).where(Report.reporter_hash == text_hash(lower))
    return Condition(check, ids=theirs, is_rare=True)


def _is_in(first: bytes, last: bytes) -> Condition:
    check = unindexed(Incident.ip_sortable).between(first, last)
    if first == last:
        return Condition(check, Incident.ip_sortable == first, NEWEST, is_rare=True)
    return Condition(check, Incident.ip_sortable.between(first, last), is_rare=True)


def _holds(text: str) -> Condition:
    if len(text) > MAX_SEARCH_CHARACTERS or not is_storable(text):
        return NEVER
    return Condition(position_of(text) > 0, terms=_findable(text), is_rare=True)


def _subject_holds(words: tuple[str, ...]) -> Condition:
    """Each stands before the first line of what is searched in ends."""
    if sum(map(len, words)) > MAX_SEARCH_CHARACTERS or not all(map(is_storable, words)):
        return NEVER
    end = position_of("\n")
    stand = (and_(position_of(word) > 0, position_of(word) < end) for word in words)
    return Condition(and_(true(), *stand), terms=_findable(*words), is_rare=True)


def position_of(text: str) -> ColumnElement[int]:
    """Where a text first stands in what is searched in, from 1; 0 = nowhere."""
    return Position(Incident.search_text, text)


def _findable(*terms: str) -> tuple[str, ...]:
    return tuple(term for term in terms if grams_of([term]))

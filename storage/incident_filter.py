"""What must hold for an incident that a filter chooses: every value literal, alike on SQLite and PostgreSQL.

Each condition says how a row is checked, and by which index it finds rows. A check never invites an index: SQLite
keeps no statistics, and would take any; `incident_plans` says which one a query goes by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, literal_column, select

from storage.incident_records import INCIDENT
from storage.incident_wants import read_filter
from storage.models import IS_EMPTIED, Incident, Report, table_of
from storage.positions import Position
from storage.values import IncidentFilter, IncidentOrder

REPORT = table_of(Report).c
NEWEST: tuple[IncidentOrder, ...] = ("newest",)
IN_ORDER_OF: dict[str, tuple[IncidentOrder, ...]] = {
    "tenant": ("newest", "most_reported", "first_seen"),
    "status": ("newest", "first_seen"),
    "confidence": NEWEST,
}
"""Columns whose index has the rows of one value in these orders."""


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
    is_rare: bool = False
    """Whether mostly few have it."""

    @property
    def finds(self) -> bool:
        """Whether something finds by it, besides trigrams."""
        return self.index is not None or self.ids is not None


def checks_of(filter: IncidentFilter) -> tuple[ColumnElement[bool], Mapping[str, Any]]:
    """What must hold, as a check on rows, and its parameters."""
    wanted = read_filter(filter)
    if wanted is None:
        return false(), {}
    return and_(*(condition(name).check for name in wanted.names)), wanted.values


@lru_cache(maxsize=500)
def condition(name: str) -> Condition:
    """The condition that `incident_wants` names so; its parameters are those of that name."""
    if name.startswith("subject "):
        return _subject_holds(int(name.removeprefix("subject ")))
    return _SPECIAL[name]() if name in _SPECIAL else _equals(name)


def unindexed(column: Any) -> Any:
    """The column, by which no index finds or sorts."""
    return func.coalesce(column, column, type_=column.type)


def _equals(name: str) -> Condition:
    column, value = INCIDENT[name], bindparam(name, type_=INCIDENT[name].type)
    return Condition(unindexed(column) == value, column == value, IN_ORDER_OF[name])


def _is_seen_since() -> Condition:
    since = bindparam("since", type_=INCIDENT.last_seen.type)
    return Condition(unindexed(INCIDENT.last_seen) >= since, INCIDENT.last_seen >= since)


def _began_before() -> Condition:
    until = bindparam("until", type_=INCIDENT.first_seen.type)
    return Condition(unindexed(INCIDENT.first_seen) < until, INCIDENT.first_seen < until)


def _is_reported() -> Condition:
    return Condition(unindexed(INCIDENT.report_count) > 0)


def _is_emptied() -> Condition:
    """By an index that holds only such rows."""
    lost_all = unindexed(INCIDENT.report_count) == 0
    return Condition(lost_all, literal_column(IS_EMPTIED), NEWEST, is_rare=True)


def _is_corrected() -> Condition:
    """By an index that holds only such rows."""
    by_hand = INCIDENT.corrected_at.is_not(None)
    return Condition(by_hand, by_hand, NEWEST, is_rare=True)


def _went_by_us() -> Condition:
    """Most did: they fill a page soon, without an index."""
    return Condition(unindexed(INCIDENT.route) == bindparam("route", type_=INCIDENT.route.type))


def _went_elsewhere() -> Condition:
    """By an index that holds only such rows."""
    return Condition(_went_by_us().check, literal_column("incidents.route = 'elsewhere'"), NEWEST)


def _has_type() -> Condition:
    """The feedback type; where there is none, XARF's type."""
    by_hash = INCIDENT.feedback_type_hash == bindparam("feedback_type_hash")
    kind = func.coalesce(INCIDENT.feedback_type, INCIDENT.type)
    return Condition(kind == bindparam("feedback_type"), by_hash, NEWEST)


def _has_message_id() -> Condition:
    bare = bindparam("message_id", type_=INCIDENT.message_id.type)
    written = (bare, "<" + bare + ">", "<" + bare, bare + ">")
    by_hash = INCIDENT.message_id_hash == bindparam("message_id_hash")
    return Condition(INCIDENT.message_id.in_(written), by_hash, is_rare=True)


def _was_reported_by() -> Condition:
    has_hash = REPORT.reporter_hash == bindparam("reporter_hash")
    by_them = and_(has_hash, func.lower(REPORT.reporter) == bindparam("reporter"))
    # Not EXISTS: PostgreSQL would join, and so read and sort all that they reported for a page.
    one = select(REPORT.id).where(REPORT.incident_id == INCIDENT.id, by_them).limit(1)
    check = one.correlate(table_of(Incident)).scalar_subquery().is_not(None)
    return Condition(check, ids=select(REPORT.incident_id).where(has_hash), is_rare=True)


def _has_address() -> Condition:
    first: Any = bindparam("first_ip")
    return Condition(_is_in_network().check, INCIDENT.ip_sortable == first, NEWEST, is_rare=True)


def _is_in_network() -> Condition:
    first: Any = bindparam("first_ip")
    last: Any = bindparam("last_ip")
    check = unindexed(INCIDENT.ip_sortable).between(first, last)
    return Condition(check, INCIDENT.ip_sortable.between(first, last), is_rare=True)


def _holds() -> Condition:
    return Condition(_position_of(bindparam("search")) > 0, is_rare=True)


def _subject_holds(words: int) -> Condition:
    """Each stands before the first line of what is searched in ends."""
    end = _position_of("\n")
    places = (_position_of(bindparam(f"word{at}")) for at in range(words))
    return Condition(and_(*(and_(place > 0, place < end) for place in places)), is_rare=True)


def _position_of(text: Any) -> Any:
    """Where a text first stands in what is searched in, from 1; 0 = nowhere."""
    return Position(INCIDENT.search_text, text)


_SPECIAL = {
    "message_id": _has_message_id,
    "reporter": _was_reported_by,
    "search": _holds,
    "address": _has_address,
    "network": _is_in_network,
    "corrected": _is_corrected,
    "emptied": _is_emptied,
    "reported": _is_reported,
    "feedback_type": _has_type,
    "route": _went_by_us,
    "elsewhere": _went_elsewhere,
    "since": _is_seen_since,
    "until": _began_before,
}

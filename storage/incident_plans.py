"""How incidents of a filter are found in time, however many there are.

1. Where all that is asked for is common, some hundred rows are read in order: mostly they fill a page.
2. What may leave few is counted, up to a limit: if any does, its incidents are looked at one by one.
3. Else rows are read in order, by the index of one condition or of the order alone, and checked for the rest: what
   many incidents have soon fills a page.
4. Newest first and `until` in one: those that began before and went on come first, found by how long they lasted.

PostgreSQL goes by these indexes in a block of `planner.row_by_row`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.columns import UtcDateTime
from storage.incident_filter import Condition, find_conditions, unindexed
from storage.incident_probes import Few, find_few
from storage.incident_records import INCIDENTS
from storage.models import Incident
from storage.one_of import one_of
from storage.paging import Statement, after, falling
from storage.tallies import BRIEF, LONGEST
from storage.values import IncidentFilter, IncidentOrder

TRIED = 400
"""So many rows are read in order before anything is counted."""
SORTED_BY: dict[IncidentOrder, InstrumentedAttribute[Any]] = {
    "newest": Incident.last_seen,
    "most_reported": Incident.report_count,
    "first_seen": Incident.first_seen,
}

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
LAST_UNTIL = END_OF_TIME - BRIEF * 4**LONGEST
"""To be seen before a later time is to be seen before this one: nothing comes from the future."""
_OF_LIFETIME = """SELECT * FROM (
    SELECT id, last_seen FROM incidents
    WHERE {of} AND last_seen >= :until AND last_seen < {end} AND first_seen < :until
        AND last_seen <= :seen AND (last_seen < :seen OR id < :id)
    ORDER BY last_seen DESC, id DESC LIMIT :size
) AS lasting_{at}"""
LASTING = (
    text(
        " UNION ALL ".join(
            _OF_LIFETIME.format(
                of=f"lifetime = {at}" if at else "coalesce(lifetime, lifetime) IS NULL",
                end=f":end{at}" if at < LONGEST else "'9999-12-31'",
                at=at,
            )
            for at in range(LONGEST + 1)
        )
        + " ORDER BY last_seen DESC, id DESC LIMIT :size"
    )
    .bindparams(*(bindparam(f"end{at}", type_=UtcDateTime()) for at in range(LONGEST)))
    .bindparams(bindparam("until", type_=UtcDateTime()), bindparam("seen", type_=UtcDateTime()))
    .columns(id=BigInteger(), last_seen=UtcDateTime())
)
"""What began before a time and was seen since: of each class of lifetime, what was seen soon enough."""

Position = tuple[Any, int]


class IncidentPlan:
    """Finds the incidents of one filter, page by page; what it counted on the way is not counted again."""

    def __init__(self, session: Session, filter: IncidentFilter, order: IncidentOrder) -> None:
        self._session = session
        self._filter = filter
        self._order = order
        self._key = SORTED_BY[order]
        self._conditions = tuple(find_conditions(filter))
        self._checks = tuple(one.check for one in self._conditions)
        self._by = tuple(_bounds(filter, order)) + self._in_order
        self._until = min(filter.until, LAST_UNTIL) if filter.until and order == "newest" else None

    def find(self, limit: int, position: Position | None) -> Sequence[Any]:
        """So many rows of `INCIDENTS` that match, in order, after that position."""
        if self._is_common:
            rows, are_all = self._try(limit, position)
            if are_all:
                return rows
        if self._few is not None:
            return self._find_among(self._few, limit, position)
        return self._find_in_order(limit, position)

    @cached_property
    def _in_order(self) -> tuple[ColumnElement[bool], ...]:
        """The condition whose index has its rows in order, if there is one."""
        by = (one.index for one in self._conditions if self._order in one.orders and one.index is not None)
        return tuple(by)[:1]

    @cached_property
    def _found_by(self) -> tuple[Condition, ...]:
        """Conditions that something finds by."""
        return tuple(
            one for one in self._conditions if one.index is not None or one.ids is not None or one.terms
        )

    @cached_property
    def _is_common(self) -> bool:
        """Whether many may match, so that trying pays; not by counts, of which very many are equal."""
        if self._order == "most_reported" or self._until is not None or len(self._found_by) < 2:
            return False
        return not any(one.is_rare for one in self._conditions)

    @cached_property
    def _few(self) -> Few | None:
        if len(self._found_by) == 1 and self._in_order:
            return None  # its index has the rows in order, and all of them match
        return find_few(self._session, self._found_by)

    def _try(self, limit: int, position: Position | None) -> tuple[Sequence[Any], bool]:
        """What some rows in order have of the page; whether that is all of it."""
        rows = _after(select(self._key).where(*self._by), self._key, position)
        skipped = _falling(rows, self._key).offset(max(TRIED, 4 * limit)).limit(1)
        end = self._session.scalar(skipped)
        wanted = self._rows_in_order(limit, position)
        found = self._session.execute(wanted if end is None else wanted.where(self._key >= end)).all()
        return found, end is None or len(found) == limit

    def _find_among(self, few: Few, limit: int, position: Position | None) -> Sequence[Any]:
        """In order by what an index may tell of them; only those that a page needs are read whole."""
        keys = unindexed(self._key), unindexed(Incident.id)
        wanted = select(Incident.id).where(few.among)
        if position is not None:
            wanted = wanted.where(after(keys, position))
        ids = self._session.scalars(falling(wanted, keys)).all()
        rows, at = list[Any](), 0
        while at < len(ids) and len(rows) < limit:
            some = ids[at : at + 2 * limit + at]
            rows += self._read(some, limit - len(rows))
            at += len(some)
        return rows

    def _read(self, ids: Sequence[int], limit: int) -> Sequence[Any]:
        """Those of them that match."""
        keys = unindexed(self._key), unindexed(Incident.id)
        wanted = INCIDENTS.where(one_of(self._session, Incident.id, ids), *self._checks)
        return self._session.execute(falling(wanted, keys).limit(limit)).all()

    def _find_in_order(self, limit: int, position: Position | None) -> Sequence[Any]:
        rows = list[Any]()
        if self._until is not None and (position is None or position[0] >= self._until):
            rows = self._find_lasting(self._until, limit, position)
        for wanted in self._parts(limit, position):
            if len(rows) == limit:
                break
            rows += self._session.execute(wanted.limit(limit - len(rows))).all()
        return rows

    def _parts(self, limit: int, position: Position | None) -> Iterator[Statement]:
        """One after the other, until there are enough."""
        if self._until is not None:
            yield self._rows_in_order(limit, position).where(self._key < self._until)
        elif self._order == "most_reported" and position is not None:
            # Very many have as many reports: SQLite bounds an index by one column of two that are compared as one.
            yield self._rows_in_order(limit, None).where(self._key == position[0], Incident.id < position[1])
            yield self._rows_in_order(limit, None).where(self._key < position[0])
        else:
            yield self._rows_in_order(limit, position)

    def _rows_in_order(self, limit: int, position: Position | None) -> Statement:
        wanted = INCIDENTS.where(*self._by, *self._checks)
        return _falling(_after(wanted, self._key, position), self._key).limit(limit)

    def _find_lasting(self, until: datetime, limit: int, position: Position | None) -> list[Any]:
        """Those that match, began before that time, and were seen since."""
        found, size = list[Any](), 2 * limit
        while True:
            seen, id = position or (END_OF_TIME, 0)
            place = {"until": until, "seen": seen, "id": id, "size": size}
            ends = {f"end{at}": until + BRIEF * 4**at for at in range(LONGEST)}
            lasting = self._session.execute(LASTING, place | ends).all()
            found += self._read([row.id for row in lasting], limit - len(found))
            if len(lasting) < size or len(found) == limit:
                return found
            position, size = (lasting[-1].last_seen, lasting[-1].id), 4 * size


def find_ids(session: Session, filter: IncidentFilter) -> Statement:
    """The ids of all that match, rising: by the index of what leaves few, or of what may leave fewer than all."""
    conditions = tuple(find_conditions(filter))
    few = find_few(session, conditions)
    by = [few.among] if few else [one.index for one in conditions if one.index is not None][:1]
    wanted = select(Incident.id).where(*by, *(one.check for one in conditions))
    return wanted.order_by(unindexed(Incident.id) if by else Incident.id)


def _bounds(filter: IncidentFilter, order: IncidentOrder) -> Iterator[ColumnElement[bool]]:
    """Times that bound the index of the order."""
    if order == "newest" and filter.since is not None:
        yield Incident.last_seen >= filter.since
    if order == "first_seen" and filter.until is not None:
        yield Incident.first_seen < filter.until


def _after(wanted: Statement, key: InstrumentedAttribute[Any], position: Position | None) -> Statement:
    return wanted if position is None else wanted.where(after((key, Incident.id), position))


def _falling(wanted: Statement, key: InstrumentedAttribute[Any]) -> Statement:
    return falling(wanted, (key, Incident.id))

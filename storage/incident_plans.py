"""How incidents of a filter are found in time, however many there are.

1. Where all that is asked for is common, some hundred rows are read in order: mostly they fill a page.
2. What may leave few is counted, up to a limit: if any does, its incidents are looked at one by one.
3. Else rows are read in order, by the index of one condition or of the order alone, and checked for the rest: what
   many incidents have soon fills a page.
4. Newest first and `until` in one: those that began before and went on come first, found by how long they lasted.

PostgreSQL goes by these indexes in a block of `planner.row_by_row`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.orm import Session

from storage.bulk import is_postgresql
from storage.columns import UtcDateTime
from storage.cursors import Position
from storage.incident_probes import Few, find_few
from storage.incident_statements import (
    Bound,
    Shape,
    ids_among,
    key_in_order,
    rising_ids,
    rows_in_order,
    rows_of_ids,
)
from storage.incident_wants import Wanted, read_filter
from storage.one_of import listed
from storage.tallies import BRIEF, LONGEST
from storage.values import IncidentFilter, IncidentOrder

TRIED = 400
"""So many rows are read in order before anything is counted."""
SPARE = 5
"""So many more than a page needs are read where all match but for those that lost their reports."""
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

Rows = Sequence[Any]


class IncidentPlan:
    """Finds the incidents that a filter wants, page by page; what it counted on the way is not counted again."""

    def __init__(self, session: Session, wanted: Wanted, order: IncidentOrder) -> None:
        self._session = session
        self._wanted = wanted
        self._shape = Shape(wanted.names, order, is_postgresql(session))
        self._values = dict(wanted.values)
        self._until = None
        if order == "newest" and "until" in self._values:
            self._until = self._values["until"] = min(self._values["until"], LAST_UNTIL)

    def find(self, limit: int, position: Position | None) -> Rows:
        """So many rows of `INCIDENTS` that match, in order, after that position."""
        if self._is_common:
            rows, are_all = self._try(limit, position)
            if are_all:
                return rows
        if self._few is not None:
            return self._find_among(self._few, limit, position)
        return self._find_in_order(limit, position)

    @cached_property
    def _found_by(self) -> tuple[str, ...]:
        """Conditions that something finds by."""
        return tuple(_finding(self._wanted, self._shape))

    @cached_property
    def _is_common(self) -> bool:
        """Whether many may match, so that trying pays; not by counts, of which very many are equal."""
        if self._shape.order == "most_reported" or self._until is not None or len(self._found_by) < 2:
            return False
        return not any(one.is_rare for one in self._shape.conditions.values())

    @cached_property
    def _few(self) -> Few | None:
        if len(self._found_by) == 1 and self._shape.in_order:
            return None  # its index has the rows in order, and all of them match
        return find_few(self._session, self._wanted, self._found_by)

    def _try(self, limit: int, position: Position | None) -> tuple[Rows, bool]:
        """What some rows in order have of the page; whether that is all of it."""
        after, place = _place(position)
        values = {**self._values, **place, "limit": limit, "skipped": max(TRIED, 4 * limit)}
        end = self._session.scalar(key_in_order(self._shape, *after), values)
        if end is None:
            return self._session.execute(rows_in_order(self._shape, *after), values).all(), True
        rows = rows_in_order(self._shape, *after, "down_to_end")
        found = self._session.execute(rows, {**values, "end": end}).all()
        return found, len(found) == limit

    def _find_among(self, few: Few, limit: int, position: Position | None) -> Rows:
        """In order by what an index may tell of them; only those that a page needs are read whole."""
        if few.found_by is None and few.count <= 2 * limit:
            return self._read(few.ids, limit, position)
        after, place = _place(position)
        values = {**self._values, **place, "ids": self._listed(few.ids)}
        ids = self._session.scalars(ids_among(self._shape, few.found_by, *after), values).all()
        rows, at = list[Any](), 0
        while at < len(ids) and len(rows) < limit:
            some = ids[at : at + 2 * limit + at]
            rows += self._read(some, limit - len(rows))
            at += len(some)
        return rows

    def _read(self, ids: Sequence[int], limit: int, position: Position | None = None) -> Rows:
        """Those of them that match, after that position."""
        after, place = _place(position)
        values = {**self._values, **place, "ids": self._listed(ids), "limit": limit}
        return self._session.execute(rows_of_ids(self._shape, *after), values).all()

    def _listed(self, ids: Sequence[int]) -> Any:
        return listed(self._shape.on_postgresql, ids)

    def _find_in_order(self, limit: int, position: Position | None) -> Rows:
        rows = list[Any]()
        if self._until is not None and (position is None or position[0] >= self._until):
            rows = self._find_lasting(self._until, limit, position)
        _, place = _place(position)
        for bounds in self._parts(position):
            if len(rows) == limit:
                break
            values = {**self._values, **place, "limit": limit - len(rows)}
            rows += self._session.execute(rows_in_order(self._shape, *bounds), values).all()
        return rows

    def _parts(self, position: Position | None) -> tuple[tuple[Bound, ...], ...]:
        """One after the other, until there are enough."""
        after, _ = _place(position)
        if self._until is not None:
            return ((*after, "before_until"),)
        if self._shape.order == "most_reported" and position is not None:
            # Very many have as many reports: SQLite bounds an index by one column of two that are compared as one.
            return (("tied",), ("below",))
        return (after,)

    def _find_lasting(self, until: datetime, limit: int, position: Position | None) -> list[Any]:
        """Those that match, began before that time, and were seen since."""
        found, size = list[Any](), limit + SPARE if len(self._found_by) == 1 else 2 * limit
        ends = {f"end{at}": until + BRIEF * 4**at for at in range(LONGEST)}
        while True:
            seen, id = position or (END_OF_TIME, 0)
            place = {"until": until, "seen": seen, "id": id, "size": size}
            lasting = self._session.execute(LASTING, place | ends).all()
            matching = self._read([row.id for row in lasting], limit - len(found))
            found += matching
            if len(lasting) < size or len(found) == limit:
                return found
            position = lasting[-1].last_seen, lasting[-1].id
            # Twice as many as it takes if as few match as did so far; the page mostly ends there.
            likely = 2 * (limit - len(found)) * size // max(1, len(matching))
            size = min(max(likely, limit), 4 * size)


def find_ids(session: Session, filter: IncidentFilter) -> Iterable[int]:
    """The ids of all that match, rising: by the index of what leaves few, or of what may leave fewer than all."""
    wanted = read_filter(filter)
    if wanted is None:
        return ()
    shape = Shape(wanted.names, "newest", is_postgresql(session))
    few = find_few(session, wanted, _finding(wanted, shape))
    by_index = [name for name, one in shape.conditions.items() if one.index is not None][:1]
    found_by = few.found_by if few else by_index[0] if by_index else None
    statement = rising_ids(shape, found_by, among_ids=few is not None and found_by is None)
    ids = listed(shape.on_postgresql, few.ids if few else ())
    many = statement.execution_options(yield_per=1_000)
    return session.scalars(many, {**wanted.values, "ids": ids})


def _finding(wanted: Wanted, shape: Shape) -> Iterable[str]:
    """Conditions that something finds by."""
    return (name for name, one in shape.conditions.items() if one.finds or wanted.terms_of(name))


def _place(position: Position | None) -> tuple[tuple[Bound, ...], dict[str, Any]]:
    """Rows after it, and the parameters of that."""
    return ((), {}) if position is None else (("after",), {"at": position[0], "id": position[1]})

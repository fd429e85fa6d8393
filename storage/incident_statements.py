"""The statements that find incidents of one filter in one order, each built once for all filters that ask alike.

Their parameters: those of the conditions (`incident_wants`); `limit`; `at` and `id`, the place that rows come after;
`ids`, as `one_of.listed` makes them; `end`, the key that rows reach down to; `skipped`, how many rows are passed over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, bindparam, func, select, tuple_

from storage.incident_filter import Condition, condition, unindexed
from storage.incident_records import INCIDENT, INCIDENTS
from storage.one_of import one_of_named
from storage.paging import Statement, falling
from storage.values import IncidentOrder

KEYS: dict[IncidentOrder, Any] = {
    "newest": INCIDENT.last_seen,
    "most_reported": INCIDENT.report_count,
    "first_seen": INCIDENT.first_seen,
}
"""What an order sorts by, falling, and then by the id."""
remembered = lru_cache(maxsize=2_000)

Bound = Literal["after", "tied", "below", "down_to_end", "before_until"]
"""Only rows after the place, of both keys; with its key and a lower id; with a lower key; …"""
Keys = tuple[Any, Any]
BOUNDS: dict[Bound, Callable[[Keys], ColumnElement[bool]]] = {
    "after": lambda keys: tuple_(*keys) < tuple_(_like("at", keys[0]), _like("id", keys[1])),
    "tied": lambda keys: and_(keys[0] == _like("at", keys[0]), keys[1] < _like("id", keys[1])),
    "below": lambda keys: keys[0] < _like("at", keys[0]),
    "down_to_end": lambda keys: keys[0] >= _like("end", keys[0]),
    "before_until": lambda keys: keys[0] < _like("until", keys[0]),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What statements are alike in."""

    names: tuple[str, ...]
    """Of the conditions."""
    order: IncidentOrder
    on_postgresql: bool

    @property
    def keys(self) -> Keys:
        """What its rows are sorted by."""
        return KEYS[self.order], INCIDENT.id

    @property
    def conditions(self) -> dict[str, Condition]:
        """By their names."""
        return {name: condition(name) for name in self.names}

    @property
    def in_order(self) -> tuple[ColumnElement[bool], ...]:
        """The condition whose index has its rows in order, if there is one."""
        by = (
            one.index
            for one in self.conditions.values()
            if self.order in one.orders and one.index is not None
        )
        return tuple(by)[:1]


@remembered
def rows_in_order(shape: Shape, *bounds: Bound) -> Statement:
    """Whole rows that match, by the index that has them in order."""
    wanted = INCIDENTS.where(*_by(shape), *_checks(shape), *_bounded(shape.keys, bounds))
    return falling(wanted, shape.keys).limit(bindparam("limit"))


@remembered
def key_in_order(shape: Shape, *bounds: Bound) -> Statement:
    """The key that one row of that index has, whether it matches or not."""
    wanted = select(shape.keys[0]).where(*_by(shape), *_bounded(shape.keys, bounds))
    return falling(wanted, shape.keys).offset(bindparam("skipped")).limit(1)


@remembered
def count_found(name: str) -> Statement:
    """How many a condition finds, up to `limit`: counted by the database, which hands over none of them."""
    one = condition(name)
    found = select(INCIDENT.id).where(one.index) if one.ids is None and one.index is not None else one.ids
    if found is None:
        raise ValueError(f"nothing finds by {name}")
    return select(func.count()).select_from(found.limit(bindparam("limit")).subquery())


@remembered
def ids_among(shape: Shape, found_by: str | None, *bounds: Bound) -> Statement:
    """The ids that a condition finds, or of `ids`, in order by what an index may tell of them."""
    keys = _unindexed(shape.keys)
    among = _among(shape, found_by)
    return falling(select(INCIDENT.id).where(among, *_bounded(keys, bounds)), keys)


@remembered
def rows_of_ids(shape: Shape, *bounds: Bound) -> Statement:
    """Whole rows of `ids` that match, in order."""
    keys = _unindexed(shape.keys)
    wanted = INCIDENTS.where(_among(shape, None), *_checks(shape), *_bounded(keys, bounds))
    return falling(wanted, keys).limit(bindparam("limit"))


@remembered
def rising_ids(shape: Shape, found_by: str | None, among_ids: bool) -> Statement:
    """The ids of all that match, found by a condition, by `ids`, or by looking at each."""
    by = [_among(shape, found_by)] if found_by is not None or among_ids else []
    wanted = select(INCIDENT.id).where(*by, *_checks(shape))
    return wanted.order_by(unindexed(INCIDENT.id) if by else INCIDENT.id)


def _by(shape: Shape) -> Iterator[ColumnElement[bool]]:
    """What bounds the index that is gone by."""
    if shape.order == "newest" and "since" in shape.names:
        yield INCIDENT.last_seen >= bindparam("since", type_=INCIDENT.last_seen.type)
    if shape.order == "first_seen" and "until" in shape.names:
        yield INCIDENT.first_seen < bindparam("until", type_=INCIDENT.first_seen.type)
    yield from shape.in_order


def _checks(shape: Shape) -> Iterator[ColumnElement[bool]]:
    return (one.check for one in shape.conditions.values())


def _bounded(keys: Keys, bounds: tuple[Bound, ...]) -> Iterator[ColumnElement[bool]]:
    return (BOUNDS[bound](keys) for bound in bounds)


def _among(shape: Shape, found_by: str | None) -> ColumnElement[bool]:
    if found_by is None:
        return one_of_named(shape.on_postgresql, INCIDENT.id, "ids")
    one = condition(found_by)
    if one.ids is not None:
        among: ColumnElement[bool] = INCIDENT.id.in_(one.ids)
        return among
    if one.index is None:
        raise ValueError(f"nothing finds by {found_by}")
    return one.index


def _unindexed(keys: Keys) -> Keys:
    return unindexed(keys[0]), unindexed(keys[1])


def _like(name: str, column: Any) -> Any:
    """A parameter of the column's type."""
    return bindparam(name, type_=column.type)

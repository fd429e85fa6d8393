"""Long lists in constant memory: page after page, each beginning where the one before ended."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

PAGE = 200

Statement = Any
"""A Select of any columns: SQLAlchemy 2.0 and 2.1 write its type differently."""


def newest_by_id(
    session: Session, wanted: Statement, id: InstrumentedAttribute[int], limit: int
) -> Iterator[Any]:
    """Rows by falling id; limit 0 = all. The statement must select the id."""
    yield from _pages(session, wanted, (id,), limit)


def newest_by_time(
    session: Session,
    wanted: Statement,
    at: InstrumentedAttribute[Any],
    id: InstrumentedAttribute[int],
    limit: int,
) -> Iterator[Any]:
    """Rows by falling time, then falling id; limit 0 = all. The statement must select both."""
    yield from _pages(session, wanted, (at, id), limit)


def _pages(
    session: Session, wanted: Statement, keys: tuple[InstrumentedAttribute[Any], ...], limit: int
) -> Iterator[Any]:
    ordered = falling(wanted, keys)
    page, given = ordered, 0
    while True:
        size = PAGE if limit == 0 else min(PAGE, limit - given)
        rows = session.execute(page.limit(size)).all()
        yield from rows
        given += len(rows)
        if len(rows) < size or given == limit:
            return
        page = ordered.where(after(keys, [getattr(rows[-1], key.key) for key in keys]))


def falling(wanted: Statement, keys: Sequence[InstrumentedAttribute[Any]]) -> Statement:
    """The statement with its rows by falling keys."""
    return wanted.order_by(*(key.desc() for key in keys))


def after(keys: Sequence[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows after that place in falling order. PostgreSQL bounds its index by both keys, SQLite by the first."""
    if len(keys) == 1:
        below: ColumnElement[bool] = keys[0] < values[0]
        return below
    place = (literal(value, key.type) for key, value in zip(keys, values, strict=True))
    return tuple_(*keys) < tuple_(*place)

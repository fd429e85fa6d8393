"""Long lists in constant memory: page after page, each beginning where the one before ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.cursors import Cursors, Position

PAGE = 200

Statement = Any
"""A Select of any columns: SQLAlchemy 2.0 and 2.1 write its type differently."""


@dataclass(frozen=True, slots=True)
class FallingList:
    """Rows by falling keys, the last of which is the id; the statement must select them all."""

    wanted: Statement
    keys: tuple[InstrumentedAttribute[Any], ...]
    cursors: Cursors

    def read(self, session: Session, limit: int) -> Iterator[Any]:
        """The rows from the first on; 0 = all, in constant memory."""
        position, given = None, 0
        while True:
            size = PAGE if limit == 0 else min(PAGE, limit - given)
            rows = self._find(session, size, position)
            yield from rows
            given += len(rows)
            if len(rows) < size or given == limit:
                return
            position = self._place(rows[-1])

    def read_page(self, session: Session, limit: int, cursor: str | None) -> tuple[Sequence[Any], str | None]:
        """Some rows from where the page before ended, and where the next begins; BadCursor when it cannot be told."""
        position = None if cursor is None else self.cursors.read(cursor)
        rows = self._find(session, limit + 1, position)
        if len(rows) <= limit:
            return rows, None
        return rows[:limit], self.cursors.write(self._place(rows[limit - 1]))

    def _find(self, session: Session, size: int, position: Position | None) -> Sequence[Any]:
        page = falling(self.wanted, self.keys)
        if position is not None:
            page = page.where(after(self.keys, position))
        rows: Sequence[Any] = session.execute(page.limit(size)).all()
        return rows

    def _place(self, row: Any) -> Position:
        return tuple(getattr(row, key.key) for key in self.keys)


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

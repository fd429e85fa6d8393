"""Statements over many rows at once, alike on SQLite and PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Base, table_of

T = TypeVar("T")
Row = dict[str, Any]

CHUNK = 500
"""Values in one IN, rows in one page: far below the limits of both databases."""


def chunked(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


def is_postgresql(session: Session) -> bool:
    """Whether the session talks to PostgreSQL (else SQLite)."""
    return session.get_bind().dialect.name == "postgresql"


def insert_rows(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert the rows."""
    if rows:
        session.execute(table_of(model).insert(), rows)


def insert_missing(session: Session, model: type[Base], rows: Sequence[Row], conflict: Sequence[str]) -> None:
    """Insert the rows that have no like in the columns `conflict`; the others stay as they are."""
    if rows:
        session.execute(insert_unless_there(session, model, conflict), rows)


def insert_unless_there(session: Session, model: type[Base], conflict: Sequence[str]) -> Insert:
    """INSERT … ON CONFLICT DO NOTHING in the session's dialect."""
    table = table_of(model)
    if is_postgresql(session):
        return postgresql.insert(table).on_conflict_do_nothing(index_elements=list(conflict))
    return sqlite.insert(table).on_conflict_do_nothing(index_elements=list(conflict))

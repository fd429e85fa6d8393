"""How PostgreSQL is to go about a query for a page: rows one by one, by an index that we chose.

The settings hold for one block, and are put back to the session's own at its end. After an error there is nothing to
put back: they end with the transaction, which can only be rolled back.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.bulk import is_postgresql

FOR_FEW_ROWS = {
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_sort": "off",
}
"""PostgreSQL believes that several checks leave next to nothing, and would read and sort a whole table for a page."""
BY_GRAMS = {"enable_bitmapscan": "on", "enable_indexscan": "off", "enable_indexonlyscan": "off"}
"""Trigrams are found by bitmap only."""


@contextmanager
def row_by_row(session: Session) -> Iterator[None]:
    """In this block PostgreSQL reads rows by the index that a query names; SQLite does always."""
    with _settings(session, FOR_FEW_ROWS, dict.fromkeys(FOR_FEW_ROWS)):
        yield


@contextmanager
def by_grams(session: Session) -> Iterator[None]:
    """The same for a block within, that finds by trigrams."""
    before = {name: FOR_FEW_ROWS.get(name) for name in BY_GRAMS}
    with _settings(session, BY_GRAMS, before):
        yield


@contextmanager
def _settings(
    session: Session, wanted: Mapping[str, str], before: Mapping[str, str | None]
) -> Iterator[None]:
    if not is_postgresql(session):
        yield
        return
    _set(session, wanted)
    yield
    _set(session, before)


def _set(session: Session, settings: Mapping[str, str | None]) -> None:
    """For this transaction; None = as the session has it."""
    calls = ", ".join(
        f"set_config('{name}', {'NULL' if value is None else repr(value)}, true)"
        for name, value in settings.items()
    )
    session.execute(text(f"SELECT {calls}"))

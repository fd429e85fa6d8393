"""Puts many incidents into an empty database at once: rows first, then the indexes and what hangs on triggers."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from incident_mix import END, IncidentMix, Row
from sqlalchemy import Connection, create_engine, text

from storage.database import Database
from storage.grams import create_grams, drop_grams
from storage.junk_counts import count_rows

FILLED = ("incidents", "reports", "junk_tallies")
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :tables",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN :tables AND indexname LIKE 'ix_%'",
}


def fill(url: str, count: int) -> None:
    """Make the tables, and so many incidents in them."""
    database = Database(url)
    database.upgrade()
    database.close()
    engine = create_engine(url)
    with engine.begin() as connection, _indexes_apart(connection):
        _insert(connection, "mails", [_MAIL])
        days: dict[tuple[int, bytes, int], Row] = {}
        for incidents, reports in IncidentMix(count).batches():
            _insert(connection, "incidents", incidents)
            _insert(connection, "reports", reports)
            _merge(days, count_rows(incidents))
        _insert(connection, "junk_tallies", list(days.values()))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


_MAIL: Row = {
    "id": 1,
    "sha256": "",
    "size": 1,
    "received_at": END,
    "disposition": "report",
    "warnings": "[]",
    "attempts": 0,
    "interrupted": False,
}


def _merge(days: dict[tuple[int, bytes, int], Row], rows: Iterable[Row]) -> None:
    for row in rows:
        there = days.setdefault((row["kind"], row["key"], row["day"]), row)
        if there is not row:
            there["incidents"] += row["incidents"]
            there["reports"] += row["reports"]


@contextmanager
def _indexes_apart(connection: Connection) -> Iterator[None]:
    drop_grams(connection)
    tables = ", ".join(f"'{name}'" for name in FILLED)
    wanted = INDEXES[connection.dialect.name].replace(":tables", f"({tables})")
    indexes = connection.execute(text(wanted)).all()
    for name, _ in indexes:
        connection.execute(text(f"DROP INDEX {name}"))
    yield
    for _, definition in indexes:
        connection.exec_driver_sql(definition)
    create_grams(connection)


def _insert(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    names = ", ".join(rows[0])
    raw: Any = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        with raw.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(list(row.values()))
    else:
        sqlite3.register_adapter(datetime, _as_stored)
        places = ", ".join("?" * len(rows[0]))
        raw.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})",
            [list(row.values()) for row in rows],
        )


def _as_stored(value: datetime) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f")

"""The engine for a database URL, and how SQLite's connections are set up."""

import os
import pwd
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import DatabaseUnavailable
from storage.serialization import from_json, to_json

BUSY_TIMEOUT_SECONDS = 30
CONNECT_TIMEOUT_SECONDS = 10
POSTGRESQL_OPTIONS = {
    "connect_timeout": CONNECT_TIMEOUT_SECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that dies without a word is noticed within a minute or two, not after hours."""
POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
CACHE_KIB = 32_000
"""Of a connection to SQLite. Its own 2 MiB hold little of the indexes of a million incidents."""
WAL_TRIES = 50
WAL_PAUSE_SECONDS = 0.1


def create(url: str) -> Engine:
    """The engine; connects to nothing yet. A missing folder or driver raises DatabaseUnavailable."""
    parsed = _parse(url)
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _create_sqlite(parsed)
    if parsed.drivername in POSTGRESQL:
        return _create_postgresql(parsed.set(drivername="postgresql+psycopg"))
    raise DatabaseUnavailable(
        f"the database must be sqlite:///FILE or postgresql+psycopg://…, not {parsed.drivername}://"
    )


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # Not `from error`, whose text may hold the URL with its password.
        raise DatabaseUnavailable(
            "the database's URL cannot be read; write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST:PORT/NAME"
            " (in a password, / : @ as %2F %3A %40)"
        ) from None


def place_of(engine: Engine) -> str:
    """Where the database is, in words for a person: never with a user's name or password."""
    url = engine.url
    if engine.dialect.name == "sqlite":
        return f"the database {url.database or 'in memory'}"
    return f"the database {url.database or ''} at {url.host or 'localhost'}:{url.port or 5432}"


def explain_access(engine: Engine) -> str:
    """Who owns an SQLite file that this process may not write, and what to do; the empty text for all else."""
    file = Path(engine.url.database or "")
    if engine.dialect.name != "sqlite" or not file.is_file() or os.access(file, os.R_OK | os.W_OK):
        return ""
    owner, ours = _name_user(file.stat().st_uid), _name_user(os.geteuid())
    return f" (it belongs to {owner}, this runs as {ours}: run it as {owner}, or chown the file)"


def _name_user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _create_sqlite(url: URL) -> Engine:
    _require_folder(url)
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS},
        hide_parameters=True,
        json_serializer=to_json,
        json_deserializer=from_json,
    )
    event.listen(engine, "do_connect", _make_private_file)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _require_folder(url: URL) -> None:
    if not url.database or url.database.startswith((":memory:", "file:")):
        return
    folder = Path(url.database).absolute().parent
    if not folder.is_dir():
        raise DatabaseUnavailable(
            f"the folder of the database {url.database} is missing; run: mkdir -p {folder}"
        )


def _make_private_file(_dialect: Any, _record: Any, arguments: Any, _keywords: Any) -> None:
    """A database that is made is its owner's alone: it holds strangers' mail. SQLite's side files follow it.

    O_EXCL, because closing any descriptor of a file drops all locks that this process holds on it: one that is
    there must never be opened here, or another program deletes the log that we write to.
    """
    name = str(arguments[0])
    if not name.startswith((":memory:", "file:")):
        with suppress(OSError):  # SQLite itself says better what is wrong
            os.close(os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not begin transactions of its own: _begin_sqlite says which kind each is.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    _use_wal(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    # The busy timeout does not cover the change to WAL, that two first connections may both try.
    for attempt in range(1, WAL_TRIES + 1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == WAL_TRIES:
                raise
            time.sleep(WAL_PAUSE_SECONDS)


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader cannot wait for another writer: SQLite fails it at once.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _create_postgresql(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            connect_args=POSTGRESQL_OPTIONS,
            hide_parameters=True,
            json_serializer=to_json,
            json_deserializer=from_json,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError as error:
        raise DatabaseUnavailable(
            "PostgreSQL needs the library psycopg; run: pip install 'abuse-intake[postgresql]'"
        ) from error

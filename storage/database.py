"""The database: one session a unit of work, on SQLite or PostgreSQL, and errors that a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    TimeoutError,  # noqa: A004 - the pool's own, named as SQLAlchemy names it
)
from sqlalchemy.orm import Session

from storage.engine import create, explain_access, place_of
from storage.errors import DatabaseUnavailable, SchemaError
from storage.schema import SCHEMA_REVISION, migrate, state_of, stored_revision

SchemaState = Literal["empty", "current", "older", "newer"]

__all__ = ["SCHEMA_REVISION", "Database", "SchemaState", "Session"]

MAX_ERROR_CHARACTERS = 300
INSUFFICIENT_PRIVILEGE = "42501"
UNREADABLE_FILE = ("file is not a database", "database disk image is malformed")


class Database:
    """Where everything is kept: `sqlite:///FILE` or `postgresql+psycopg://…`; threads may share it."""

    def __init__(self, url: str) -> None:
        self._place = "the database"
        with self._errors_translated():
            self._engine = create(url)
        self._place = place_of(self._engine)
        self._writing = self._engine.execution_options(writes=True)
        self._reading = self._engine if self._is_sqlite() else _snapshots(self._engine)

    @property
    def place(self) -> str:
        """The database as people know it, without a password."""
        return self._place

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A unit of work that writes: committed at the end, undone on any error."""
        with self._errors_translated(), Session(self._writing) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A unit of work that only reads, all of it as of its first statement."""
        with self._errors_translated(), Session(self._reading) as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def is_there(self) -> bool:
        """Whether there is something to open: False for an SQLite file that opening would make."""
        file = self._engine.url.database
        return not (self._is_sqlite() and file and not Path(file).exists())

    def is_in_memory(self) -> bool:
        """Whether it ends with this process."""
        return self._is_sqlite() and not self._engine.url.database

    def probe(self) -> None:
        """Try whether it can be written, and change nothing; DatabaseUnavailable says why it cannot."""
        with self.begin() as session:
            session.execute(text("SELECT 1"))

    def state(self) -> SchemaState:
        """How the tables stand to this program; costs no import of alembic."""
        with self._connect(self._engine) as connection:
            return state_of(connection)

    def upgrade(self) -> None:
        """Bring the tables to this program's version, in one transaction; others who try wait for it."""
        with self._connect(self._writing) as connection:
            if not self._is_sqlite():
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('abuse-intake upgrade'))"))
            if state_of(connection) == "newer":
                raise self._too_new(connection)
            migrate(connection)

    def require_current(self) -> None:
        """Make the tables of an empty database; refuse one of another version, saying what to do."""
        state = self.state()
        if state == "empty":
            self.upgrade()
        elif state == "older":
            raise SchemaError(
                f"the tables of {self._place} are older than this program; run: abuse-intake db upgrade"
            )
        elif state == "newer":
            with self._connect(self._engine) as connection:
                raise self._too_new(connection)

    def _is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    def _too_new(self, connection: Connection) -> SchemaError:
        revision = stored_revision(connection)
        return SchemaError(
            f"the database was made by a newer abuse-intake (revision {revision}): upgrade the program"
        )

    @contextmanager
    def _connect(self, engine: Engine) -> Iterator[Connection]:
        with self._errors_translated(), engine.begin() as connection:
            yield connection

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        try:
            yield
        except (ArgumentError, OperationalError, InterfaceError, InternalError, TimeoutError) as error:
            raise self._unavailable(error) from error
        except DatabaseError as error:
            if _lacks_rights(error) or any(sign in str(error.orig) for sign in UNREADABLE_FILE):
                raise self._unavailable(error) from error
            raise

    def _unavailable(self, error: Exception) -> DatabaseUnavailable:
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        hint = explain_access(self._engine) if hasattr(self, "_engine") else ""
        return DatabaseUnavailable(f"{self._place} cannot be used: {cause[:MAX_ERROR_CHARACTERS]}{hint}")


def _lacks_rights(error: DatabaseError) -> bool:
    """Whether PostgreSQL refuses a user the table, which its driver takes for a fault of ours."""
    return getattr(error.orig, "sqlstate", None) == INSUFFICIENT_PRIVILEGE


def _snapshots(engine: Engine) -> Engine:
    """PostgreSQL's equal of what SQLite's read transactions are: one state from the first statement on."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

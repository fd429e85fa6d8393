"""Each test runs on both databases: SQLite in a file, and PostgreSQL where Debian's server is installed."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from servers.postgresql import Postgresql
from sqlalchemy import Engine, create_engine, text

from storage.database import Database
from storage.models import Base
from storage.schema import SCHEMA_REVISION, migrate

_numbers = count()


@pytest.fixture(scope="session")
def postgresql_server(postgresql: Postgresql) -> str:
    """The URL of the PostgreSQL server, without a database's name at its end."""
    return postgresql.url("")


def _run_on_server(server: str, statement: str) -> None:
    engine = create_engine(server + "postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_ready(postgresql_server: str) -> Iterator[Engine]:
    """A database with our tables, that the tests share one after the other: a new one costs each 0.1 s."""
    _run_on_server(postgresql_server, "CREATE DATABASE ready")
    engine = create_engine(postgresql_server + "ready")
    with engine.begin() as connection:
        migrate(connection)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with our tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "ready.db"
    ready = Database(f"sqlite:///{path}")
    ready.upgrade()
    ready.close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    server: str = request.getfixturevalue("postgresql_server")
    name = f"test_{next(_numbers)}"
    _run_on_server(server, f"CREATE DATABASE {name}")
    return server + name


def _sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
    return f"sqlite:///{tmp_path}/test.db"


def _postgresql_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    engine: Engine = request.getfixturevalue("postgresql_ready")
    tables = ", ".join(Base.metadata.tables)
    with engine.begin() as connection:
        # Nobody may empty the audit log, other than whoever owns the table and says so.
        connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
        connection.execute(text("ALTER TABLE audit_log ENABLE TRIGGER USER"))
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{SCHEMA_REVISION}'"))
    return engine.url.render_as_string(hide_password=False)


URLS: dict[str, Callable[[pytest.FixtureRequest, Path], str]] = {
    "sqlite": _sqlite_url,
    "postgresql": _postgresql_url,
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with our tables."""
    return URLS[request.param](request, tmp_path)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A database with our tables."""
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def second(url: str) -> Iterator[Database]:
    """The same database, as another process sees it."""
    opened = Database(url)
    yield opened
    opened.close()

"""Each test runs on both databases: SQLite in a file, and PostgreSQL where Debian's server is installed."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from storage.database import Database
from storage.models import Base
from storage.schema import SCHEMA_REVISION, migrate

SERVER_USER = "postgres"
_numbers = count()


def _server_programs() -> Path | None:
    found = shutil.which("pg_ctl")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run_as_server(*command: str | Path) -> None:
    """PostgreSQL refuses to run as root."""
    user = SERVER_USER if os.geteuid() == 0 else None
    subprocess.run(
        [str(part) for part in command],
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, without a database's name at its end."""
    programs = _server_programs()
    if programs is None:
        pytest.skip(
            "PostgreSQL is not installed: half of the storage tests do NOT run (apt install postgresql)"
        )
    folder = Path(tempfile.mkdtemp(prefix="abuse-intake-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_USER)
    data, port = folder / "data", _free_port()
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    try:
        _run_as_server(
            programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        _run_as_server(programs / "pg_ctl", "-w", "-D", data, "-l", folder / "log", "-o", options, "start")
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/"
        _run_as_server(programs / "pg_ctl", "-w", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
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

"""The API on a seeded database: with an analyst's token, and on both databases where it matters."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from command_line import CommandLine, make_workplace
from servers.postgresql import Postgresql
from sqlalchemy import create_engine, text
from storage_builders import open_empty
from web_world import Api, make_token, seed

from abuse_intake.guard.pool import Guard
from abuse_intake.log import configure_log
from storage.database import Database

_numbers = count()


@pytest.fixture(autouse=True)
def _log_as_ours() -> None:
    configure_log()


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """What reads mails; its process starts when the first is read."""
    with Guard(most=1) as made:
        yield made


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded SQLite file, to be copied."""
    folder = tmp_path_factory.mktemp("seeded")
    with open_empty(folder) as made:
        seed(made)
    return folder / "test.db"


@pytest.fixture
def database(seeded: Path, tmp_path: Path) -> Iterator[Database]:
    """A seeded database in an SQLite file."""
    shutil.copy(seeded, tmp_path / "test.db")
    made = Database(f"sqlite:///{tmp_path}/test.db")
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The same on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("database")
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    name = f"web_{next(_numbers)}"
    engine = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    made = Database(server.url(name))
    made.upgrade()
    seed(made)
    yield made
    made.close()


@pytest.fixture
def api(database: Database, tmp_path: Path, guard: Guard) -> Api:
    """As an analyst asks it."""
    return open_api(database, tmp_path, guard)


@pytest.fixture
def api_on_either(either: Database, tmp_path: Path, guard: Guard) -> Api:
    """The same on each database."""
    return open_api(either, tmp_path, guard)


def open_api(database: Database, folder: Path, guard: Guard) -> Api:
    api = Api(database, folder, guard)
    api.token = make_token(database, "analyst")
    return api


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line in a workplace without a database."""
    make_workplace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path, capsys)

"""A file of tenants is checked as a whole, then stored in one transaction, as it was checked."""

import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from servers.postgresql import Postgresql
from storage_builders import open_empty

from abuse_intake.attribution.directory_file import read_directory_file
from abuse_intake.directory_import import open_imported_file
from abuse_intake.errors import DirectoryError
from storage import tenants
from storage.database import Database
from storage.values import Actor

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
MIA = Actor("mia", "terminal")
MANY = 3_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_empty(tmp_path) as opened:
        yield opened


@pytest.fixture
def on_postgresql(postgresql: Postgresql) -> Iterator[Database]:
    opened = Database(postgresql.create_database("imported"))
    opened.require_current()
    yield opened
    opened.close()
    postgresql.drop_database("imported")


def _tenant(number: int) -> dict[str, Any]:
    at = f"10.{number >> 8}.{number & 255}"
    return {
        "id": f"tenant-{number}",
        "name": f"Müller {number}",
        "domains": [f"t{number}.example"],
        "allocations": [
            {"network": f"{at}.0/24", "since": "2026-01-01T00:00:00Z"},
            {"network": f"{at}.128/255.255.255.128"},
            {"network": f"2001:DB8::{number:x}/128", "until": "2026-01-01T00:00:00.000001Z"},
        ],
    }


def _write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return _write(tmp_path / "tenants.jsonl", *map(_tenant, range(MANY)))


def _import(path: Path, database: Database, told: list[int] | None = None) -> int:
    report = (told if told is not None else []).append
    with open_imported_file(path) as file:
        file.check(report)
        return file.store(database, NOW, report, MIA)


def _load(database: Database) -> list[Any]:
    with database.read() as session:
        return list(tenants.load_directory(session))


def _check_told(told: list[int], path: Path) -> None:
    """Both passes tell how far they are, up to the end."""
    assert len(told) == 2 * MANY
    assert told[MANY - 1] == told[-1] == path.stat().st_size
    assert told[:MANY] == sorted(told[:MANY])


def test_a_large_file_is_imported(large: Path, database: Database) -> None:
    """What is stored is what the file says, in its order; both passes tell how far they are."""
    told: list[int] = []

    imported = _import(large, database, told)

    assert imported == MANY
    assert _load(database) == list(read_directory_file(large))
    _check_told(told, large)


@pytest.mark.postgresql
def test_a_large_file_is_imported_on_postgresql(large: Path, on_postgresql: Database) -> None:
    """There it is the same."""
    told: list[int] = []

    imported = _import(large, on_postgresql, told)

    assert imported == MANY
    assert _load(on_postgresql) == list(read_directory_file(large))
    _check_told(told, large)


def test_a_file_that_changes_meanwhile_is_not_stored(large: Path, database: Database) -> None:
    """Only what was checked is stored: a network of two tenants could else come in unseen."""
    _import(large, database)
    before = _load(database)

    with open_imported_file(large) as file:
        file.check(lambda _: None)
        text = large.read_text()
        with large.open("r+") as same:  # the same file, as an editor that writes in place leaves it
            same.write(text.replace("10.0.1.", "10.0.2.", 1))
        with pytest.raises(DirectoryError, match="changed while it was read"):
            file.store(database, NOW, lambda _: None, MIA)

    assert _load(database) == before


def test_a_file_that_becomes_wrong_meanwhile_is_not_stored(large: Path, database: Database) -> None:
    """Its line is named, and nothing of it is stored."""
    with open_imported_file(large) as file:
        file.check(lambda _: None)
        with large.open("a") as same:
            same.write("{\n")
        with pytest.raises(DirectoryError, match=f"line {MANY + 1}"):
            file.store(database, NOW, lambda _: None, MIA)

    assert _load(database) == []


def test_a_pipe_is_read_once(tmp_path: Path, database: Database) -> None:
    """`tenants import <(zcat tenants.jsonl.gz)` works: what cannot be read again is kept until it is stored."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=_write, args=(pipe, *map(_tenant, range(300))))
    writing.start()

    imported = _import(pipe, database)

    writing.join()
    assert imported == 300

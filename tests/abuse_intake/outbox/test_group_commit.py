"""What threads commit together: each gets what is its own, and one that fails costs no other."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from intake_world import open_database
from sqlalchemy import text
from sqlalchemy.orm import Session

from abuse_intake.outbox.group_commit import GroupCommit
from storage.database import Database


class CountingDatabase:
    """Counts transactions; holds the first one until it is told to go on."""

    def __init__(self, database: Database) -> None:
        self.began = 0
        self.is_open = threading.Event()
        self._database = database

    @contextmanager
    def begin(self) -> Iterator[Session]:
        self.began += 1
        with self._database.begin() as session:
            yield session
            self.is_open.wait(10)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path) as opened:
        with opened.begin() as session:
            session.execute(text("CREATE TABLE notes (number INTEGER)"))
        yield opened


def write(number: int) -> Callable[[Session], int]:
    def insert(session: Session) -> int:
        session.execute(text("INSERT INTO notes VALUES (:number)"), {"number": number})
        return number

    return insert


def fail(_: Session) -> int:
    raise ValueError("this one")


def list_notes(database: Database) -> list[int]:
    with database.read() as session:
        return sorted(session.scalars(text("SELECT number FROM notes")))


def test_who_waits_is_committed_together(database: Database) -> None:
    """While one commit lasts, all others gather, and share the next."""
    counting = CountingDatabase(database)
    commits = GroupCommit(counting)  # type: ignore[arg-type]

    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(commits.run, write(0))
        while not counting.began:
            pass
        others = [pool.submit(commits.run, write(number)) for number in range(1, 9)]
        while len(commits._waiting) < 8:
            pass
        counting.is_open.set()

    assert [one.result() for one in (first, *others)] == list(range(9))
    assert counting.began == 2
    assert list_notes(database) == list(range(9))


def test_one_that_fails_costs_no_other(database: Database) -> None:
    """Its error is raised where it belongs; the others of its group are committed."""
    counting = CountingDatabase(database)
    commits = GroupCommit(counting)  # type: ignore[arg-type]

    with ThreadPoolExecutor(4) as pool:
        pool.submit(commits.run, write(0))
        while not counting.began:
            pass
        good, bad, better = (pool.submit(commits.run, work) for work in (write(1), fail, write(2)))
        while len(commits._waiting) < 3:
            pass
        counting.is_open.set()

    assert (good.result(), better.result()) == (1, 2)
    with pytest.raises(ValueError, match="this one"):
        bad.result()
    assert list_notes(database) == [0, 1, 2]


def test_many_threads_wait_for_no_lock(database: Database) -> None:
    """Eight threads write side by side, and beside another writer: each write stands, and none is refused."""
    commits = GroupCommit(database)

    def write_some(start: int) -> None:
        for number in range(start, start + 25):
            commits.run(write(number))

    def write_apart() -> None:
        for number in range(1000, 1025):
            with database.begin() as session:
                write(number)(session)

    with ThreadPoolExecutor(9) as pool:
        running = [pool.submit(write_some, start * 25) for start in range(8)] + [pool.submit(write_apart)]

    assert [one.result() for one in running] == [None] * 9
    assert list_notes(database) == [*range(200), *range(1000, 1025)]

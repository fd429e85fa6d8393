"""Commits what several threads have to commit in one transaction: a sync of the disk costs more than all the rest.

It also keeps these threads from waiting for each other's locks in SQLite, which looks again only now and then.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from storage.database import Database, Session

T = TypeVar("T")


class _Entry:
    """What one thread has to commit, and what came of it."""

    def __init__(self, work: Callable[[Session], Any]) -> None:
        self.work = work
        self.is_done = False
        self.result: Any = None
        self.error: BaseException | None = None


class GroupCommit:
    """A database that threads write to together; each waits until what it wrote is committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._adding = Lock()
        self._committing = Lock()
        self._waiting: list[_Entry] = []

    def run(self, work: Callable[[Session], T]) -> T:
        """What the work gives, once it is committed, or the error that kept it from that.

        Whoever can commit does it for all who have come by then. The work may be begun twice: where a group fails,
        each is tried alone, so that one costs no other.
        """
        entry = _Entry(work)
        with self._adding:
            self._waiting.append(entry)
        with self._committing:
            if not entry.is_done:
                self._commit_all()
        if entry.error is not None:
            raise entry.error
        result: T = entry.result
        return result

    def _commit_all(self) -> None:
        with self._adding:
            entries, self._waiting = self._waiting, []
        try:
            self._commit(entries)
        except Exception:  # noqa: BLE001 - of whom it is, shows when each is tried alone
            for entry in entries:
                self._commit_alone(entry)

    def _commit_alone(self, entry: _Entry) -> None:
        try:
            self._commit([entry])
        except BaseException as error:  # noqa: BLE001 - raised in the thread that it belongs to
            entry.error, entry.is_done = error, True

    def _commit(self, entries: list[_Entry]) -> None:
        with self._database.begin() as session:
            results = [entry.work(session) for entry in entries]
        for entry, result in zip(entries, results, strict=True):
            entry.result, entry.is_done = result, True

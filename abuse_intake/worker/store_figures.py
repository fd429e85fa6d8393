"""Figures of the database for whoever watches: kept for some seconds, so that watching costs it nothing."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from storage.database import Database
from storage.errors import StorageError
from storage.statistics import gather_statistics, measure_oldest_due

log = structlog.get_logger()

FRESH_SECONDS = 10.0
COST_SHARE = 20.0
"""Gathering takes at most this part of the time: what took a second is kept for so many."""
WAIT_SECONDS = 3.0
"""So long somebody who asks is kept waiting for a database."""


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """Counts, and an age in seconds."""

    unread: int
    outbox: Mapping[str, int]
    incidents: Mapping[str, int]
    oldest_due_seconds: float


def gather_figures(database: Database) -> StoreFigures:
    """Ask the database. StorageError when it does not answer."""
    now = datetime.now(UTC)
    with database.read() as session:
        counts = gather_statistics(session, now)
        oldest = measure_oldest_due(session, now)
    return StoreFigures(counts.mails["unread"], counts.outbox, counts.incidents, oldest or 0.0)


class FiguresSource:
    """The figures as they were some seconds ago at most; None where the database does not answer in time."""

    def __init__(
        self, gather: Callable[[], StoreFigures], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._gather = gather
        self._now = now
        self._asking = threading.Lock()
        self._gathered: threading.Event | None = None
        self._figures: StoreFigures | None = None
        self._fresh_until = float("-inf")

    def find(self) -> StoreFigures | None:
        """The figures; however many ask, one asks the database."""
        with self._asking:
            if self._gathered is None and self._now() < self._fresh_until:
                return self._figures
            gathered = self._gathered = self._gathered or self._begin()
        return self._figures if gathered.wait(WAIT_SECONDS) else None

    def _begin(self) -> threading.Event:
        gathered = threading.Event()
        threading.Thread(target=self._run, args=(gathered,), name="figures", daemon=True).start()
        return gathered

    def _run(self, gathered: threading.Event) -> None:
        began = self._now()
        figures = None
        try:
            figures = self._gather()
        except StorageError as error:
            log.debug("no figures", problem=str(error))
        except Exception as fault:
            # The last resort of this thread: Python would print it past the log.
            log.error("fault in the figures of the database", exc_info=fault)
        finally:
            ended = self._now()
            with self._asking:
                self._figures, self._gathered = figures, None
                self._fresh_until = ended + max(FRESH_SECONDS, COST_SHARE * (ended - began))
            gathered.set()

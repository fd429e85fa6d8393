"""The directory as it is now, read again in the background when it has changed."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import structlog

from abuse_intake.attribution import Attributor, Directory
from abuse_intake.attribution.signatures import Verifier
from abuse_intake.directory_listing import Listing, open_listing
from abuse_intake.errors import DirectoryConflictError, DirectoryError, DirectoryUnreadableError
from abuse_intake.settings_attribution import ProviderSettings
from storage.database import Database
from storage.errors import StorageError

log = structlog.get_logger()

GRACE_SECONDS = 0.2
"""So long a poll waits for a directory that has changed: a small one is in force at once."""
CLOSE_SECONDS = 2.0
WORK_SECONDS = 0.002
"""So long the background works at a time: meanwhile it holds the lock of the interpreter, and others wait."""
REST = 4
"""For so many times as long others go first."""
MAX_REST_SECONDS = 0.05
HEAD_START_SECONDS = 0.1
"""So long it works before its first rest: enough for a thousand tenants, within the grace of a poll."""
ATTEMPTS = 3
"""A directory that changes while it is read is read so often."""


class _Stopped(Exception):  # noqa: N818 - nothing is wrong
    """Nobody waits for this directory any more."""


class DirectorySource:
    """The directory as it is now: from the file that is configured, else from the database.

    `refresh` has it read again when it has changed: in the background, while the one that was read before stays
    in force; that `refresh` or a later one puts the new one into its place. A directory that has become wrong is
    told once, and changes nothing.
    """

    def __init__(
        self,
        provider: ProviderSettings,
        path: Path | None,
        database: Database | None,
        verifier: Verifier | None = None,
    ) -> None:
        self._provider = provider
        self._verifier = verifier
        self._listing = open_listing(path, database)
        self._stamp: object = None
        self._found: object = None
        self._refused: object = None
        """The stamp of a directory that is wrong: it is not read again before it changes."""
        self._loading: Future[tuple[object, Directory]] | None = None
        self._stopping = Event()
        self.problem: str | None = None
        """Why it cannot be read now, where that is so."""
        self.attributor = Attributor(provider, Directory(), verifier)

    @property
    def is_loading(self) -> bool:
        """Whether a changed directory is being read in the background."""
        return self._loading is not None and not self._loading.done()

    def refresh(self, *, is_first: bool = False) -> None:
        """Have a changed directory read. Only the first time it is waited for, and DirectoryError is raised."""
        if is_first:
            self._put_in_force(*read_unchanged(self._listing))
            return
        self._take_over()
        if self._loading is None and not self._stopping.is_set() and self._has_changed():
            self._loading = self._start_loading()
            self.wait(GRACE_SECONDS)
            self._take_over()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until what is being read was read; the next `refresh` puts it in force."""
        if self._loading is not None:
            wait_for([self._loading], seconds)

    def close(self) -> None:
        """End what goes on in the background."""
        self._stopping.set()
        self.wait(CLOSE_SECONDS)

    def _has_changed(self) -> bool:
        try:
            stamp = self._listing.find_stamp()
        except DirectoryError as error:
            self._tell(error)
            return False
        if stamp == self._stamp:
            self._note_readable()
        self._found = stamp
        return stamp not in (self._stamp, self._refused)

    def _start_loading(self) -> "Future[tuple[object, Directory]]":
        loading: Future[tuple[object, Directory]] = Future()
        pace = _Pace(self._stopping)

        def load() -> None:
            try:
                loading.set_result(read_unchanged(self._listing, pace))
            except BaseException as error:  # noqa: BLE001 - raised again where it is taken over
                loading.set_exception(error)

        Thread(target=load, daemon=True, name="directory").start()
        return loading

    def _take_over(self) -> None:
        """Put in force what was read in the meantime, if it was, or tell what is wrong with it."""
        loading = self._loading
        if loading is None or not loading.done():
            return
        self._loading = None
        try:
            stamp, directory = loading.result()
            self._refuse_emptied(directory)
            self._put_in_force(stamp, directory)
        except _Stopped:
            return
        except (DirectoryError, StorageError) as error:
            if not isinstance(error, DirectoryUnreadableError | StorageError):
                self._refused = self._found
            self._tell(error)

    def _refuse_emptied(self, directory: Directory) -> None:
        """A list that lost all its tenants is one that is being written, or a mistake; who means it starts anew."""
        if not directory.tenant_count and self.attributor.directory.tenant_count:
            raise DirectoryError(f"{self._listing.name} lists no tenants any more")

    def _put_in_force(self, stamp: object, directory: Directory) -> None:
        self._note_readable()
        self._stamp, self._refused = stamp, None
        for warning in directory.warnings:
            log.warning("directory", problem=warning)
        self.attributor = Attributor(self._provider, directory, self._verifier)

    def _tell(self, error: Exception) -> None:
        if str(error) != self.problem:
            log.error("the directory that was read before stays in force", problem=str(error))
        self.problem = str(error)

    def _note_readable(self) -> None:
        if self.problem is not None:
            log.info("the directory can be read again")
        self.problem = None


def read_unchanged(listing: Listing, rest: Callable[[], None] = lambda: None) -> tuple[object, Directory]:
    """The directory, and its stamp, which was the same before and after: never half of a file that is being written."""
    for _ in range(ATTEMPTS):
        stamp = listing.find_stamp()
        # Whatever ends the reading ends it at once: its file, or its session, must not stay open with the traceback.
        with closing(listing.read_entries()) as entries:
            try:
                directory = Directory.of_entries(entries, rest)
            except DirectoryConflictError as conflict:
                raise listing.locate(conflict) from None
        if listing.find_stamp() == stamp:
            return stamp, directory
    raise DirectoryError(f"{listing.name} changes while it is read: write a new file, then rename it")


class _Pace:
    """Called often, it has the thread work a fifth of the time, and end when it is to stop."""

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        self._rested_at = HEAD_START_SECONDS

    def __call__(self) -> None:
        worked = time.thread_time() - self._rested_at
        if worked < WORK_SECONDS:
            return
        if self._stopping.wait(min(worked * REST, MAX_REST_SECONDS)):
            raise _Stopped
        self._rested_at = time.thread_time()

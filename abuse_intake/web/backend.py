"""What the routes work with: made once, shared by all requests, handed to them by dependencies."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import BoundedSemaphore, Lock
from typing import Annotated

from fastapi import Depends, Request

from abuse_intake.app import open_verifier
from abuse_intake.attribution import Attributor
from abuse_intake.directory_listing import Listing, open_listing
from abuse_intake.directory_source import DirectorySource
from abuse_intake.guard.limits import MAX_BYTES
from abuse_intake.guard.pool import Guard
from abuse_intake.settings import Settings
from storage.database import Database

MAX_STREAMS = 2
"""Exports and listings at once: each holds a snapshot of the database for as long as its client reads."""
MAX_READINGS = 4
"""Mails in memory at once that clients sent to be read."""


class AttributorSource:
    """The attributor of now; the directory is read when the first mail is to be attributed, and when it changed."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._lock = Lock()
        self._source: DirectorySource | None = None

    def find(self) -> Attributor:
        """DirectoryError where there is no directory that can be read."""
        with self._lock:
            if self._source is None:
                self._source = self._open()
            else:
                self._source.refresh()
            return self._source.attributor

    def find_patient(self) -> Attributor:
        """The same for an analyst's work, who waits for slow keys; KeyArchiveError where they cannot be used."""
        directory = self.find().directory
        verifier = open_verifier(self._settings, is_patient=True)
        return Attributor(self._settings.provider, directory, verifier)

    def close(self) -> None:
        """End what goes on in the background."""
        if self._source is not None:
            self._source.close()

    def _open(self) -> DirectorySource:
        settings = self._settings
        verifier = open_verifier(settings)
        source = DirectorySource(settings.provider, settings.directory_path(), self._database, verifier)
        source.refresh(is_first=True)
        return source


@dataclass(frozen=True, slots=True)
class Backend:
    """The store, the processes that read mails, the directory; and who is let in without a token."""

    settings: Settings
    database: Database
    guard: Guard
    attributors: AttributorSource
    is_local: bool
    """Whether nobody but this machine can reach it, directly: only then a token may be done without."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    streams: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MAX_STREAMS))
    readings: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MAX_READINGS))
    imports: BoundedSemaphore = field(default_factory=BoundedSemaphore)
    """One at a time: each reads the whole directory into memory."""
    redecisions: BoundedSemaphore = field(default_factory=BoundedSemaphore)
    """One at a time: each reads up to a thousand incidents' mails."""

    @property
    def max_mail_bytes(self) -> int:
        """The largest mail that is read."""
        return self.settings.mailbox.max_bytes if self.settings.mailbox else MAX_BYTES

    def listing(self) -> Listing:
        """The directory of tenants that is in force."""
        return open_listing(self.settings.directory_path(), self.database)


def backend_of(request: Request) -> Backend:
    """The backend of the program that answers this request."""
    backend: Backend = request.app.state.backend
    return backend


Served = Annotated[Backend, Depends(backend_of)]

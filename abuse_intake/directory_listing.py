"""Where tenants are listed: in the file that is configured, else in the database, else nowhere."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Protocol

from abuse_intake.attribution import directory_file
from abuse_intake.errors import DirectoryConflictError, DirectoryError, DirectoryUnreadableError
from storage import tenants
from storage.database import Database
from storage.tenant_lines import Entry, read_entry
from storage.values import Tenant


class Listing(Protocol):
    """A list of tenants, which stays where it is: nothing but look-ups is kept in memory."""

    name: str

    def find_stamp(self) -> object:
        """A value that is another one when the list has changed. DirectoryError where it is not there."""

    def read_entries(self) -> Generator[Entry]:
        """What look-ups need of all tenants; DirectoryError says what is wrong with the list."""

    def read_tenants(self) -> Iterator[Tenant]:
        """All tenants in full, in their order."""

    def read_ids(self) -> Iterator[str]:
        """The ids of all tenants, quickly also in a large list."""

    def find_tenant(self, id: str) -> Tenant | None:
        """The tenant of that id, quickly also in a large list."""

    def locate(self, conflict: DirectoryConflictError) -> DirectoryError:
        """The same error, with the place of the lines that contradict each other."""


class FileListing:
    """`tenants.directory`: a regular file, for it is read again and again, and nothing may wait for its writer."""

    def __init__(self, path: Path) -> None:
        self.name = f"tenants file {path}"
        self._path = path

    def find_stamp(self) -> object:
        try:
            stat = self._path.stat()
        except OSError as error:
            raise DirectoryUnreadableError(f"{self.name} cannot be read: {error.strerror}") from None
        if not S_ISREG(stat.st_mode):
            raise DirectoryUnreadableError(f"{self.name} is no regular file: import it (tenants import)")
        return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino

    def read_entries(self) -> Generator[Entry]:
        self.find_stamp()
        return directory_file.read_entries(self._path)

    def read_tenants(self) -> Iterator[Tenant]:
        self.find_stamp()
        return directory_file.read_directory_file(self._path)

    def read_ids(self) -> Iterator[str]:
        self.find_stamp()
        return directory_file.read_ids(self._path)

    def find_tenant(self, id: str) -> Tenant | None:
        self.find_stamp()
        return directory_file.find_in_file(self._path, id)

    def locate(self, conflict: DirectoryConflictError) -> DirectoryError:
        with directory_file.open_directory_file(self._path) as file:
            return directory_file.locate_conflict(conflict, self._path, file)


class ImportedListing:
    """What `tenants import` stored last."""

    name = "the imported directory"

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_stamp(self) -> object:
        with self._database.read() as session:
            return tenants.find_newest_import(session)

    def read_entries(self) -> Generator[Entry]:
        with self._database.read() as session, self._explained():
            for line in tenants.load_lines(session):
                yield read_entry(line)

    def read_tenants(self) -> Iterator[Tenant]:
        with self._database.read() as session, self._explained():
            yield from tenants.load_directory(session)

    def read_ids(self) -> Iterator[str]:
        with self._database.read() as session:
            yield from tenants.load_ids(session)

    def find_tenant(self, id: str) -> Tenant | None:
        with self._database.read() as session, self._explained():
            return tenants.find_tenant(session, id)

    def locate(self, conflict: DirectoryConflictError) -> DirectoryError:
        return DirectoryError(f"{self.name} is damaged, import it again: {conflict}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise DirectoryError(f"{self.name} is damaged, import it again: {error}") from None


class NoListing:
    """Neither file nor database."""

    name = "no directory"

    def find_stamp(self) -> object:
        return None

    def read_entries(self) -> Generator[Entry]:
        yield from ()

    def read_tenants(self) -> Iterator[Tenant]:
        return iter(())

    def read_ids(self) -> Iterator[str]:
        return iter(())

    def find_tenant(self, id: str) -> Tenant | None:
        return None

    def locate(self, conflict: DirectoryConflictError) -> DirectoryError:
        return conflict


def open_listing(path: Path | None, database: Database | None) -> Listing:
    """The file, where one is configured, else what the database holds."""
    if path is not None:
        return FileListing(path)
    return NoListing() if database is None else ImportedListing(database)

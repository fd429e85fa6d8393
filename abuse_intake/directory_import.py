"""Takes a file of tenants into the database: it is checked as a whole, then stored, each in one pass over the file."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, TypeVar
from zlib import crc32

from abuse_intake.attribution import Directory
from abuse_intake.attribution.directory_file import locate_conflict, open_directory_file, parse_lines
from abuse_intake.errors import DirectoryConflictError, DirectoryError
from storage import tenants
from storage.audit import note_action
from storage.database import Database
from storage.tenant_lines import normalise_line, read_entry
from storage.values import Actor

T = TypeVar("T")
Report = Callable[[int], None]
"""Told of each tenant: how many bytes of the file have been read."""


class ImportedFile:
    """A file of tenants that is read twice, and must be the same both times; nothing of it stays in memory."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._name = str(path).encode("utf-8", "replace").decode()
        self._file = file
        self._sum = 0
        self.tenants = 0
        """How many there are, once it was read."""
        self.size = file.seek(0, 2)

    def check(self, report: Report) -> list[str]:
        """Read it as a directory; DirectoryError says what is wrong, the warnings what is doubtful."""
        try:
            return Directory.of_entries(self._read(read_entry, report)).warnings
        except DirectoryConflictError as conflict:
            raise locate_conflict(conflict, self._path, self._file) from None

    def store(self, database: Database, now: datetime, report: Report, actor: Actor) -> int:
        """Make what was checked the directory, in one transaction with its line in the audit log; its tenants."""
        checked = self._sum
        with database.begin() as session:
            imported = tenants.replace_lines(session, self._read(normalise_line, report), now)
            if self._sum != checked:
                raise DirectoryError(f"tenants file {self._path} changed while it was read: import it again")
            detail = {"tenants": imported, "file": self._name}
            note_action(session, actor, "imported", "tenants", [None], detail, now)
        return imported

    def _read(self, parse: Callable[[str], T], report: Report) -> Iterator[T]:
        self._file.seek(0)
        self._sum = self.tenants = 0
        for line, parsed in parse_lines(self._file, self._path, lambda line: (line, parse(line))):
            self._sum = crc32(line.encode(), self._sum)
            self.tenants += 1
            report(self._file.tell())
            yield parsed


@contextmanager
def open_imported_file(path: Path) -> Iterator[ImportedFile]:
    """The file; what comes through a pipe is kept until both passes are done."""
    with open_directory_file(path) as file:
        if file.seekable():
            yield ImportedFile(path, file)
            return
        with TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            yield ImportedFile(path, copy)

"""Mail that lies in files: a Maildir, or a folder of .eml files.

A file is known by its unique name, its inode and its modification time: moving it keeps all three, and another
mail under a name that was used before, or is used twice at once, is not mistaken for the first one.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from abuse_intake.durably import sync_directory
from abuse_intake.errors import MailboxError
from abuse_intake.mailbox.limits import MAX_FETCHED_BYTES, TOO_LARGE
from abuse_intake.urls import ServiceUrl
from storage.values import Place

LONGEST_NAME = 255
"""Bytes of a file name, on nearly all file systems."""


class _File(NamedTuple):
    """In the order in which files are worked: the oldest first."""

    modified: int
    place: Place
    path: Path


class _FileMailbox:
    """What a Maildir and a folder have in common; they differ in where files lie and where they go."""

    tells_of_mail = False

    def __init__(self, url: ServiceUrl) -> None:
        self.name = str(url)
        self.root = Path(url.path)
        self.problems: list[str] = []
        self._paths: dict[Place, Path] = {}

    def list_places(self, limit: int) -> Iterator[Sequence[Place]]:
        with _explained(self.root):
            self.problems = []
            files = sorted(self._scan(), key=lambda file: (file.modified, file.place.uid))
        self._paths = {file.place: file.path for file in files}
        places = list(self._paths)
        for start in range(0, len(places), limit):
            yield places[start : start + limit]

    def fetch(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        for place in places:
            try:
                raw = self._read(place)
            except FileNotFoundError:
                continue
            except OSError as error:
                self.problems.append(f"{self._paths[place]} cannot be read and stays: {error.strerror}")
                continue
            if raw is not None:
                yield place, raw

    def _read(self, place: Place) -> bytes | None:
        """The bytes of the file that was listed; None for another one that took its name, or one that is too large."""
        with self._paths[place].open("rb") as file:
            status = os.fstat(file.fileno())
            if _fingerprint(status) != place.validity:
                return None
            if status.st_size > MAX_FETCHED_BYTES:
                self.problems.append(f"{self._paths[place]} {TOO_LARGE}")
                return None
            return file.read()

    def file_away(self, moves: Sequence[tuple[Place, str]]) -> set[Place]:
        touched: set[Path] = set()
        stayed: set[Place] = set()
        for place, folder in moves:
            path = self._paths.get(place)
            if path is None:
                continue
            try:
                target = self._make_folder(folder)
                if not _move(path, place, target, self._name_filed(path.name)):
                    stayed.add(place)
                touched.update((path.parent, target))
            except OSError as error:
                stayed.add(place)
                where = error.filename or path
                self.problems.append(f"{path} cannot be filed away and stays: {where}: {error.strerror}")
        with _explained(self.root):
            for directory in touched:
                sync_directory(directory)
        return stayed

    def close(self) -> None:
        self._paths = {}

    def wait_for_mail(self, seconds: float, should_stop: Callable[[], bool]) -> bool:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0 and not should_stop():
            time.sleep(min(left, 0.5))
        return False

    def check(self) -> str:
        with _explained(self.root):
            waiting = sum(1 for _ in self._scan())
            for folder in (self.root, *self._inboxes()):
                if not os.access(folder, os.W_OK | os.X_OK):
                    raise MailboxError(f"{folder} cannot be written: mails could not be filed away")
        return f"{self.name}: {waiting} waiting"

    def _inboxes(self) -> tuple[Path, ...]:
        """The folders that mail lies in."""
        raise NotImplementedError

    def _scan(self) -> Iterator[_File]:
        raise NotImplementedError

    def _make_folder(self, folder: str) -> Path:
        raise NotImplementedError

    def _name_filed(self, name: str) -> tuple[str, str]:
        """A filed mail's name in two parts, between which a number goes where the name is taken."""
        raise NotImplementedError


class MaildirMailbox(_FileMailbox):
    """A Maildir (`new/` and `cur/`); folders lie beside them, as `.Name`."""

    def _inboxes(self) -> tuple[Path, ...]:
        return self.root / "new", self.root / "cur"

    def _scan(self) -> Iterator[_File]:
        for box in self._inboxes():
            for entry in os.scandir(box):
                if not entry.name.startswith("."):
                    yield from _as_file(entry, entry.name.partition(":")[0])

    def _make_folder(self, folder: str) -> Path:
        root = self.root / f".{folder.replace('/', '.')}"
        for box in ("cur", "new", "tmp"):
            (root / box).mkdir(parents=True, exist_ok=True)
        (root / "maildirfolder").touch()
        return root / "cur"

    def _name_filed(self, name: str) -> tuple[str, str]:
        unique_name, _, flags = name.partition(":")
        return unique_name, f":{flags or '2,'}"


class FolderMailbox(_FileMailbox):
    """A folder of `.eml` files; a file is filed away into a folder of the disposition's name beside it."""

    def _inboxes(self) -> tuple[Path, ...]:
        return (self.root,)

    def _scan(self) -> Iterator[_File]:
        for entry in os.scandir(self.root):
            if entry.name.lower().endswith(".eml") and not entry.name.startswith("."):
                yield from _as_file(entry, entry.name)

    def _make_folder(self, folder: str) -> Path:
        target = self.root / folder
        target.mkdir(parents=True, exist_ok=True)
        return target

    def _name_filed(self, name: str) -> tuple[str, str]:
        return name[: -len(".eml")], name[-len(".eml") :]


def _as_file(entry: "os.DirEntry[str]", unique_name: str) -> Iterator[_File]:
    """One regular file, or nothing when it is none or has gone meanwhile; names that are no UTF-8 are escaped."""
    try:
        if entry.is_file(follow_symlinks=False):
            status = entry.stat(follow_symlinks=False)
            uid = os.fsencode(unique_name).replace(b"\\", b"\\\\").decode(errors="backslashreplace")
            yield _File(status.st_mtime_ns, Place(_fingerprint(status), uid), Path(entry.path))
    except FileNotFoundError:
        return


def _fingerprint(status: os.stat_result) -> int:
    """Modification time and inode as one number that a database can hold."""
    digest = blake2b(f"{status.st_mtime_ns}/{status.st_ino}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def _move(path: Path, place: Place, folder: Path, name: tuple[str, str]) -> bool:
    """Move a file into `folder`, never over another one; False for another file that took its name meanwhile.

    A file that has gone was moved already.
    """
    stem, ending = name
    target, number = _fit(folder, stem, ending), 0
    while target.exists():
        number += 1
        target = _fit(folder, stem, f".{number}{ending}")
    with suppress(FileNotFoundError):
        if _fingerprint(path.stat(follow_symlinks=False)) != place.validity:
            return False
        path.rename(target)
    return True


def _fit(folder: Path, stem: str, ending: str) -> Path:
    """The path of that name; the middle of one that is too long gives way to a hash of it."""
    name = os.fsencode(stem + ending)
    if len(name) > LONGEST_NAME:
        digest = blake2b(os.fsencode(stem), digest_size=8).hexdigest().encode()
        kept = LONGEST_NAME - len(digest) - len(os.fsencode(ending)) - 1
        name = os.fsencode(stem)[:kept] + b"." + digest + os.fsencode(ending)
    return folder / os.fsdecode(name)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turns what the file system says into one line with what to do."""
    try:
        yield
    except FileNotFoundError as error:
        raise MailboxError(
            f"mailbox {error.filename or path} is not there: create it, or correct mailbox.url"
        ) from None
    except PermissionError as error:
        raise MailboxError(
            f"{error.filename or path} may not be read or moved by this user: correct its owner"
        ) from None
    except OSError as error:
        raise MailboxError(f"{error.filename or path}: {error.strerror}") from None

"""Reads `tenants.jsonl`: one tenant a line; a wrong line is named with its number and what is wrong."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TypeVar

from abuse_intake.attribution.numbered_lines import explain_not_utf8, iterate_lines
from abuse_intake.errors import DirectoryConflictError, DirectoryError, DirectoryUnreadableError
from storage.tenant_lines import Entry, read_entry, read_id, read_tenant
from storage.values import Tenant

T = TypeVar("T")


def read_directory_file(path: Path) -> Iterator[Tenant]:
    """The tenants of a JSON Lines file, in its order. DirectoryError names the file, the line and the fault."""
    with open_directory_file(path) as file:
        yield from parse_lines(file, path, read_tenant)


def read_entries(path: Path) -> Generator[Entry]:
    """What look-ups need of these tenants, quickly; with the same errors."""
    with open_directory_file(path) as file:
        yield from parse_lines(file, path, read_entry)


def find_in_file(path: Path, id: str) -> Tenant | None:
    """The tenant of that id, without a look at the others; a large file takes a fraction of a second.

    DirectoryError where its line is wrong, or it has two; what is wrong with other lines is not noticed.
    """
    if not id.isprintable():
        return None
    with open_directory_file(path) as file, _explained(path, file):
        found = [(number, line.decode()) for number, line in _find_lines(file, {id})]
    if len(found) > 1:
        numbers = [number for number, _ in found]
        raise DirectoryError(
            f"{_place(path, numbers)}: tenant {id} is listed twice: give each tenant one line"
        )
    return _parse(found[0][1], read_tenant, path, found[0][0]) if found else None


def read_ids(path: Path) -> Iterator[str]:
    """The ids of these tenants, without a look at all else; a line without one is passed over."""
    with open_directory_file(path) as file, _explained(path, file):
        ids = (read_id(line.removeprefix(BOM_UTF8)) for _, line in iterate_lines(file))
        yield from filter(None, ids)


def locate_conflict(conflict: DirectoryConflictError, path: Path, file: BinaryIO) -> DirectoryError:
    """The same error with the file, and the lines in it that contradict each other."""
    file.seek(0)
    numbers = [number for number, _ in _find_lines(file, conflict.tenants)]
    return DirectoryError(f"{_place(path, numbers)}: {conflict}")


def _find_lines(file: BinaryIO, ids: Collection[str]) -> Iterator[tuple[int, bytes]]:
    """The lines of these tenants, with their numbers."""
    # Any text may be written with backslashes; all other lines hold the id as it is, or are another's.
    marks = (b"\\", *(json.dumps(id, ensure_ascii=False).encode() for id in ids))
    for number, line in iterate_lines(file):
        if any(mark in line for mark in marks):
            line = line.removeprefix(BOM_UTF8)
            if read_id(line) in ids:
                yield number, line


def _place(path: Path, numbers: Sequence[int]) -> str:
    """The file and the first two of these lines, where there are so many."""
    return f"{path}, lines {numbers[0]} and {numbers[1]}" if len(numbers) > 1 else f"tenants file {path}"


def open_directory_file(path: Path) -> BinaryIO:
    """The file, open; DirectoryUnreadableError where it cannot be opened."""
    with _explained(path):
        return path.open("rb")


def parse_lines(file: BinaryIO, path: Path, parse: Callable[[str], T]) -> Iterator[T]:
    """What `parse` makes of each line that is not blank; DirectoryError where it raises ValueError."""
    text = TextIOWrapper(file, encoding="utf-8-sig")
    try:
        with _explained(path, file):
            for number, line in enumerate(text, start=1):
                if not line.isspace():
                    yield _parse(line, parse, path, number)
    finally:
        with suppress(ValueError):  # the file may be closed already, where nobody reads on
            text.detach()  # or it would close the file


@contextmanager
def _explained(path: Path, file: BinaryIO | None = None) -> Iterator[None]:
    try:
        try:
            yield
        except UnicodeDecodeError:
            reason = explain_not_utf8(file) if file else "it is not UTF-8"
            raise DirectoryUnreadableError(f"tenants file {path} cannot be read: {reason}") from None
    except OSError as error:
        raise DirectoryUnreadableError(f"tenants file {path} cannot be read: {error.strerror}") from None


def _parse(line: str, parse: Callable[[str], T], path: Path, number: int) -> T:
    try:
        return parse(line)
    except ValueError as error:
        fault = " ".join(str(error).split())[:300]
        raise DirectoryError(f"{path}, line {number}: {fault}") from None

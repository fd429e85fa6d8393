"""Reads `tenants.jsonl`: one tenant a line; a wrong line is named with its number and what is wrong."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TypeVar

from abuse_intake.errors import DirectoryError, DirectoryUnreadableError
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
    """The tenant of that id, without a look at the others; a large file takes a fraction of a second."""
    if not id.isprintable():
        return None
    # Any text may be written with backslashes; all other lines hold the id as it is, or are another's.
    quoted = json.dumps(id, ensure_ascii=False).encode()
    with open_directory_file(path) as file, _explained(path):
        for number, line in enumerate(file, start=1):
            if quoted in line or b"\\" in line:
                for part in line.removeprefix(BOM_UTF8).splitlines():
                    if read_id(part) == id:
                        return _parse(part.decode(), read_tenant, path, number)
    return None


def open_directory_file(path: Path) -> BinaryIO:
    """The file, open; DirectoryUnreadableError where it cannot be opened."""
    with _explained(path):
        return path.open("rb")


def parse_lines(file: BinaryIO, path: Path, parse: Callable[[str], T]) -> Iterator[T]:
    """What `parse` makes of each line that is not blank; DirectoryError where it raises ValueError."""
    text = TextIOWrapper(file, encoding="utf-8-sig")
    try:
        with _explained(path):
            for number, line in enumerate(text, start=1):
                if not line.isspace():
                    yield _parse(line, parse, path, number)
    finally:
        with suppress(ValueError):  # the file may be closed already, where nobody reads on
            text.detach()  # or it would close the file


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise DirectoryUnreadableError(f"tenants file {path} cannot be read: {reason}") from None


def _parse(line: str, parse: Callable[[str], T], path: Path, number: int) -> T:
    try:
        return parse(line)
    except ValueError as error:
        fault = " ".join(str(error).split())[:300]
        raise DirectoryError(f"{path}, line {number}: {fault}") from None

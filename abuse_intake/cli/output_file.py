"""Where a command writes what is too much for a terminal: stdout, or a file that is there whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from abuse_intake.cli.terminated import cleaning_up
from abuse_intake.durably import sync_directory


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """A new file; stdout without a path or with `-`; and what is there and no file, as a pipe, is written into."""
    if path is None or str(path) == "-":
        yield sys.stdout
    elif path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as device:
            yield device
    else:
        # `resolve` raises where links lead in a circle.
        with cleaning_up(), _replace(Path(os.path.realpath(path))) as file:
            yield file


@contextmanager
def _replace(path: Path) -> Iterator[TextIO]:
    """A new file in its place once all is written, readable by its owner only."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=".abuse-intake-", dir=path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        Path(name).rename(path)
    finally:
        Path(name).unlink(missing_ok=True)  # which it is no longer called where all was written
    sync_directory(path.parent)

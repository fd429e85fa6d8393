"""The lines of a file as bytes, numbered as they are when it is read as text: a lone CR ends one too."""

from collections.abc import Iterator
from typing import BinaryIO


def iterate_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each line with its number, from 1."""
    number = 0
    for line in file:
        for part in line.splitlines() if b"\r" in line else (line,):
            number += 1
            yield number, part


def explain_not_utf8(file: BinaryIO) -> str:
    """Which line it is that makes the file no UTF-8; a pipe cannot be read again to find it."""
    if file.seekable():
        file.seek(0)
        for number, line in iterate_lines(file):
            try:
                line.decode()
            except UnicodeDecodeError:
                return f"line {number} is not UTF-8"
    return "it is not UTF-8"

"""Why a mail was not read, and how such a mail is told of."""

from hashlib import sha256
from typing import BinaryIO, NamedTuple

from parsers.values import ReadMail

PIECE = 1024 * 1024


class Failure(NamedTuple):
    """Why there is no answer for a mail."""

    reason: str
    """`too_costly`, `kills_the_reader` or `internal_error`."""
    detail: str | None = None
    """For a fault of ours: which, and where."""


def make_quarantined(raw: bytes, reason: str) -> ReadMail:
    """A mail that is kept and not read, for a person to look at."""
    return ReadMail(sha256(raw).hexdigest(), len(raw), "quarantined", reason)


def read_or_quarantine(file: BinaryIO, most: int) -> bytes | ReadMail:
    """The bytes of a file that is a mail; one of more than `most` is never held in memory, and not read."""
    pieces, size = list[bytes](), 0
    while size <= most and (piece := file.read(PIECE)):
        pieces.append(piece)
        size += len(piece)
    if size <= most:
        return b"".join(pieces)
    digest = sha256(b"".join(pieces))
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    return ReadMail(digest.hexdigest(), size, "quarantined", "too_costly")

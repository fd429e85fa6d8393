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


TOO_LARGE = "The mail is larger than a mail may be that is read; it was not read."
WHY = {
    "too_costly": "To read the mail took more time or memory than a mail may take; it was given up.",
    "kills_the_reader": "A process ended each time that it read the mail; it was given up.",
    "internal_error": "A fault of this program kept the mail from being read or recorded.",
}
"""What the warning of a mail says by its reason."""


def make_quarantined(raw: bytes, reason: str, warning: str | None = None) -> ReadMail:
    """A mail that is kept and not read, for a person to look at."""
    return ReadMail(
        sha256(raw).hexdigest(), len(raw), "quarantined", reason, warnings=(warning or WHY[reason],)
    )


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
    return ReadMail(digest.hexdigest(), size, "quarantined", "too_costly", warnings=(TOO_LARGE,))

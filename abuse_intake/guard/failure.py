"""Why a mail was not read, and how such a mail is told of."""

import hashlib
from typing import NamedTuple

from parsers.values import ReadMail


class Failure(NamedTuple):
    """Why there is no answer for a mail."""

    reason: str
    """`too_costly`, `kills_the_reader` or `internal_error`."""
    detail: str | None = None
    """For a fault of ours: which, and where."""


def make_quarantined(raw: bytes, reason: str) -> ReadMail:
    """A mail that is kept and not read, for a person to look at."""
    return ReadMail(hashlib.sha256(raw).hexdigest(), len(raw), "quarantined", reason)

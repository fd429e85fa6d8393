"""Where a page of a list ended, as a short text: the next page begins there, at any depth."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from storage.columns import MAX_ID
from storage.errors import BadCursor

MAX_CHARACTERS = 200
OLD = "this cursor is of no use here: ask for the first page again, without a cursor"

Position = tuple[datetime | int, ...]
"""What the order sorts by, and last the id, of the last row that was given."""


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list; those of another list, or of other filters, are none of its."""

    name: str
    filters: Mapping[str, object]
    """Without times: an age such as 7d is another time at the next page."""
    kinds: tuple[type[datetime] | type[int], ...]
    """What a position of it consists of."""

    def write(self, position: Position) -> str:
        """The text for a position."""
        values = [one.astimezone(UTC).isoformat() if isinstance(one, datetime) else one for one in position]
        text = json.dumps([self._print(), *values], separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def read(self, cursor: str) -> Position:
        """The position behind a cursor; BadCursor when it is none, or none of this list."""
        if len(cursor) > MAX_CHARACTERS or not cursor.isascii():
            raise BadCursor(OLD)
        try:
            of, *values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            position = tuple(_read_value(one, kind) for one, kind in zip(values, self.kinds, strict=True))
        except (ValueError, TypeError, RecursionError):
            raise BadCursor(OLD) from None
        if of != self._print():
            raise BadCursor(OLD)
        return position

    def _print(self) -> str:
        wanted = repr((self.name, sorted(self.filters.items())))
        return blake2b(wanted.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _read_value(value: Any, kind: type[datetime] | type[int]) -> datetime | int:
    """As `write` writes it; ValueError or TypeError when it is not."""
    if kind is datetime:
        at = datetime.fromisoformat(value)
        if at.tzinfo == UTC:  # at another offset it may be a time that there is none of in UTC
            return at
    elif type(value) is int and 0 <= value <= MAX_ID:
        return value
    raise ValueError("not as it was written")

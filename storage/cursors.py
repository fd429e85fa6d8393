"""Where a page of incidents ended, as a short text: the next page begins there, at any depth."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import blake2b

from storage.columns import MAX_ID
from storage.errors import BadCursor
from storage.values import IncidentFilter, IncidentOrder

MAX_CHARACTERS = 200
OLD = "this cursor is of no use here: ask for the first page again, without a cursor"

Position = tuple[datetime | int, int]
"""What the order sorts by, and the id, of the last row that was given."""


def write_cursor(filter: IncidentFilter, order: IncidentOrder, position: Position) -> str:
    """The text for a position; it holds only with the same filter, but for its times, and order."""
    at, id = position
    value = at.astimezone(UTC).isoformat() if isinstance(at, datetime) else at
    text = json.dumps([_print_of(filter, order), value, id], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, filter: IncidentFilter, order: IncidentOrder) -> Position:
    """The position behind a cursor; BadCursor when it is none, or one of another filter or order."""
    if len(cursor) > MAX_CHARACTERS or not cursor.isascii():
        raise BadCursor(OLD)
    try:
        fingerprint, value, id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at = value if order == "most_reported" else datetime.fromisoformat(value)
    except (ValueError, TypeError, RecursionError):
        raise BadCursor(OLD) from None
    if fingerprint != _print_of(filter, order) or not (_is_number(id) and _is_sortable(at)):
        raise BadCursor(OLD)
    return at, id


def _is_sortable(value: object) -> bool:
    """Times as `write_cursor` writes them: at another offset one may be none that there is in UTC."""
    return value.tzinfo == UTC if isinstance(value, datetime) else _is_number(value)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_ID


def _print_of(filter: IncidentFilter, order: IncidentOrder) -> str:
    """Which list a cursor is of. Not of which times: an age such as 7d is another time at the next page."""
    wanted = repr((order, sorted(asdict(replace(filter, since=None, until=None)).items())))
    return blake2b(wanted.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()

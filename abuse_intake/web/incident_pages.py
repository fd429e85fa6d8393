"""Pages of incidents behind a cursor, until the store gives them."""

import base64
import hashlib

from storage.database import Session
from storage.incidents import list_incidents
from storage.values import IncidentFilter, IncidentOrder, IncidentPage


class BadCursor(Exception):  # noqa: N818 - it reads as what it says
    """The cursor is not one that this list gave."""


def find_incident_page(
    session: Session, filter: IncidentFilter, order: IncidentOrder, limit: int, cursor: str | None
) -> IncidentPage:
    """So many incidents from where the cursor points."""
    start = _read(cursor, filter, order) if cursor else 0
    found = list(list_incidents(session, filter, start + limit + 1 if order == "newest" else 0))
    if order != "newest":
        found.sort(
            key=lambda one: one.report_count if order == "most_reported" else one.first_seen, reverse=True
        )
    page = tuple(found[start : start + limit])
    more = len(found) > start + limit
    return IncidentPage(page, _write(start + limit, filter, order) if more else None)


def _write(start: int, filter: IncidentFilter, order: IncidentOrder) -> str:
    return base64.urlsafe_b64encode(f"{start}:{_sum(filter, order)}".encode()).decode().rstrip("=")


def _read(cursor: str, filter: IncidentFilter, order: IncidentOrder) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        start, _, digest = text.partition(":")
        if digest == _sum(filter, order) and start.isdigit():
            return int(start)
    except ValueError:
        pass
    raise BadCursor("the cursor is not of this list: begin again without one")


def _sum(filter: IncidentFilter, order: IncidentOrder) -> str:
    return hashlib.sha256(repr((filter, order)).encode("utf-8", "replace")).hexdigest()[:16]

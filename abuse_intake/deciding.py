"""What people may decide with: their names, their notes, and tenants that are known. The same for every way in."""

from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

from abuse_intake.errors import DecisionError

if TYPE_CHECKING:
    from abuse_intake.directory_listing import Listing

MAX_NAME = 80
MAX_NOTE = 2_000
MAX_TENANT = 200
SUGGESTED = 3
"""Tenants that a mistyped id may have meant."""


def check_name(name: str) -> str:
    """The name of who decides, trimmed; DecisionError where it is none, hides something or is too long."""
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise DecisionError(f"a name has 1 to {MAX_NAME} characters, and no control characters")
    return name


def check_note(note: str) -> str:
    """The note, trimmed; it may have several lines."""
    note = note.strip()
    if not note or len(note) > MAX_NOTE or not note.replace("\n", "").replace("\t", "").isprintable():
        raise DecisionError(f"a note has 1 to {MAX_NOTE} characters, and no control characters")
    return note


def check_tenant(id: str, listing: "Listing") -> str:
    """The id of a tenant of the directory, where there is one; DecisionError names those that it may have meant."""
    if not id or len(id) > MAX_TENANT or not id.isprintable():
        raise DecisionError(f"a tenant's id has 1 to {MAX_TENANT} characters, and no control characters")
    if listing.find_tenant(id) is None and (known := list(listing.read_ids())):
        near = get_close_matches(id, known, SUGGESTED)
        meant = f"did you mean {' or '.join(map(repr, near))}?" if near else _name_some(known)
        raise DecisionError(f"no tenant {id!r} is in the directory; {meant}")
    return id


def _name_some(known: list[str]) -> str:
    if len(known) > SUGGESTED:
        return "list them with: abuse-intake tenants list"
    return f"there {'is' if len(known) == 1 else 'are'} {', '.join(map(repr, islice(known, SUGGESTED)))}"

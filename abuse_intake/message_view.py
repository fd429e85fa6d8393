"""The full view of the message that a report brought, read by the guard; where it cannot be read, why."""

from typing import Any

from abuse_intake.full_view import EMPTY_VIEW
from abuse_intake.guard.failure import Failure
from abuse_intake.guard.pool import Guard
from storage.values import ReportRecord

FAILURES = {
    "too_costly": "mail-parser takes too much time or memory for it",
    "kills_the_reader": "mail-parser dies over it",
    "internal_error": "it cannot be read, by a fault of this program",
}


def read_message_view(guard: Guard, raw: bytes, report: ReportRecord) -> dict[str, Any] | None:
    """The reported message in the mail that reported it, found by its hash; None where the mail has none."""
    wanted = (report.fields.get("message") or {}).get("sha256")
    if not wanted:
        return None
    view = guard.read_full_view(raw, wanted)
    return {**EMPTY_VIEW, "error": FAILURES[view.reason]} if isinstance(view, Failure) else view

"""Incidents as a table: whose they are, and how sure that is."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from abuse_intake.cli.output import print_table
from storage.values import IncidentRecord

if TYPE_CHECKING:
    from rich.console import Console

BY_HAND = "by hand"
"""In place of a confidence: an analyst said so, whatever the evidence says."""
COLUMNS = (
    "id", "tenant*", "reports?", "status?", "address?", "seen (UTC)?", "subject*?", "confidence*?", "type*?",
)  # fmt: skip
"""In the order in which triage needs them: a narrow terminal has no room for the last ones."""


def print_incidents(found: Iterable[IncidentRecord]) -> None:
    """Incidents as a table."""
    print_table(COLUMNS, map(show_row, found), empty="no incidents")


def print_marked(found: Iterable[tuple[str, IncidentRecord]], console: "Console") -> None:
    """Incidents as a table, each behind a mark."""
    print_table(
        ("", *COLUMNS), ((mark, *show_row(one)) for mark, one in found), empty="no incidents", on=console
    )


def show_row(incident: IncidentRecord) -> tuple[object, ...]:
    """The columns of one incident. A correction never looks like evidence."""
    one = incident
    return (
        one.id,
        one.tenant or _why_nobody(one),
        one.report_count,
        one.status,
        one.ip,
        one.last_seen,
        one.subject,
        one.confidence if one.correction is None else BY_HAND,
        one.feedback_type or one.type,
    )


def _why_nobody(incident: IncidentRecord) -> str:
    return f"– ({incident.reason})" if incident.correction is None else "– (nobody)"

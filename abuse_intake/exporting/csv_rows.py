"""Incidents as CSV (RFC 4180): a header, CRLF, the same columns always. JSON Lines hold more."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from io import StringIO

from abuse_intake.exporting.csv_cells import write_cell
from storage.values import Evidence, IncidentRecord

Cell = str | int | None
ROWS_A_CHUNK = 100
SECONDS = len("2026-11-02T10:00:00")


def utc_seconds(time: datetime) -> str:
    """RFC 3339 in UTC, always of the same width: `2026-11-02T10:00:00Z`."""
    return f"{time.astimezone(UTC).isoformat()[:SECONDS]}Z"


def _text(text: str | None) -> str | None:
    return None if text is None else write_cell(text)


def _evidence(evidence: Iterable[Evidence]) -> str:
    """`address: 192.0.2.1 (contoso) | dkim: contoso.example (contoso, verified)`."""
    return write_cell(" | ".join(map(_one_evidence, evidence)))


def _one_evidence(one: Evidence) -> str:
    notes = ", ".join(note for note in (one.tenant, "verified" if one.verified else None) if note)
    return f"{one.source}: {one.value} ({notes})" if notes else f"{one.source}: {one.value}"


COLUMNS: dict[str, Callable[[IncidentRecord], Cell]] = {
    "id": lambda one: one.id,
    "tenant": lambda one: _text(one.tenant),
    "attributed_tenant": lambda one: _text(one.attributed_tenant),
    "corrected_by": lambda one: _text(one.correction.by) if one.correction else None,
    "corrected_at": lambda one: utc_seconds(one.correction.at) if one.correction else None,
    "correction_note": lambda one: _text(one.correction.note) if one.correction else None,
    "ip": lambda one: str(one.ip) if one.ip else None,
    "confidence": lambda one: one.confidence,
    "reason": lambda one: one.reason,
    "route": lambda one: one.route,
    "feedback_type": lambda one: _text(one.feedback_type),
    "status": lambda one: one.status,
    "subject": lambda one: _text(one.subject),
    "message_id": lambda one: _text(one.message_id),
    "from": lambda one: _text(one.from_address),
    "report_count": lambda one: one.report_count,
    "reporter_count": lambda one: one.reporter_count,
    "authenticated_reporter_count": lambda one: one.authenticated_reporter_count,
    "first_seen": lambda one: utc_seconds(one.first_seen),
    "last_seen": lambda one: utc_seconds(one.last_seen),
    "evidence": lambda one: _evidence(one.evidence),
    "category": lambda one: _text(one.category),
    "type": lambda one: _text(one.type),
    "arrived_at": lambda one: utc_seconds(one.arrived_at) if one.arrived_at else None,
}
"""In this order, and never in another: new columns come at the end."""


def write_csv(incidents: Iterable[IncidentRecord]) -> Iterator[str]:
    """The header, then a row for each incident, some at a time."""
    page = StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(COLUMNS)
    read = COLUMNS.values()
    for number, incident in enumerate(incidents, 1):
        writer.writerow([column(incident) for column in read])
        if number % ROWS_A_CHUNK == 0:
            yield _take(page)
    yield _take(page)


def _take(page: StringIO) -> str:
    """What was written since the last time."""
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text

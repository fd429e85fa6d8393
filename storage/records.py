"""Rows of reports as values."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import select

from storage.columns import address_of
from storage.models import Report
from storage.serialization import evidence_from_json
from storage.values import Attribution, Confidence, ReportRecord, Route

REPORTS = select(
    Report.id,
    Report.mail_id,
    Report.position,
    Report.incident_id,
    Report.reporter,
    Report.received_at,
    Report.fields,
    Report.ip,
    Report.tenant,
    Report.confidence,
    Report.reason,
    Report.route,
    Report.evidence,
)


def report_records(rows: Iterable[Any]) -> tuple[ReportRecord, ...]:
    """The rows of a statement made from REPORTS."""
    return tuple(map(_report_record, rows))


def _report_record(row: Any) -> ReportRecord:
    return ReportRecord(
        id=str(row.id),
        mail_id=str(row.mail_id),
        position=row.position,
        incident_id=str(row.incident_id),
        reporter=row.reporter,
        received_at=row.received_at,
        fields=row.fields,
        attribution=Attribution(
            ip=address_of(row.ip),
            tenant=row.tenant,
            confidence=cast(Confidence, row.confidence),
            reason=row.reason,
            route=cast(Route, row.route),
            evidence=evidence_from_json(row.evidence),
        ),
    )

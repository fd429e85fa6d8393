"""Rows of reports as values, and what an attribution fills of such a row."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import select

from storage.bulk import Row
from storage.columns import address_of
from storage.models import Report
from storage.serialization import evidence_as_json, evidence_from_json
from storage.tallies import RANKS
from storage.values import Attribution, Confidence, ReportRecord, Route

ATTRIBUTION = (
    Report.ip,
    Report.tenant,
    Report.confidence,
    Report.reason,
    Report.route,
    Report.evidence,
)
"""The columns that `attribution_of` reads."""
REPORTS = select(
    Report.id,
    Report.mail_id,
    Report.position,
    Report.incident_id,
    Report.reporter,
    Report.received_at,
    Report.fields,
    *ATTRIBUTION,
)


def report_records(rows: Iterable[Any]) -> tuple[ReportRecord, ...]:
    """The rows of a statement made from REPORTS."""
    return tuple(map(_report_record, rows))


def attribution_of(row: Any) -> Attribution:
    """The attribution of a report's row."""
    return Attribution(
        ip=address_of(row.ip),
        tenant=row.tenant,
        confidence=cast(Confidence, row.confidence),
        reason=row.reason,
        route=cast(Route, row.route),
        evidence=evidence_from_json(row.evidence),
    )


def attribution_columns(attribution: Attribution) -> Row:
    """The columns of a report's row that its attribution fills."""
    return {
        "tenant": attribution.tenant,
        "ip": str(attribution.ip) if attribution.ip else None,
        "confidence": attribution.confidence,
        "confidence_rank": RANKS[attribution.confidence],
        "reason": attribution.reason,
        "route": attribution.route,
        "evidence": evidence_as_json(attribution.evidence),
    }


def _report_record(row: Any) -> ReportRecord:
    return ReportRecord(
        id=str(row.id),
        mail_id=str(row.mail_id),
        position=row.position,
        incident_id=str(row.incident_id),
        reporter=row.reporter,
        received_at=row.received_at,
        fields=row.fields,
        attribution=attribution_of(row),
    )

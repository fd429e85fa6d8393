"""Incidents as values: the columns that it takes to show one, and what they become."""

from typing import Any, cast

from sqlalchemy import select

from storage.columns import address_of
from storage.models import Incident
from storage.serialization import evidence_from_json
from storage.values import Confidence, Correction, IncidentRecord, IncidentStatus, Route

INCIDENTS = select(
    Incident.id,
    Incident.tenant,
    Incident.attributed_tenant,
    Incident.corrected_at,
    Incident.corrected_by,
    Incident.corrected_tenant,
    Incident.correction_note,
    Incident.ip,
    Incident.confidence,
    Incident.reason,
    Incident.route,
    Incident.feedback_type,
    Incident.status,
    Incident.subject,
    Incident.message_id,
    Incident.from_address,
    Incident.report_count,
    Incident.reporter_count,
    Incident.authenticated_reporter_count,
    Incident.first_seen,
    Incident.last_seen,
    Incident.evidence,
)


def incident_record(row: Any) -> IncidentRecord:
    """The value of a row of `INCIDENTS`."""
    return IncidentRecord(
        id=str(row.id),
        tenant=row.tenant,
        attributed_tenant=row.attributed_tenant,
        correction=_correction(row),
        ip=address_of(row.ip),
        confidence=cast(Confidence, row.confidence),
        reason=row.reason,
        route=cast(Route, row.route),
        feedback_type=row.feedback_type,
        status=cast(IncidentStatus, row.status),
        subject=row.subject,
        message_id=row.message_id,
        from_address=row.from_address,
        report_count=row.report_count,
        reporter_count=row.reporter_count,
        authenticated_reporter_count=row.authenticated_reporter_count,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        evidence=evidence_from_json(row.evidence),
    )


def _correction(row: Any) -> Correction | None:
    if row.corrected_at is None:
        return None
    return Correction(row.corrected_tenant, row.corrected_by, row.corrected_at, row.correction_note)

"""Incidents as values: the columns that it takes to show one, and what they become."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Text, cast, select

from storage.columns import address_of
from storage.models import Incident
from storage.serialization import read_evidence
from storage.values import Correction, IncidentRecord

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
    cast(Incident.evidence, Text).label("evidence"),
)
"""In the order of `IncidentRecord`; the evidence as text, since `read_evidence` makes values of it at once."""


def incident_record(row: Any) -> IncidentRecord:
    """The value of a row of `INCIDENTS`: taken apart by place, which long lists feel."""
    id, tenant, attributed_tenant, at, by, corrected_tenant, note, ip, *others, evidence = row
    correction = None if at is None else Correction(corrected_tenant, by, at, note)
    record: Callable[..., IncidentRecord] = IncidentRecord
    return record(
        str(id), tenant, attributed_tenant, correction, address_of(ip), *others, read_evidence(evidence)
    )

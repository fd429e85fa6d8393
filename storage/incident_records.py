"""Incidents as values: the columns that it takes to show one, and what they become."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Text, cast, select

from storage.columns import address_of
from storage.models import Incident, table_of
from storage.serialization import read_evidence
from storage.values import Correction, IncidentRecord

INCIDENT = table_of(Incident).c
INCIDENTS = select(
    INCIDENT.id,
    INCIDENT.tenant,
    INCIDENT.attributed_tenant,
    INCIDENT.corrected_at,
    INCIDENT.corrected_by,
    INCIDENT.corrected_tenant,
    INCIDENT.correction_note,
    INCIDENT.ip,
    INCIDENT.confidence,
    INCIDENT.reason,
    INCIDENT.route,
    INCIDENT.feedback_type,
    INCIDENT.status,
    INCIDENT.subject,
    INCIDENT.message_id,
    INCIDENT.from_address,
    INCIDENT.report_count,
    INCIDENT.reporter_count,
    INCIDENT.authenticated_reporter_count,
    INCIDENT.first_seen,
    INCIDENT.last_seen,
    INCIDENT.category,
    INCIDENT.type,
    INCIDENT.arrived_at,
    cast(INCIDENT.evidence, Text).label("evidence"),
)
"""In the order of `IncidentRecord`; the evidence as text, since `read_evidence` makes values of it at once."""


def incident_record(row: Any) -> IncidentRecord:
    """The value of a row of `INCIDENTS`: taken apart by place, which long lists feel."""
    id, tenant, attributed_tenant, at, by, corrected_tenant, note, ip, *others = row
    *others, category, kind, arrived_at, evidence = others
    correction = None if at is None else Correction(corrected_tenant, by, at, note)
    record: Callable[..., IncidentRecord] = IncidentRecord
    said = (read_evidence(evidence), category, kind, arrived_at)
    return record(str(id), tenant, attributed_tenant, correction, address_of(ip), *others, *said)

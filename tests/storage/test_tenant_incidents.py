"""What one tenant's incidents amount to, for the page about it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from storage_builders import NOW, arrival, attribution, keep_all, message, outcome, record, report

from storage.database import Database
from storage.models import Incident
from storage.tenant_incidents import summarise_incidents
from storage.values import IncidentCount, TenantIncidents


def _record_each(database: Database, *changes: dict[str, Any]) -> None:
    """An incident each, an hour apart: its tenant, confidence and feedback type."""
    arrivals = [arrival(number, received_at=NOW + timedelta(hours=number)) for number in range(len(changes))]
    for number, (id, change) in enumerate(zip(keep_all(database, arrivals), changes, strict=True)):
        one = report(message(message_id=f"<{number}@x>"), feedback_type=change.get("type", "abuse"))
        attributed = attribution(change.get("confidence", "stated"), tenant=change.get("tenant", "contoso"))
        record(database, [outcome(id, (one, attributed))])


def test_incidents_are_counted_by_kind(database: Database) -> None:
    """By status and confidence; those without junk count apart; other tenants' do not count."""
    _record_each(
        database,
        {"tenant": "fabrikam"},
        {"confidence": "stated"},
        {"confidence": "proven"},
        {"confidence": "proven"},
        {"type": "not-spam"},
        {"confidence": "corroborated"},
        {"tenant": "fabrikam"},
    )
    with database.begin() as session:
        session.execute(update(Incident).where(Incident.message_id == "<1@x>").values(status="dismissed"))

    with database.read() as session:
        found = summarise_incidents(session, "contoso")

    assert found == TenantIncidents(
        (
            IncidentCount(True, "new", "proven", 2),
            IncidentCount(True, "new", "corroborated", 1),
            IncidentCount(True, "dismissed", "stated", 1),
            IncidentCount(False, "new", "stated", 1),
        ),
        NOW + timedelta(hours=1),
        NOW + timedelta(hours=5),
    )


def test_a_tenant_without_incidents_has_no_time(database: Database) -> None:
    """Nothing was seen of it."""
    with database.read() as session:
        assert summarise_incidents(session, "contoso") == TenantIncidents((), None, None)

"""How many incidents a filter chooses."""

import pytest
from storage_builders import keep, message, outcome, record, report

from storage.database import Database
from storage.incident_count import count_incidents
from storage.values import IncidentFilter


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (IncidentFilter(), 3),
        (IncidentFilter(feedback_type="fraud"), 1),
        (IncidentFilter(tenant="nobody"), 0),
        (IncidentFilter(emptied=True), 0),
    ],
)
def test_incidents_are_counted(database: Database, wanted: IncidentFilter, number: int) -> None:
    """As many as a list of all would have."""
    ids = keep(database, 3)
    junk = [message(message_id=f"<{id}@junk.example>", sha256=f"{int(id):064x}") for id in ids]
    kinds = ("abuse", "fraud", None)
    reports = [report(one, feedback_type=kind) for one, kind in zip(junk, kinds, strict=True)]
    record(database, [outcome(id, one) for id, one in zip(ids, reports, strict=True)])

    with database.read() as session:
        assert count_incidents(session, wanted) == number

"""How many incidents a filter chooses."""

import pytest
from storage_builders import keep, outcome, record, typed

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
    record(
        database,
        [
            outcome(id, typed(kind, place))
            for place, (id, kind) in enumerate(zip(ids, ("abuse", "fraud", None), strict=True))
        ],
    )

    with database.read() as session:
        assert count_incidents(session, wanted) == number

"""`until` with the newest first: what began before and went on is found by how long it lasted."""

from datetime import timedelta

import pytest
from storage_builders import NOW, arrival, attribution, keep_all, message, outcome, record, report

from storage import incident_probes
from storage.database import Database
from storage.incidents import list_incidents
from storage.values import IncidentFilter

HOUR = timedelta(hours=1)
LENGTHS = [timedelta(days=days) + end for days in (1, 4, 16, 64, 256) for end in (-HOUR, timedelta(), HOUR)]


def test_what_went_on_is_found_however_long_it_lasted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also at the ends of the classes that lengths are sorted into; what began later is left out."""
    monkeypatch.setattr(incident_probes, "FEW", 0)
    began = NOW - timedelta(days=400)
    times = [began + length for length in LENGTHS for length in (timedelta(), length)] + [began + HOUR]
    numbers = [number for number in range(len(LENGTHS)) for _ in range(2)] + [len(LENGTHS)]
    ids = keep_all(database, [arrival(n, received_at=time) for n, time in enumerate(times)])
    reports = [report(message(message_id=f"<{number}@x>")) for number in numbers]
    record(database, [outcome(id, (one, attribution())) for id, one in zip(ids, reports, strict=True)])

    with database.read() as session:
        found = list(list_incidents(session, IncidentFilter(until=began + HOUR), 0))

    assert [one.last_seen - one.first_seen for one in found] == LENGTHS[::-1]

"""PostgreSQL is told how to go about one query, not about those that follow."""

from collections.abc import Sequence

import pytest
from incident_oracle import fill
from sqlalchemy import text
from storage_builders import ON_POSTGRESQL

from storage.database import Database, Session
from storage.incidents import find_incident_page
from storage.planner import BY_GRAMS, FOR_FEW_ROWS, row_by_row
from storage.values import IncidentFilter


def _settings(session: Session) -> Sequence[str]:
    names = sorted(FOR_FEW_ROWS | BY_GRAMS)
    return tuple(session.execute(text("SELECT " + ", ".join(f"current_setting('{n}')" for n in names))).one())


@ON_POSTGRESQL
@pytest.mark.parametrize("wanted", [IncidentFilter(), IncidentFilter(search="pills")], ids=str)
def test_a_page_leaves_the_settings_as_they_were(database: Database, wanted: IncidentFilter) -> None:
    """What follows in the same transaction is planned as ever."""
    fill(database, 20)

    with database.read() as session:
        before = _settings(session)
        find_incident_page(session, wanted)
        assert _settings(session) == before
        with row_by_row(session):
            assert _settings(session) != before

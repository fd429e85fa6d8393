"""The migration to queries at a million, on a database that has incidents, down and up again."""

from collections.abc import Iterator

import pytest
from incident_oracle import Stored, fill, read_all, require_exact_counts
from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.grams import INDEX, create_grams
from storage.incidents import list_incidents
from storage.models import Report, table_of
from storage.schema import downgrade
from storage.values import IncidentFilter


def _go_down(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        downgrade(connection, "0003")
    engine.dispose()


def _read_sorted(database: Database) -> list[Stored]:
    return sorted(read_all(database), key=lambda one: one.row["id"])


def _search(database: Database, text: str) -> list[str]:
    with database.read() as session:
        return [one.id for one in list_incidents(session, IncidentFilter(search=text), 0)]


@pytest.fixture
def filled(empty_url: str) -> Iterator[Database]:
    """With incidents of many kinds."""
    database = Database(empty_url)
    database.upgrade()
    fill(database, 20)
    yield database
    database.close()


def test_incidents_survive_the_way_down_and_up(filled: Database, empty_url: str) -> None:
    """What queries find by is made anew from what is stored, as recording makes it."""
    before, found = _read_sorted(filled), _search(filled, "pills")
    with filled.read() as session:
        hashes = session.execute(select(Report.id, Report.reporter_hash).order_by(Report.id)).all()

    _go_down(empty_url)
    filled.upgrade()

    with filled.read() as session:
        again = session.execute(select(Report.id, Report.reporter_hash).order_by(Report.id)).all()
    assert _read_sorted(filled) == before
    assert (again, _search(filled, "pills")) == (hashes, found)
    require_exact_counts(filled)


def test_what_is_recorded_after_the_upgrade_is_counted_and_found(filled: Database, empty_url: str) -> None:
    """Triggers and counts go on where the migration ended."""
    _go_down(empty_url)
    filled.upgrade()

    with filled.begin() as session:
        session.execute(table_of(Report).delete())
        session.execute(text("DELETE FROM incident_tallies"))
        session.execute(text("DELETE FROM incident_history"))
        session.execute(text("DELETE FROM incidents"))
        session.execute(text("DELETE FROM junk_tallies"))
    fill(filled, 5, seed=2)

    require_exact_counts(filled)
    assert _search(filled, "e") != []


@pytest.mark.postgresql
def test_without_the_right_to_make_pg_trgm_search_answers_the_same(
    postgresql_server: str, empty_postgresql: str
) -> None:
    """A user who may only make tables gets everything but the index of trigrams."""
    database = Database(empty_postgresql)
    database.upgrade()
    fill(database, 20)

    with database.read() as session:
        made = session.scalar(text("SELECT count(*) FROM pg_class WHERE relname = :name"), {"name": INDEX})
    texts = [one.row["search_text"] for one in read_all(database) if one.row["report_count"]]
    found = _search(database, "pills")
    database.close()
    assert made == 0
    assert len(found) == sum("pills" in one for one in texts) > 0


@pytest.mark.postgresql
def test_a_fault_that_is_not_a_missing_extension_ends_the_upgrade(postgresql_ready: Engine) -> None:
    """An index of trigrams that cannot be made for another reason is not passed over."""
    with postgresql_ready.connect() as connection, pytest.raises(DBAPIError, match="already exists"):
        create_grams(connection)


@pytest.fixture
def empty_postgresql(postgresql_server: str) -> str:
    """A database whose user owns its schema, and may make no extension in it."""
    admin = create_engine(postgresql_server + "postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE ROLE tenant_of_server LOGIN PASSWORD 'secret'"))
        connection.execute(text("CREATE DATABASE unprivileged"))
    admin.dispose()
    inside = create_engine(postgresql_server + "unprivileged", isolation_level="AUTOCOMMIT")
    with inside.connect() as connection:
        connection.execute(text("GRANT CREATE, USAGE ON SCHEMA public TO tenant_of_server"))
    inside.dispose()
    url = make_url(postgresql_server + "unprivileged")
    return url.set(username="tenant_of_server", password="secret").render_as_string(hide_password=False)

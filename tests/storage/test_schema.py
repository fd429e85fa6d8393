"""The migrations make what the models say, on both databases, and can be undone."""

import subprocess
import sys
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, DateTime, String, column, create_engine, insert, inspect, table

from storage.database import Database
from storage.grams import INDEX
from storage.models import Base
from storage.schema import REVISIONS, SCHEMA_REVISION, downgrade, migrations_folder
from storage.tenants import load_directory
from storage.values import Allocation, Tenant


def script_directory() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    return ScriptDirectory.from_config(config)


def test_revisions_are_those_of_the_folder() -> None:
    """The chain that the program knows without alembic is the one that alembic finds."""
    scripts = script_directory()

    chain = [script.revision for script in scripts.walk_revisions()]

    assert list(reversed(chain)) == list(REVISIONS)
    assert scripts.get_current_head() == SCHEMA_REVISION


def test_migrations_make_the_models(url: str) -> None:
    """A migrated database differs in nothing from the models."""
    engine = create_engine(url)

    with engine.connect() as connection:
        options: dict[str, Any] = {
            "compare_type": True,
            "compare_server_default": True,
            "include_object": lambda _one, name, *_: "incident_grams" not in name and name != INDEX,
        }
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()

    assert differences == []


def test_migrations_can_be_undone(empty_url: str) -> None:
    """Down to nothing and up again leads back to the current tables."""
    database = Database(empty_url)
    database.upgrade()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        downgrade(connection)
        left = set(inspect(connection).get_table_names())
    engine.dispose()

    database.require_current()

    assert left <= {"alembic_version", "sqlite_sequence"}
    assert database.state() == "current"
    database.close()


def test_no_stranger_s_text_is_indexed() -> None:
    """PostgreSQL refuses rows whose indexed text is long, so only our own short columns are indexed."""
    ours = {
        "sha256", "key_sha256", "to_sha256", "reporter_sha256", "disposition", "status", "confidence", "state",
        "mailbox", "uid", "tenant", "secret_sha256", "object_kind", "object_id", "actor",
    }  # fmt: skip
    columns = {
        column.name
        for table in Base.metadata.tables.values()
        if not table.name.startswith("tenant")
        for index in [*table.indexes, *table.constraints]
        for column in getattr(index, "columns", ())
        if isinstance(column.type, String)
    }

    assert columns <= ours


@pytest.mark.parametrize(
    ("module", "unwanted"), [("storage.values", "sqlalchemy"), ("storage.database", "alembic")]
)
def test_imports_are_cheap(module: str, unwanted: str) -> None:
    """The values need no SQLAlchemy, and asking for the version of the tables needs no alembic."""
    code = f"import {module}, sys; sys.exit({unwanted!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_imported_directory_survives_the_upgrade(empty_url: str) -> None:
    """A tenant of the tables before is the same tenant as a document, with its domains, ids and times."""
    database = Database(empty_url)
    database.upgrade()
    engine = create_engine(empty_url)
    since, until = datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    with engine.begin() as connection:
        downgrade(connection, "0001")
        insert_into(connection, "tenants", number=1, id="contoso", name="Contoso Ltd", abuse_contact=None)
        insert_into(connection, "tenants", number=2, id="fabrikam", name="Größe", abuse_contact="a@f.example")
        for position, domain in enumerate(("contoso.example", "b.example")):
            insert_into(connection, "tenant_domains", tenant_number=1, position=position, domain=domain)
        insert_into(connection, "tenant_external_ids", tenant_number=2, position=0, external_id="4711")
        insert_into(
            connection,
            "allocations",
            tenant_number=1,
            position=0,
            network="192.0.2.0/28",
            since=since,
            until=until,
        )
    engine.dispose()

    database.upgrade()

    with database.read() as session:
        contoso, fabrikam = load_directory(session)
    database.close()
    networks = (Allocation(ip_network("192.0.2.0/28"), since, until),)
    domains = ("contoso.example", "b.example")
    assert contoso == Tenant("contoso", "Contoso Ltd", domains, allocations=networks)
    assert fabrikam == Tenant("fabrikam", "Größe", external_ids=("4711",), abuse_contact="a@f.example")


def insert_into(connection: Connection, name: str, /, **values: Any) -> None:
    """A row of a table of then."""
    types = {"since": DateTime(timezone=True), "until": DateTime(timezone=True)}
    of_then = table(name, *(column(one, types.get(one)) for one in values))
    connection.execute(insert(of_then).values(**values))

"""The migrations make what the models say, on both databases, and can be undone."""

import subprocess
import sys
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import String, create_engine, inspect

from storage.database import Database
from storage.models import Base
from storage.schema import REVISIONS, SCHEMA_REVISION, downgrade, migrations_folder


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
        options: dict[str, Any] = {"compare_type": True, "compare_server_default": True}
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
        "mailbox", "uid", "tenant",
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

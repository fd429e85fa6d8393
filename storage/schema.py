"""Which version the tables have, told without importing alembic, and the way to this program's version."""

from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, inspect, text

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""All revisions of `alembic/versions`, oldest first."""
SCHEMA_REVISION = REVISIONS[-1]


def stored_revision(connection: Connection) -> str | None:
    """The revision that the database says it has; None when it has no tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def state_of(connection: Connection) -> Literal["empty", "current", "older", "newer"]:
    """How the database stands to this program; a revision that it does not know is a newer one."""
    revision = stored_revision(connection)
    if revision is None:
        return "empty"
    if revision == SCHEMA_REVISION:
        return "current"
    return "older" if revision in REVISIONS else "newer"


def migrate(connection: Connection, revision: str = "head") -> None:
    """Take the tables up to a revision, within the connection's transaction."""
    from alembic import command

    command.upgrade(_alembic_config(connection), revision)


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Take the tables down to a revision, with what only newer ones can hold."""
    from alembic import command

    command.downgrade(_alembic_config(connection), revision)


def migrations_folder() -> Path:
    """The migrations: beside this module in an installed program, at the root of a checkout."""
    installed = Path(__file__).parent / "migrations"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "alembic"


def _alembic_config(connection: Connection):  # type: ignore[no-untyped-def]
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

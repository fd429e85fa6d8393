"""`abuse-intake db`: the database's schema."""

import click

from abuse_intake.cli.command_group import CommandGroup
from abuse_intake.cli.session import settings_of
from storage.database import Database


@click.group(cls=CommandGroup)
def db() -> None:
    """The database's schema."""


@db.command()
@click.pass_context
def upgrade(context: click.Context) -> None:
    """Make the database, or bring it to this version.

    Stop the worker first, and keep a copy of the database.
    """
    database = Database(settings_of(context).database_url())
    try:
        before = database.state()
        database.upgrade()
    finally:
        database.close()
    click.echo(
        "the database is up to date already"
        if before == "current"
        else f"the database was {before}; it is up to date now"
    )

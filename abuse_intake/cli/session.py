"""What most commands begin with: the configuration, and the database behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from abuse_intake.cli.output import one_line
from abuse_intake.log import configure_log
from abuse_intake.opening import open_database
from abuse_intake.settings import Settings, load_settings
from storage.database import Database


def settings_of(context: click.Context) -> Settings:
    """The configuration that --config, the environment or this folder gives.

    From here on the log goes to stderr, and holds errors only: these commands say themselves what they do.
    """
    configure_log(only_errors=True)
    config: Path | None = context.find_root().obj
    return load_settings(config)


@contextmanager
def database_of(context: click.Context, *, make: bool = False) -> Iterator[tuple[Settings, Database]]:
    """The configuration and its database, closed afterwards; only commands that change something make it."""
    settings = settings_of(context)
    with open_database(settings, make=make) as database:
        if not make and database.is_in_memory():
            click.echo(
                f"abuse-intake: note: {one_line(settings.database_url())} is not there yet; the first run makes it",
                err=True,
            )
        yield settings, database

"""A tenant's id on the command line; a shell completes it from the directory."""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import islice

import click
from click.shell_completion import CompletionItem

from abuse_intake.errors import AbuseIntakeError

MOST = 200
"""Ids that a shell is offered; it shows no more to anybody's good."""


class TenantId(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    """Any text: whether there is such a tenant, each command asks itself."""

    name = "tenant"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        ids = (id for id in _find_ids(ctx) if id.startswith(incomplete) and id.isprintable())
        return [CompletionItem(id) for id in islice(ids, MOST)]


def _find_ids(context: click.Context) -> Iterator[str]:
    """The ids of the directory; none where anything is in the way, for a shell wants no complaint while one types."""
    from storage.errors import StorageError

    try:
        yield from _read_ids(context)
    except (AbuseIntakeError, StorageError, OSError):
        return


def _read_ids(context: click.Context) -> Iterator[str]:
    from abuse_intake.directory_listing import open_listing
    from abuse_intake.log import configure_log
    from abuse_intake.opening import open_database
    from abuse_intake.settings import load_settings

    configure_log(only_errors=True)
    settings = load_settings(context.find_root().params.get("config"))
    path = settings.directory_path()
    with nullcontext() if path else open_database(settings, make=False) as database:
        yield from open_listing(path, database).read_ids()

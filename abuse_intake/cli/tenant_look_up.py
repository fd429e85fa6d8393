"""What the directory says of the tenant of an incident, where it can be read."""

import click

from abuse_intake.cli.output import one_line
from abuse_intake.errors import AbuseIntakeError
from abuse_intake.settings import Settings
from storage.database import Database
from storage.incidents import list_incidents
from storage.values import IncidentFilter, Tenant


def find_tenant(id: str | None, settings: Settings, database: Database) -> Tenant | None:
    """What is known of a tenant; a directory that cannot be read is no reason to show no incident."""
    return None if id is None else _look_up(id, settings, database)[0]


def warn_of_unknown_tenant(id: str, settings: Settings, database: Database) -> None:
    """Tell that no tenant has this id, and no incident: nothing found for a mistyped id looks like a good customer."""
    if _has_incidents(id, database):
        return
    tenant, was_readable = _look_up(id, settings, database)
    if was_readable and tenant is None:
        click.echo(
            f"abuse-intake: no tenant {one_line(repr(id[:80]))} is known; list them with: abuse-intake tenants list",
            err=True,
        )


def _look_up(id: str, settings: Settings, database: Database) -> tuple[Tenant | None, bool]:
    """The tenant, and whether the directory could be read."""
    from abuse_intake.directory_listing import (
        open_listing,  # brings all of attribution, which most lists do without
    )

    try:
        return open_listing(settings.directory_path(), database).find_tenant(id), True
    except AbuseIntakeError:
        return None, False


def _has_incidents(tenant: str, database: Database) -> bool:
    with database.read() as session:
        return any(True for _ in list_incidents(session, IncidentFilter(tenant=tenant), 1))

"""`abuse-intake tenants`: the directory of customers."""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click

from abuse_intake import as_json as records
from abuse_intake.cli.actor import find_actor
from abuse_intake.cli.command_group import CommandGroup
from abuse_intake.cli.incident_table import print_incidents
from abuse_intake.cli.inputs import json_option
from abuse_intake.cli.output import count, one_line, print_heading, print_json
from abuse_intake.cli.progress import Progress
from abuse_intake.cli.session import database_of, settings_of
from abuse_intake.cli.tenant_id import TenantId
from abuse_intake.cli.tenant_page import print_summary, print_tenant, print_tenants
from abuse_intake.directory_import import open_imported_file
from abuse_intake.directory_listing import open_listing
from abuse_intake.opening import open_database
from abuse_intake.settings import Settings
from storage import incidents
from storage.errors import NotFound
from storage.tenant_incidents import summarise_incidents
from storage.values import IncidentFilter

NEWEST = 10
"""Incidents of a tenant that are shown."""


@click.group(cls=CommandGroup)
def tenants() -> None:
    """The directory: customers with their domains, ids and networks."""


@tenants.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.pass_context
def import_(context: click.Context, file: Path) -> None:
    """Make the tenants of FILE the directory.

    FILE is JSON Lines, a tenant a line; a tenant that it no longer lists is removed. It is checked as a
    whole before anything is stored.

    \b
    {"id": "contoso", "name": "Contoso Ltd", "domains": ["contoso.example"],
     "allocations": [{"network": "192.0.2.0/28", "since": "2026-01-01T00:00:00Z", "until": null}]}
    (on one line)
    """
    with open_imported_file(file) as imported:
        with Progress("checking", imported.size) as progress:
            warnings = imported.check(progress.reach)
        for warning in warnings:
            click.echo(f"abuse-intake: warning: {one_line(warning)}", err=True)
        with database_of(context, make=True) as (settings, database):
            with Progress("storing", imported.size) as progress:
                number = imported.store(database, datetime.now(UTC), progress.reach, find_actor())
            click.echo(f"{count(number, 'tenant')} imported")
            _warn_of_file(settings)


def _warn_of_file(settings: Settings) -> None:
    if settings.tenants.directory:
        used = one_line(str(settings.directory_path()))
        click.echo(
            f"abuse-intake: warning: tenants.directory is set, so {used} is used and not what was imported",
            err=True,
        )


@tenants.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the directory that is in force."""
    settings = settings_of(context)
    with nullcontext() if settings.tenants.directory else open_database(settings, make=False) as database:
        found = open_listing(settings.directory_path(), database).read_tenants()
        if as_json:
            for tenant in found:
                print_json(records.tenant_as_json(tenant))
        else:
            print_tenants(found)


@tenants.command()
@click.argument("tenant_id", metavar="ID", type=TenantId())
@json_option
@click.pass_context
def show(context: click.Context, tenant_id: str, as_json: bool) -> None:
    """Show one tenant, its networks and its incidents.

    How many incidents there are of each status and confidence, and the newest. People are shown the first 50
    networks; --json gives all. Of a tenants file, only this tenant's line is looked at; abuse-intake check
    tells what is wrong with others.
    """
    with database_of(context) as (settings, database):
        tenant = open_listing(settings.directory_path(), database).find_tenant(tenant_id)
        if tenant is None:
            raise NotFound(f"no tenant {tenant_id!r}; list them with: abuse-intake tenants list")
        with database.read() as session:
            summary = summarise_incidents(session, tenant.id)
            newest = tuple(incidents.list_incidents(session, IncidentFilter(tenant=tenant.id), NEWEST))
    if as_json:
        shown = records.tenant_incidents_as_json(summary, newest)
        print_json({**records.tenant_as_json(tenant), "incidents": shown})
        return
    print_tenant(tenant)
    print_summary(summary)
    print_heading("Newest incidents")
    print_incidents(newest)

"""`abuse-intake tenants`: the directory of customers."""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click

from abuse_intake import as_json as records
from abuse_intake.app import load_attributor, open_database
from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.directory_file import read_directory_file
from abuse_intake.cli.incidents import print_incidents
from abuse_intake.cli.inputs import json_option
from abuse_intake.cli.output import count, one_line, print_fields, print_heading, print_json, print_table
from abuse_intake.cli.session import database_of, settings_of
from storage import incidents
from storage import tenants as stored
from storage.errors import NotFound
from storage.values import Allocation, IncidentFilter, Tenant


@click.group()
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
    directory = Directory(read_directory_file(file))
    for warning in directory.warnings:
        click.echo(f"abuse-intake: warning: {one_line(warning)}", err=True)
    with database_of(context, make=True) as (settings, database):
        with database.begin() as session:
            imported = stored.replace_directory(session, directory.tenants.values(), datetime.now(UTC))
        click.echo(f"{count(imported, 'tenant')} imported")
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
        found = load_attributor(settings, database).directory.tenants.values()
    if as_json:
        for tenant in found:
            print_json(records.tenant_as_json(tenant))
        return
    print_table(
        ("id", "name*", "domains*", "networks"),
        ((t.id, t.name, t.domains, len(t.allocations)) for t in found),
        empty="no tenants: import a directory with abuse-intake tenants import FILE",
    )


@tenants.command()
@click.argument("tenant_id", metavar="ID")
@json_option
@click.pass_context
def show(context: click.Context, tenant_id: str, as_json: bool) -> None:
    """Show one tenant, its networks and its newest incidents."""
    with database_of(context) as (settings, database):
        tenant = load_attributor(settings, database).directory.tenants.get(tenant_id)
        if tenant is None:
            raise NotFound(f"no tenant {tenant_id!r}; list them with: abuse-intake tenants list")
        if as_json:
            print_json(records.tenant_as_json(tenant))
            return
        _print_tenant(tenant)
        print_heading("Newest incidents")
        with database.read() as session:
            print_incidents(incidents.list_incidents(session, IncidentFilter(tenant=tenant.id), 10))


def _print_tenant(tenant: Tenant) -> None:
    print_fields(
        (
            ("tenant", tenant.id),
            ("name", tenant.name),
            ("domains", tenant.domains),
            ("external ids", tenant.external_ids),
            ("abuse contact", tenant.abuse_contact),
        )
    )
    print_heading("Networks")
    print_table(
        ("network", "since (UTC)", "until (UTC)"),
        map(_allocation_row, tenant.allocations),
        empty="no networks",
    )


def _allocation_row(allocation: Allocation) -> tuple[object, ...]:
    since, until = (
        f"{time:%Y-%m-%d %H:%M}" if time else None for time in (allocation.since, allocation.until)
    )
    return allocation.network, since, until

"""`abuse-intake incidents list`: what matches, page by page, or as it changes."""

import sys
from dataclasses import replace

import click

from abuse_intake import as_json as records
from abuse_intake.cli.incident_filters import incident_filters
from abuse_intake.cli.incident_table import print_incidents
from abuse_intake.cli.inputs import Seconds, json_option, limit_option
from abuse_intake.cli.pages import PagedList, cursor_option, print_list, require_pages
from abuse_intake.cli.session import database_of
from abuse_intake.cli.tenant_look_up import warn_of_unknown_tenant
from abuse_intake.orders import ORDERS, SORTS, Sort
from storage import incidents as recorded
from storage.database import Session
from storage.values import IncidentFilter, IncidentOrder, IncidentRecord

WATCH_SECONDS = 2.0


@click.command("list")
@incident_filters
@click.option(
    "--emptied", is_flag=True, help="Only those that lost all their reports to others; else left out."
)
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    default="newest",
    show_default=True,
    help="By the last report, the number of reports, or the first report; falling.",
)
@limit_option
@cursor_option
@click.option(
    "--watch",
    is_flag=False,
    flag_value=WATCH_SECONDS,
    type=Seconds(min=0.1, max=86_400),
    metavar="[SECONDS]",
    help="Look again every 2 seconds (or so many) until ctrl-c. A table is redrawn, and marks what is new (+) "
    "and changed (~); --json prints an incident again whenever it is new or changed and matches.",
)
@json_option
@click.pass_context
def list_(
    context: click.Context,
    wanted: IncidentFilter,
    emptied: bool,
    sort: Sort,
    limit: int,
    cursor: str | None,
    watch: float | None,
    as_json: bool,
) -> None:
    """List incidents, newest first; all filters must hold.

    \b
    abuse-intake incidents list --tenant contoso --since 7d
    abuse-intake incidents list --cidr 192.0.2.0/24 --status new --json
    abuse-intake incidents list --subject "your parcel" --sort most-reported
    abuse-intake incidents list --status new --watch
    abuse-intake incidents list --json --watch 10 | send-to-siem

    A tenant that an analyst corrected stands there as `by hand`, in place of a confidence.
    """
    wanted, order = replace(wanted, emptied=emptied), ORDERS[sort]
    _require_sense(context, limit, cursor, watch, as_json)
    with database_of(context) as (settings, database):
        if watch is not None:
            from abuse_intake.cli.incident_watch import Watched, follow_as_json, watch_on_terminal

            (follow_as_json if as_json else watch_on_terminal)(database, Watched(wanted, order, limit, watch))
        with database.read() as session:
            print_list(_listed(session, wanted, order), limit, cursor, as_json=as_json)
        if wanted.tenant:
            warn_of_unknown_tenant(wanted.tenant, settings, database)


def _require_sense(
    context: click.Context, limit: int, cursor: str | None, watch: float | None, as_json: bool
) -> None:
    require_pages(context, limit, cursor)
    if cursor is not None and watch is not None:
        raise click.UsageError("--cursor and --watch exclude each other.", context)
    if watch is not None and not (as_json or sys.stdout.isatty()):
        raise click.UsageError("--watch draws on a terminal; for a pipe or a file add --json.", context)


def _listed(session: Session, wanted: IncidentFilter, order: IncidentOrder) -> PagedList[IncidentRecord]:
    return PagedList(
        lambda limit: recorded.list_incidents(session, wanted, limit, order),
        lambda limit, cursor: recorded.find_incident_page(session, wanted, order, limit, cursor),
        records.incident_as_json,
        print_incidents,
    )

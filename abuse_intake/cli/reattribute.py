"""`abuse-intake incidents reattribute`: decides again on stored reports, shows what differs, stores it on demand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from abuse_intake.app import load_attributor, open_verifier
from abuse_intake.cli.actor import find_actor
from abuse_intake.cli.incident_filters import incident_filters
from abuse_intake.cli.inputs import json_option
from abuse_intake.cli.progress import Progress
from abuse_intake.cli.reattribute_answer import Answer, JsonAnswer, TableAnswer
from abuse_intake.cli.session import database_of
from abuse_intake.cli.tenant_look_up import warn_of_unknown_tenant
from abuse_intake.guard.pool import Guard
from abuse_intake.reattributing import DecidedBatch, Redecider
from abuse_intake.settings import Settings
from abuse_intake.settling import Homes, foresee_batch, store_batch
from storage.database import Database
from storage.redecisions import find_incident_ids, require_incident_ids
from storage.values import IncidentFilter


@click.command()
@click.argument("incident_ids", metavar="[ID]…", nargs=-1)
@incident_filters
@click.option("--apply", is_flag=True, help="Store what differs; without it nothing is stored.")
@json_option
@click.pass_context
def reattribute(
    context: click.Context, wanted: IncidentFilter, incident_ids: tuple[str, ...], apply: bool, as_json: bool
) -> None:
    """Decide again who sent it, over stored mails.

    For when the directory was wrong, or keys were missing. The mails of the incidents (these IDs, or all that
    the filters choose) are read again and attributed as of their arrival, with the directory, the keys and
    the program of now. What differs is shown; with --apply it is stored, and the history of each incident
    keeps what it was. Nobody is acknowledged. It can be interrupted and run again.

    \b
    abuse-intake incidents reattribute --tenant contoso              # look first
    abuse-intake incidents reattribute --tenant contoso --apply
    abuse-intake incidents reattribute 17 18
    abuse-intake incidents reattribute --since 30d --json

    In the table, evidence with + is new, with - gone, with ~ another one of the same source.
    """
    if incident_ids and wanted != IncidentFilter():
        raise click.UsageError("give IDs or filters, not both.", context)
    with database_of(context, make=apply) as (settings, database), Guard() as guard:
        ids = _find_ids(settings, database, wanted, incident_ids)
        redecider = Redecider(
            database, guard, load_attributor(settings, database, open_verifier(settings, is_patient=True))
        )
        progress = Progress("incidents", len(ids))
        told = (JsonAnswer if as_json else TableAnswer)(apply, progress)
        with _flushed(told), progress:
            for batch in redecider.decide(ids):
                told.take(batch, _settle(database, batch, apply))
    told.print_summary()
    context.exit(1 if told.has_unread else 0)


def _find_ids(
    settings: Settings, database: Database, wanted: IncidentFilter, incident_ids: Sequence[str]
) -> Sequence[int]:
    """Those that are named, else those that the filters choose; a tenant that nobody knows is told."""
    with database.read() as session:
        if incident_ids:
            return require_incident_ids(session, incident_ids)
        found = find_incident_ids(session, wanted)
    if wanted.tenant and not found:
        warn_of_unknown_tenant(wanted.tenant, settings, database)
    return found


@contextmanager
def _flushed(told: Answer) -> Iterator[None]:
    """What is stored is told, also where the work was interrupted."""
    try:
        yield
    finally:
        told.flush()


def _settle(database: Database, batch: DecidedBatch, apply: bool) -> Homes:
    if apply:
        return store_batch(database, batch, find_actor(), datetime.now(UTC))
    return foresee_batch(database, batch)

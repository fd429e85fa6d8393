"""`abuse-intake outbox`: acknowledgements, waiting and delivered."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import click

from abuse_intake import as_json as records
from abuse_intake.app import deliver_outbox
from abuse_intake.cli.actor import find_actor
from abuse_intake.cli.command_group import CommandGroup
from abuse_intake.cli.inputs import json_option, limit_option
from abuse_intake.cli.output import count, full_time, print_table
from abuse_intake.cli.pages import PagedList, cursor_option, print_list, require_pages
from abuse_intake.cli.session import database_of
from abuse_intake.outbox import DeliverySummary, open_carrier
from storage import outbox_records
from storage.audit import note_action
from storage.values import AcknowledgementRecord, OutboxState

_STATES = ("waiting", "sending", "sent", "failed", "outcome_unknown")


@click.group(cls=CommandGroup)
def outbox() -> None:
    """Acknowledgements: what waits, what was sent, what failed."""


@outbox.command("list")
@click.option("--state", type=click.Choice(_STATES), help="Only those that stand so.")
@limit_option
@cursor_option
@json_option
@click.pass_context
def list_(
    context: click.Context, state: OutboxState | None, limit: int, cursor: str | None, as_json: bool
) -> None:
    """List acknowledgements, newest first.

    outcome_unknown: the process died after all data was sent and before the server answered. It is not
    sent again, since it may have arrived.
    """
    require_pages(context, limit, cursor)
    with database_of(context) as (_, database), database.read() as session:
        listed = PagedList(
            lambda limit: outbox_records.list_acknowledgements(session, state, limit),
            lambda limit, cursor: outbox_records.find_acknowledgement_page(session, state, limit, cursor),
            records.acknowledgement_as_json,
            _print_acknowledgements,
        )
        print_list(listed, limit, cursor, as_json=as_json)


def _print_acknowledgements(found: Iterable[AcknowledgementRecord]) -> None:
    print_table(
        ("id", "mail", "to*", "state", "attempts?", "next attempt (UTC)?", "last error*?"),
        ((a.id, a.mail_id, a.to, a.state, a.attempts, a.next_attempt_at, a.last_error) for a in found),
        empty="no acknowledgements",
    )


@outbox.command()
@click.pass_context
def send(context: click.Context) -> None:
    """Deliver what is due now, each acknowledgement once.

    One that was refused for now waits for a minute or more before it is due again.
    """
    with database_of(context, make=True) as (settings, database):
        with database.begin() as session:
            note_action(session, find_actor(), "began sending", "outbox", [None], {}, datetime.now(UTC))
        summary = deliver_outbox(settings, database, open_carrier(settings))
        with database.read() as session:
            waiting = [
                one.next_attempt_at for one in outbox_records.list_acknowledgements(session, "waiting", 0)
            ]
    click.echo(describe_delivery(summary) + _describe_waiting(waiting))


def describe_delivery(summary: DeliverySummary) -> str:
    """What one delivery run did, in a line."""
    parts = [count(summary.sent, "acknowledgement") + " sent"]
    if summary.retried:
        parts.append(f"{summary.retried} to be tried again")
    if summary.failed:
        parts.append(f"{summary.failed} failed")
    if summary.outcome_unknown:
        parts.append(f"{summary.outcome_unknown} with unknown outcome")
    return ", ".join(parts)


def _describe_waiting(waiting: Sequence[datetime | None]) -> str:
    """How many wait on, and when the first of them is tried."""
    if not waiting:
        return ""
    next_at = min(filter(None, waiting), default=None)
    at = f", next attempt {_next_time(next_at)}" if next_at else ""
    return f", {count(len(waiting), 'waits', 'wait')}{at}"


def _next_time(at: datetime) -> str:
    """The time alone when that is today: `13:20 UTC`."""
    at = at.astimezone(UTC)
    return f"{at:%H:%M} UTC" if at.date() == datetime.now(UTC).date() else full_time(at)

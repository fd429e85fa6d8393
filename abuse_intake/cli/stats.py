"""`abuse-intake stats`: counts, for a glance or for monitoring."""

from datetime import UTC, datetime

import click

from abuse_intake import as_json as records
from abuse_intake.cli.inputs import json_option
from abuse_intake.cli.output import print_fields, print_heading, print_json
from abuse_intake.cli.session import database_of
from storage.statistics import gather_statistics


@click.command()
@json_option
@click.pass_context
def stats(context: click.Context, as_json: bool) -> None:
    """Count mails, incidents and acknowledgements.

    Mails by disposition, incidents by status, acknowledgements by state, and how long the oldest waits.
    """
    with database_of(context) as (_, database), database.read() as session:
        statistics = gather_statistics(session, datetime.now(UTC))
    if as_json:
        print_json(records.statistics_as_json(statistics))
        return
    for title, counts in (
        ("Mails", statistics.mails),
        ("Incidents", statistics.incidents),
        ("Acknowledgements", statistics.outbox),
    ):
        print_heading(title)
        print_fields(counts.items() or [("none", None)])
    oldest = statistics.oldest_waiting_seconds
    click.echo(f"\nOldest waiting: {'nothing waits' if oldest is None else f'{oldest:.0f} seconds'}")

"""`abuse-intake incidents export`: incidents as a file for other programs."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, get_args

import click

from abuse_intake.cli.incident_filters import incident_filters
from abuse_intake.cli.output import count, one_line
from abuse_intake.cli.output_file import open_output
from abuse_intake.cli.progress import Progress
from abuse_intake.cli.session import database_of
from abuse_intake.cli.tenant_look_up import warn_of_unknown_tenant
from abuse_intake.exporting import Form, describe_contact, export_incidents
from abuse_intake.orders import ORDERS, SORTS, Sort
from storage.database import Session
from storage.incident_count import count_incidents
from storage.incidents import list_incidents
from storage.values import IncidentFilter, IncidentRecord


@click.command()
@click.option(
    "--format", "form", type=click.Choice(get_args(Form)), required=True, help="csv, jsonl or xarf (v4)."
)
@incident_filters
@click.option("--sort", type=click.Choice(SORTS), default=SORTS[0], show_default=True, help="In this order.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Into this file, which is there whole or not at all; else to stdout.",
)
@click.pass_context
def export(
    context: click.Context, wanted: IncidentFilter, form: Form, sort: Sort, output: Path | None
) -> None:
    """Write all that match, as CSV, JSON Lines or XARF.

    csv is for spreadsheets, jsonl has all fields, as `incidents list --json`; xarf reports junk to other
    providers, and leaves out what it has no words for.

    \b
    abuse-intake incidents export --format csv --since 30d --output incidents.csv
    abuse-intake incidents export --format jsonl --tenant contoso | jq -r .subject
    """
    left_out = Counter[str]()
    with database_of(context) as (settings, database):
        contact = describe_contact(settings) if form == "xarf" else None
        order = ORDERS[sort]
        with database.read() as session, open_output(output) as file, _progress(session, wanted, file) as bar:
            told = _Told(bar)
            for chunk in export_incidents(
                told.each(list_incidents(session, wanted, 0, order)), form, contact, left_out
            ):
                file.write(chunk)
        if wanted.tenant:
            warn_of_unknown_tenant(wanted.tenant, settings, database)
    if output is not None and str(output) != "-" and sys.stderr.isatty():
        written = count(told.number - left_out.total(), "incident")
        click.echo(f"abuse-intake: {written} written to {one_line(str(output))}", err=True)
    _tell_left_out(left_out)


@contextmanager
def _progress(session: Session, wanted: IncidentFilter, file: TextIO) -> Iterator[Progress | None]:
    """A bar, unless what is written is seen itself; incidents are only counted where somebody looks on."""
    if file.isatty() or not sys.stderr.isatty():
        yield None
    else:
        with Progress("exporting", count_incidents(session, wanted)) as bar:
            yield bar


class _Told:
    """How many incidents were read so far; a bar, where there is one, is told of each."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self.number = 0

    def each(self, incidents: Iterable[IncidentRecord]) -> Iterator[IncidentRecord]:
        """The incidents, counted."""
        for incident in incidents:
            yield incident
            self.number += 1
            if self._bar is not None:
                self._bar.advance(1)


def _tell_left_out(left_out: Counter[str]) -> None:
    """`7 incidents left out: 5 without address, 2 not junk`."""
    if left_out:
        reasons = ", ".join(f"{number} {reason}" for reason, number in left_out.most_common())
        click.echo(f"abuse-intake: {count(left_out.total(), 'incident')} left out: {reasons}", err=True)

"""`abuse-intake attribute`: to whom the reports in mails are attributed, and why."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import click

from abuse_intake.cli.inputs import Files
from abuse_intake.cli.output import one_line, print_json


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path())
@click.pass_context
def attribute(context: click.Context, files: tuple[str, ...]) -> None:
    """Show to whom reports are attributed and why, as JSON Lines.

    Each FILE is one mail as it lies in the abuse mailbox; - is stdin. Nothing is stored. The
    directory is the file that tenants.directory names, else what was imported into the database.
    """
    from abuse_intake.app import load_attributor, open_verifier
    from abuse_intake.cli.session import settings_of
    from abuse_intake.guard.pool import Guard
    from abuse_intake.opening import open_database

    settings = settings_of(context)
    database_used = nullcontext() if settings.tenants.directory else open_database(settings, make=False)
    with Guard(most=len(files)) as guard, database_used as database:
        guard.start()
        attributor = load_attributor(settings, database, open_verifier(settings))
        for warning in attributor.directory.warnings:
            click.echo(f"abuse-intake: warning: {one_line(warning)}", err=True)
        mails = Files(files, guard)
        for name, read in mails.read():
            print_json(_as_json(name, read, attributor, datetime.now(UTC)))
    context.exit(1 if mails.wrong else 0)


def _as_json(name: str, read: Any, attributor: Any, now: datetime) -> dict[str, Any]:
    from abuse_intake.as_json import attributed_as_json

    attributor.prepare(read.reports)
    return attributed_as_json(name, read, [attributor.attribute(report, now) for report in read.reports])

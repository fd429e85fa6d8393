"""`abuse-intake parse`: how mails are read. Needs no configuration and no database, and imports neither."""

import click

from abuse_intake.cli.inputs import Files
from abuse_intake.cli.output import print_json


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path())
@click.pass_context
def parse(context: click.Context, files: tuple[str, ...]) -> None:
    """Show how mails are read, as JSON Lines.

    Each FILE is one mail with its full headers, as it lies in a mailbox; - is stdin. One object a
    file says what the mail is (a report, or why not), who reports, and what is reported. Nothing
    is stored, nobody is told.

    \b
    abuse-intake parse report.eml
    abuse-intake parse Maildir/new/* | jq 'select(.disposition != "report") | .reason'
    """
    from abuse_intake.guard.pool import Guard

    with Guard(most=len(files)) as guard:
        guard.start()
        from parsers.as_json import mail_as_json

        mails = Files(files, guard)
        for name, read in mails.read():
            print_json(mail_as_json(read, name))
    context.exit(1 if mails.wrong else 0)

"""`abuse-intake demo`: the whole job on mails that the project ships, with no server and no configuration."""

import email
import os
import shlex
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from email.message import Message
from pathlib import Path

import click

from abuse_intake.app import App
from abuse_intake.cli.demo_folder import count_mails, make_folder, make_room
from abuse_intake.cli.explanations import NOT_A_REPORT
from abuse_intake.cli.output import count, one_line, print_heading, print_paragraph, print_table
from abuse_intake.cli.run import run_once
from abuse_intake.log import configure_log
from abuse_intake.opening import open_database
from abuse_intake.settings import load_settings
from abuse_intake.stopping import Stopping
from storage import incidents, mails, outbox_records
from storage.database import Database
from storage.values import IncidentFilter, IncidentRecord, MailRecord

WHO_ASKED = "grandpa.joe@fourthcoffee.example"
"""The reporter of the demo whose mail has no evidence: the demo shows how he is taught."""


@click.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("abuse-intake-demo"),
    show_default=True,
    help="The folder that the demo makes, anew each time; one that you changed is kept as FOLDER.old-1.",
)
def demo(into: Path) -> None:
    """See the whole job on mails that the project ships.

    It needs no server and no configuration. Thirty mails lie in a Maildir: reports good and bad, bounces,
    hostile ones. The worker runs once; then you see what each became and why, the incidents by tenant, and
    two acknowledgements.
    """
    configure_log()
    make_room(into)
    make_folder(into)
    # Variables that name a real mailbox must not lead the demo there.
    settings = load_settings(into / "abuse-intake.toml", environment=False)
    print_paragraph(
        f"The mailbox of Provider Example ({into / 'Maildir'}) holds {count_mails(into)} mails. The worker runs once:"
    )
    click.echo()
    with open_database(settings) as database:
        code = run_once(App(settings, database), Stopping().on_signals())
        _show_mails(database)
        _show_incidents(database)
        _show_acknowledgements(database)
    _show_what_next(into)
    sys.exit(code)


def _show_mails(database: Database) -> None:
    print_heading("What came in, what each became, and why")
    with database.read() as session:
        found = sorted(mails.list_mails(session, limit=0), key=lambda mail: int(mail.id))
        why = {mail.id: _explain(mail, database) for mail in found}
        again = {m.id: places - 1 for m in found if (places := len(mails.mail_deliveries(session, m.id))) > 1}
    print_table(
        ("mail", "from*?", "subject*", "became", "why*"),
        ((m.id, m.reporter, m.subject, m.disposition, why[m.id]) for m in found),
    )
    if again:
        lay = f"Mail {', '.join(again)} lay in the mailbox {'twice' if set(again.values()) == {1} else 'several times'}"
        print_paragraph(
            f"{lay}, byte for byte the same: it counts once. So {count(len(found) + sum(again.values()), 'mail')} "
            f"are {len(found)} here."
        )


def _explain(mail: MailRecord, database: Database) -> str:
    if mail.disposition != "report":
        return NOT_A_REPORT.get(mail.reason or "", mail.reason or "")
    with database.read() as session:
        reports = mails.reports_of_mail(session, mail.id)
    parts = []
    for report in reports:
        attribution = report.attribution
        found = f"{attribution.tenant}, {attribution.confidence}" if attribution.tenant else None
        parts.append(found or f"nobody: {attribution.reason}")
    return f"{len(reports)} reports: {'; '.join(parts)}" if len(reports) > 1 else "".join(parts)


def _show_incidents(database: Database) -> None:
    with database.read() as session:
        by_tenant: dict[str, list[IncidentRecord]] = defaultdict(list)
        for incident in incidents.list_incidents(session, IncidentFilter(), 0):
            by_tenant[incident.tenant or ""].append(incident)
    for tenant in sorted(by_tenant, key=lambda name: (not name, name)):
        print_heading(f"Incidents of {tenant}" if tenant else "Incidents of nobody: no tenant is blamed")
        print_table(
            ("id", "address", "confidence*", "subject*", "why*", "reports?", "type?"),
            (_incident_row(incident) for incident in by_tenant[tenant]),
        )


def _incident_row(incident: IncidentRecord) -> tuple[object, ...]:
    sources = (one.source for one in incident.evidence if one.tenant == incident.tenant)
    why = incident.reason or " + ".join(dict.fromkeys(sources))
    return (
        incident.id,
        incident.ip,
        incident.confidence,
        incident.subject,
        why,
        incident.report_count,
        incident.feedback_type,
    )


def _show_acknowledgements(database: Database) -> None:
    """The first one in full, and the text of the one to him who asked how to report."""
    with database.read() as session:
        listed = list(outbox_records.list_acknowledgements(session, None, 0))
        chosen = [min(listed, key=lambda one: int(one.id)), *(one for one in listed if one.to == WHO_ASKED)]
        found = [outbox_records.acknowledgement_of_mail(session, one.mail_id) for one in chosen]
    first, asked = (email.message_from_bytes(answer[1]) for answer in found if answer)
    print_heading("One acknowledgement in full, as its recipient gets it")
    _show_lines(f"{name}: {value}" for name, value in first.items())
    click.echo()
    _show_lines(_text_of(first))
    print_heading("And to one who asked, in Gmail, how to report")
    _show_lines(_text_of(asked))


def _show_lines(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(f"    {one_line(line)}".rstrip())


def _text_of(message: Message) -> list[str]:
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().splitlines()


def _show_what_next(into: Path) -> None:
    program, maildir = _name_of_program(), into / "Maildir"
    folders = [name for name in (".Processed", ".Other", ".Quarantine") if (maildir / name).exists()]
    print_heading("Where it is, and what to try next")
    print_paragraph(
        f"The database is {into / 'abuse-intake.db'}, the acknowledgements lie in {into / 'outbox' / 'new'}, and "
        f"each mail was filed away by what it became, below {maildir}: {', '.join(folders)}."
    )
    click.echo(f"\n  export ABUSE_INTAKE_CONFIG={shlex.quote(str(into / 'abuse-intake.toml'))}")
    for command in (
        "incidents list --tenant contoso",
        "incidents list --cidr 192.0.2.0/24 --json",
        "incidents show 1 --full",
        "incidents top networks",
        "incidents export --format csv",
        "mails list --disposition not_a_report",
        "tenants show northwind",
        "stats",
        f"parse {shlex.quote(str(maildir))}/.Processed/cur/*",
    ):
        click.echo(f"  {program} {command}")
    click.echo()
    print_paragraph(
        f"For other programs, {program} web serves all of it as JSON; its page, "
        "http://127.0.0.1:8025/api/v1/docs, tells how. "
        "The next demo makes the folder anew, unless you changed something in it. To run it on your own abuse "
        "mailbox: README.md, “Run it for real”."
    )


def _name_of_program() -> str:
    program = Path(sys.argv[0])
    if shutil.which(program.name) == str(program.absolute()):
        return program.name
    return shlex.quote(os.path.relpath(program))

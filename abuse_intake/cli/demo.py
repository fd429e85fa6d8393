"""`abuse-intake demo`: the whole job on mails that the project ships, with no server and no configuration."""

import email
import os
import shlex
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import as_file, files
from pathlib import Path

import click

from abuse_intake.app import App, open_database
from abuse_intake.cli.output import one_line, print_heading, print_table
from abuse_intake.cli.run import run_once
from abuse_intake.errors import ConfigurationError
from abuse_intake.log import configure_log
from abuse_intake.settings import load_settings
from storage import acknowledgements, incidents, mails
from storage.database import Database
from storage.values import IncidentFilter, IncidentRecord, MailRecord

MARKER = ".abuse-intake-demo"
"""Lies in a folder that the demo made, so that it may be made anew."""

CONFIGURATION = """\
# Made by `abuse-intake demo`. docs/configuration.md explains every key.
[mailbox]
url = "maildir://Maildir"
address = "junk@provider.example"
[database]
url = "sqlite:///abuse-intake.db"
[outbox]
url = "maildir://outbox"
[provider]
name = "Provider Example"
relays = ["203.0.113.0/26"]
hosts = ["*.out.provider.example"]
[tenants]
directory = "tenants.jsonl"
"""

REASONS = {
    "bounce": "a bounce comes back from mail that was sent, nobody complains",
    "auto_reply": "an automatic reply",
    "mailing_list": "mail of a mailing list",
    "invitation": "an invitation to a meeting",
    "dmarc_aggregate": "daily DMARC statistics, not about one message",
    "no_evidence": "a person writes, but no message is attached: gets help how to report",
    "not_mail": "no mail at all",
}


@click.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("abuse-intake-demo"),
    show_default=True,
    help="The folder that the demo makes; one that an earlier demo made is made anew.",
)
def demo(into: Path) -> None:
    """See the whole job on mails that the project ships.

    It needs no server and no configuration. Thirty mails lie in a Maildir: reports good and bad, bounces,
    hostile ones. The worker runs once; then you see what each became and why, the incidents by tenant, and
    one acknowledgement in full.
    """
    configure_log()
    _make_folder(into)
    # Variables that name a real mailbox must not lead the demo there.
    settings = load_settings(into / "abuse-intake.toml", environment=False)
    click.echo(
        f"The mailbox of Provider Example ({into / 'Maildir'}) holds {_count(into)} mails. The worker runs once:\n"
    )
    with open_database(settings) as database:
        code = run_once(App(settings, database))
        _show_mails(database)
        _show_incidents(database)
        _show_acknowledgement(database)
    _show_what_next(into)
    sys.exit(code)


def _make_folder(into: Path) -> None:
    if into.exists():
        if any(into.iterdir()) and not (into / MARKER).exists():
            raise ConfigurationError(
                f"{into} is there and no earlier demo made it: name another folder with --into"
            )
        shutil.rmtree(into)
    (into / "Maildir" / "new").mkdir(parents=True)
    (into / "Maildir" / "cur").mkdir()
    (into / "Maildir" / "tmp").mkdir()
    (into / MARKER).touch()
    (into / "abuse-intake.toml").write_text(CONFIGURATION, encoding="utf-8")
    with as_file(files("abuse_intake") / "demo") as shipped:
        shutil.copy(shipped / "tenants.jsonl", into)
        for mail in sorted((shipped / "mails").iterdir()):
            shutil.copyfile(mail, into / "Maildir" / "new" / mail.stem)


def _count(into: Path) -> int:
    return len(list((into / "Maildir" / "new").iterdir()))


def _show_mails(database: Database) -> None:
    print_heading("What came in, what each became, and why")
    with database.read() as session:
        found = sorted(mails.list_mails(session, limit=0), key=lambda mail: int(mail.id))
        why = {mail.id: _explain(mail, database) for mail in found}
    print_table(
        ("mail", "from*", "subject*", "became", "why*"),
        ((m.id, m.reporter, m.subject, m.disposition, why[m.id]) for m in found),
    )


def _explain(mail: MailRecord, database: Database) -> str:
    if mail.disposition != "report":
        return REASONS.get(mail.reason or "", mail.reason or "")
    with database.read() as session:
        reports = mails.reports_of_mail(session, mail.id)
    parts = []
    for report in reports:
        attribution = report.attribution
        named = attribution.tenant or f"nobody ({attribution.reason})"
        parts.append(f"{named}, {attribution.confidence}" if attribution.tenant else named)
    return f"{len(reports)} reported message{'s' if len(reports) > 1 else ''}: {'; '.join(parts)}"


def _show_incidents(database: Database) -> None:
    with database.read() as session:
        by_tenant: dict[str, list[IncidentRecord]] = defaultdict(list)
        for incident in incidents.list_incidents(session, IncidentFilter(), 0):
            by_tenant[incident.tenant or ""].append(incident)
    for tenant in sorted(by_tenant, key=lambda name: (not name, name)):
        print_heading(f"Incidents of {tenant}" if tenant else "Incidents of nobody: no tenant is blamed")
        print_table(
            ("id", "address", "type", "confidence", "reports", "subject*", "why"),
            (_incident_row(incident) for incident in by_tenant[tenant]),
        )


def _incident_row(incident: IncidentRecord) -> tuple[object, ...]:
    why = incident.reason or " + ".join(
        evidence.source for evidence in incident.evidence if evidence.tenant == incident.tenant
    )
    return (
        incident.id,
        incident.ip,
        incident.feedback_type,
        incident.confidence,
        incident.report_count,
        incident.subject,
        why,
    )


def _show_acknowledgement(database: Database) -> None:
    print_heading("One acknowledgement in full, as its recipient gets it")
    with database.read() as session:
        oldest = min(acknowledgements.list_acknowledgements(session, None, 0), key=lambda one: int(one.id))
        answer = acknowledgements.acknowledgement_of_mail(session, oldest.mail_id)
    assert answer is not None
    for line in _decoded(answer[1]):
        click.echo(f"    {one_line(line)}".rstrip())


def _decoded(content: bytes) -> Iterable[str]:
    message = email.message_from_bytes(content)
    yield from (f"{name}: {value}" for name, value in message.items())
    yield ""
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    yield from payload.decode().splitlines()


def _show_what_next(into: Path) -> None:
    program = _name_of_program()
    config = f"--config {shlex.quote(str(into / 'abuse-intake.toml'))}"
    print_heading("Where it is, and what to try next")
    click.echo(
        f"The database is {into / 'abuse-intake.db'}, the acknowledgements lie in {into / 'outbox' / 'new'}, and each\n"
        f"mail was filed away by what it became: {into / 'Maildir'}/.Processed, .Other, .Quarantine.\n"
    )
    for command in (
        "incidents list --tenant contoso",
        "incidents list --cidr 192.0.2.0/24 --json",
        "incidents show 1 --full",
        "mails list --disposition not_a_report",
        "tenants show northwind",
        "stats",
    ):
        click.echo(f"  {program} {config} {command}")
    click.echo(f"  {program} parse {into / 'Maildir'}/.Processed/cur/*")
    click.echo("\nTo run it on your own abuse mailbox: README.md, “Run it for real”.")


def _name_of_program() -> str:
    program = Path(sys.argv[0])
    if shutil.which(program.name) == str(program.absolute()):
        return program.name
    return shlex.quote(os.path.relpath(program))

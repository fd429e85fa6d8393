"""`abuse-intake mails`: what arrived, and what became of it."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime

import click

from abuse_intake import as_json as records
from abuse_intake.acknowledgement import make_reference
from abuse_intake.app import build_concluder, load_attributor, open_verifier
from abuse_intake.cli.actor import find_actor
from abuse_intake.cli.command_group import CommandGroup
from abuse_intake.cli.evidence_page import print_evidence
from abuse_intake.cli.explanations import UNANSWERED
from abuse_intake.cli.inputs import json_option, limit_option, since_option
from abuse_intake.cli.output import count, one_line, print_fields, print_heading, print_json, print_table
from abuse_intake.cli.pages import PagedList, cursor_option, print_list, require_pages
from abuse_intake.cli.session import database_of
from abuse_intake.guard.pool import Guard
from abuse_intake.looking import look_at_mail
from abuse_intake.recording import Recorder
from abuse_intake.retrying import retry_mail
from parsers.values import Disposition
from storage import mails as kept
from storage import outbox_records
from storage.errors import NotFound
from storage.values import AcknowledgementRecord, DeliveryRecord, MailRecord, ReportRecord

MAX_INCIDENTS_LISTED = 4
"""Incidents of a mail that `mails list` names; `mails show` names all."""
MAX_REPORTS_EXPLAINED = 3
"""Reports of a mail whose evidence `mails show` prints."""
_DISPOSITIONS = ("report", "not_a_report", "quarantined")


@click.group(cls=CommandGroup)
def mails() -> None:
    """What arrived in the abuse mailbox, and what became of it."""


@mails.command("list")
@click.option("--disposition", type=click.Choice(_DISPOSITIONS), help="Only mails that became this.")
@since_option
@limit_option
@cursor_option
@json_option
@click.pass_context
def list_(
    context: click.Context,
    disposition: Disposition | None,
    since: datetime | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """List mails, newest first."""
    require_pages(context, limit, cursor)
    with database_of(context) as (_, database), database.read() as session:
        listed = PagedList(
            lambda limit: kept.list_mails(session, disposition, since, limit),
            lambda limit, cursor: kept.find_mail_page(session, disposition, since, limit, cursor),
            records.mail_as_json,
            _print_mails,
        )
        print_list(listed, limit, cursor, as_json=as_json)


def _print_mails(found: Iterable[MailRecord]) -> None:
    print_table(
        ("id", "received (UTC)?", "disposition", "reason*?", "from*?", "subject*?", "incidents"),
        (
            (
                m.id,
                m.received_at,
                m.disposition or "unread",
                m.reason,
                m.reporter,
                m.subject,
                _shorten(m.incident_ids),
            )
            for m in found
        ),
        empty="no mails",
    )


def _shorten(ids: tuple[str, ...]) -> str:
    """The first ids, each whole, and how many more there are."""
    more = f" +{len(ids) - MAX_INCIDENTS_LISTED}" if len(ids) > MAX_INCIDENTS_LISTED else ""
    return ", ".join(ids[:MAX_INCIDENTS_LISTED]) + more


@mails.command()
@click.argument("mail_id", metavar="ID")
@json_option
@click.pass_context
def show(context: click.Context, mail_id: str, as_json: bool) -> None:
    """Show one mail: how it was read, and who was answered.

    Also what it reports, and where it lay.

    ID is a mail's id, the reference of an acknowledgement (4F2A-91C0-77BE), or the start of its sha256.
    """
    with database_of(context) as (_, database), database.read() as session:
        mail = kept.find_mail(session, mail_id)
        reports = kept.reports_of_mail(session, mail.id)
        deliveries = kept.mail_deliveries(session, mail.id)
        answer = outbox_records.acknowledgement_of_mail(session, mail.id)
    if as_json:
        print_json(
            {
                **records.mail_as_json(mail),
                "reference": make_reference(mail.sha256),
                "reports": [records.report_as_json(report) for report in reports],
                "deliveries": [records.delivery_as_json(delivery) for delivery in deliveries],
                "acknowledgement": records.acknowledgement_as_json(answer[0]) if answer else None,
            }
        )
        return
    _print_mail(mail)
    _print_reports(reports)
    _print_deliveries(deliveries)
    _print_answer(mail, answer[0] if answer else None)


def _print_deliveries(deliveries: Iterable[DeliveryRecord]) -> None:
    print_heading("Where it lay")
    print_table(
        ("mailbox*", "uid*", "seen (UTC)?", "filed (UTC)?", "folder*?"),
        ((d.mailbox, d.place.uid, d.seen_at, d.filed_at, d.folder) for d in deliveries),
    )


def _print_answer(mail: MailRecord, answer: AcknowledgementRecord | None) -> None:
    print_heading("Acknowledgement")
    if answer:
        print_fields((("to", answer.to), ("state", answer.state), ("message id", answer.message_id)))
    else:
        reason = mail.unanswered_reason or "not read yet"
        print_fields((("none", " – ".join(filter(None, (reason, UNANSWERED.get(reason))))),))


def _print_mail(mail: MailRecord) -> None:
    print_fields(
        (
            ("mail", mail.id),
            ("reference", make_reference(mail.sha256)),
            ("sha256", mail.sha256),
            ("size", count(mail.size, "byte")),
            ("received", mail.received_at),
            ("disposition", mail.disposition or "unread"),
            ("reason", mail.reason),
            ("reporter", mail.reporter),
            ("subject", mail.subject),
            ("attempts", mail.attempts or None),
            *zip(("warnings", *[""] * len(mail.warnings)), mail.warnings or (None,), strict=False),
        )
    )


def _print_reports(reports: tuple[ReportRecord, ...]) -> None:
    if not reports:
        return
    print_heading("What it reports")
    print_table(
        ("incident", "address?", "tenant*", "confidence*?", "reason*?", "subject*?", "format?", "type*?"),
        (
            (
                report.incident_id,
                report.attribution.ip,
                report.attribution.tenant,
                report.attribution.confidence,
                report.attribution.reason,
                (report.fields.get("message") or {}).get("subject"),
                report.fields.get("format"),
                report.fields.get("feedback_type") or report.fields.get("type"),
            )
            for report in reports
        ),
    )
    _print_evidence(reports)


def _print_evidence(reports: tuple[ReportRecord, ...]) -> None:
    if len(reports) > MAX_REPORTS_EXPLAINED:
        click.echo(
            "Why each is attributed so: abuse-intake incidents show, with the incident's id; or --json here."
        )
        return
    for number, report in enumerate(reports, start=1):
        of_many = f" of report {number}" if len(reports) > 1 else ""
        print_evidence(report.attribution, f"Evidence{of_many}")


@mails.command()
@click.argument("mail_id", metavar="ID")
@click.pass_context
def raw(context: click.Context, mail_id: str) -> None:
    """Write the exact bytes of one mail to stdout.

    They were written by strangers: send them into a file, not to a terminal. That you looked stands in the
    audit log.
    """
    with database_of(context) as (_, database):
        looked = look_at_mail(database, mail_id, "viewed raw", find_actor(), datetime.now(UTC))
    sys.stdout.buffer.write(looked.raw)
    sys.stdout.buffer.flush()


@mails.command()
@click.argument("mail_ids", metavar="ID…", nargs=-1, required=True)
@click.pass_context
def retry(context: click.Context, mail_ids: tuple[str, ...]) -> None:
    """Read quarantined or misread mails again.

    They are read with the program and the directory of now. The reports of the new reading take the place of
    the old ones. A mail that was acknowledged is not acknowledged again. The mail stays in the folder where
    it was filed.
    """
    wrong = 0
    with database_of(context, make=True) as (settings, database), Guard(most=1) as guard:
        attributor = load_attributor(settings, database, open_verifier(settings))
        concluder = build_concluder(settings, lambda: attributor)
        recorder = Recorder(database, guard, concluder, lambda: datetime.now(UTC))
        for mail_id in mail_ids:
            try:
                retried = retry_mail(database, recorder, mail_id, find_actor(), datetime.now(UTC))
                before, after = _describe(retried.before), _describe(retried.after)
                click.echo(f"mail {retried.after.id}: {before} → {after}")
            except NotFound as error:
                click.echo(f"abuse-intake: {one_line(str(error))}", err=True)
                wrong = 1
    context.exit(wrong)


def _describe(mail: MailRecord) -> str:
    reason = f" ({mail.reason})" if mail.reason else ""
    incidents = f", incidents {', '.join(mail.incident_ids)}" if mail.incident_ids else ""
    return f"{mail.disposition or 'unread'}{reason}{incidents}"

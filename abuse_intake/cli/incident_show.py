"""`abuse-intake incidents show`: one incident, with all that is known of it."""

from datetime import UTC, datetime
from typing import Any

import click

from abuse_intake import as_json as records
from abuse_intake.cli.actor import find_actor
from abuse_intake.cli.evidence_page import print_evidence
from abuse_intake.cli.history_page import print_history
from abuse_intake.cli.incident_page import find_mails, print_full, print_incident, print_reports
from abuse_intake.cli.inputs import json_option
from abuse_intake.cli.output import print_json
from abuse_intake.cli.session import database_of
from abuse_intake.cli.tenant_look_up import find_tenant
from abuse_intake.looking import look_at_mail
from storage import incidents as recorded
from storage.database import Database
from storage.values import ReportRecord


@click.command()
@click.argument("incident_id", metavar="ID")
@click.option("--full", is_flag=True, help="Also all that the reported message holds, read with mail-parser.")
@json_option
@click.pass_context
def show(context: click.Context, incident_id: str, full: bool, as_json: bool) -> None:
    """Show one incident: who, how sure, and why.

    With all its reports and its history. ID is as `incidents list` shows it. --full looks at a mail, which stands
    in the audit log.
    """
    with database_of(context) as (settings, database):
        with database.read() as session:
            incident = recorded.find_incident(session, incident_id)
            reports = recorded.incident_reports(session, incident.id)
            history = recorded.incident_history(session, incident.id)
        mails = {} if as_json else find_mails(database, reports)
        tenant = None if as_json else find_tenant(incident.tenant, settings, database)
        raw = _find_raw(database, reports) if full else None
    message = _read_message(raw, reports[0]) if raw is not None else None
    if as_json:
        print_json(
            {
                **records.incident_as_json(incident),
                "reports": [records.report_as_json(report) for report in reports],
                "history": [records.history_as_json(entry) for entry in history],
                **({"full": message} if full else {}),
            }
        )
        return
    print_incident(incident, tenant, reports, mails)
    print_evidence(incident)
    print_reports(incident, reports, mails)
    print_history(history)
    if full:
        print_full(message)


def _find_raw(database: Database, reports: tuple[ReportRecord, ...]) -> bytes | None:
    """The mail that the incident shows, which is a look at it."""
    if not reports:
        return None
    return look_at_mail(database, reports[0].mail_id, "viewed full", find_actor(), datetime.now(UTC)).raw


def _read_message(raw: bytes, report: ReportRecord) -> dict[str, Any] | None:
    from abuse_intake.guard.pool import Guard
    from abuse_intake.message_view import read_message_view

    with Guard(most=1) as guard:
        return read_message_view(guard, raw, report)

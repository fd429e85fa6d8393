"""`abuse-intake incidents`: what analysts work on."""

from dataclasses import replace
from typing import Any

import click

from abuse_intake import as_json as records
from abuse_intake.cli.evidence_page import print_evidence
from abuse_intake.cli.export import export
from abuse_intake.cli.history_page import print_history
from abuse_intake.cli.incident_filters import incident_filters
from abuse_intake.cli.incident_page import (
    find_references,
    print_full,
    print_incident,
    print_reports,
    read_full,
)
from abuse_intake.cli.inputs import json_option, limit_option
from abuse_intake.cli.output import print_json, print_table
from abuse_intake.cli.reattribute import reattribute
from abuse_intake.cli.session import database_of
from abuse_intake.cli.tenant_look_up import find_tenant, warn_of_unknown_tenant
from storage import incidents as recorded
from storage import mails as kept
from storage.values import IncidentFilter


@click.group()
def incidents() -> None:
    """What analysts work on: the reports about one message."""


incidents.add_command(reattribute)
incidents.add_command(export)


@incidents.command("list")
@incident_filters
@click.option(
    "--emptied", is_flag=True, help="Only those that lost all their reports to others; else left out."
)
@limit_option
@json_option
@click.pass_context
def list_(context: click.Context, wanted: IncidentFilter, emptied: bool, limit: int, as_json: bool) -> None:
    """List incidents, newest first; all filters must hold.

    \b
    abuse-intake incidents list --tenant contoso --since 7d
    abuse-intake incidents list --cidr 192.0.2.0/24 --status new --json
    """
    wanted = replace(wanted, emptied=emptied)
    with database_of(context) as (settings, database):
        with database.read() as session:
            if as_json:
                for incident in recorded.list_incidents(session, wanted, limit):
                    print_json(records.incident_as_json(incident))
            else:
                print_incidents(recorded.list_incidents(session, wanted, limit))
        if wanted.tenant:
            warn_of_unknown_tenant(wanted.tenant, settings, database)


def print_incidents(found: Any) -> None:
    """Incidents as a table."""
    print_table(
        (
            "id",
            "last seen (UTC)",
            "tenant*",
            "confidence*",
            "address",
            "subject*",
            "reports?",
            "status?",
            "type*?",
        ),
        (
            (
                i.id,
                i.last_seen,
                i.tenant or f"– ({i.reason})",
                i.confidence,
                i.ip,
                i.subject,
                i.report_count,
                i.status,
                i.feedback_type,
            )
            for i in found
        ),
        empty="no incidents",
    )


@incidents.command()
@click.argument("incident_id", metavar="ID")
@click.option("--full", is_flag=True, help="Also all that the reported message holds, read with mail-parser.")
@json_option
@click.pass_context
def show(context: click.Context, incident_id: str, full: bool, as_json: bool) -> None:
    """Show one incident: who, how sure, and why.

    With all its reports and its history. ID is as `incidents list` shows it.
    """
    with database_of(context) as (settings, database):
        with database.read() as session:
            incident = recorded.find_incident(session, incident_id)
            reports = recorded.incident_reports(session, incident.id)
            history = recorded.incident_history(session, incident.id)
            raw = kept.mail_raw(session, reports[0].mail_id) if full and reports else None
        references = {} if as_json else find_references(database, reports)
        tenant = None if as_json else find_tenant(incident.tenant, settings, database)
    message = read_full(raw, reports[0]) if raw is not None else None
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
    print_incident(incident, tenant, reports)
    print_evidence(incident)
    print_reports(incident, reports, references)
    print_history(history)
    if full:
        print_full(message)

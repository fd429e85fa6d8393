"""`abuse-intake incidents`: what analysts work on."""

from ipaddress import ip_address, ip_network
from typing import Any

import click

from abuse_intake import as_json as records
from abuse_intake.cli.inputs import Time, json_option, limit_option, since_option
from abuse_intake.cli.output import one_line, print_fields, print_heading, print_json, print_table
from abuse_intake.cli.session import database_of
from storage import incidents as recorded
from storage import mails as kept
from storage.values import HistoryEntry, IncidentFilter, IncidentRecord, IPNetwork, ReportRecord

_STATUSES = ("new", "open", "confirmed", "dismissed", "resolved")
_CONFIDENCES = ("proven", "corroborated", "stated", "unattributed")
_CAUTION = {
    "proven": "Proven: a signature covers the whole message.",
    "corroborated": "Corroborated: two independent traces agree. They rest on the reporter's word.",
    "stated": "Stated: one trace only. It rests on the reporter's word.",
    "unattributed": "Unattributed: nobody is named.",
}


class _Address(click.ParamType):  # type: ignore[type-arg]
    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> IPNetwork:
        try:
            address = ip_address(value)
        except ValueError:
            self.fail(f"{value!r} is no IP address; for a network use --cidr", param, ctx)
        return ip_network(getattr(address, "ipv4_mapped", None) or address)


class _Network(click.ParamType):  # type: ignore[type-arg]
    name = "network"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> IPNetwork:
        try:
            return ip_network(value, strict=False)
        except ValueError:
            self.fail(f"{value!r} is no network; write 192.0.2.0/24 or 2001:db8::/32", param, ctx)


@click.group()
def incidents() -> None:
    """What analysts work on: the reports about one message."""


@incidents.command("list")
@click.option("--tenant", help="Only those of this tenant.")
@click.option("--ip", type=_Address(), help="Only those from this address.")
@click.option("--cidr", type=_Network(), help="Only those from this network: 192.0.2.0/24.")
@click.option("--status", type=click.Choice(_STATUSES), help="Only those of this status.")
@click.option("--confidence", type=click.Choice(_CONFIDENCES), help="Only those of this confidence.")
@click.option("--type", "feedback_type", help="Only this feedback type: abuse, fraud, not-spam …")
@since_option
@click.option("--until", type=Time(), help="Only what began before this time.")
@click.option("--search", help="Only where subject, Message-ID or From contain this.")
@limit_option
@json_option
@click.pass_context
def list_(
    context: click.Context,
    /,
    ip: IPNetwork | None,
    cidr: IPNetwork | None,
    limit: int,
    as_json: bool,
    **filters: Any,
) -> None:
    """List incidents, newest first; all filters must hold.

    \b
    abuse-intake incidents list --tenant contoso --since 7d
    abuse-intake incidents list --cidr 192.0.2.0/24 --status new --json
    """
    if ip is not None and cidr is not None:
        raise click.UsageError("--ip and --cidr exclude each other.", context)
    wanted = IncidentFilter(network=ip or cidr, **filters)
    with database_of(context) as (_, database), database.read() as session:
        found = recorded.list_incidents(session, wanted, limit)
        if as_json:
            for incident in found:
                print_json(records.incident_as_json(incident))
            return
        print_incidents(found)


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
    with database_of(context) as (_, database), database.read() as session:
        incident = recorded.find_incident(session, incident_id)
        reports = recorded.incident_reports(session, incident.id)
        history = recorded.incident_history(session, incident.id)
        raw = kept.mail_raw(session, reports[0].mail_id) if full and reports else None
    message = _read_full(raw, reports[0].position) if raw is not None else None
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
    _print_incident(incident)
    _print_reports(reports)
    _print_history(history)
    if full:
        _print_full(message)


def _print_incident(incident: IncidentRecord) -> None:
    print_fields(
        (
            ("incident", incident.id),
            ("status", incident.status),
            ("tenant", incident.tenant),
            ("confidence", incident.confidence),
            ("reason", incident.reason),
            ("address", incident.ip),
            ("route", incident.route),
            ("type", incident.feedback_type),
            ("subject", incident.subject),
            ("from", incident.from_address),
            ("message id", incident.message_id),
            ("reports", f"{incident.report_count} by {incident.reporter_count} reporters"),
            ("first seen", incident.first_seen),
            ("last seen", incident.last_seen),
        )
    )
    print_heading("Evidence")
    click.echo(_CAUTION[incident.confidence])
    for evidence in incident.evidence:
        mark = "verified" if evidence.verified else "not verified"
        click.echo(f"- {evidence.source} ({mark}): {one_line(evidence.detail)}")


def _print_reports(reports: tuple[ReportRecord, ...]) -> None:
    print_heading("Reports")
    print_table(
        ("mail", "received", "reporter*", "format", "type", "confidence", "address"),
        (
            (
                report.mail_id,
                report.received_at,
                report.reporter,
                report.fields.get("format"),
                report.fields.get("feedback_type"),
                report.attribution.confidence,
                report.attribution.ip,
            )
            for report in reports
        ),
    )


def _print_history(history: tuple[HistoryEntry, ...]) -> None:
    print_heading("History")
    print_table(
        ("when (UTC)", "who", "what", "detail*"),
        (
            (e.at, e.actor, e.action, ", ".join(f"{name} {value}" for name, value in e.detail.items()))
            for e in history
        ),
    )


def _read_full(raw: bytes, position: int) -> dict[str, Any] | None:
    from abuse_intake.full_view import read_full_view
    from parsers import read_mail

    reports = read_mail(raw).reports
    message = reports[position].message if position < len(reports) else None
    return read_full_view(message.raw) if message else None


def _print_full(message: dict[str, Any] | None) -> None:
    print_heading("The whole message, read with mail-parser")
    if message is None:
        click.echo("The report brought no message.")
        return
    names = ("from", "to", "cc", "reply_to", "subject", "date", "defects", "error")
    print_fields((name.replace("_", " "), _flat(message[name])) for name in names if message.get(name))
    print_table(
        ("attachment*", "type", "bytes"),
        ((a["name"], a["type"], a["size"]) for a in message["attachments"]),
        empty="no attachments",
    )
    print_table(
        ("hop", "from*", "by*", "when (as written)"),
        ((h["hop"], h["from"], h["by"], h["at"]) for h in message["hops"]),
        empty="no hops",
    )
    for text in message["text"]:
        print_heading("Text")
        for line in text.splitlines()[:200]:
            click.echo(one_line(line))


def _flat(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value

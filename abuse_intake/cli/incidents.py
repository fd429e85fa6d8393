"""`abuse-intake incidents`: what analysts work on."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

import click

from abuse_intake import as_json as records
from abuse_intake.acknowledgement import make_reference
from abuse_intake.app import load_attributor
from abuse_intake.cli.explanations import UNATTRIBUTED
from abuse_intake.cli.inputs import Time, json_option, limit_option, since_option
from abuse_intake.cli.output import count, one_line, print_fields, print_heading, print_json, print_table
from abuse_intake.cli.session import database_of
from abuse_intake.errors import AbuseIntakeError
from abuse_intake.settings import Settings
from storage import incidents as recorded
from storage import mails as kept
from storage.database import Database
from storage.tenants import count_tenants
from storage.values import HistoryEntry, IncidentFilter, IncidentRecord, IPNetwork, ReportRecord, Tenant

MAX_DIRECTORY_BYTES = 2_000_000
"""A larger directory file is not read only to show a tenant's name."""
MAX_TENANTS = 5_000
"""Nor are more tenants loaded from the database for it."""

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
    with database_of(context) as (settings, database):
        with database.read() as session:
            if as_json:
                for incident in recorded.list_incidents(session, wanted, limit):
                    print_json(records.incident_as_json(incident))
            else:
                print_incidents(recorded.list_incidents(session, wanted, limit))
        if wanted.tenant and not _has_incidents(database, wanted.tenant):
            _warn_of_unknown_tenant(wanted.tenant, settings, database)


def _has_incidents(database: Database, tenant: str) -> bool:
    with database.read() as session:
        return any(True for _ in recorded.list_incidents(session, IncidentFilter(tenant=tenant), 1))


def _warn_of_unknown_tenant(tenant: str, settings: Settings, database: Database) -> None:
    """An empty list because of a mistyped id looks like a good customer."""
    try:
        known = load_attributor(settings, database).directory.tenants
    except AbuseIntakeError:
        return
    if tenant not in known:
        click.echo(
            f"abuse-intake: no tenant {one_line(repr(tenant))} is known; list them with: abuse-intake tenants list",
            err=True,
        )


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
        references = {} if as_json else _find_references(database, reports)
        tenant = None if as_json else _find_tenant(incident.tenant, settings, database)
    message = _read_full(raw, reports[0]) if raw is not None else None
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
    _print_incident(incident, tenant, reports)
    _print_reports(reports, references)
    _print_history(history)
    if full:
        _print_full(message)


def _find_references(database: Database, reports: Sequence[ReportRecord]) -> dict[str, str]:
    """The reference of each mail that reports belong to, as its reporter knows it."""
    ids = dict.fromkeys(report.mail_id for report in reports)
    with database.read() as session:
        return {id: make_reference(kept.find_mail(session, id).sha256) for id in ids}


def _find_tenant(id: str | None, settings: Settings, database: Database) -> Tenant | None:
    """What the directory knows of a tenant; an incident is shown without it where reading that would take long."""
    path = settings.directory_path()
    try:
        if id is None or (path and path.stat().st_size > MAX_DIRECTORY_BYTES):
            return None
        if path is None:
            with database.read() as session:
                if count_tenants(session) > MAX_TENANTS:
                    return None
        return load_attributor(settings, database).directory.tenants.get(id)
    except (OSError, AbuseIntakeError):
        return None  # a directory that cannot be read is no reason to show no incident


def _find_arrival(reports: Sequence[ReportRecord]) -> datetime | None:
    """When the reported message arrived: the time of the hop that gave the address, else what a report states."""
    for report in reports:
        address = str(report.attribution.ip)
        hops = (report.fields.get("message") or {}).get("hops") or ()
        at = next((hop["at"] for hop in hops if hop["from_ip"] == address and hop["at"]), None)
        if stated := at or report.fields.get("arrival_date"):
            return datetime.fromisoformat(stated)
    return None


def _print_incident(incident: IncidentRecord, tenant: Tenant | None, reports: Sequence[ReportRecord]) -> None:
    print_fields(
        (
            ("incident", incident.id),
            ("status", incident.status),
            ("tenant", f"{incident.tenant} ({tenant.name})" if tenant else incident.tenant),
            ("abuse contact", tenant.abuse_contact if tenant else None),
            ("confidence", incident.confidence),
            ("reason", incident.reason),
            ("address", incident.ip),
            ("arrived", _find_arrival(reports)),
            ("route", incident.route),
            ("type", incident.feedback_type),
            ("subject", incident.subject),
            ("from", incident.from_address),
            ("message id", incident.message_id),
            (
                "reports",
                f"{count(incident.report_count, 'report')} by {count(incident.reporter_count, 'reporter')}",
            ),
            ("first seen", incident.first_seen),
            ("last seen", incident.last_seen),
        )
    )
    print_heading("Evidence")
    click.echo(_CAUTION[incident.confidence])
    if incident.reason in UNATTRIBUTED:
        click.echo(UNATTRIBUTED[incident.reason])
    for evidence in incident.evidence:
        mark = "verified" if evidence.verified else "not verified"
        click.echo(f"- {evidence.source} ({mark}): {one_line(evidence.detail)}")


def _print_reports(reports: tuple[ReportRecord, ...], references: dict[str, str]) -> None:
    print_heading("Reports")
    print_table(
        (
            "mail",
            "reference",
            "received (UTC)",
            "address",
            "reporter*",
            "confidence*",
            "format?",
            "type*?",
        ),
        (
            (
                report.mail_id,
                references[report.mail_id],
                report.received_at,
                report.attribution.ip,
                report.reporter,
                report.attribution.confidence,
                report.fields.get("format"),
                report.fields.get("feedback_type"),
            )
            for report in reports
        ),
    )
    if reports:
        first = reports[0].mail_id
        click.echo(
            f"A mail in full: abuse-intake mails show {first}; its exact bytes: abuse-intake mails raw {first}"
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


def _read_full(raw: bytes, report: ReportRecord) -> dict[str, Any] | None:
    """The reported message in the mail that reported it, found by its hash: a newer program may read other reports."""
    from abuse_intake.full_view import read_full_view
    from parsers import read_mail

    wanted = (report.fields.get("message") or {}).get("sha256")
    messages = (one.message for one in read_mail(raw).reports if one.message)
    found = next((message for message in messages if message.sha256 == wanted), None)
    return read_full_view(found.raw) if found else None


def _print_full(message: dict[str, Any] | None) -> None:
    print_heading("The whole message, read with mail-parser")
    if message is None:
        click.echo(
            "The report brought no message, or none that this version of the program finds in the mail."
        )
        return
    names = ("from", "to", "cc", "reply_to", "subject", "date", "defects", "error")
    print_fields((name.replace("_", " "), _flat(message[name])) for name in names if message.get(name))
    print_table(
        ("attachment*", "type", "bytes"),
        ((a["name"], a["type"], a["size"]) for a in message["attachments"]),
        empty="no attachments",
    )
    print_table(
        ("hop", "from*", "by*", "when (UTC)"),
        ((h["hop"], h["from"], h["by"], h["at"]) for h in message["hops"]),
        empty="no hops",
    )
    for text in message["text"]:
        print_heading("Text")
        for line in text.splitlines()[:200]:
            click.echo(one_line(line))


def _flat(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value

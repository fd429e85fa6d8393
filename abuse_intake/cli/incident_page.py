"""One incident as a person reads it: who, how sure and why, who reported it, its history, the message in full."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

import click

from abuse_intake.acknowledgement import make_reference
from abuse_intake.cli.incident_table import BY_HAND
from abuse_intake.cli.output import count, full_time, one_line, print_fields, print_heading, print_table
from storage import mails as kept
from storage.arrivals import find_arrival
from storage.database import Database
from storage.values import Confidence, IncidentRecord, MailRecord, ReportRecord, Tenant

_Fields = tuple[tuple[str, object], ...]

_REPORT_COLUMNS = (
    "mail", "address?", "received (UTC)?", "reporter*?", "confidence*?", "reference?", "format?", "type*?"
)  # fmt: skip
_ROUTED_COLUMNS = (
    "mail", "address?", "received (UTC)?", "reporter*?", "confidence*?", "route?", "reference?", "format?", "type*?"
)  # fmt: skip
"""Where some copy came from elsewhere; a narrow terminal has no room for all of them then."""


def find_mails(database: Database, reports: Sequence[ReportRecord]) -> dict[str, MailRecord]:
    """The mails that reports belong to, by their ids."""
    ids = dict.fromkeys(report.mail_id for report in reports)
    with database.read() as session:
        return {id: kept.find_mail(session, id) for id in ids}


def _find_words(
    incident: IncidentRecord, reports: Sequence[ReportRecord], mails: Mapping[str, MailRecord]
) -> str | None:
    """The subject of the mail that complains, where no message was reported that has one."""
    has_message = incident.subject or incident.message_id or not reports
    return None if has_message else mails[reports[0].mail_id].subject


def _find_arrival(incident: IncidentRecord, reports: Sequence[ReportRecord]) -> datetime | None:
    """Of an incident from before the database kept it, what its reports say."""
    found = (find_arrival(one.fields, one.received_at) for one in reports)
    return incident.arrived_at or next((at for at in found if at), None)


def print_incident(
    incident: IncidentRecord,
    tenant: Tenant | None,
    reports: Sequence[ReportRecord],
    mails: Mapping[str, MailRecord],
) -> None:
    """Who, from where and how sure; of an incident that was emptied, what it showed before."""
    then = "" if incident.report_count else "none any more; before: "
    print_fields(
        (
            ("incident", incident.id),
            ("status", incident.status),
            *(_describe_correction if incident.correction else _describe_attribution)(incident, tenant, then),
            ("abuse contact", tenant.abuse_contact if tenant and not then else None),
            ("reason", incident.reason),
            ("address", incident.ip),
            ("arrived", _find_arrival(incident, reports)),
            ("route", incident.route),
            ("type", incident.feedback_type or incident.type),
            ("category", incident.category),
            ("subject", incident.subject),
            *((("complaint", said),) if (said := _find_words(incident, reports, mails)) else ()),
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


def _describe_attribution(incident: IncidentRecord, tenant: Tenant | None, then: str) -> _Fields:
    named = _name_tenant(incident.tenant, tenant)
    return (
        ("tenant", f"{then}{named or 'nobody'}" if then else named),
        ("confidence", f"{then}{incident.confidence}"),
    )


def _describe_correction(incident: IncidentRecord, tenant: Tenant | None, then: str) -> _Fields:
    """Whose it is by an analyst's word, and apart from it what the evidence says."""
    correction = incident.correction
    assert correction is not None
    why = f": {correction.note}" if correction.note else ""
    return (
        ("tenant", f"{_name_tenant(incident.tenant, tenant) or 'nobody of ours'}, {BY_HAND}"),
        ("corrected", f"by {correction.by}, {full_time(correction.at)}{why}"),
        ("evidence says", f"{then}{incident.attributed_tenant or 'nobody'}, {incident.confidence}"),
    )


def _name_tenant(id: str | None, tenant: Tenant | None) -> str | None:
    return f"{id} ({tenant.name})" if tenant else id


def print_reports(
    incident: IncidentRecord, reports: Sequence[ReportRecord], mails: Mapping[str, MailRecord]
) -> None:
    """Who reported it, which of that is less sure than what the incident shows, and how to look at these mails."""
    print_heading("Reports")
    tells = _tells_of_routes(reports)
    columns = _ROUTED_COLUMNS if tells else _REPORT_COLUMNS
    print_table(
        columns, (_show_report(one, make_reference(mails[one.mail_id].sha256), tells) for one in reports)
    )
    if reports:
        first = reports[0].mail_id
        if weaker := sum(_is_less_sure(one, incident) for one in reports):
            verb = "is" if weaker == 1 else "are"
            click.echo(f"{weaker} of {count(len(reports), 'report')} {verb} less sure than what is shown")
        click.echo(
            f"A mail in full: abuse-intake mails show {first}; its exact bytes: abuse-intake mails raw {first}"
        )


def _tells_of_routes(reports: Sequence[ReportRecord]) -> bool:
    """Whether some copy of nothing shows that the message left our servers."""
    return any(report.attribution.route == "elsewhere" for report in reports)


def _is_less_sure(report: ReportRecord, incident: IncidentRecord) -> bool:
    ranks = get_args(Confidence)
    return ranks.index(report.attribution.confidence) > ranks.index(incident.confidence)


def _show_report(report: ReportRecord, reference: str, tells_route: bool) -> tuple[object, ...]:
    return (
        report.mail_id,
        report.attribution.ip,
        report.received_at,
        report.reporter,
        report.attribution.confidence,
        *((report.attribution.route,) if tells_route else ()),
        reference,
        report.fields.get("format"),
        report.fields.get("feedback_type") or report.fields.get("type"),
    )


def print_full(message: dict[str, Any] | None) -> None:
    """All that the reported message holds."""
    print_heading("The whole message, read with mail-parser")
    if message is None:
        click.echo(
            "The report brought no message, or none that this version of the program finds in the mail."
        )
        return
    names = ("from", "to", "cc", "reply_to", "subject", "date", "defects", "error")
    print_fields((name.replace("_", " "), _flat(message[name])) for name in names if message.get(name))
    print_table(
        ("attachment*", "type*", "bytes"),
        ((a["name"], a["type"], a["size"]) for a in message["attachments"]),
        empty="no attachments",
    )
    print_table(
        ("hop", "from*", "by*?", "when (UTC)?"),
        ((h["hop"], h["from"], h["by"], h["at"]) for h in message["hops"]),
        empty="no hops",
    )
    for text in message["text"]:
        print_heading("Text")
        for line in text.splitlines()[:200]:
            click.echo(one_line(line))


def _flat(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value

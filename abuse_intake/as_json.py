"""Records as JSON objects: the one form that the command line and every other program see."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, get_args

from abuse_intake.visible import escape_json
from parsers.values import ReadMail
from storage.serialization import evidence_as_json
from storage.values import (
    AcknowledgementRecord,
    Allocation,
    Attribution,
    AuditRecord,
    Confidence,
    Correction,
    DayCount,
    DeliveryRecord,
    HistoryEntry,
    IncidentCount,
    IncidentRecord,
    IncidentStatus,
    JunkCount,
    MailRecord,
    ReportRecord,
    Statistics,
    Tenant,
    TenantIncidents,
    TokenRecord,
)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def json_line(fields: Mapping[str, Any]) -> str:
    """One object as one line; what could steer a terminal is escaped, which is the same to a program."""
    return escape_json(_encode(fields)) + "\n"


def time_as_json(time: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return time.astimezone(UTC).isoformat() if time else None


def attribution_as_json(attribution: Attribution) -> dict[str, Any]:
    """To whom a report is attributed and why, as `attribute` prints it."""
    return {
        "ip": str(attribution.ip) if attribution.ip else None,
        "tenant": attribution.tenant,
        "confidence": attribution.confidence,
        "reason": attribution.reason,
        "route": attribution.route,
        "evidence": evidence_as_json(attribution.evidence),
    }


def attributed_as_json(name: str, read: ReadMail, attributions: Sequence[Attribution]) -> dict[str, Any]:
    """A line of `attribute`: a mail, and to whom each of its reports is attributed."""
    return {
        "input": name,
        "disposition": read.disposition,
        "reason": read.reason,
        "attributions": [
            {
                "report": number,
                "message_id": report.message.message_id if report.message else None,
                **attribution_as_json(attribution),
            }
            for number, (report, attribution) in enumerate(zip(read.reports, attributions, strict=True))
        ],
    }


def mail_as_json(mail: MailRecord) -> dict[str, Any]:
    """A line of `mails list --json`."""
    return {
        "id": mail.id,
        "sha256": mail.sha256,
        "size": mail.size,
        "received_at": time_as_json(mail.received_at),
        "mailbox": mail.mailbox,
        "disposition": mail.disposition,
        "reason": mail.reason,
        "reporter": mail.reporter,
        "subject": mail.subject,
        "attempts": mail.attempts,
        "incident_ids": list(mail.incident_ids),
        "warnings": list(mail.warnings),
        "unanswered_reason": mail.unanswered_reason,
    }


def delivery_as_json(delivery: DeliveryRecord) -> dict[str, Any]:
    """One place where a mail lay."""
    return {
        "mailbox": delivery.mailbox,
        "validity": delivery.place.validity,
        "uid": delivery.place.uid,
        "seen_at": time_as_json(delivery.seen_at),
        "filed_at": time_as_json(delivery.filed_at),
        "folder": delivery.folder,
    }


def report_as_json(report: ReportRecord) -> dict[str, Any]:
    """A stored report with its attribution."""
    return {
        "id": report.id,
        "mail_id": report.mail_id,
        "incident_id": report.incident_id,
        "reporter": report.reporter,
        "received_at": time_as_json(report.received_at),
        **report.fields,
        "attribution": attribution_as_json(report.attribution),
    }


def incident_as_json(incident: IncidentRecord) -> dict[str, Any]:
    """A line of `incidents list --json`."""
    return {**incident_fields(incident), "evidence": evidence_as_json(incident.evidence)}


def incident_fields(incident: IncidentRecord) -> dict[str, Any]:
    """The same without its evidence, which is last."""
    return {
        "id": incident.id,
        "tenant": incident.tenant,
        "attributed_tenant": incident.attributed_tenant,
        "correction": _correction_as_json(incident.correction),
        "ip": str(incident.ip) if incident.ip else None,
        "confidence": incident.confidence,
        "reason": incident.reason,
        "route": incident.route,
        "feedback_type": incident.feedback_type,
        "category": incident.category,
        "type": incident.type,
        "status": incident.status,
        "subject": incident.subject,
        "message_id": incident.message_id,
        "from": incident.from_address,
        "report_count": incident.report_count,
        "reporter_count": incident.reporter_count,
        "authenticated_reporter_count": incident.authenticated_reporter_count,
        "first_seen": time_as_json(incident.first_seen),
        "last_seen": time_as_json(incident.last_seen),
        "arrived_at": time_as_json(incident.arrived_at),
    }


def _correction_as_json(correction: Correction | None) -> dict[str, Any] | None:
    if correction is None:
        return None
    return {
        "tenant": correction.tenant,
        "by": correction.by,
        "at": time_as_json(correction.at),
        "note": correction.note,
    }


def history_as_json(entry: HistoryEntry) -> dict[str, Any]:
    """One change of an incident."""
    return {
        "at": time_as_json(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "detail": dict(entry.detail),
    }


def acknowledgement_as_json(acknowledgement: AcknowledgementRecord) -> dict[str, Any]:
    """A line of `outbox list --json`."""
    return {
        "id": acknowledgement.id,
        "mail_id": acknowledgement.mail_id,
        "to": acknowledgement.to,
        "state": acknowledgement.state,
        "attempts": acknowledgement.attempts,
        "next_attempt_at": time_as_json(acknowledgement.next_attempt_at),
        "message_id": acknowledgement.message_id,
        "last_error": acknowledgement.last_error,
        "created_at": time_as_json(acknowledgement.created_at),
        "sent_at": time_as_json(acknowledgement.sent_at),
    }


def tenant_as_json(tenant: Tenant) -> dict[str, Any]:
    """A line of `tenants.jsonl`: what is listed can be imported again."""
    return {
        "id": tenant.id,
        "name": tenant.name,
        "domains": list(tenant.domains),
        "external_ids": list(tenant.external_ids),
        "abuse_contact": tenant.abuse_contact,
        "allocations": [_allocation_as_json(allocation) for allocation in tenant.allocations],
    }


def tenant_incidents_as_json(summary: TenantIncidents, newest: Iterable[IncidentRecord]) -> dict[str, Any]:
    """What `tenants show --json` tells of incidents; those without junk count apart, as never against a tenant.

    `by_hand` counts those that an analyst moved to it; what their evidence says speaks of another tenant, so that
    `by_confidence` leaves them out.
    """
    return {
        "junk": _counts_as_json([one for one in summary.counts if one.has_junk]),
        "without_junk": _counts_as_json([one for one in summary.counts if not one.has_junk]),
        "first_seen": time_as_json(summary.first_seen),
        "last_seen": time_as_json(summary.last_seen),
        "newest": [incident_as_json(incident) for incident in newest],
    }


def _counts_as_json(counts: list[IncidentCount]) -> dict[str, Any]:
    by_hand = sum(one.number for one in counts if one.by_hand)
    statuses: Counter[str] = Counter(dict.fromkeys(get_args(IncidentStatus), 0))
    confidences: Counter[str] = Counter(dict.fromkeys(get_args(Confidence), 0))
    for one in counts:
        statuses[one.status] += one.number
        confidences[one.confidence] += 0 if one.by_hand else one.number
    return {
        "incidents": sum(one.number for one in counts),
        "by_status": dict(statuses),
        "by_confidence": dict(confidences),
        "by_hand": by_hand,
    }


def _allocation_as_json(allocation: Allocation) -> dict[str, Any]:
    return {
        "network": str(allocation.network),
        "since": time_as_json(allocation.since),
        "until": time_as_json(allocation.until),
    }


def statistics_as_json(statistics: Statistics) -> dict[str, Any]:
    """The object of `stats --json`."""
    return {
        "mails": dict(statistics.mails),
        "incidents": dict(statistics.incidents),
        "outbox": dict(statistics.outbox),
        "oldest_waiting_seconds": statistics.oldest_waiting_seconds,
    }


def junk_count_as_json(one: JunkCount) -> dict[str, Any]:
    """A line of `incidents top --json`."""
    return {
        "key": one.key,
        "incidents": one.incidents,
        "reports": one.reports,
        "incidents_before": one.incidents_before,
        "reports_before": one.reports_before,
        "rise": one.rise,
    }


def day_count_as_json(one: DayCount) -> dict[str, Any]:
    """A line of `incidents counts --json`."""
    return {"day": one.day.isoformat(), "incidents": one.incidents, "reports": one.reports}


def audit_as_json(line: AuditRecord) -> dict[str, Any]:
    """A line of `audit list --json`."""
    return {
        "id": line.id,
        "at": time_as_json(line.at),
        "actor": line.actor,
        "via": line.via,
        "action": line.action,
        "object_kind": line.object_kind,
        "object_id": line.object_id,
        "detail": dict(line.detail),
    }


def token_as_json(token: TokenRecord) -> dict[str, Any]:
    """A line of `tokens list --json`; the secret is not known any more."""
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "created_at": time_as_json(token.created_at),
        "expires_at": time_as_json(token.expires_at),
        "revoked_at": time_as_json(token.revoked_at),
    }

"""Incidents as XARF v4 reports, for other providers and their tools: https://xarf.org.

XARF has `messaging`/`spam` for unwanted mail; its types of phishing and malware demand an URL, which we don't store.
What it would have us invent is left out: a source port and an envelope sender, which its protocol `smtp` demands, and a
number for how sure we are. What we know more stands in tags, and for our own house in `_internal`.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from abuse_intake.exporting.compact import compact_line
from abuse_intake.exporting.csv_rows import utc_seconds
from abuse_intake.visible import clean
from storage.tallies import counts_as_junk
from storage.values import Evidence, IncidentRecord

VERSION = "4.2.0"
MAX_SUBJECT = 500
MAX_MESSAGE_ID = 200
MAX_EVIDENCE = 50
MAX_SOURCE = 200
MAX_LINES = 100
"""Of one piece of evidence; with the next it keeps far below the 5 MB that XARF allows."""
MAX_LINE = 1_000

_NAMESPACE = UUID("e9d18bec-fa99-4f93-a63e-4d669fc91505")
_TAG_VALUE = re.compile(r"[a-z0-9][a-z0-9_+-]{0,63}")

_MEANINGS = {
    "proven": "cryptography proves who sent it",
    "corroborated": "independent sources agree on who sent it",
    "stated": "only the reporters state who sent it",
    "unattributed": "who sent it is not known",
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Who reports, in the form that XARF asks for."""

    org: str
    address: str
    domain: str


def write_xarf(
    incidents: Iterable[IncidentRecord], contact: Contact, left_out: Counter[str]
) -> Iterator[str]:
    """A line for each incident that XARF can tell of; the others are counted, by the reason."""
    for incident in incidents:
        reason = _why_not(incident)
        if reason:
            left_out[reason] += 1
        else:
            yield compact_line(xarf_report(incident, contact))


def _why_not(incident: IncidentRecord) -> str | None:
    """Why an incident is no report of abuse, or cannot be one."""
    if incident.ip is None:
        return "without address"
    if not counts_as_junk(incident.feedback_type, incident.category):
        return "not junk"
    if not _is_about_mail(incident):
        return "not about mail"
    return "dismissed" if incident.status == "dismissed" else None


def _is_about_mail(incident: IncidentRecord) -> bool:
    """Whether a report says so, or brought a message; a complaint in words may be about anything."""
    if incident.category:
        return incident.category == "messaging"
    return any((incident.feedback_type, incident.subject, incident.message_id, incident.from_address))


def xarf_report(incident: IncidentRecord, contact: Contact) -> dict[str, Any]:
    """The report; the same incident has the same `report_id` each time."""
    us = {"org": contact.org, "contact": contact.address, "domain": contact.domain}
    report = {
        "xarf_version": VERSION,
        "report_id": str(uuid5(_NAMESPACE, f"{contact.address}/{incident.id}")),
        "timestamp": utc_seconds(incident.arrived_at or incident.first_seen),
        "reporter": us,
        "sender": us,
        "source_identifier": str(incident.ip),
        "category": "messaging",
        "type": "spam",
        "protocol": "other",
        "evidence_source": "user_complaint",
        "subject": _shown(incident.subject or "", MAX_SUBJECT),
        "message_id": _message_id(incident.message_id),
        "description": _description(incident),
        "evidence": _evidence(incident),
        "tags": list(_tags(incident)),
        "_internal": _internal(incident),
    }
    return {name: value for name, value in report.items() if value}


def _shown(text: str, limit: int) -> str:
    """A stranger's text on one line, cut before it costs anything."""
    return clean(text if len(text) <= limit else f"{text[: limit - 1]}…")


def _message_id(text: str | None) -> str | None:
    """Whole or not at all: half of one names another message."""
    return text if text and text.isprintable() and len(text) <= MAX_MESSAGE_ID else None


def _description(incident: IncidentRecord) -> str:
    """Our own words only."""
    return (
        f"Mail reported as unwanted, which arrived {_arrival(incident)}. Reports: {incident.report_count}, "
        f"reporters: {incident.reporter_count}, authenticated: {incident.authenticated_reporter_count}, "
        f"from {utc_seconds(incident.first_seen)} to {utc_seconds(incident.last_seen)}. "
        f"Attribution: {incident.confidence}, {_MEANINGS[incident.confidence]}."
    )


def _arrival(incident: IncidentRecord) -> str:
    at = incident.arrived_at
    return (
        f"at {utc_seconds(at)}"
        if at
        else "at a time that is not known: the time here is that of the first report"
    )


def _evidence(incident: IncidentRecord) -> list[dict[str, Any]]:
    told = (
        ("From", incident.from_address),
        ("Subject", incident.subject),
        ("Message-ID", incident.message_id),
    )
    lines = [f"{name}: {text}" for name, text in told if text]
    items = [_item("What the reported message says of itself", lines)] if lines else []
    items += [_evidence_item(one) for one in incident.evidence[: MAX_EVIDENCE - 1]]
    return items


def _evidence_item(one: Evidence) -> dict[str, Any]:
    basis = "verified by cryptography" if one.verified else "on the word of the reporter"
    return _item(f"{_shown(one.source, MAX_SOURCE)}, {basis}", one.lines or [one.value])


def _item(description: str, lines: Iterable[str]) -> dict[str, Any]:
    shown = (_shown(line, MAX_LINE) for line in islice(lines, MAX_LINES))
    payload = "".join(f"{line}\n" for line in shown).encode()
    return {
        "content_type": "text/plain",
        "description": description,
        "payload": b64encode(payload).decode(),
        "hash": f"sha256:{sha256(payload).hexdigest()}",
        "size": len(payload),
    }


def _tags(incident: IncidentRecord) -> Iterator[str]:
    yield "protocol:smtp"
    yield f"confidence:{incident.confidence}"
    yield f"route:{incident.route}"
    yield f"status:{incident.status}"
    if _TAG_VALUE.fullmatch(incident.feedback_type or ""):
        yield f"feedback-type:{incident.feedback_type}"
    if incident.correction:
        yield "tenant:by-hand"


def _internal(incident: IncidentRecord) -> dict[str, Any]:
    """For our own house: XARF has it that nobody sends `_internal` to others."""
    return {
        "incident": incident.id,
        "tenant": incident.tenant,
        "attributed_tenant": incident.attributed_tenant,
        "tenant_by_hand": incident.correction is not None,
        "reason": incident.reason,
    }

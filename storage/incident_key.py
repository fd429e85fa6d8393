"""What makes two reports speak of one incident, as one hash."""

import json
from hashlib import sha256

from parsers.values import Message, Report
from storage.values import Attribution

Part = str | None | tuple[str, ...]


def incident_key(report: Report, attribution: Attribution) -> str:
    """Hash (hex) of Message-ID, From, Date, Subject and tenant (or the address, without a tenant).

    The body is left out, as some report only headers; it tells messages apart only where there is no
    Message-ID. A report without a message is known by the hash of its own text.
    """
    message = report.message
    of_what = ["report", *_report_parts(report)] if message is None else ["message", *_message_parts(message)]
    # JSON keeps the parts apart whatever stands in them.
    return sha256(json.dumps([*_origin(report, attribution), *of_what]).encode()).hexdigest()


def message_key(report: Report) -> str:
    """What tells the message of a report from others: its hash, or that of the report's text; else the empty text."""
    return (report.message.sha256 if report.message else report.text_sha256) or ""


def _origin(report: Report, attribution: Attribution) -> tuple[str, str | None]:
    if attribution.tenant is not None:
        return "tenant", attribution.tenant
    address = attribution.ip or report.origin_ip
    return "address", str(address) if address else None


def _message_parts(message: Message) -> list[str | None]:
    message_id = _bare(message.message_id)
    return [
        message_id or None,
        message.from_address,
        message.date.isoformat() if message.date else None,
        " ".join(message.subject.split()) if message.subject else None,
        None if message_id else message.text_sha256,
    ]


def _report_parts(report: Report) -> list[Part]:
    if report.text_sha256 is not None:
        return [report.text_sha256]
    return [
        None,
        str(report.source_ip),
        str(report.arrival_date),
        report.original_mail_from,
        report.original_rcpt_to,
        report.reported_uris,
        report.reported_domains,
    ]


def _bare(message_id: str | None) -> str:
    """Some programs report an id without its brackets."""
    return (message_id or "").strip().removeprefix("<").removesuffix(">").strip()

"""Values as JSON objects: the output of `parse`, which programs outside the project rely on."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from parsers.values import Hop, IPAddress, Message, ReadMail, Report


def mail_as_json(read: ReadMail, name: str) -> dict[str, Any]:
    """One object a mail; `name` says where it came from."""
    return {
        "input": name.encode("utf-8", "replace").decode("utf-8"),
        "sha256": read.sha256,
        "size": read.size,
        "disposition": read.disposition,
        "reason": read.reason,
        "reporter": read.reporter,
        "warnings": list(read.warnings),
        "reports": [report_as_json(report) for report in read.reports],
    }


def report_as_json(report: Report) -> dict[str, Any]:
    """One report, with its message or null."""
    return {
        "format": report.format,
        "feedback_type": report.feedback_type,
        "source_ip": _ip(report.source_ip),
        "origin_ip": _ip(report.origin_ip),
        "candidate_ips": [str(ip) for ip in report.candidate_ips],
        "arrival_date": _time(report.arrival_date),
        "user_agent": report.user_agent,
        "version": report.version,
        "original_mail_from": report.original_mail_from,
        "original_rcpt_to": list(report.original_rcpt_to),
        "reporting_mta": report.reporting_mta,
        "reported_domains": list(report.reported_domains),
        "reported_uris": list(report.reported_uris),
        "authentication_results": list(report.authentication_results),
        "incidents": report.incidents,
        "extensions": {name: list(values) for name, values in report.extensions.items()},
        "category": report.category,
        "type": report.type,
        "message": message_as_json(report.message) if report.message else None,
    }


def message_as_json(message: Message) -> dict[str, Any]:
    """A reported message without its bytes."""
    return {
        "message_id": message.message_id,
        "subject": message.subject,
        "from": message.from_address,
        "from_name": message.from_name,
        "date": _time(message.date),
        "headers_only": message.headers_only,
        "sha256": message.sha256,
        "size": message.size,
        "hops": _hops(message.hops),
    }


def _hops(hops: Iterable[Hop]) -> list[dict[str, Any]]:
    return [
        {"from_name": hop.from_name, "from_ip": _ip(hop.from_ip), "by_name": hop.by_name, "at": _time(hop.at)}
        for hop in hops
    ]


def _ip(ip: IPAddress | None) -> str | None:
    return str(ip) if ip else None


def _time(time: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return time.astimezone(UTC).isoformat() if time else None

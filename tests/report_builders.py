"""Builders of mails and of the values that reading them yields, so that a test names only what matters to it."""

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from parsers.values import Correspondence, Hop, Message, ReadMail, Report
from storage.values import Allocation, Attribution, Tenant

RECEIVED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
REPORTER = "ann@reporter.example"


def utc(day: str) -> datetime:
    """A time written in ISO 8601, in UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def allocate(network: str, since: str | None = None, until: str | None = None) -> Allocation:
    """An allocation from text."""
    return Allocation(
        ip_network(network), since=utc(since) if since else None, until=utc(until) if until else None
    )


def make_tenant(id: str, *networks: str | Allocation, domains: tuple[str, ...] = ()) -> Tenant:
    """A tenant that holds these networks, for ever where they are text."""
    allocations = tuple(allocate(one) if isinstance(one, str) else one for one in networks)
    return Tenant(id=id, name=id.title(), domains=domains, allocations=allocations)


def make_hop(from_ip: str | None, by_name: str | None = "mx.elsewhere.example", at: str | None = None) -> Hop:
    """A hop: which address the server `by_name` saw."""
    return Hop(None, ip_address(from_ip) if from_ip else None, by_name, utc(at) if at else None)


def make_report(*hops: Hop, origin_hop: int | None = 0, **fields: Any) -> Report:
    """A report of a message with these hops, newest first; the origin is the sender of hop `origin_hop`."""
    message_fields = {
        name: fields.pop(name)
        for name in ("subject", "message_id", "from_address", "return_path", "date", "headers_only")
        if name in fields
    }
    if not hops:
        origin_hop = None
    message = Message(**message_fields, hops=hops) if hops or message_fields else None
    if origin_hop is not None:
        fields.setdefault("origin_ip", hops[origin_hop].from_ip)
    return Report("attached", origin_hop=origin_hop, message=message, **fields)


def make_read_mail(*reports: Report, **fields: Any) -> ReadMail:
    """A mail as read: a report of an ordinary person unless told otherwise; header values go to its correspondence."""
    own = {
        name: fields.pop(name) for name in ("disposition", "reason", "reporter", "sha256") if name in fields
    }
    defaults: dict[str, Any] = {
        "sha256": "4f2a91c077be" + "0" * 52,
        "disposition": "report" if reports else "not_a_report",
        "reason": None if reports else "no_evidence",
        "reporter": REPORTER,
    }
    correspondence = Correspondence(
        **{"return_path": REPORTER, "message_id": "<1@reporter.example>", **fields}
    )
    return ReadMail(**{**defaults, **own}, size=1000, reports=reports, correspondence=correspondence)


def unattributed(ip: str | None = None) -> Attribution:
    """An attribution that names nobody."""
    return Attribution(ip_address(ip) if ip else None, None, "unattributed", "not_ours", "elsewhere")


def make_junk(
    *,
    ip: str = "192.0.2.5",
    sender: str = "sales@contoso.example",
    subject: str = "Cheap pills",
    message_id: str = "<junk-1@contoso.example>",
    at: str = "Mon, 16 Nov 2026 08:00:00 +0000",
    body: str = "Buy now.",
) -> bytes:
    """A junk message as its recipient got it: one hop, from `ip`."""
    return (
        f"Return-Path: <{sender}>\r\n"
        f"Received: from mail.sender.example (mail.sender.example [{ip}])\r\n"
        f"\tby mx.reporter.example (Postfix) with ESMTPS id 4Z1; {at}\r\n"
        f"From: Sales <{sender}>\r\n"
        "To: ann@reporter.example\r\n"
        f"Subject: {subject}\r\n"
        f"Date: {at}\r\n"
        f"Message-ID: {message_id}\r\n"
        "\r\n"
        f"{body}\r\n"
    ).encode()


def make_mail(
    junk: bytes | None = None,
    *,
    sender: str = REPORTER,
    subject: str = "Fwd: junk",
    message_id: str = "<report-1@reporter.example>",
    headers: str = "",
) -> bytes:
    """A mail of a person that forwards `junk` as an attachment, or asks a question when there is none."""
    top = (
        f"Return-Path: <{sender}>\r\n"
        f"From: {sender}\r\n"
        "To: junk@provider.example\r\n"
        f"Subject: {subject}\r\n"
        "Date: Mon, 16 Nov 2026 09:00:00 +0000\r\n"
        f"Message-ID: {message_id}\r\n"
        f"{headers}"
        "MIME-Version: 1.0\r\n"
    ).encode()
    if junk is None:
        return top + b"Content-Type: text/plain\r\n\r\nHow do I report junk mail to you?\r\n"
    return (
        top
        + b'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n'
        + b"--b1\r\nContent-Type: text/plain\r\n\r\nPlease stop this.\r\n"
        + b"--b1\r\nContent-Type: message/rfc822\r\n\r\n"
        + junk
        + b"\r\n--b1--\r\n"
    )

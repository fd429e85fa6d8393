"""Builders of mails, for tests."""

import base64

ROUTE = (
    "Received: from mail.tenant.example (mail.tenant.example [192.0.2.10])\r\n"
    "\tby mx.reporter.example (Postfix) with ESMTPS id 5ABCDEF; Mon, 2 Nov 2026 09:59:00 +0000\r\n"
)


def build_junk(received: str = ROUTE, body: str = "Buy now!\r\n", subject: str = "Only today") -> bytes:
    """A reported message."""
    header = (
        f"{received}From: Cheap Offers <sales@tenant.example>\r\nTo: ann@reporter.example\r\n"
        f"Subject: {subject}\r\nDate: Mon, 2 Nov 2026 09:58:00 +0000\r\n"
        f"Message-ID: <junk-1@tenant.example>\r\n"
    )
    return f"{header}\r\n{body}".encode()


def build_part(content: bytes, content_type: str = "message/rfc822", more: str = "") -> bytes:
    """One part of a multipart."""
    return f"Content-Type: {content_type}\r\n{more}\r\n".encode() + content


def build_mail(
    *parts: bytes, kind: str = "multipart/mixed", header: str = "", boundary: str = "frontier"
) -> bytes:
    """An arriving mail of these parts."""
    start = f'From: Ann <ann@reporter.example>\r\n{header}Content-Type: {kind}; boundary="{boundary}"\r\n\r\n'
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return start.encode() + body + b"--" + boundary.encode() + b"--\r\n"


def build_feedback(fields: str) -> bytes:
    """A mail with a feedback report of these fields, and a message."""
    part = build_part(fields.encode(), "message/feedback-report")
    return build_mail(part, build_part(build_junk()), kind="multipart/report; report-type=feedback-report")


def build_file(content: bytes, name: str = "file.bin", kind: str = "application/octet-stream") -> bytes:
    """A part that is a file, in base64."""
    more = f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
    return build_part(base64.encodebytes(content).replace(b"\n", b"\r\n"), kind, more)

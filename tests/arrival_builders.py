"""Small functions that make mails: junk, and what people and machines send to the abuse mailbox about it."""

US = "junk@provider.example"
REPORTER = "dana@woodgrove.example"


def make_message(
    number: int = 1, *, ip: str = "192.0.2.1", sender: str = "sales@contoso.example", body: str = "Buy now."
) -> bytes:
    """A piece of junk as its recipient got it: the numbers tell them apart."""
    return _crlf(
        f"Return-Path: <{sender}>\n"
        f"Received: from mail.contoso.example (mail.contoso.example [{ip}])\n"
        "\tby mx.woodgrove.example (Postfix) with ESMTPS id 4Zq9dS0Tz9z1f\n"
        "\tfor <dana@woodgrove.example>; Mon, 16 Nov 2026 06:12:44 +0000 (UTC)\n"
        f"From: Sales <{sender}>\n"
        "To: dana@woodgrove.example\n"
        f"Subject: Offer number {number}\n"
        "Date: Mon, 16 Nov 2026 06:12:40 +0000\n"
        f"Message-ID: <junk.{number}@contoso.example>\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=us-ascii\n"
        "\n"
        f"{body}\n"
    )


def make_forward(
    *junk: bytes, number: int = 1, reporter: str = REPORTER, extra: str = "", text: str = "Please stop this."
) -> bytes:
    """What a person sends: junk attached whole. `extra` holds further header lines, each ended by LF."""
    parts = "".join(
        f"--=_b\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\n{_lf(one)}" for one in junk
    )
    return _crlf(
        f"{_head(reporter, f'Fwd: junk, letter {number}', f'forward.{number}')}{extra}"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=_b"\n\n'
        f"--=_b\nContent-Type: text/plain\n\n{text}\n{parts}--=_b--\n"
    )


def make_arf(
    junk: bytes, *, number: int = 1, reporter: str = "fbl@humongous.example", ip: str = "192.0.2.1"
) -> bytes:
    """What a machine sends: a feedback report (RFC 5965) with the junk in it."""
    return _crlf(
        f"{_head(reporter, 'Email Feedback Report', f'arf.{number}')}"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="=_f"\n\n'
        "--=_f\nContent-Type: text/plain\n\nThis is an abuse report.\n"
        "--=_f\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: abuse\nUser-Agent: Humongous-FBL/2.4\nVersion: 1\nSource-IP: {ip}\n\n"
        f"--=_f\nContent-Type: message/rfc822\n\n{_lf(junk)}--=_f--\n"
    )


def make_bounce(number: int = 1) -> bytes:
    """What comes back when one of our own mails could not be delivered."""
    return _crlf(
        f"Return-Path: <>\n"
        f"{_head('MAILER-DAEMON@mx.litware.example', 'Undelivered Mail', f'bounce.{number}')}"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_d"\n\n'
        "--=_d\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        "--=_d\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.litware.example\n\n"
        f"Final-Recipient: rfc822; gone{number}@litware.example\nAction: failed\nStatus: 5.1.1\n\n"
        "--=_d--\n"
    )


def make_question(number: int = 1, *, reporter: str = REPORTER) -> bytes:
    """A letter in which nothing is reported."""
    head = _head(reporter, f"A question, number {number}", f"question.{number}")
    return _crlf(f"{head}\nWhat are your opening hours?\n")


def _head(sender: str, subject: str, id: str) -> str:
    return (
        f"From: {sender}\nTo: {US}\nSubject: {subject}\n"
        f"Date: Mon, 16 Nov 2026 08:03:19 +0000\nMessage-ID: <{id}@{sender.rpartition('@')[2]}>\n"
    )


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def _lf(raw: bytes) -> str:
    return raw.decode().replace("\r\n", "\n")

"""Builds mails that report junk, each in the form of some program."""

import base64
from random import Random

from fuzz.junk import build_junk, choose_ip
from fuzz.letters import REPORT, Built, make_head, make_multipart, make_part, make_words


def _attached(random: Random, raw: bytes) -> bytes:
    name = random.choice(
        (
            "",
            "Content-Disposition: attachment\r\n",
            'Content-Disposition: attachment; filename="spam.eml"\r\n',
        )
    )
    return make_part(random, raw, "message/rfc822", name)


def build_forward(random: Random) -> Built:
    """Attached, with or without words."""
    junk = build_junk(random)
    parts = [make_words(random)] * random.randint(0, 1) + [_attached(random, junk.raw)]
    raw = make_multipart(random, make_head(random, "Fwd: junk"), "multipart/mixed", *parts)
    return Built("forward", raw, REPORT, junk)


def build_several(random: Random) -> Built:
    """Several messages attached at once."""
    junks = [build_junk(random) for _ in range(random.randint(2, 4))]
    raw = make_multipart(
        random, make_head(random, "Spam"), "multipart/mixed", *(_attached(random, one.raw) for one in junks)
    )
    return Built("several", raw, REPORT)


FIELDS = (
    "Original-Mail-From: <sales@tenant.example>", "Original-Rcpt-To: ann@reporter.example",
    "Original-Rcpt-To: rfc822;bob@reporter.example", "Arrival-Date: Mon, 2 Nov 2026 10:00:00 +0000",
    "Received-Date: Mon, 2 Nov 2026 10:00:01 +0000", "Reporting-MTA: dns; mx.reporter.example",
    "Reported-Domain: tenant.example", "Reported-URI: http://tenant.example/a", "Incidents: 3",
    "Authentication-Results: mx.reporter.example; dkim=pass header.d=tenant.example",
    "Auth-Failure: dmarc", "Delivery-Result: reject", "Identity-Alignment: none", "DKIM-Domain: tenant.example",
    "Original-Envelope-Id: 1234", "Source-Port: 25", "X-Own: value (with a comment)", "Feedback-ID: 1:2:3:4",
)  # fmt: skip


def build_arf(random: Random) -> Built:
    """A feedback report, with whatever fields; the message whole, or its headers alone."""
    junk = build_junk(random)
    kind = random.choice(
        ("abuse", "fraud", "virus", "other", "not-spam", "opt-out", "auth-failure", "dmarc", "Odd")
    )
    source = random.choice((junk.origin, junk.origin, choose_ip(random)))
    fields = [f"Feedback-Type: {kind}", "User-Agent: Fuzz/1", "Version: 1", f"Source-IP: {source}"]
    fields += random.sample(FIELDS, random.randint(0, len(FIELDS)))
    if random.randint(0, 1):
        random.shuffle(fields)
    whole = random.randint(0, 1)
    parts = (
        make_words(random, "This is an abuse report."),
        make_part(random, ("\r\n".join(fields) + "\r\n").encode(), "message/feedback-report"),
        make_part(
            random,
            junk.raw if whole else junk.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
            "message/rfc822" if whole else "text/rfc822-headers",
        ),
    )
    kind = "multipart/report; report-type=feedback-report"
    raw = make_multipart(random, make_head(random, "Abuse report", "fbl@isp.example"), kind, *parts)
    return Built("arf", raw, REPORT, junk)


def build_pasted(random: Random) -> Built:
    """Headers and text pasted, plain or quoted, or as a page."""
    junk = build_junk(random, simple=True)
    quote = random.choice(("", "", "> ", ">", "    ", "| "))
    if random.randint(0, 2):
        text = b"Look at this:\r\n\r\n" + b"".join(
            quote.encode() + line for line in junk.raw.splitlines(keepends=True)
        )
        body = make_part(random, text, "text/plain; charset=utf-8")
    else:
        escaped = junk.raw.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        body = make_part(random, b"<p>Look:</p><pre>\r\n" + escaped + b"</pre>", "text/html; charset=utf-8")
    return Built("pasted", make_head(random, "Junk mail").encode() + body, REPORT, junk)


def build_complaint(random: Random) -> Built:
    """A complaint that somebody passes on, with the junk in it."""
    inner = build_arf(random) if random.randint(0, 1) else build_forward(random)
    raw = make_multipart(random, make_head(random, "Fwd: abuse complaint", "desk@registrar.example"), "multipart/mixed",
                     make_words(random, "We received this complaint."), _attached(random, inner.raw))  # fmt: skip
    return Built("complaint", raw, REPORT)


def build_spamcop(random: Random) -> Built:
    """SpamCop's prose, the address in its subject."""
    junk = build_junk(random, simple=True)
    source = junk.origin
    text = (
        "[ SpamCop V5 ]\r\nThis message is brief for your comfort.\r\n\r\n"
        f"Email from {source} / today\r\n\r\n[ Offending message ]\r\n"
    )
    head = make_head(
        random, f"[SpamCop ({source}) id:7{random.randint(1, 10**6)}]{junk.subject}", "7@reports.spamcop.net"
    )
    return Built(
        "spamcop",
        head.encode() + b"Content-Type: text/plain\r\n\r\n" + text.encode() + junk.raw,
        REPORT,
        junk,
    )


def build_hotmail(random: Random) -> Built:
    """Hotmail's older complaints."""
    junk = build_junk(random)
    source = junk.origin
    head = make_head(random, f"complaint about message from {source}", "staff@hotmail.com")
    return Built(
        "hotmail",
        make_multipart(
            random, head, "multipart/mixed", make_part(random, junk.raw, "message/rfc822", encode=False)
        ),
        REPORT,
        junk,
    )


def build_mbox(random: Random) -> Built:
    """A mailbox file with several messages."""
    junks = [build_junk(random, simple=True) for _ in range(random.randint(1, 3))]
    content = b"".join(
        b"From sales@tenant.example Mon Nov  2 10:00:00 2026\r\n" + one.raw + b"\r\n" for one in junks
    )
    part = make_part(
        random, content, "application/mbox", 'Content-Disposition: attachment; filename="junk.mbox"\r\n'
    )
    return Built(
        "mbox",
        make_multipart(random, make_head(random, "Spam"), "multipart/mixed", make_words(random), part),
        REPORT,
        junks[0],
    )


def build_emlx(random: Random) -> Built:
    """As Apple Mail saves."""
    junk = build_junk(random)
    plist = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist>\n<plist version="1.0"><dict/></plist>\n'
    )
    content = b"%d      \n" % len(junk.raw) + junk.raw + plist
    part = make_part(
        random, content, "application/octet-stream", 'Content-Disposition: attachment; filename="1.emlx"\r\n'
    )
    return Built(
        "emlx",
        make_multipart(random, make_head(random, "Spam"), "multipart/mixed", make_words(random), part),
        REPORT,
        junk,
    )


def build_utf16(random: Random) -> Built:
    """As Notepad saves; mail carries it in base64."""
    junk = build_junk(random, simple=True)
    content = base64.encodebytes(junk.raw.decode("utf-8", "replace").encode("utf-16"))
    more = 'Content-Disposition: attachment; filename="spam.txt"\r\nContent-Transfer-Encoding: base64\r\n'
    part = make_part(random, content, "application/octet-stream", more, encode=False)
    return Built(
        "utf-16",
        make_multipart(random, make_head(random, "Spam"), "multipart/mixed", make_words(random), part),
        REPORT,
        junk,
    )

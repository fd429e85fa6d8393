"""Builds mails of every kind that the reader knows, each with what must be read of it while it is whole.

All chance comes from `random`, which hypothesis, atheris and a plain loop each provide in a way of their own.
"""

import base64
import gzip
import quopri
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from fuzz.finding import Finding
from fuzz.junk import Junk, build_junk, choose_ip, encode_text
from parsers import read_mail

REPORTER = "ann@reporter.example"
DELIVERY = (
    "Received: from mx.reporter.example (mx.reporter.example [198.51.100.250])\r\n"
    "\tby mail.provider.example; Tue, 24 Nov 2026 11:00:00 +0000\r\n"
)
PREAMBLES = ("", "This is MIME.\r\n")
NAMES = ("Ann ", "", "=?utf-8?Q?=C3=84nn?= ", '"Ann, of R." ')


@dataclass(frozen=True)
class Built:
    """A mail of one kind: how it must be read, and which message, if any, must be among what it reports."""

    kind: str
    raw: bytes
    reasons: frozenset[str | None]
    junk: Junk | None = None

    def find_unexpected(self, raw: bytes) -> Finding | None:
        """A finding if the mail, as it was built, is read as something else."""
        if raw != self.raw:
            return None
        read = read_mail(raw)
        if read.reason not in self.reasons:
            return Finding(f"a built mail is what it is: {self.kind}", f"{read.reason}")
        if self.junk is None or read.reason is not None:
            return None
        messages = {report.message.message_id: report for report in read.reports if report.message}
        report = messages.get(self.junk.message_id)
        if report is None:
            return Finding(f"a built mail reports its junk: {self.kind}", f"{list(messages)}")
        wanted = self.junk.origin
        if str(report.origin_ip) != wanted:
            return Finding(
                f"a built mail blames whom it names: {self.kind}", f"{report.origin_ip}, not {wanted}"
            )
        return None


REPORT = frozenset({None})


def _head(random: Random, subject: str, sender: str = REPORTER, more: str = "") -> str:
    top = (
        f"From: {random.choice(NAMES)}<{sender}>\r\n"
        f"To: junk@provider.example\r\nSubject: {encode_text(random, subject)}\r\n"
        f"Date: Tue, 24 Nov 2026 1{random.randint(0, 9)}:00:00 +0000\r\n"
        f"Message-ID: <{random.randint(1, 10**9)}@reporter.example>\r\n{more}MIME-Version: 1.0\r\n"
    )
    if random.randint(0, 1):
        return f"Return-Path: <{sender}>\r\n{DELIVERY}{top}"
    return top


def _multipart(random: Random, head: str, kind: str, *parts: bytes) -> bytes:
    boundary = random.choice(("frontier", "=_b1", "----=_Part_1_2.3", "a b", "0000000000"))
    start = f'{head}Content-Type: {kind}; boundary="{boundary}"\r\n\r\n{random.choice(PREAMBLES)}'
    inner = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return start.encode() + inner + f"--{boundary}--\r\n".encode()


def _part(random: Random, content: bytes, kind: str, more: str = "", encode: bool = True) -> bytes:
    how = random.randint(0, 3) if encode else 0
    if how == 1:
        more, content = f"{more}Content-Transfer-Encoding: base64\r\n", base64.encodebytes(content)
    if how == 2:
        more, content = f"{more}Content-Transfer-Encoding: quoted-printable\r\n", quopri.encodestring(content)
    return f"Content-Type: {kind}\r\n{more}\r\n".encode() + content


def _words(random: Random, text: str = "Please stop this.") -> bytes:
    return _part(
        random, text.encode(), random.choice(("text/plain", "text/plain; charset=utf-8")), encode=False
    )


def _attached(random: Random, raw: bytes) -> bytes:
    name = random.choice(
        (
            "",
            "Content-Disposition: attachment\r\n",
            'Content-Disposition: attachment; filename="spam.eml"\r\n',
        )
    )
    return _part(random, raw, "message/rfc822", name)


def build_forward(random: Random) -> Built:
    """Attached, with or without words."""
    junk = build_junk(random)
    parts = [_words(random)] * random.randint(0, 1) + [_attached(random, junk.raw)]
    raw = _multipart(random, _head(random, "Fwd: junk"), "multipart/mixed", *parts)
    return Built("forward", raw, REPORT, junk)


def build_several(random: Random) -> Built:
    """Several messages attached at once."""
    junks = [build_junk(random) for _ in range(random.randint(2, 4))]
    raw = _multipart(
        random, _head(random, "Spam"), "multipart/mixed", *(_attached(random, one.raw) for one in junks)
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
        _words(random, "This is an abuse report."),
        _part(random, ("\r\n".join(fields) + "\r\n").encode(), "message/feedback-report"),
        _part(
            random,
            junk.raw if whole else junk.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
            "message/rfc822" if whole else "text/rfc822-headers",
        ),
    )
    kind = "multipart/report; report-type=feedback-report"
    raw = _multipart(random, _head(random, "Abuse report", "fbl@isp.example"), kind, *parts)
    return Built("arf", raw, REPORT, junk)


def build_pasted(random: Random) -> Built:
    """Headers and text pasted, plain or quoted, or as a page."""
    junk = build_junk(random, simple=True)
    quote = random.choice(("", "", "> ", ">", "    ", "| "))
    if random.randint(0, 2):
        text = b"Look at this:\r\n\r\n" + b"".join(
            quote.encode() + line for line in junk.raw.splitlines(keepends=True)
        )
        body = _part(random, text, "text/plain; charset=utf-8")
    else:
        escaped = junk.raw.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        body = _part(random, b"<p>Look:</p><pre>\r\n" + escaped + b"</pre>", "text/html; charset=utf-8")
    return Built("pasted", _head(random, "Junk mail").encode() + body, REPORT, junk)


def build_complaint(random: Random) -> Built:
    """A complaint that somebody passes on, with the junk in it."""
    inner = build_arf(random) if random.randint(0, 1) else build_forward(random)
    raw = _multipart(random, _head(random, "Fwd: abuse complaint", "desk@registrar.example"), "multipart/mixed",
                     _words(random, "We received this complaint."), _attached(random, inner.raw))  # fmt: skip
    return Built("complaint", raw, REPORT)


def build_bounce(random: Random) -> Built:
    """Non-delivery, as RFC 3464 has it."""
    junk = build_junk(random)
    status = (
        "Reporting-MTA: dns; mx.reporter.example\r\nArrival-Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\n"
        "Final-Recipient: rfc822; nobody@reporter.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
    )
    head = _head(
        random,
        "Undelivered Mail Returned to Sender",
        "MAILER-DAEMON@reporter.example",
        "Auto-Submitted: auto-replied\r\n",
    )
    parts = (
        _words(random, "Your message could not be delivered."),
        _part(random, status.encode(), "message/delivery-status", encode=False),
        _part(random, junk.raw, random.choice(("message/rfc822", "text/rfc822-headers"))),
    )
    raw = _multipart(random, head, "multipart/report; report-type=delivery-status", *parts)
    return Built("bounce", raw, frozenset({"bounce"}))


def build_digest(random: Random) -> Built:
    """A list's digest."""
    parts = [b"\r\n" + build_junk(random, simple=True).raw for _ in range(random.randint(1, 3))]
    head = _head(
        random,
        "list Digest, Vol 1, Issue 2",
        "list-bounces@lists.example",
        "List-Id: <list.lists.example>\r\nPrecedence: list\r\n",
    )
    return Built("digest", _multipart(random, head, "multipart/digest", *parts), frozenset({"mailing_list"}))


def build_spamcop(random: Random) -> Built:
    """SpamCop's prose, the address in its subject."""
    junk = build_junk(random, simple=True)
    source = junk.origin
    text = f"[ SpamCop V5 ]\r\nThis message is brief for your comfort.\r\n\r\nEmail from {source} / today\r\n\r\n[ Offending message ]\r\n"
    head = _head(
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
    head = _head(random, f"complaint about message from {source}", "staff@hotmail.com")
    return Built(
        "hotmail",
        _multipart(random, head, "multipart/mixed", _part(random, junk.raw, "message/rfc822", encode=False)),
        REPORT,
        junk,
    )


def build_aggregate(random: Random) -> Built:
    """Statistics for the owner of a domain."""
    xml = b'<?xml version="1.0"?><feedback><record><row><source_ip>192.0.2.1</source_ip></row></record></feedback>'
    name = "google.com!tenant.example!1604188800!1604275199.xml.gz"
    part = _part(random, base64.encodebytes(gzip.compress(xml)), f'application/gzip; name="{name}"',
                 f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n', encode=False)  # fmt: skip
    head = _head(
        random,
        "Report domain: tenant.example Submitter: google.com Report-ID: 1",
        "noreply-dmarc-support@google.com",
    )
    return Built(
        "aggregate",
        _multipart(random, head, "multipart/mixed", _words(random, ""), part),
        frozenset({"dmarc_aggregate"}),
    )


def build_receipt(random: Random) -> Built:
    """A disposition notification (RFC 8098)."""
    fields = b"Reporting-UA: mail; Fuzz\r\nFinal-Recipient: rfc822;ann@reporter.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n"
    parts = (
        _words(random, "Your message was read."),
        _part(random, fields, "message/disposition-notification", encode=False),
    )
    raw = _multipart(
        random,
        _head(random, "Read: your offer"),
        "multipart/report; report-type=disposition-notification",
        *parts,
    )
    return Built("receipt", raw, frozenset({"read_receipt"}))


def build_calendar(random: Random) -> Built:
    """An invitation."""
    ics = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    part = _part(random, ics, "text/calendar; method=REQUEST")
    raw = _multipart(
        random, _head(random, "Invitation: meeting"), "multipart/alternative", _words(random), part
    )
    return Built("calendar", raw, frozenset({"invitation"}))


def build_mbox(random: Random) -> Built:
    """A mailbox file with several messages."""
    junks = [build_junk(random, simple=True) for _ in range(random.randint(1, 3))]
    content = b"".join(
        b"From sales@tenant.example Mon Nov  2 10:00:00 2026\r\n" + one.raw + b"\r\n" for one in junks
    )
    part = _part(
        random, content, "application/mbox", 'Content-Disposition: attachment; filename="junk.mbox"\r\n'
    )
    return Built(
        "mbox",
        _multipart(random, _head(random, "Spam"), "multipart/mixed", _words(random), part),
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
    part = _part(
        random, content, "application/octet-stream", 'Content-Disposition: attachment; filename="1.emlx"\r\n'
    )
    return Built(
        "emlx",
        _multipart(random, _head(random, "Spam"), "multipart/mixed", _words(random), part),
        REPORT,
        junk,
    )


def build_utf16(random: Random) -> Built:
    """As Notepad saves; mail carries it in base64."""
    junk = build_junk(random, simple=True)
    content = base64.encodebytes(junk.raw.decode("utf-8", "replace").encode("utf-16"))
    more = 'Content-Disposition: attachment; filename="spam.txt"\r\nContent-Transfer-Encoding: base64\r\n'
    part = _part(random, content, "application/octet-stream", more, encode=False)
    return Built(
        "utf-16",
        _multipart(random, _head(random, "Spam"), "multipart/mixed", _words(random), part),
        REPORT,
        junk,
    )


def build_auto_reply(random: Random) -> Built:
    """Out of office."""
    head = _head(
        random,
        "Automatic reply: your offer",
        more="Auto-Submitted: auto-replied\r\nIn-Reply-To: <1@x.example>\r\n",
    )
    return Built(
        "auto-reply", head.encode() + _words(random, "I am out of office."), frozenset({"auto_reply"})
    )


def build_question(random: Random) -> Built:
    """A person's mail without evidence."""
    return Built(
        "question",
        _head(random, "A question").encode() + _words(random, "How do I report junk?"),
        frozenset({"no_evidence"}),
    )


KINDS: dict[str, Callable[[Random], Built]] = {
    "forward": build_forward,
    "several": build_several,
    "arf": build_arf,
    "pasted": build_pasted,
    "complaint": build_complaint,
    "bounce": build_bounce,
    "digest": build_digest,
    "spamcop": build_spamcop,
    "hotmail": build_hotmail,
    "aggregate": build_aggregate,
    "receipt": build_receipt,
    "calendar": build_calendar,
    "mbox": build_mbox,
    "emlx": build_emlx,
    "utf-16": build_utf16,
    "auto-reply": build_auto_reply,
    "question": build_question,
}


def build_any(random: Random) -> Built:
    """A mail of any kind."""
    return random.choice(list(KINDS.values()))(random)

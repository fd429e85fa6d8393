"""Builds mails that are no reports."""

import base64
import gzip
from random import Random

from fuzz.junk import build_junk
from fuzz.letters import Built, make_head, make_multipart, make_part, make_words


def build_bounce(random: Random) -> Built:
    """Non-delivery, as RFC 3464 has it."""
    junk = build_junk(random)
    status = (
        "Reporting-MTA: dns; mx.reporter.example\r\nArrival-Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\n"
        "Final-Recipient: rfc822; nobody@reporter.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
    )
    head = make_head(
        random,
        "Undelivered Mail Returned to Sender",
        "MAILER-DAEMON@reporter.example",
        "Auto-Submitted: auto-replied\r\n",
    )
    parts = (
        make_words(random, "Your message could not be delivered."),
        make_part(random, status.encode(), "message/delivery-status", encode=False),
        make_part(random, junk.raw, random.choice(("message/rfc822", "text/rfc822-headers"))),
    )
    raw = make_multipart(random, head, "multipart/report; report-type=delivery-status", *parts)
    return Built("bounce", raw, frozenset({"bounce"}))


def build_digest(random: Random) -> Built:
    """A list's digest."""
    parts = [b"\r\n" + build_junk(random, simple=True).raw for _ in range(random.randint(1, 3))]
    head = make_head(
        random,
        "list Digest, Vol 1, Issue 2",
        "list-bounces@lists.example",
        "List-Id: <list.lists.example>\r\nPrecedence: list\r\n",
    )
    return Built(
        "digest", make_multipart(random, head, "multipart/digest", *parts), frozenset({"mailing_list"})
    )


def build_aggregate(random: Random) -> Built:
    """Statistics for the owner of a domain."""
    xml = b'<?xml version="1.0"?><feedback><record><row><source_ip>192.0.2.1</source_ip></row></record></feedback>'
    name = "google.com!tenant.example!1604188800!1604275199.xml.gz"
    more = f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
    packed = base64.encodebytes(gzip.compress(xml, mtime=0))
    part = make_part(random, packed, f'application/gzip; name="{name}"', more, encode=False)
    head = make_head(
        random,
        "Report domain: tenant.example Submitter: google.com Report-ID: 1",
        "noreply-dmarc-support@google.com",
    )
    return Built(
        "aggregate",
        make_multipart(random, head, "multipart/mixed", make_words(random, ""), part),
        frozenset({"dmarc_aggregate"}),
    )


def build_receipt(random: Random) -> Built:
    """A disposition notification (RFC 8098)."""
    fields = (
        b"Reporting-UA: mail; Fuzz\r\nFinal-Recipient: rfc822;ann@reporter.example\r\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\r\n"
    )
    parts = (
        make_words(random, "Your message was read."),
        make_part(random, fields, "message/disposition-notification", encode=False),
    )
    raw = make_multipart(
        random,
        make_head(random, "Read: your offer"),
        "multipart/report; report-type=disposition-notification",
        *parts,
    )
    return Built("receipt", raw, frozenset({"read_receipt"}))


def build_calendar(random: Random) -> Built:
    """An invitation."""
    ics = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    part = make_part(random, ics, "text/calendar; method=REQUEST")
    raw = make_multipart(
        random, make_head(random, "Invitation: meeting"), "multipart/alternative", make_words(random), part
    )
    return Built("calendar", raw, frozenset({"invitation"}))


def build_auto_reply(random: Random) -> Built:
    """Out of office."""
    head = make_head(
        random,
        "Automatic reply: your offer",
        more="Auto-Submitted: auto-replied\r\nIn-Reply-To: <1@x.example>\r\n",
    )
    return Built(
        "auto-reply", head.encode() + make_words(random, "I am out of office."), frozenset({"auto_reply"})
    )


def build_question(random: Random) -> Built:
    """A person's mail without evidence."""
    return Built(
        "question",
        make_head(random, "A question").encode() + make_words(random, "How do I report junk?"),
        frozenset({"no_evidence"}),
    )

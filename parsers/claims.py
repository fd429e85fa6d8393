"""What a mail itself states of what it reports: of what kind it is, and from which address it came."""

import re

from parsers.addresses import parse_ip
from parsers.feedback import is_feedback_report
from parsers.headers import decode_text
from parsers.outside import Outside
from parsers.robots import ROBOT_LOCAL_PARTS
from parsers.values import Report, ReportFormat
from parsers.wording import Row, Wording

SPAMCOP_SUBJECT = re.compile(r"\s{0,5}\[SpamCop \((?:https?://)?([^()\s]{2,60})\)", re.IGNORECASE)
SPAMCOP_DOMAINS = ("spamcop.net",)
"""SpamCop's reports: prose with the message pasted, the address stands in the subject."""

HOTMAIL_SUBJECT = re.compile(r"\s{0,5}complaint about message from\s{1,5}(\S{2,60})", re.IGNORECASE)
HOTMAIL_DOMAINS = ("hotmail.com",)
"""Hotmail's older junk mail reports: no machine-readable part, the address stands in the subject."""

BUTTONS = (
    ("1|", "abuse"),
    ("junk:", "abuse"),
    ("2|", "not-spam"),
    ("not junk:", "not-spam"),
    ("3|", "fraud"),
    ("phishing:", "fraud"),
)
"""How the subjects begin that the report buttons of Outlook write, and what the reporter said by the button."""

_AUTHENTICATION: tuple[Row, ...] = (
    (
        r"dmarc (?:forensic|failure) report",
        "DMARC forensic report for tenant.example",
        "DMARC failure report for tenant.example",
    ),
    (r"authentication.failure report", "Authentication failure report"),
)
AUTHENTICATION_SUBJECTS = Wording(*_AUTHENTICATION, start=r"^\W{0,5}(?:[\w.-]{1,60}[\] :]{1,3}){0,2}")
AUTHENTICATION_TEXTS = Wording(
    *_AUTHENTICATION, (r"failed the published dmarc policy", "which failed the published DMARC policy")
)
"""What mail says that reports a failed authentication (RFC 6591) in prose."""


def read_claim(outside: Outside, form: ReportFormat) -> Report:
    """A report of that format, with what the mail states; the subject of a forward is that of the junk."""
    named = SPAMCOP_SUBJECT.match(outside.subject) if outside.is_from(SPAMCOP_DOMAINS) else None
    source_ip = parse_ip(named[1]) if named else None
    says_failed = _says_authentication_failed(outside)
    return Report(
        form,
        feedback_type="auth-failure" if says_failed else find_button(outside),
        source_ip=source_ip,
    )


def read_hotmail_claim(outside: Outside) -> Report | None:
    """Hotmail's older reports have no machine-readable part: their subject states the address."""
    found = HOTMAIL_SUBJECT.match(outside.subject)
    if not found or not outside.is_from(HOTMAIL_DOMAINS):
        return None
    return Report("arf", feedback_type="abuse", source_ip=parse_ip(found[1]))


def find_format(outside: Outside) -> ReportFormat:
    """A mail that calls itself a feedback report is one, though its fields are missing or broken."""
    return "arf" if is_feedback_report(outside.root) else "attached"


def find_button(outside: Outside) -> str | None:
    """The feedback type that a report button wrote before the subject of a mail.

    Where a message in it has one too, the sender of the junk may have written it, and the mail only kept its subject.
    """
    shown = decode_text(outside.pasted.first("subject")) if outside.pasted else None
    subjects = [shown, *(one.message.subject for one in outside.enclosed)]
    if any(_read_button(subject or "") for subject in subjects):
        return None
    return _read_button(outside.subject)


def _read_button(subject: str) -> str | None:
    lower = subject.lower()
    return next((kind for start, kind in BUTTONS if lower.startswith(start)), None)


def _says_authentication_failed(outside: Outside) -> bool:
    parts = outside.local_parts
    robot = outside.is_mail_system or any("dmarc" in p or ROBOT_LOCAL_PARTS.is_in(p) for p in parts)
    if outside.is_forward or not (robot or outside.is_multipart_report):
        return False
    in_subject = AUTHENTICATION_SUBJECTS.is_in(outside.subject)
    return in_subject or AUTHENTICATION_TEXTS.is_in(outside.own_text)

"""The acknowledgement: whether a mail is answered (the reason why not, or nothing), and what the answer says.

Nothing that a stranger wrote stands in a header of it, other than the reporter's checked address in To and a
checked message id in In-Reply-To and References. Strangers' text in the body is cut and disarmed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.message import Message as EmailMessage
from email.parser import BytesParser
from email.policy import compat32
from email.utils import format_datetime
from functools import cache
from uuid import uuid4

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from abuse_intake.completeness import Holding, find_holding
from abuse_intake.disarm import disarm
from parsers.addresses import domain_of, strict_addr_spec
from parsers.recipient import recipient_key
from parsers.values import Correspondence, ReadMail, Report
from storage.held_back import HeldBack
from storage.values import Attribution, NewAcknowledgement

MAX_LISTED = 10
"""Reported messages that the body lists; the others are counted."""
MAX_RECEIVED = 100
"""More Received lines than this are a loop."""

ALLOWED_HEADERS = frozenset(
    """from to subject date message-id in-reply-to references auto-submitted x-auto-response-suppress precedence
    x-loop mime-version content-type content-transfer-encoding""".split()
)
ROBOTS = frozenset(
    """mailer-daemon postmaster nobody daemon bounce bounces root mdaemon majordomo listserv autoreply auto-reply
    autoresponder""".split()
)
NO_REPLY = re.compile(r"(?:^|[-_.])(?:no|do[-_.]?not)[-_.]?reply(?:$|[-_.])")
ROBOT_PREFIXES = ("bounce-", "bounces-", "owner-")
ROBOT_SUFFIXES = ("-bounces", "-bounce", "-request", "-owner")
PRIVATE_DOMAINS = ("localhost", "local", "internal", "invalid", "localdomain", "test", "onion", "arpa")
ANSWERED_WITHOUT_EVIDENCE = "no_evidence"


@dataclass(frozen=True, slots=True)
class Ourselves:
    """Who we are: the address that acknowledgements come from, all our addresses, the name that people know."""

    address: str
    addresses: tuple[str, ...]
    provider: str
    authserv_id: str | None = None

    def is_us(self, address: str) -> bool:
        """Whether an address is one of ours, in any case, with or without a +tag."""
        return recipient_key(address) in {recipient_key(own) for own in self.addresses}


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules look at: one read mail, its sender, and who we are."""

    read: ReadMail
    ourselves: Ourselves
    is_authenticated: bool

    @property
    def reporter(self) -> str:
        return self.read.reporter or ""

    @property
    def correspondence(self) -> Correspondence:
        return self.read.correspondence


RULES: tuple[tuple[str, Callable[[Question], bool]], ...] = (
    ("quarantined", lambda q: q.read.disposition == "quarantined"),
    ("no_report_of_a_person", lambda q: not q.read.reports and q.read.reason != ANSWERED_WITHOUT_EVIDENCE),
    ("no_reporter", lambda q: q.read.reporter is None),
    ("null_return_path", lambda q: q.correspondence.return_path == ""),
    ("own_address", lambda q: q.ourselves.is_us(q.reporter)),
    ("reply_to_us", lambda q: any(q.ourselves.is_us(address) for address in q.correspondence.reply_to)),
    ("unroutable_domain", lambda q: not _can_be_public(q.reporter)),
    ("auto_submitted", lambda q: (q.correspondence.auto_submitted or "no") != "no"),
    ("bulk", lambda q: q.correspondence.precedence in ("bulk", "junk", "list")),
    ("mailing_list", lambda q: q.correspondence.has_list_id),
    ("asks_for_no_answer", lambda q: q.correspondence.has_autoreply),
    ("loop", lambda q: any(q.ourselves.is_us(address) for address in q.correspondence.x_loop)),
    ("too_many_hops", lambda q: q.correspondence.received_count > MAX_RECEIVED),
    ("robot", lambda q: is_robot(q.reporter)),
    ("answers_us", lambda q: _brings_own_letter(q.read, q.ourselves)),
    ("answers_us", lambda q: not _has_evidence(q.read) and _answers_us(q.correspondence, q.ourselves)),
    ("not_authenticated", lambda q: q.ourselves.authserv_id is not None and not q.is_authenticated),
)
"""Why nobody is answered; the first reason that holds is the one that is told."""


def find_reason_not_to_answer(read: ReadMail, ourselves: Ourselves, is_authenticated: bool) -> str | None:
    """The reason why this mail is not acknowledged, or None when its reporter is (DESIGN: who is acknowledged)."""
    question = Question(read, ourselves, is_authenticated)
    return next((reason for reason, holds in RULES if holds(question)), None)


def is_robot(address: str) -> bool:
    """Whether the local part is that of a program that reads no answers."""
    local = address.rpartition("@")[0].lower().partition("+")[0]
    is_list = local.startswith(ROBOT_PREFIXES) or local.endswith(ROBOT_SUFFIXES)
    return local in ROBOTS or is_list or NO_REPLY.search(local) is not None


def make_reference(sha256: str) -> str:
    """The reference by which a reporter and an analyst mean the same mail: the start of its hash."""
    return "-".join(sha256[start : start + 4].upper() for start in (0, 4, 8))


def render_acknowledgement(
    read: ReadMail,
    attributions: Sequence[Attribution],
    ourselves: Ourselves,
    received_at: datetime,
    now: datetime,
) -> NewAcknowledgement:
    """The finished acknowledgement of one mail. ValueError if it would carry what it must not."""
    assert read.reporter is not None
    reference = make_reference(read.sha256)
    incomplete = [report for report in read.reports if find_holding(report) is not Holding.WHOLE]
    context: dict[str, object] = {
        "provider": ourselves.provider,
        "reference": reference,
        "received_at": f"{received_at:%a, %d %b %Y %H:%M} UTC",
        "reports": read.reports,
        "shown": [
            _show_report(report, attribution)
            for report, attribution in zip(read.reports[:MAX_LISTED], attributions, strict=False)
        ],
        "is_person_to_teach": any(report.format != "arf" for report in incomplete),
        "is_program_to_teach": bool(incomplete),
        "guide": read.correspondence.mail_program or "other",
        "address": ourselves.address,
    }
    letter = _Letter("", read.reporter, read.correspondence.message_id, context)
    return _compose(letter, ourselves, now)


def render_summary(held: HeldBack, ourselves: Ourselves, now: datetime) -> NewAcknowledgement:
    """The one acknowledgement for all mails of a reporter that were held back within an hour."""
    context: dict[str, object] = {
        "provider": ourselves.provider,
        "count": len(held.mails),
        "shown": [
            {"reference": make_reference(mail.sha256), "subject": disarm(mail.subject or "(none)")}
            for mail in held.mails[:MAX_LISTED]
        ],
    }
    return _compose(_Letter("summary-", held.reporter, None, context), ourselves, now)


@dataclass(frozen=True, slots=True)
class _Letter:
    """What one acknowledgement is made of; `kind` is the prefix of its templates' names."""

    kind: str
    to: str
    in_reply_to: str | None
    context: dict[str, object]


_OWN_ID_PREFIX = "ack."


def _show_report(report: Report, attribution: Attribution) -> dict[str, str | None]:
    message = report.message
    return {
        "subject": disarm(message.subject) if message and message.subject else None,
        "message_id": disarm(message.message_id) if message and message.message_id else None,
        "address": str(attribution.ip) if attribution.ip else None,
        "holding": find_holding(report).value,
    }


def _compose(letter: _Letter, ourselves: Ourselves, now: datetime) -> NewAcknowledgement:
    if strict_addr_spec(letter.to) is None:
        raise ValueError("an acknowledgement's To would be no strict address")
    message_id = f"<{_OWN_ID_PREFIX}{uuid4().hex}@{domain_of(ourselves.address)}>"
    message = EmailMessage(policy=SMTP_BYTES)
    message["From"] = ourselves.address
    message["To"] = letter.to
    message["Subject"] = " ".join(_template(f"{letter.kind}subject").render(letter.context).split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = letter.in_reply_to
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message["Precedence"] = "bulk"
    message["X-Loop"] = ourselves.address
    message["MIME-Version"] = "1.0"
    _set_text(message, _template(f"{letter.kind}body").render(letter.context) + "\n")
    content = _checked(message.as_bytes(), letter.to)
    return NewAcknowledgement(to=letter.to, message_id=message_id, content=content, due_at=now)


def _set_text(message: EmailMessage, text: str) -> None:
    """ASCII goes as it is; anything else as quoted-printable, which people can still read raw."""
    if text.isascii():
        message.set_payload(text, "us-ascii")
        return
    charset = Charset("utf-8")
    charset.body_encoding = QP
    message.set_payload(text, charset)


SMTP_BYTES = compat32.clone(linesep="\r\n", max_line_length=998)


def _checked(content: bytes, to: str) -> bytes:
    """The finished bytes, read once more: only the allowed headers, each once, To one strict address, short lines."""
    parsed = BytesParser(policy=compat32).parsebytes(content)
    names = [name.lower() for name, _ in parsed.items()]
    if set(names) - ALLOWED_HEADERS or len(set(names)) != len(names):
        raise ValueError(f"an acknowledgement would carry the headers {sorted(names)}")
    if strict_addr_spec(str(parsed["To"])) != to:
        raise ValueError("an acknowledgement's To is not the reporter's address")
    if any(len(line) > 998 for line in content.split(b"\r\n")) or b"\0" in content:
        raise ValueError("an acknowledgement would carry an overlong line or a NUL")
    return content


@cache
def _template(name: str, language: str = "en") -> Template:
    return _environment().get_template(f"acknowledgement/{language}/{name}.txt")


@cache
def _environment() -> Environment:
    # Plain text: nothing is escaped for HTML; disarm() is what makes strangers' text harmless here.
    return Environment(
        loader=PackageLoader("templates", ""),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=False,
    )


def _can_be_public(address: str) -> bool:
    """Whether mail to it can cross the internet: no address literal, and a domain that is not for private use."""
    _, dot, top = (domain_of(address) or "").rpartition(".")
    return bool(dot) and top not in PRIVATE_DOMAINS and (top.isalpha() or top.startswith("xn--"))


def _has_evidence(read: ReadMail) -> bool:
    """Whether anything reported came from somewhere: a quoted letter of ours has no route."""
    return any(report.origin_ip is not None for report in read.reports)


def _brings_own_letter(read: ReadMail, ourselves: Ourselves) -> bool:
    """Whether a reported message is an acknowledgement of ours: an answer would answer ourselves."""
    messages = [report.message for report in read.reports if report.message]
    return any(
        is_our_message_id(message.message_id, ourselves) and ourselves.is_us(message.from_address or "")
        for message in messages
    )


def _answers_us(correspondence: Correspondence, ourselves: Ourselves) -> bool:
    return any(is_our_message_id(reference, ourselves) for reference in correspondence.references)


def is_our_message_id(message_id: str | None, ourselves: Ourselves) -> bool:
    """Whether an acknowledgement of ours has that id."""
    id = (message_id or "").strip("<> ").lower()
    return id.startswith(_OWN_ID_PREFIX) and id.endswith(f"@{domain_of(ourselves.address)}")

"""The acknowledgement: what it says, and that its headers hold only what they may.

Nothing that a stranger wrote stands in a header of it, other than the reporter's checked address in To and a
checked message id in In-Reply-To and References. Strangers' text in the body is cut and disarmed.
"""

from collections.abc import Sequence
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

from abuse_intake.answering import OWN_ID_PREFIX, Ourselves
from abuse_intake.completeness import find_completeness, find_whom_to_teach
from abuse_intake.disarm import disarm
from parsers.addresses import domain_of, strict_addr_spec
from parsers.values import ReadMail, Report
from storage.held_back import HeldBack
from storage.values import Attribution, NewAcknowledgement

LANGUAGE = "en"
"""The folder of the templates."""
MAX_LISTED = 10
"""Reported messages that the body lists; the others are counted."""

ALLOWED_HEADERS = frozenset(
    """from to subject date message-id in-reply-to references auto-submitted x-auto-response-suppress precedence
    x-loop mime-version content-type content-transfer-encoding""".split()
)


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
    context: dict[str, object] = {
        "provider": ourselves.provider,
        "reference": reference,
        "received_at": f"{received_at:%a, %d %b %Y %H:%M} UTC",
        "reports": read.reports,
        "shown": [
            _show_report(report, attribution)
            for report, attribution in zip(read.reports[:MAX_LISTED], attributions, strict=False)
        ],
        "teach": find_whom_to_teach(read.reports),
        "language": LANGUAGE,
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


def _show_report(report: Report, attribution: Attribution) -> dict[str, str | None]:
    message = report.message
    return {
        "subject": disarm(message.subject) if message and message.subject else None,
        "message_id": disarm(message.message_id) if message and message.message_id else None,
        "address": str(attribution.ip) if attribution.ip else None,
        "completeness": find_completeness(report).value,
    }


def _compose(letter: _Letter, ourselves: Ourselves, now: datetime) -> NewAcknowledgement:
    if strict_addr_spec(letter.to) is None:
        raise ValueError("an acknowledgement's To would be no strict address")
    message_id = f"<{OWN_ID_PREFIX}{uuid4().hex}@{domain_of(ourselves.address)}>"
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
def _template(name: str) -> Template:
    return _environment().get_template(f"acknowledgement/{LANGUAGE}/{name}.txt")


@cache
def _environment() -> Environment:
    # Plain text: nothing is escaped for HTML; disarm() is what makes strangers' text harmless here.
    return Environment(
        loader=PackageLoader("templates", ""),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=False,
    )

"""The acknowledgement: what it says, and that its headers hold only what they may.

Nothing that a stranger wrote stands in a header of it, other than the reporter's checked address in To and a
checked message id in In-Reply-To and References. Strangers' text in the body is cut and disarmed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.message import Message as EmailMessage
from email.policy import compat32
from email.utils import format_datetime
from functools import cache
from uuid import uuid4

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, TemplateError

from abuse_intake.answering import OWN_ID_PREFIX, Ourselves
from abuse_intake.completeness import find_completeness, find_whom_to_teach
from abuse_intake.disarm import disarm
from abuse_intake.letters import LetterRefused, check_letter
from parsers.addresses import domain_of, strict_addr_spec
from parsers.archives import ENCRYPTED, UNKNOWN
from parsers.headers import strict_msg_ids
from parsers.values import ReadMail, Report
from parsers.xarf.complaints import FAULT
from parsers.xarf.kinds import CATEGORIES
from storage.held_back import HeldBack
from storage.values import Attribution, NewAcknowledgement

LANGUAGE = "en"
"""The folder of the templates."""
UNOPENED = frozenset({ENCRYPTED, UNKNOWN})
"""Warnings about archives that the reporter can do something about."""
MAX_LISTED = 10
"""Reported messages that the body lists; the others are counted."""

NOT_WRITTEN = "not_written"
"""Why a mail is not answered whose acknowledgement could not be written."""


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
    """The finished acknowledgement of one mail. LetterRefused if it would carry what it must not."""
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
        "faults": [warning for warning in read.warnings if warning.startswith(FAULT)],
        "is_unopened": not UNOPENED.isdisjoint(read.warnings),
        "language": LANGUAGE,
        "guide": read.correspondence.mail_program or "other",
        "address": ourselves.address,
    }
    letter = _Letter("", read.reporter or "", read.correspondence.message_id, context)
    return _compose(letter, ourselves, now)


def render_summary(held: HeldBack, ourselves: Ourselves, now: datetime) -> NewAcknowledgement:
    """The one acknowledgement for all mails of a reporter that were held back within an hour, or LetterRefused."""
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
        "about": _show_kind(report),
        "completeness": find_completeness(report).value,
    }


def _compose(letter: _Letter, ourselves: Ourselves, now: datetime) -> NewAcknowledgement:
    message_id = f"<{OWN_ID_PREFIX}{uuid4().hex}@{domain_of(ourselves.address)}>"
    message = EmailMessage(policy=SMTP_BYTES)
    for name, value in _fields(letter, ourselves, message_id, now):
        message[name] = value
    _set_text(message, _render(f"{letter.kind}body", letter) + "\n")
    content = check_letter(message.as_bytes(), letter.to, message_id)
    return NewAcknowledgement(to=letter.to, message_id=message_id, content=content, due_at=now)


def _fields(
    letter: _Letter, ourselves: Ourselves, message_id: str, now: datetime
) -> Iterator[tuple[str, str]]:
    """The header, from checked ASCII parts only."""
    yield "From", _checked_address(ourselves.address)
    yield "To", _checked_address(letter.to)
    yield "Subject", " ".join(_render(f"{letter.kind}subject", letter).split())
    yield "Date", format_datetime(now)
    yield "Message-ID", message_id
    if letter.in_reply_to:
        yield "In-Reply-To", _checked_message_id(letter.in_reply_to)
        yield "References", letter.in_reply_to
    yield "Auto-Submitted", "auto-replied"
    yield "X-Auto-Response-Suppress", "All"
    yield "Precedence", "bulk"
    yield "X-Loop", ourselves.address
    yield "MIME-Version", "1.0"


def _checked_address(text: str) -> str:
    address = strict_addr_spec(text)
    if address is None:
        raise LetterRefused("its From or To would be no strict address")
    return address


def _checked_message_id(text: str) -> str:
    if strict_msg_ids(text.encode("utf-8", "replace")) != (text,):
        raise LetterRefused("its In-Reply-To would be no strict message id")
    return text


def _render(name: str, letter: _Letter) -> str:
    """A text from its template; one that is broken costs acknowledgements only."""
    try:
        return _template(name).render(letter.context)
    except TemplateError as error:
        raise LetterRefused(f"the template {name}.txt: {type(error).__name__}: {error}") from error


def _set_text(message: EmailMessage, text: str) -> None:
    """ASCII goes as it is; anything else as quoted-printable, which people can still read raw."""
    if text.isascii():
        message.set_payload(text, "us-ascii")
        return
    charset = Charset("utf-8")
    charset.body_encoding = QP
    message.set_payload(text, charset)


SMTP_BYTES = compat32.clone(linesep="\r\n", max_line_length=998)


def _show_kind(report: Report) -> str:
    """What a XARF report is about, in words of XARF: others are a stranger's."""
    types = CATEGORIES.get(report.category or "", ())
    return f"{report.type} ({report.category})" if report.type in types else "something other than mail"


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

"""What is no report, and why: one small detector a reason, in tables; `wording` has their texts."""

from collections.abc import Callable

from parsers import robots
from parsers.feedback import is_feedback_report
from parsers.header_block import Header
from parsers.headers import parse_mailboxes
from parsers.mime import Part
from parsers.outside import Outside, local_part
from parsers.returned import is_returned
from parsers.wording import aggregates, programs, replies
from parsers.wording.bounce_subjects import BOUNCE_SUBJECTS
from parsers.wording.bounce_texts import BOUNCE_TEXTS

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
CALENDAR_TYPES = frozenset({"text/calendar", "application/ics"})
CALENDAR_FILES = (".ics", ".vcs")
TLS_TYPES = frozenset({"application/tlsrpt+gzip", "application/tlsrpt+json"})
BULK = frozenset({"bulk", "junk"})
"""Values of Precedence that programs write."""
BOUNCE_FIELDS = (
    "x-failed-recipients",  # Exim, Gmail
    "x-mddsn-message",  # MDaemon
    "x-ms-exchange-message-is-ndr",
    "x-ricevuta",  # receipts of Italian certified mail
)
HEAD_BYTES = 400
"""What is read of a file to tell whether it is packed: its first few bytes say so."""


def _is_bounce(mail: Outside) -> bool:
    if _is_status(mail) or _has_bounce_field(mail) or _is_of_daemon(mail):
        return True
    subject = BOUNCE_SUBJECTS.is_in(mail.subject)
    if mail.is_mail_system or (mail.is_robot and not mail.shows_route):
        subject = subject and not _repeats_subject(mail)
        return subject or (_sounds_like_bounce(mail) and not replies.AUTO_REPLY_SUBJECTS.is_in(mail.subject))
    by_program = mail.is_robot or mail.is_generated or not mail.shows_route
    return subject and _sounds_like_bounce(mail) and (by_program or _sounds_like_program(mail))


def _repeats_subject(mail: Outside) -> bool:
    """Whether a complaint has the subject of the junk that it shows: its own words are no bounce's."""
    return mail.shows_route and mail.sounds_like_report and not BOUNCE_TEXTS.is_in(mail.own_words)


def _is_status(mail: Outside) -> bool:
    """By the structure of the mail; a part of that type alone may be one that the junk had."""
    if mail.root.report_type == "delivery-status" or (mail.is_multipart_report and mail.types & STATUS_TYPES):
        return True
    passed_on = mail.is_forward if mail.is_robot else mail.is_passed_on
    return bool(mail.types & STATUS_TYPES) and not passed_on


def _has_bounce_field(mail: Outside) -> bool:
    """Fields of bounces; that of fml stands in the articles of its lists too."""
    if mail.has(*BOUNCE_FIELDS):
        return True
    return mail.has("x-mlserver") and not mail.has("x-mail-count")


def _is_of_daemon(mail: Outside) -> bool:
    """In whatever language; what it quotes of other servers may sound like a complaint."""
    return mail.is_daemon and not (is_feedback_report(mail.root) or robots.COMPLAINTS.is_in(mail.subject))


def _sounds_like_bounce(mail: Outside) -> bool:
    """By its words, unless it complains; words of a complaint may be what another server answered."""
    if mail.sounds_like_report and not programs.SERVER_REPLIES.is_in(mail.own_words):
        return False
    return BOUNCE_TEXTS.is_in(mail.own_words)


def _sounds_like_program(mail: Outside) -> bool:
    return any(table.is_in(mail.own_words) for table in (programs.PROGRAM_TEXTS, programs.SERVER_REPLIES))


def _holds_delivery_fields(mail: Outside) -> bool:
    """A person's forward of a bounce has its fields in the text: above a pasted message, or in a pasted bounce."""
    is_robots = mail.is_robot and not mail.shows_route
    text = mail.text if is_robots or _is_pasted_bounce(mail.pasted) else mail.own_text
    return programs.DELIVERY_FIELDS.count_in(text) > 1


def _is_pasted_bounce(pasted: Header | None) -> bool:
    """Programs paste a few fields of what is forwarded; with a route it is junk that looks like a bounce."""
    if not pasted or pasted.every("received"):
        return False
    boxes = parse_mailboxes(pasted.first("from"))[:1]
    return any(robots.DAEMON_LOCAL_PARTS.is_in(local_part(box.address)) for box in boxes)


def _is_read_receipt(mail: Outside) -> bool:
    receipt = "message/disposition-notification"
    if mail.root.report_type == "disposition-notification" or (
        mail.is_multipart_report and receipt in mail.types
    ):
        return True
    if receipt in mail.types and not mail.is_passed_on:
        return True
    worded = replies.RECEIPT_SUBJECTS.is_in(mail.subject) and replies.RECEIPT_TEXTS.is_in(mail.own_words)
    return worded and not (mail.sounds_like_report and mail.is_passed_on)


def _is_dmarc_aggregate(mail: Outside) -> bool:
    leaves = mail.root.leaves
    named = any(part.filename and aggregates.AGGREGATE_FILES.is_in(part.filename) for part in leaves)
    if not named and not (aggregates.DMARC_SUBJECTS.is_in(mail.subject) and any(map(_is_packed, leaves))):
        return False
    return not mail.is_passed_on


def _is_packed(part: Part) -> bool:
    """By its name, or by how it begins, whatever its type says."""
    begins = part.head(HEAD_BYTES).content().startswith(aggregates.PACKED_BEGINNINGS)
    return begins or aggregates.PACKED_FILES.is_in(part.filename)


def _is_tls_report(mail: Outside) -> bool:
    if mail.root.report_type == "tlsrpt" or mail.has("tls-report-domain"):
        return True
    files = [part.filename for part in mail.root.parts if part.filename]
    named = any(map(aggregates.TLS_FILES.is_in, files)) or (
        any(map(aggregates.JSON_FILES.is_in, files)) and aggregates.DMARC_SUBJECTS.is_in(mail.subject)
    )
    return (named or bool(mail.types & TLS_TYPES)) and not mail.is_passed_on


def _is_invitation(mail: Outside) -> bool:
    """A person who forwards one wants to report it: that needs an answer that says how."""
    if mail.is_forward:
        return False
    names = (part.filename.lower() for part in mail.root.parts)
    return bool(mail.types & CALENDAR_TYPES) or any(name.endswith(CALENDAR_FILES) for name in names)


def _is_answering_machine(mail: Outside) -> bool:
    """An automatic reply, or a challenge; reporting robots have its fields too, and may repeat a subject of junk."""
    if mail.sounds_like_report or mail.is_forward:
        return False
    named = replies.AUTO_REPLY_SUBJECTS.is_in(mail.subject)
    is_bulk = mail.says("precedence") in BULK
    if (mail.is_automatic or is_bulk or mail.return_path == "") and _is_challenge(mail):
        return True
    if mail.is_automatic:
        return named or _is_answer(mail) or not mail.shows_route
    is_sent_by_program = is_bulk or mail.is_generated or _suppresses_replies(mail)
    return is_sent_by_program and not mail.shows_route and (named or _is_answer(mail))


def _is_challenge(mail: Outside) -> bool:
    return replies.CHALLENGE_TEXTS.is_in(mail.own_words)


def _is_answer(mail: Outside) -> bool:
    return mail.has("in-reply-to", "references") or replies.ANSWERS.is_in(mail.subject)


def _suppresses_replies(mail: Outside) -> bool:
    """Exchange's word for mail that must not be answered by programs."""
    return any(word in mail.says("x-auto-response-suppress") for word in ("all", "autoreply"))


def _is_auto_reply(mail: Outside) -> bool:
    return mail.is_generated or replies.AUTO_REPLY_SUBJECTS.is_in(mail.subject) or _is_challenge(mail)


def _is_digest(mail: Outside) -> bool:
    if not mail.has("list-id", "list-help"):
        return False
    named = replies.DIGEST_SUBJECTS.is_in(mail.subject) and not mail.shows_route
    return named or "multipart/digest" in mail.types


def _is_list_mail(mail: Outside) -> bool:
    return mail.has("list-id") or mail.says("precedence") == "list"


Detector = tuple[str, Callable[[Outside], bool]]

WHATEVER_IT_ENCLOSES: tuple[Detector, ...] = (
    ("tls_report", _is_tls_report),
    ("dmarc_aggregate", _is_dmarc_aggregate),
    ("read_receipt", _is_read_receipt),
    ("bounce", _is_bounce),
    ("mailing_list", _is_digest),
    ("auto_reply", _is_answering_machine),
    ("bounce", is_returned),
)
"""These decide before an enclosed message is reported: they enclose what somebody sent, not junk.

The enclosed messages are read by then: where one came from elsewhere (`encloses_route`), words seldom are enough.
"""

WITHOUT_ENCLOSED: tuple[Detector, ...] = (("bounce", _holds_delivery_fields),)
"""These decide where no message is attached, before pasted headers are looked for."""

WITHOUT_ROUTE: tuple[Detector, ...] = (("invitation", _is_invitation), ("auto_reply", _is_auto_reply))
"""These quote what they answer: a message that is shown without its way is no evidence in them."""

WITHOUT_EVIDENCE: tuple[Detector, ...] = (*WITHOUT_ROUTE, ("mailing_list", _is_list_mail))
"""These name the reason where no evidence was found."""


def find_reason(mail: Outside, detectors: tuple[Detector, ...]) -> str | None:
    """The reason of the first detector that knows this mail, or None."""
    return next((reason for reason, knows in detectors if knows(mail)), None)

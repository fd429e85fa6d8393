"""What is no report, and why: one small detector a reason, in tables; `robots` has their texts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from parsers import robots
from parsers.headers import decode_text, display_name, parse_mailboxes, parse_return_path, raw_text
from parsers.inline import strip_html
from parsers.message import first_text
from parsers.mime import Part

LOOKED_AT = 8_000
STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})


@dataclass
class Outside:
    """What the detectors look at: a mail without what it encloses; each value is read once, when asked."""

    root: Part
    types: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Gather the types of all parts."""
        self.types = frozenset(part.type for part in self.root.walk())

    @cached_property
    def subject(self) -> str:
        """The decoded subject."""
        return (decode_text(self.root.header.first("subject")) or "")[:1000]

    @cached_property
    def text(self) -> str:
        """The beginning of its first text."""
        text = first_text(self.root)
        return (strip_html(text[: 8 * LOOKED_AT]) if "</" in text[:LOOKED_AT] else text)[:LOOKED_AT]

    @cached_property
    def report_type(self) -> str:
        """The report-type of a multipart/report, lower case."""
        return self.root.content_type.parameters.get("report-type", "").strip().lower()

    @cached_property
    def is_robot(self) -> bool:
        """Whether a mail system wrote it: by its return path, its address, or its name."""
        header = self.root.header
        return_path = parse_return_path(header.first("return-path"))
        boxes = parse_mailboxes(header.first("from"))
        if not any(box.address for box in boxes) or return_path == "" or _is_automatic(self):
            return True
        addresses = [boxes[0].address, return_path or ""]
        named = robots.ROBOT_NAMES.is_in(display_name(header.first("from")) or "")
        return named or any(_local_part(text) in robots.ROBOT_LOCAL_PARTS for text in addresses)

    def says(self, name: str) -> str:
        """The value of a header field, lower case; the empty text if it is absent."""
        return raw_text(self.root.header.first(name))[:1000].lower()


def _local_part(address: str) -> str:
    return address.partition("@")[0].strip(" <>\"'").lower()


def _is_bounce(mail: Outside) -> bool:
    if mail.report_type == "delivery-status" or mail.types & STATUS_TYPES:
        return True
    if mail.root.header.first("x-failed-recipients") is not None:
        return True
    sounds = robots.BOUNCE_SUBJECTS.is_in(mail.subject)
    if mail.is_robot:
        return sounds or (_sounds_like_bounce(mail) and not _sounds_like_complaint(mail))
    return (sounds and _sounds_like_bounce(mail)) or "x-mlserver" in mail.root.header.by_name


def _is_from_mailer_daemon(mail: Outside) -> bool:
    boxes = parse_mailboxes(mail.root.header.first("from"))
    return bool(boxes) and _local_part(boxes[0].address) == "mailer-daemon"


def _sounds_like_bounce(mail: Outside) -> bool:
    return robots.BOUNCE_TEXTS.is_in(mail.text)


def _sounds_like_complaint(mail: Outside) -> bool:
    return robots.COMPLAINTS.is_in(mail.subject) or robots.COMPLAINTS.is_in(mail.text)


def _holds_delivery_fields(mail: Outside) -> bool:
    """A person's forward of a bounce has its fields in the text."""
    return robots.DELIVERY_FIELDS.count_in(mail.text) > 1


def _is_read_receipt(mail: Outside) -> bool:
    if mail.report_type == "disposition-notification" or "message/disposition-notification" in mail.types:
        return True
    return robots.RECEIPT_SUBJECTS.is_in(mail.subject) and robots.RECEIPT_TEXTS.is_in(mail.text)


def _is_dmarc_aggregate(mail: Outside) -> bool:
    names = [part.filename for part in mail.root.walk() if not part.children]
    return robots.DMARC_SUBJECTS.is_in(mail.subject) or any(robots.AGGREGATE_FILES.is_all(n) for n in names)


def _is_tls_report(mail: Outside) -> bool:
    tls_types = {"application/tlsrpt+gzip", "application/tlsrpt+json"}
    return (
        mail.report_type == "tlsrpt" or bool(mail.types & tls_types) or bool(mail.says("tls-report-domain"))
    )


def _is_invitation(mail: Outside) -> bool:
    return "text/calendar" in mail.types or "application/ics" in mail.types


def _is_automatic(mail: Outside) -> bool:
    submitted = mail.says("auto-submitted").partition(";")[0].strip()
    return submitted.startswith("auto-replied") or bool(
        mail.says("x-autoreply") or mail.says("x-autorespond")
    )


def _is_answering_machine(mail: Outside) -> bool:
    """An automatic reply by its subject and its fields, whatever it encloses."""
    by_field = _is_automatic(mail) or mail.says("precedence") in ("auto_reply", "bulk", "junk")
    return by_field and robots.AUTO_REPLY_SUBJECTS.is_in(mail.subject)


def _is_auto_reply(mail: Outside) -> bool:
    submitted = mail.says("auto-submitted").partition(";")[0].strip()
    if submitted not in ("", "no") or _is_automatic(mail) or mail.says("precedence") == "auto_reply":
        return True
    return robots.AUTO_REPLY_SUBJECTS.is_in(mail.subject) or robots.CHALLENGE_TEXTS.is_in(mail.text)


def _is_digest(mail: Outside) -> bool:
    return "list-id" in mail.root.header.by_name and "multipart/digest" in mail.types


def _is_list_mail(mail: Outside) -> bool:
    names = mail.root.header.by_name.keys()
    return bool(names & {"list-id", "list-post"}) or mail.says("precedence") == "list"


Detector = tuple[str, Callable[[Outside], bool]]

WHATEVER_IT_ENCLOSES: tuple[Detector, ...] = (
    ("dmarc_aggregate", _is_dmarc_aggregate),
    ("tls_report", _is_tls_report),
    ("read_receipt", _is_read_receipt),
    ("bounce", _is_bounce),
    ("mailing_list", _is_digest),
    ("auto_reply", _is_answering_machine),
)
"""These decide before any enclosed message is looked at: they enclose what somebody sent, not junk."""

WITHOUT_ENCLOSED: tuple[Detector, ...] = (("bounce", _holds_delivery_fields),)
"""These decide where no message is attached, before pasted headers are looked for."""

WITHOUT_EVIDENCE: tuple[Detector, ...] = (
    ("bounce", _is_from_mailer_daemon),
    ("invitation", _is_invitation),
    ("auto_reply", _is_auto_reply),
    ("mailing_list", _is_list_mail),
)
"""These name the reason where no evidence was found."""


def find_reason(mail: Outside, detectors: tuple[Detector, ...]) -> str | None:
    """The reason of the first detector that knows this mail, or None."""
    return next((reason for reason, knows in detectors if knows(mail)), None)

"""What is no report, and why: one small detector a reason, in tables; `robots` has their texts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from parsers import robots
from parsers.addresses import domain_of
from parsers.complaints import is_forward
from parsers.header_block import GLANCE_FIELDS, Header, split_header
from parsers.headers import (
    decode_text,
    display_name,
    first_address,
    parse_mailboxes,
    parse_return_path,
    raw_text,
)
from parsers.html_text import strip_html
from parsers.inline import cut_pasted
from parsers.message import first_text
from parsers.mime import Part

LOOKED_AT = 8_000
STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})


@dataclass
class Outside:
    """What the detectors look at: a mail without what it encloses; each value is read once, when asked."""

    root: Part
    encloses_route: bool = False
    """Whether a message is attached that came from elsewhere: that is evidence, which words do not beat."""
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
    def _cut(self) -> tuple[str, bytes | None]:
        return cut_pasted(self.text)

    @property
    def own_text(self) -> str:
        """The text above a pasted message: the words of the sender, not of the junk."""
        return self._cut[0]

    @cached_property
    def pasted(self) -> Header | None:
        """The header of the first message pasted into the text."""
        raw = self._cut[1]
        return split_header(raw, 0, len(raw), GLANCE_FIELDS)[0] if raw else None

    @cached_property
    def is_passed_on(self) -> bool:
        """Whether it shows a message, or is a forward of one: its parts and words may be those of the junk."""
        return self.encloses_route or self.pasted is not None or self.is_forward

    @cached_property
    def is_forward(self) -> bool:
        """Whether its subject says that somebody forwarded it."""
        return is_forward(self.root)

    @property
    def is_multipart_report(self) -> bool:
        """Whether the mail itself is a report to programs (RFC 6522)."""
        return self.root.type == "multipart/report"

    @cached_property
    def report_type(self) -> str:
        """The report-type of a multipart/report, lower case."""
        return self.root.content_type.parameters.get("report-type", "").strip().lower()

    @cached_property
    def local_parts(self) -> tuple[str, ...]:
        """Those of its sender and its return path, lower case; none where no sender is named."""
        boxes = parse_mailboxes(self.root.header.first("from"))
        if not any(box.address for box in boxes):
            return ()
        return _local_part(boxes[0].address), _local_part(self.return_path or "")

    @cached_property
    def return_path(self) -> str | None:
        """The empty text is the null sender."""
        return parse_return_path(self.root.header.first("return-path"))

    @cached_property
    def is_mail_system(self) -> bool:
        """Whether a program wrote it beyond doubt: no sender, a null return path, or an automatic reply."""
        if not self.local_parts or self.return_path == "" or _is_automatic(self):
            return True
        return any(part in robots.MAIL_SYSTEM_LOCAL_PARTS for part in self.local_parts)

    @cached_property
    def is_robot(self) -> bool:
        """Whether a mail system seems to have written it, by its address or its name."""
        named = robots.ROBOT_NAMES.is_in(display_name(self.root.header.first("from")) or "")
        return self.is_mail_system or named or any(p in robots.ROBOT_LOCAL_PARTS for p in self.local_parts)

    def is_from(self, domains: tuple[str, ...]) -> bool:
        """Whether its sender is in one of these domains, or below it."""
        domain = domain_of(first_address(self.root.header.first("from")) or "") or ""
        return any(domain == known or domain.endswith(f".{known}") for known in domains)

    def says(self, name: str) -> str:
        """The value of a header field, lower case; the empty text if it is absent."""
        return raw_text(self.root.header.first(name))[:1000].lower()


def _local_part(address: str) -> str:
    return address.partition("@")[0].strip(" <>\"'").lower()


def _is_bounce(mail: Outside) -> bool:
    names = mail.root.header.by_name
    if _is_status(mail) or "x-failed-recipients" in names or "x-mlserver" in names:
        return True
    subject, text = robots.BOUNCE_SUBJECTS.is_in(mail.subject), _sounds_like_bounce(mail)
    if mail.is_mail_system or (mail.is_robot and not mail.encloses_route):
        return subject or (text and not _sounds_like_complaint(mail))
    if mail.is_robot:
        return subject and text and not _sounds_like_complaint(mail)
    return subject and text and (_is_generated(mail) or not mail.encloses_route)


def _is_status(mail: Outside) -> bool:
    """By the structure of the mail; a part of that type alone may be one that the junk had."""
    if mail.report_type == "delivery-status" or (mail.is_multipart_report and mail.types & STATUS_TYPES):
        return True
    passed_on = mail.is_forward if mail.is_robot else mail.is_passed_on
    return bool(mail.types & STATUS_TYPES) and not passed_on


def _is_from_mailer_daemon(mail: Outside) -> bool:
    boxes = parse_mailboxes(mail.root.header.first("from"))
    return bool(boxes) and _local_part(boxes[0].address) == "mailer-daemon"


def _sounds_like_bounce(mail: Outside) -> bool:
    return robots.BOUNCE_TEXTS.is_in(mail.text if mail.is_mail_system else mail.own_text)


def _sounds_like_complaint(mail: Outside) -> bool:
    return robots.COMPLAINTS.is_in(mail.subject) or robots.COMPLAINTS.is_in(mail.own_text)


def _holds_delivery_fields(mail: Outside) -> bool:
    """A person's forward of a bounce has its fields in the text: above a pasted message, or in a pasted bounce."""
    text = mail.text if mail.is_robot or _is_pasted_bounce(mail.pasted) else mail.own_text
    return robots.DELIVERY_FIELDS.count_in(text) > 1


def _is_pasted_bounce(pasted: Header | None) -> bool:
    """Programs paste a few fields of what is forwarded; with a route it is junk that looks like a bounce."""
    if not pasted or pasted.every("received"):
        return False
    boxes = parse_mailboxes(pasted.first("from"))
    return bool(boxes) and _local_part(boxes[0].address) in robots.MAIL_SYSTEM_LOCAL_PARTS


def _is_read_receipt(mail: Outside) -> bool:
    receipt = "message/disposition-notification"
    if mail.report_type == "disposition-notification" or (mail.is_multipart_report and receipt in mail.types):
        return True
    if receipt in mail.types and not mail.is_passed_on:
        return True
    worded = robots.RECEIPT_SUBJECTS.is_in(mail.subject) and robots.RECEIPT_TEXTS.is_in(mail.own_text)
    return worded and (mail.is_mail_system or _is_generated(mail) or not mail.encloses_route)


def _is_dmarc_aggregate(mail: Outside) -> bool:
    leaves = [part for part in mail.root.walk() if not part.children]
    packed = any(_is_packed(part) for part in leaves)
    if not packed or mail.is_passed_on:
        return False
    names = (part.filename for part in leaves)
    return robots.DMARC_SUBJECTS.is_in(mail.subject) or any(robots.AGGREGATE_FILES.is_all(n) for n in names)


def _is_packed(part: Part) -> bool:
    return part.type in robots.PACKED_TYPES or robots.PACKED_FILES.is_all(part.filename)


def _is_tls_report(mail: Outside) -> bool:
    if mail.report_type == "tlsrpt" or mail.says("tls-report-domain"):
        return True
    tls_types = {"application/tlsrpt+gzip", "application/tlsrpt+json"}
    return bool(mail.types & tls_types) and (mail.is_multipart_report or not mail.is_passed_on)


def _is_invitation(mail: Outside) -> bool:
    return "text/calendar" in mail.types or "application/ics" in mail.types


def _is_automatic(mail: Outside) -> bool:
    submitted = mail.says("auto-submitted").partition(";")[0].strip()
    return submitted.startswith("auto-replied") or bool(
        mail.says("x-autoreply") or mail.says("x-autorespond")
    )


def _is_generated(mail: Outside) -> bool:
    return mail.says("auto-submitted").partition(";")[0].strip() not in ("", "no")


def _is_answering_machine(mail: Outside) -> bool:
    """An automatic reply by its subject and its fields; one of reporting robots may repeat that of the junk."""
    bulk = mail.says("precedence") in ("auto_reply", "bulk", "junk") and not mail.encloses_route
    return (_is_automatic(mail) or bulk) and robots.AUTO_REPLY_SUBJECTS.is_in(mail.subject)


def _is_auto_reply(mail: Outside) -> bool:
    if _is_generated(mail) or _is_automatic(mail) or mail.says("precedence") == "auto_reply":
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

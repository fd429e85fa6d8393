"""Signs of a complaint, and of junk, in a message that encloses another; `weighing` says what each weighs."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from parsers.addresses import can_be_origin
from parsers.attached import find_attached
from parsers.feedback import is_feedback_report
from parsers.houses import house_of
from parsers.inline import cut_pasted
from parsers.message import Reported
from parsers.mime import Part
from parsers.outside import Outside
from parsers.packed import is_outlook
from parsers.received import Line
from parsers.recipients import (
    find_last_noted,
    find_noted,
    find_noted_down_to,
    find_recipients,
)
from parsers.subjects import strip_prefixes
from parsers.values import IPAddress
from parsers.wording import complaint_texts
from parsers.wording.complaint_subjects import COMPLAINT_SUBJECTS, TICKET_SUBJECTS
from parsers.wording.recipients import ABUSE_DESKS, ROLES

LOOKED_AT = 64 * 1024
TEXTS = 5

TICKET_MARKS = (
    ("managed-by", "rt "),  # RT
    ("x-mailer", "otrs "),
    ("x-mailer", "zendesk "),
    ("x-jira-fingerprint", ""),
    ("x-xarf", ""),
    ("x-arf", ""),
)
"""Fields by which complaint trackers and robots are known, and how their values begin."""

_LINK = re.compile(r"https?://|<(?:a|area|form)\s|www\.(?<=\bwww\.)")
"""In lower case; each alternative begins with a letter, which is looked for fast."""
_QUOTED = re.compile(r"^[ \t]{0,3}>.{0,2000}", re.MULTILINE)
_SEALS = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)


@dataclass
class Nested:
    """A reported message, what it encloses, and the mail around it: the reporter's, or a complaint."""

    outside: Outside
    reported: Reported
    enclosed: list[Reported]
    around: Outside
    depth: int = 0
    """How many reported messages enclose it."""
    is_stripped: bool = False
    """It was shown, or redacted: that it has no route tells nothing."""
    is_of_feedback: bool = False
    """The mail around it is a feedback report, which is written by a program, and calls anything a complaint."""
    claimed: set[IPAddress] = field(default_factory=set)
    """What the reporter states as the junk's address, beside the words."""

    @cached_property
    def noted(self) -> set[str]:
        """Whom the receiving side noted as its recipients."""
        return find_noted_down_to(self.reported.root, self.reported.origin.hop or 0)

    @cached_property
    def recipients(self) -> set[str]:
        """The same, and whom its sender named."""
        return find_recipients(self.reported.root)

    @cached_property
    def noted_around(self) -> set[str]:
        """Whom the servers noted as the recipients of the mail around it."""
        return find_noted(self.around.root)

    @cached_property
    def went_to_desk(self) -> bool:
        """Whether the receiving side noted an abuse desk as its recipient."""
        return any(_is_desk(address, self) for address in self.noted)

    @cached_property
    def reporters_words(self) -> str:
        """What is said around it, without what is quoted there: that may be the junk's."""
        return _QUOTED.sub("", self.around.own_text)


def is_saved(nested: Nested) -> bool:
    """It never was under way: a program saved it."""
    return not nested.is_stripped and not nested.outside.root.header.every("received")


def is_wrapped_again(nested: Nested) -> bool:
    """It is the arriving mail itself, in the cover of a filter: SpamAssassin keeps the Message-ID.

    The cover around junk keeps that of the junk; but that arrived elsewhere, and is reported from there.
    """
    if nested.depth or not _is_covered(nested):
        return False
    return bool(find_last_noted(nested.around.root) & find_noted(nested.outside.root))


def _is_covered(nested: Nested) -> bool:
    """What is around it has its Message-ID: so it is a filter's cover, or the sender of both wants that."""
    own = nested.outside.root.header.first("message-id")
    return bool(own) and own == nested.around.root.header.first("message-id")


def is_local(nested: Nested) -> bool:
    """No server took it from outside: a filter or a quarantine of the reporter wrote it.

    It may still be junk, behind a gateway that leaves no line.
    """
    lines = nested.reported.route.lines
    return not nested.is_of_feedback and bool(lines) and all(_is_local_line(line) for line in lines)


def _is_local_line(line: Line) -> bool:
    ip = line.hop.from_ip
    if ip is not None:
        return not can_be_origin(ip)
    return not line.has_sender or line.hop.from_name == "localhost"


def went_to_desk(nested: Nested) -> bool:
    """The receiving side noted an abuse desk as its recipient."""
    return nested.went_to_desk


def calls_itself_feedback(nested: Nested) -> bool:
    """It says that it is one, as junk can too."""
    return is_feedback_report(nested.outside.root)


def names_desk_there(nested: Nested) -> bool:
    """Its sender names a desk where it was delivered, for all that the receiving side noted."""
    noted = nested.noted
    return any(not noted or _is_of_house(address, noted) for address in _find_named_desks(nested))


def names_desk(nested: Nested) -> bool:
    """Its sender names a desk, wherever it was delivered."""
    return bool(_find_named_desks(nested))


def _find_named_desks(nested: Nested) -> list[str]:
    """Those that only the sender names: what went to a desk has it in To besides."""
    if nested.went_to_desk:
        return []
    return [address for address in nested.recipients if _is_desk(address, nested)]


def _is_desk(address: str, nested: Nested) -> bool:
    """By its name, or as the very mailbox that the reporter sends it to: somebody complains again."""
    if ABUSE_DESKS.is_in(_local_part(address)):
        return True
    if _is_covered(nested):  # a cover goes to whom the junk in it goes
        return False
    return address in nested.noted_around and address != nested.around.sender


def _is_of_house(address: str, others: set[str]) -> bool:
    return _house_or_domain(address) in {_house_or_domain(other) for other in others}


def _house_or_domain(address: str) -> str:
    return _house_of_address(address) or address.rpartition("@")[2]


def went_to_role(nested: Nested) -> bool:
    """It went to somebody whom people complain to who know no abuse desk."""
    return any(ROLES.is_in(_local_part(address)) for address in nested.recipients)


def _local_part(address: str) -> str:
    return address.rpartition("@")[0][-64:]


def reporter_names_enclosed(nested: Nested) -> bool:
    """The reporter says, or states, where what it encloses came from."""
    if any(message.origin.ip in nested.claimed for message in nested.enclosed):
        return True
    return _names_origin(nested.reporters_words, nested.enclosed)


def reporter_names_it(nested: Nested) -> bool:
    """The reporter says where it came from itself."""
    return _names_origin(nested.reporters_words, [nested.reported])


def reporter_got_complaint(nested: Nested) -> bool:
    """The reporter says that it passes a complaint on."""
    return not nested.is_of_feedback and complaint_texts.COMPLAINTS_RECEIVED.is_in(nested.reporters_words)


def names_enclosed(nested: Nested) -> bool:
    """It says itself where what it encloses came from."""
    return _names_origin(f"{nested.outside.subject}\n{nested.outside.own_text}", nested.enclosed)


def _names_origin(text: str, messages: list[Reported]) -> bool:
    return any(_is_named(ip, text) for message in messages if (ip := message.origin.ip))


def _is_named(ip: IPAddress, text: str) -> bool:
    return str(ip) in text.lower() and bool(
        re.search(rf"(?<![\w.:]){re.escape(str(ip))}(?![\w:]|\.\d)", text, re.IGNORECASE)
    )


def says_complaint(nested: Nested) -> bool:
    """Its words complain."""
    if COMPLAINT_SUBJECTS.is_in(nested.outside.subject):
        return True
    text = f"{nested.outside.subject}\n{nested.outside.own_text}"
    if complaint_texts.COMPLAINT_TEXTS.is_in(text):
        return True
    return complaint_texts.JUNK_WORDS.is_in(text) and complaint_texts.PLEAS.is_in(text)


def passes_on(nested: Nested) -> bool:
    """Its subject has the prefix of a forward, or is that of what it encloses."""
    own = strip_prefixes(nested.outside.subject)
    subjects = (message.message.subject or "" for message in nested.enclosed)
    return nested.outside.is_forward or any(own and own == strip_prefixes(subject) for subject in subjects)


def sender_received_enclosed(nested: Nested) -> bool:
    """What it encloses was delivered to its own sender, or to a server of the sender's house."""
    sender = nested.outside.sender
    house = _house_of_address(sender)
    hosts = nested.reported.route.lines[nested.reported.origin.hop or 0 :][:1]
    sending = {found for line in hosts if (found := house_of(line.hop.from_name))}
    if _is_recipients_house(nested, house) and not (house in sending and hosts[0].verified):
        return False
    houses = ({house} | sending) - nested.reported.receivers
    return any(
        sender in find_recipients(message.root) or houses & message.receivers for message in nested.enclosed
    )


def _is_recipients_house(nested: Nested, house: str | None) -> bool:
    """Junk is often written in the name of its recipient, or of a colleague."""
    return house in nested.reported.receivers | {_house_of_address(one) for one in nested.recipients}


def _house_of_address(address: str) -> str | None:
    return house_of(address.rpartition("@")[2])


def is_ticket(nested: Nested) -> bool:
    """A program that keeps complaints passes it on; in the subject of a forward the number may be any."""
    if TICKET_SUBJECTS.is_in(nested.outside.subject) and not nested.outside.is_forward:
        return True
    says = nested.outside.says
    names = nested.outside.root.header.by_name
    return any(name in names and says(name).startswith(start) for name, start in TICKET_MARKS)


def holds_link(nested: Nested) -> bool:
    """A link in its own text: complaints have them too, but junk that sells can hardly do without.

    Where a message is attached, no pasted one ends that text: its sender can hide a header above the link.
    """
    root = nested.outside.root
    texts = [part for part in root.parts if part.type.startswith("text/")][:TEXTS]
    linked = [text for part in texts if _LINK.search(text := part.text()[:LOOKED_AT].lower())]
    if find_attached(root, is_outlook):
        return bool(linked)
    return any(_LINK.search(cut_pasted(text)[0]) for text in linked)


def is_feedback_with_page(nested: Nested) -> bool:
    """Programs write feedback reports for people in plain text."""
    return calls_itself_feedback(nested) and "text/html" in nested.outside.types


def brings_file(nested: Nested) -> bool:
    """A document, archive or page beside what it encloses."""
    root = nested.outside.root
    messages = {id(part) for part in find_attached(root, is_outlook)}
    return any(_is_file(part) for part in root.parts if id(part) not in messages)


def _is_file(part: Part) -> bool:
    is_page = part.type == "text/html" and bool(part.filename)
    return is_page or (part.type.startswith("application/") and part.type not in _SEALS)


def can_be_unsubscribed(nested: Nested) -> bool:
    """Newsletters can; so can lists that people write to, and abuse mailboxes are fed through these."""
    names = nested.outside.root.header.by_name
    return "list-unsubscribe" in names and "list-post" not in names

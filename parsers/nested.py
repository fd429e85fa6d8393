"""Whether a message that encloses another is junk, or complains about what it encloses.

Whoever sends junk can enclose a message in it, with any route, and so have an innocent tenant blamed by honest
reporters. No single word of the junk's sender is trusted: signs are weighed against each other, and those of
what sells (a link, a file, a way to unsubscribe) weigh against it. What the reporter says weighs most.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from parsers import complaints
from parsers.addresses import can_be_origin
from parsers.attached import find_attached
from parsers.headers import first_address
from parsers.houses import house_of
from parsers.inline import cut_pasted
from parsers.message import Reported
from parsers.mime import Part
from parsers.outside import Outside
from parsers.received import Line
from parsers.values import IPAddress
from parsers.wording import complaints as wording

ENOUGH = 4
LOOKED_AT = 64 * 1024
TEXTS = 5

_LINK = re.compile(r"https?://|href\s{0,5}=|\bwww\.", re.IGNORECASE)
_SEALS = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)


@dataclass(slots=True)
class Nested:
    """A reported message, what it encloses, and the mail around it: the reporter's, or a complaint."""

    outside: Outside
    reported: Reported
    enclosed: list[Reported]
    around: Outside


def is_complaint(nested: Nested) -> bool:
    """Whether it complains about what it encloses, or passes a complaint on."""
    if _is_wrapped_again(nested):
        return True
    return sum(_weigh(row, nested) for row in SIGNS) >= ENOUGH


def _weigh(row: tuple["Sign", ...], nested: Nested) -> int:
    return next((points for points, holds in row if holds(nested)), 0)


def _is_saved(nested: Nested) -> bool:
    """It never was under way: a program saved it."""
    return not nested.outside.root.header.every("received")


def _is_wrapped_again(nested: Nested) -> bool:
    """It is the arriving mail itself, in the cover of a filter: SpamAssassin keeps the Message-ID."""
    own = nested.outside.root.header.first("message-id")
    return bool(own) and own == nested.around.root.header.first("message-id")


def _is_local(nested: Nested) -> bool:
    """No server took it from outside: a filter or a quarantine of the reporter wrote it."""
    lines = nested.reported.route.lines
    return bool(lines) and all(_is_local_line(line) for line in lines)


def _is_local_line(line: Line) -> bool:
    ip = line.hop.from_ip
    if ip is not None:
        return not can_be_origin(ip)
    return not line.has_sender or line.hop.from_name == "localhost"


def _went_to_desk(nested: Nested) -> bool:
    return any(wording.ABUSE_DESKS.is_in(part) for part in _recipient_local_parts(nested))


def _went_to_role(nested: Nested) -> bool:
    return any(wording.ROLES.is_in(part) for part in _recipient_local_parts(nested))


def _recipient_local_parts(nested: Nested) -> list[str]:
    found = complaints.find_recipients(nested.outside.root)
    return [address.rpartition("@")[0][-64:] for address in found]


def _went_where_reports_go(nested: Nested) -> bool:
    """It went to the very mailbox that the reporter sends it to: somebody complains again."""
    own = complaints.find_recipients(nested.outside.root)
    return bool(own & complaints.find_noted(nested.around.root) - {_sender_of(nested.around)})


def _reporter_names_enclosed(nested: Nested) -> bool:
    return _names_origin(nested.around.own_text, nested.enclosed)


def _reporter_names_it(nested: Nested) -> bool:
    return _names_origin(nested.around.own_text, [nested.reported])


def _reporter_got_complaint(nested: Nested) -> bool:
    return wording.COMPLAINTS_RECEIVED.is_in(nested.around.own_text)


def _names_enclosed(nested: Nested) -> bool:
    return _names_origin(f"{nested.outside.subject}\n{nested.outside.own_text}", nested.enclosed)


def _names_origin(text: str, messages: list[Reported]) -> bool:
    return any(_is_named(ip, text) for message in messages if (ip := message.origin.ip))


def _is_named(ip: IPAddress, text: str) -> bool:
    return bool(re.search(rf"(?<![\w.:]){re.escape(str(ip))}(?![\w:]|\.\d)", text, re.IGNORECASE))


def _says_complaint(nested: Nested) -> bool:
    if wording.COMPLAINT_SUBJECTS.is_in(nested.outside.subject):
        return True
    text = f"{nested.outside.subject}\n{nested.outside.own_text}"
    if wording.COMPLAINT_TEXTS.is_in(text):
        return True
    return wording.JUNK_WORDS.is_in(text) and wording.PLEAS.is_in(text)


def _passes_on(nested: Nested) -> bool:
    """Its subject has the prefix of a forward, or is that of what it encloses."""
    own = complaints.strip_prefixes(nested.outside.subject)
    subjects = (complaints.read_subject(message.root) for message in nested.enclosed)
    return nested.outside.is_forward or any(
        own and own == complaints.strip_prefixes(subject) for subject in subjects
    )


def _sender_received_enclosed(nested: Nested) -> bool:
    """What it encloses was delivered to its own sender, or to a server of the sender's house."""
    sender = _sender_of(nested.outside)
    house = _house_of_address(sender)
    hosts = nested.reported.route.lines[nested.reported.origin.hop or 0 :][:1]
    sending = {found for line in hosts if (found := house_of(line.hop.from_name))}
    if _is_recipients_house(nested, house) and not (house in sending and hosts[0].verified):
        return False
    houses = ({house} | sending) - nested.reported.receivers
    return any(
        sender in complaints.find_recipients(message.root) or houses & message.receivers
        for message in nested.enclosed
    )


def _is_recipients_house(nested: Nested, house: str | None) -> bool:
    """Junk is often written in the name of its recipient, or of a colleague."""
    addresses = complaints.find_recipients(nested.outside.root)
    return house in nested.reported.receivers | {_house_of_address(address) for address in addresses}


def _house_of_address(address: str) -> str | None:
    return house_of(address.rpartition("@")[2])


def _sender_of(outside: Outside) -> str:
    return (first_address(outside.root.header.first("from")) or "").lower()


def _is_ticket(nested: Nested) -> bool:
    """A program that keeps complaints passes it on; in the subject of a forward the number may be any."""
    if wording.TICKET_SUBJECTS.is_in(nested.outside.subject) and not nested.outside.is_forward:
        return True
    says = nested.outside.says
    names = nested.outside.root.header.by_name
    return any(name in names and says(name).startswith(start) for name, start in complaints.TICKET_MARKS)


def _holds_link(nested: Nested) -> bool:
    """A link in its own text: complaints have them too, but junk that sells can hardly do without."""
    texts = [part for part in nested.outside.root.walk() if part.type.startswith("text/")][:TEXTS]
    linked = [text for part in texts if _LINK.search(text := part.text()[:LOOKED_AT])]
    return any(_LINK.search(cut_pasted(text)[0]) for text in linked)


def _brings_file(nested: Nested) -> bool:
    """A document, archive or page beside what it encloses."""
    root = nested.outside.root
    messages = {id(part) for part in find_attached(root)}
    return any(_is_file(part) for part in root.walk() if id(part) not in messages)


def _is_file(part: Part) -> bool:
    is_page = part.type == "text/html" and bool(part.filename)
    return is_page or (part.type.startswith("application/") and part.type not in _SEALS)


def _can_be_unsubscribed(nested: Nested) -> bool:
    """Newsletters can; so can lists that people write to, and abuse mailboxes are fed through these."""
    names = nested.outside.root.header.by_name
    return "list-unsubscribe" in names and "list-post" not in names


Sign = tuple[int, Callable[[Nested], bool]]

SIGNS: tuple[tuple[Sign, ...], ...] = (
    ((10, _reporter_names_enclosed),),
    ((-10, _reporter_names_it),),
    ((7, _went_to_desk), (1, _went_to_role)),
    ((6, _went_where_reports_go),),
    ((7, _is_saved), (4, _is_local)),
    ((5, _names_enclosed),),
    ((4, _says_complaint), (2, _passes_on), (1, _went_to_role)),
    ((4, _reporter_got_complaint),),
    ((2, _sender_received_enclosed),),
    ((2, _is_ticket),),
    ((-2, _holds_link),),
    ((-3, _brings_file),),
    ((-4, _can_be_unsubscribed),),
)
"""What each sign weighs; of each row the first that holds.

What reads like a complaint does not alone outweigh a link.
"""

"""Which enclosed messages are complaints themselves: what these enclose is reported, not they.

Whoever sends junk can enclose a message in it, with any route. So only those are descended into that went
to people who receive complaints, or were plainly passed on. Senders of junk can write that too, but must
then look like a complaint to their readers; the mail gets a warning.
"""

import re

from parsers.headers import decode_text
from parsers.mime import Part
from parsers.wording import Wording

ADDRESSED = (
    "to",
    "cc",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-forwarded-to",
    "resent-to",
)
LOOKED_AT = 64 * 1024
VALUE_BYTES = 4 * 1024
VALUES = 3
ADDRESSES = 50

ABUSE_DESKS = Wording(
    r"abuse|spam|phish|junk|spoof|fraud|scam|complain|feedback|dmarc|postmaster|hostmaster",
    r"(?:^|[-_.+=])(?:reports?|reporting|fbl|jmrp|arf|uce|security|infosec|helpdesk|servicedesk|soc|noc|cert|[cps]?sirt|irt)"
    r"(?:$|[-_.+=\d])",
)
"""Local parts of those who receive complaints, with whatever stands before or behind."""

FORWARDS = Wording(
    r"(?:fwd?|wg|tr|rv|enc|i|vs|vb|vl|pd|doorst|ilt|továbbítás|fs|переслать|转发|轉寄|転送)\s{0,2}[:：]",
    r"[^\n]{0,300}\(fwd\)\s{0,5}$",
    start=r"^\W{0,3}(?:\[[^\]\n]{0,40}\]\s{0,3})?",
)
"""Prefixes of what is forwarded, in the languages of common mail programs."""

COMPLAINT_SUBJECTS = Wording(
    r"complain|\babuse\b|unsolicited|\bu[bc]e\b|spamcop|spam.?trap|from your (?:network|server|ip|domain|system)",
    r"(?:spam|phishing|junk|scam|fraud)(?: e?-?mails?| messages?)? (?:report|from|through|via|received|sent by)",
    r"report(?:ed|ing)?(?: of| as| for)? (?:spam|phish|junk|scam|fraud)",
    r"beschwerde|missbrauch|plainte|signalement|denuncia|queja|segnalazione|жалоба|举报|迷惑メール",
)
"""What subjects of complaints say, and those of junk rarely."""

_FOR = re.compile(rb"\bfor <([^<>\s]{1,254}>)")
_TO_BLANKS = bytes(32 if chr(code) in "<>,;:\"'()[] \t\r\n" else code for code in range(256))
_LINK = re.compile(r"https?://|href\s{0,5}=|\bwww\.", re.IGNORECASE)


def is_forward(root: Part) -> bool:
    """Whether somebody passed a mail on, by its subject."""
    return FORWARDS.is_in(_subject(root))


def is_complaint(root: Part) -> bool:
    """Whether a message that encloses another complains about it, or passes a complaint on.

    It went to an abuse desk; or its subject says it and no text of it holds a link, as what sells does; or
    it never was under way: a program saved it.
    """
    if not root.header.every("received") or _went_to_desk(root):
        return True
    subject = _subject(root)
    return (FORWARDS.is_in(subject) or COMPLAINT_SUBJECTS.is_in(subject)) and not _holds_link(root)


def _subject(root: Part) -> str:
    return (decode_text(root.header.first("subject")) or "")[:1000]


def _went_to_desk(root: Part) -> bool:
    values = [value for name in ADDRESSED for value in root.header.every(name)[:VALUES]]
    values += [found[1] for line in root.header.every("received")[:VALUES] if (found := _FOR.search(line))]
    return any(ABUSE_DESKS.is_in(local_part) for value in values for local_part in _local_parts(value))


def _local_parts(value: bytes) -> list[str]:
    """What stands before each at sign, near enough: names and comments may be among them."""
    pieces = value[:VALUE_BYTES].translate(_TO_BLANKS).split(b"@")[:-1]
    words = (piece[-64:].rsplit(None, 1) for piece in pieces[:ADDRESSES])
    return [word[-1].decode("latin-1") for word in words if word]


def _holds_link(root: Part) -> bool:
    texts = [part for part in root.walk() if part.type.startswith("text/") and not part.children]
    return any(_LINK.search(part.text(), 0, LOOKED_AT) for part in texts[:5])

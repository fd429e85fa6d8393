"""What tells who got a message, and who passes it on: what a complaint is known by, besides its words."""

import re

from parsers.headers import decode_text
from parsers.mime import Part
from parsers.wording.complaints import FORWARDS

ADDRESSED = ("to", "cc", "resent-to")
NOTED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")
"""Where senders write recipients, and where servers note them."""
VALUE_BYTES = 4 * 1024
VALUES = 3
ADDRESSES = 50

TICKET_MARKS = (
    ("managed-by", "rt "),  # RT
    ("x-mailer", "otrs "),
    ("x-mailer", "zendesk "),
    ("x-jira-fingerprint", ""),
    ("x-xarf", ""),
    ("x-arf", ""),
)
"""Fields by which complaint trackers and robots are known, and how their values begin."""

_PREFIX = re.compile(
    r"\s{0,3}(?:[^\W\d_]{1,12}\s?(?:\[\d{1,3}\])?[:：]|\[[^\]\n]{0,40}\]|\*{1,5}[^*\n]{1,20}\*{1,5})\s{0,3}"
)
_FOR = re.compile(rb"\bfor <([^<>\s]{1,254}>)")
_TO_BLANKS = bytes(32 if chr(code) in "<>,;:\"'()[] \t\r\n" else code for code in range(256))


def is_forward(root: Part) -> bool:
    """Whether somebody passed a mail on, by its subject."""
    return FORWARDS.is_in(read_subject(root))


def read_subject(root: Part) -> str:
    """The decoded subject, cut."""
    return (decode_text(root.header.first("subject")) or "")[:1000]


def strip_prefixes(subject: str) -> str:
    """The subject without what programs and filters put before it, to compare."""
    for _ in range(10):
        found = _PREFIX.match(subject)
        if not found or found.end() == len(subject):
            break
        subject = subject[found.end() :]
    return " ".join(subject.casefold().split())


def find_recipients(root: Part) -> set[str]:
    """Addresses that a message went to, lower case: named in its header, or noted by the last servers."""
    return find_addressed(root) | find_noted(root)


def find_addressed(root: Part) -> set[str]:
    """Addresses that its header names as recipients, lower case."""
    return _addresses_in(root, ADDRESSED)


def find_noted(root: Part) -> set[str]:
    """Addresses that the last servers noted: those that it was delivered to, whoever else got it."""
    lines = root.header.every("received")[:VALUES]
    receivers = (found[1] for line in lines if (found := _FOR.search(line)))
    return _addresses_in(root, NOTED) | {address for value in receivers for address in _find_addresses(value)}


def _addresses_in(root: Part, names: tuple[str, ...]) -> set[str]:
    values = (value for name in names for value in root.header.every(name)[:VALUES])
    return {address for value in values for address in _find_addresses(value)}


def _find_addresses(value: bytes) -> list[str]:
    """What stands around each at sign, near enough: names and comments may be among it."""
    words = value[:VALUE_BYTES].translate(_TO_BLANKS).split()
    found = [word for word in words if b"@" in word][:ADDRESSES]
    return [word.decode("latin-1").lower() for word in found]

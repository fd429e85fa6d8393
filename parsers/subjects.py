"""Subjects: decoded, without what programs put before them, and whether they are those of forwards."""

import re

from parsers.headers import decode_text
from parsers.message import find_charset
from parsers.mime import Part
from parsers.wording.forwards import FORWARDS

CHARACTERS = 1000

_PREFIX = re.compile(
    r"\s{0,3}(?:[^\W\d_]{1,12}\s?(?:\[\d{1,3}\])?[:：]|\[[^\]\n]{0,40}\]|\*{1,5}[^*\n]{1,20}\*{1,5})\s{0,3}"
)


def read_subject(root: Part) -> str:
    """The decoded subject, cut; what stands in it raw is in the charset that a part of the mail names."""
    value = root.header.first("subject") or b""
    return (decode_text(value, None if value.isascii() else find_charset(root)) or "")[:CHARACTERS]


def is_forward(subject: str) -> bool:
    """Whether somebody passed a mail on, by its subject."""
    return FORWARDS.is_in(subject)


def strip_prefixes(subject: str) -> str:
    """The subject without what programs and filters put before it, to compare."""
    for _ in range(10):
        found = _PREFIX.match(subject)
        if not found or found.end() == len(subject):
            break
        subject = subject[found.end() :]
    return " ".join(subject.casefold().split())

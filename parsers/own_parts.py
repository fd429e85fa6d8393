"""Which machine-readable parts of a mail its sender put there: a forward holds the junk's own attachments too."""

import re
from collections.abc import Mapping

from parsers.attached import ENCLOSING_TYPES
from parsers.html_text import read_words
from parsers.mime import Part
from parsers.subjects import is_forward, read_subject
from parsers.wording.feedback import FORWARD_LABELS, OPENINGS
from parsers.wording.forwarded import MARKS

WORDS_CHARACTERS = 8 * 1024
"""What is read of the text above them."""
TEXTS = 5

_TYPES = ("text/", "application/", "message/")
_OWN_FILES = re.compile(
    r"report|feedback|arf"
    r"|att\d|details"  # Exchange
    r"|noname"  # Gmail
    r"|part[ _-]?\d",  # Mozilla
    re.IGNORECASE,
)
"""Names that machine-readable parts have, given by their sender or by a program under way."""


def may_hold_fields(part: Part) -> bool:
    """Whether it is of a type that machine-readable parts have, or are given under way; no message."""
    return part.type not in ENCLOSING_TYPES and part.type.startswith(_TYPES)


def choose_own(root: Part, like_feedback: Mapping[int, Part]) -> list[Part]:
    """The machine-readable parts that are the sender's.

    Forwards hold the junk's own attachments, mostly with the file names that they came with.
    """
    if not like_feedback:
        return []
    in_report = find_in_report(root)
    text = find_words(root, like_feedback)
    trusts_all = not text or opens_like_report(text)
    passes_on = is_passed_on(root, text)
    return [
        part
        for key, part in like_feedback.items()
        if key in in_report or trusts_all or not (passes_on or is_foreign_file(part))
    ]


def find_in_report(root: Part) -> set[int]:
    """The parts, by their id, that stand in a multipart/report."""
    return {id(child) for part in root.parts if part.type == "multipart/report" for child in part.children}


def is_passed_on(root: Part, text: str) -> bool:
    """Whether its subject or the words above its parts say that it is a forward."""
    return is_forward(read_subject(root)) or FORWARD_LABELS.is_in(text) or MARKS.is_in(text)


def is_foreign_file(part: Part) -> bool:
    """Whether it has a file name that no machine-readable part is given."""
    return bool(part.filename) and not _OWN_FILES.search(part.filename)


def find_words(root: Part, like_feedback: Mapping[int, Part]) -> str:
    """The beginning of the first text that is no machine-readable part: the words of who sent the mail.

    Of whatever kind, unlike in `find_text`: a plain text behind a page can be the footer of a list.
    """
    texts = (part for part in root.parts if part.type.startswith("text/") and id(part) not in like_feedback)
    words = (read_words(part, WORDS_CHARACTERS).strip() for _, part in zip(range(TEXTS), texts, strict=False))
    return next((text for text in words if text), "")


def opens_like_report(text: str) -> bool:
    """Whether words are those by which programs begin a report."""
    return OPENINGS.is_in(" ".join(text[:1000].split()))

"""Messages that programs forward in the text: a few labels in some language in place of a header."""

import re
from collections.abc import Sequence

from parsers.local_dates import normalize_date
from parsers.wording.forwarded import LABELS, MARKS

LINES = 40
"""How long such a block may be: of many recipients each may stand on a line."""
WRAPPED = 60
"""Programs wrap lines of so many characters at the least; what stands below a shorter one is the text."""
MARK_LINES = 3
"""How far above the first label a mark may stand; Apple Mail leaves a line empty."""

QUOTE = r"[ \t]{0,20}(?:[A-Za-z]{0,3}>[ \t]?|[|:][ \t]?){0,20}"
"""What programs put before lines of what they quote, as a pattern."""
_LABEL = re.compile(
    rf"{QUOTE}"
    r"\*{0,2}([^\W\d_](?:[^\W\d_]| ){0,20}?)\*{0,2}[ \t\xa0]{0,2}\*{0,2}[:：]\*{0,2}[ \t]{0,5}(.{0,2000})"
)
_ADDRESS = re.compile(r"[^\s<>\[\]()\"',;:]{1,100}@[^\s<>\[\]()\"',;:]{1,200}")
_FIELDS = {label: field for field, labels in LABELS.items() for label in labels}


def begins_forwarded(line: str) -> bool:
    """Whether a line is a label that such a block can begin with, and something behind it."""
    return _read_label(line) is not None


def find_quote(line: str) -> str:
    """What stands before the label."""
    found = _LABEL.match(line)
    return line[: found.start(1)].rstrip("*") if found else ""


def translate_header(lines: Sequence[str], above: Sequence[str]) -> tuple[list[str], int] | None:
    """The labels as the fields of a message, and how many lines they take; None if these are no forward's.

    `lines` are without their quotes. Needed are a sender with an address, a subject and a date; below a mark, which
    stands in the last of the lines `above`, only that something is said of a sender and a subject.
    """
    found, count = _read_labels(lines[:LINES])
    is_marked = MARKS.is_in("\n".join(above[-MARK_LINES:]))
    has_all = bool(found.keys() >= {"From", "Subject", "Date"} and _ADDRESS.search(found["From"]))
    if not (has_all or (is_marked and found.keys() >= {"From", "Subject"})):
        return None
    return [f"{field}: {_tidy(field, value)}" for field, value in found.items()], count


def _read_label(line: str) -> tuple[str, str] | None:
    """The field that a line's label stands for, and its value."""
    label = line.partition(":")[0].partition("：")[0]
    if (
        label == line or _fold(label.rpartition(">")[2]) not in _FIELDS
    ):  # most lines: the pattern takes longer
        return None
    found = _LABEL.match(line)
    field = _FIELDS.get(_fold(found[1])) if found else None
    return (field, found[2].strip()) if found and field else None


def _fold(label: str) -> str:
    return label.lower().replace("i\u0307", "i").strip(" \t\xa0|:*")


def _read_labels(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """Each field, and where the block ends: at one that is there already, or at text that is no wrapped line's."""
    fields: dict[str, str] = {}
    last, before = "", ""
    for index, line in enumerate(lines):
        if read := _read_label(line):
            if read[0] in fields:
                return fields, index
            last = read[0]
            fields[last] = read[1]
        elif _LABEL.match(line):  # a label that tells nothing, as that of copies
            last = ""
        elif last in ("To", "") or len(before) >= WRAPPED:
            fields |= {last: f"{fields[last]} {line.strip()}"} if last else {}
        else:
            return fields, index
        before = line
    return fields, len(lines)


def _tidy(field: str, value: str) -> str:
    if field == "From":
        return _tidy_sender(value)
    return normalize_date(value) if field == "Date" else value


def _tidy_sender(value: str) -> str:
    """Name and address as in a header: some programs write `[mailto:…]`, or the address twice."""
    found = _ADDRESS.search(value)
    if not found:
        return value
    name = (
        value[: found.start()]
        .removesuffix("mailto:")
        .strip(" \t<>[]()\"'")
        .replace('"', "'")
        .replace("\\", "")
    )
    return f'"{name}" <{found[0]}>' if name else found[0]

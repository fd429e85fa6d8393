"""Strangers' text as a cell of a table: on one line, nothing hidden, and never a formula.

Spreadsheets run a cell that begins with `=`, `+`, `-` or `@`, also behind blanks, and some take other forms of these
for them. Where the list separator is a semicolon, as in much of Europe, a cell may end there too, and quotes that the
next one begins with are taken away. An apostrophe keeps it text; where one stands already another is added, so that
who reads a cell back takes exactly one away.
"""

import re

from abuse_intake.visible import clean

MAX_CHARACTERS = 32_000
"""Of one cell; a spreadsheet breaks off at 32,767."""

FORMULA_STARTS = (
    "=+-@"
    "\uff1d\uff0b\uff0d\uff20"  # full-width
    "\ufe66\ufe62\ufe63\ufe6b"  # small
    "\u207c\u207a\u207b\u208c\u208a\u208b"  # raised and lowered
    "\u2212\ufb29\u2a75\u2a76"  # the minus sign, the Hebrew plus sign, several equals signs
)
"""The four, and all that Unicode's NFKC makes one of them."""

_WAITING = rf"(?=['\"\s]*[{re.escape(FORMULA_STARTS)}])"
_STARTS = frozenset(FORMULA_STARTS)
_FORMULA = re.compile(f"(^|;){_WAITING}")


def write_cell(text: str) -> str:
    """A stranger's text for a cell."""
    if len(text) > MAX_CHARACTERS:
        text = f"{text[:MAX_CHARACTERS]}…"
    cell = clean(text)
    if ";" not in cell and cell.lstrip("'\" ")[:1] not in _STARTS:
        return cell
    return _FORMULA.sub(r"\1'", cell)

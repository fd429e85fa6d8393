"""An answer's own words: programs often leave what it answers below them, and that is not marked as quoted."""

from parsers.inline import cut_pasted
from parsers.wording.replies import ANSWERS
from parsers.wording.wrote import WROTE

LINES = 2_000
"""How far down it is looked for."""


def cut_answered(subject: str, text: str) -> str:
    """The text of a mail, without what it answers, nor lines that are marked as quoted."""
    if ANSWERS.is_in(subject):
        text = _cut_at_introduction(cut_pasted(text)[0])
    return "\n".join(line for line in text.splitlines() if not line.startswith(">"))


def _cut_at_introduction(text: str) -> str:
    """What stands above “On …, … wrote:”, unless that introduces lines that are marked: an answer may follow these."""
    lines = text.splitlines()
    for index, line in enumerate(lines[:LINES]):
        if WROTE.is_in(line) and not _is_quoted("\n".join(lines[index + 1 : index + 4])):
            return "\n".join(lines[:index])
    return text


def _is_quoted(below: str) -> bool:
    return below.lstrip().startswith(">")

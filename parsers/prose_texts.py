"""The texts of a mail that may complain in prose: its words, files of text, and tables."""

from collections.abc import Iterator

from parsers.answered import cut_answered
from parsers.budget import PROSE_CHARACTERS, Budget
from parsers.html_text import is_html, read_words
from parsers.mime import Part
from parsers.spreadsheets import is_spreadsheet, read_table

TEXTS = 5

_TABLES = (".csv", ".tsv")
_TEXT_FILES = (".txt", ".log")
_TABLE_TYPES = frozenset({"text/csv", "text/tab-separated-values"})


def find_texts(root: Part) -> Iterator[Part]:
    """Its texts, and files of text; a page only where there is no plain text."""
    texts = [part for part in root.leaves if _is_text(part)][: 2 * TEXTS]
    plain = [part for part in texts if not is_html(part)]
    yield from (plain if any(not _is_file(part) for part in plain) else texts)[:TEXTS]


def _is_text(part: Part) -> bool:
    return (
        part.type in ("text/plain", "text/html") or is_table(part) or _is_file(part) or "/" not in part.type
    )


def _is_file(part: Part) -> bool:
    return part.filename.lower().endswith(_TEXT_FILES)


def is_table(part: Part) -> bool:
    """Whether each line of it is a record."""
    return part.type in _TABLE_TYPES or part.filename.lower().endswith(_TABLES) or is_spreadsheet(part)


def read_text(part: Part, subject: str, budget: Budget) -> str:
    """What its sender says, without what is quoted of another mail; `subject` is the mail's own."""
    most = PROSE_CHARACTERS.of_one + 1
    is_packed = is_spreadsheet(part)
    text = read_table(part.message_content(), most, budget) if is_packed else read_words(part, most)
    text = text[: budget.take(PROSE_CHARACTERS, len(text))]
    return cut_answered(subject, text)

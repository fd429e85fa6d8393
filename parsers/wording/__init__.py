"""What programs write in mail: tables, one row a wording, each beside real text that needs it."""

import re
from functools import cached_property

Row = tuple[str, str, *tuple[str, ...]]
"""A pattern, and texts that are really written (shortened): no other row knows them, each alternative has its own."""


_LETTER = re.compile(r"(?<!\\)(?:\\\\)*[^\W\d_]")
"""A letter of a pattern that stands for itself."""


class Wording:
    """A table of patterns, any of which may stand in a text, between `start` and `end`; compiled when first asked."""

    def __init__(self, *rows: Row, start: str = "", end: str = "") -> None:
        self.rows = rows
        self.start = start
        self.end = end

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        choice = "|".join(row[0] for row in self.rows)
        written = f"{self.start}(?:{choice}){self.end}"
        return re.compile(_LETTER.sub(lambda found: _lower(found[0]), written), re.MULTILINE)

    def is_in(self, text: str) -> bool:
        """Whether one of them stands in the text."""
        return self._pattern.search(_lower(text)) is not None

    def cut_from(self, text: str) -> str:
        """The text in lower case without them."""
        return self._pattern.sub(" ", _lower(text))

    def count_in(self, text: str) -> int:
        """How often they stand in the text."""
        return sum(1 for _ in self._pattern.finditer(_lower(text)))


def _lower(text: str) -> str:
    """Lower case, so that patterns need not ignore it, which costs ten times as much; a dotted i is an i."""
    return text.lower() if text.isascii() else text.lower().replace("i\u0307", "i")

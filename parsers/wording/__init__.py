"""What programs write in mail: tables, one row a wording, each beside real text that needs it."""

import re
from functools import cached_property

Row = tuple[str, str, *tuple[str, ...]]
"""A pattern, and texts that are really written (shortened): no other row knows them, each alternative has its own."""


class Wording:
    """A table of patterns, any of which may stand in a text, between `start` and `end`; compiled when first asked."""

    def __init__(self, *rows: Row, start: str = "", end: str = "") -> None:
        self.rows = rows
        self.start = start
        self.end = end

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        choice = "|".join(row[0] for row in self.rows)
        return re.compile(f"{self.start}(?:{choice}){self.end}", re.IGNORECASE | re.MULTILINE)

    def is_in(self, text: str) -> bool:
        """Whether one of them stands in the text."""
        return self._pattern.search(text) is not None

    def count_in(self, text: str) -> int:
        """How often they stand in the text."""
        return sum(1 for _ in self._pattern.finditer(text))

"""Which columns of a table have room on a terminal, and how wide each is."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.text import Text

GAP = 2
"""Blanks between the columns of a table."""
GOOD_FLEXIBLE = 10
"""Columns that a flexible column should keep, for each `*`; where it cannot, columns that may be left out are."""
MIN_FLEXIBLE = 4
"""Columns that a flexible column keeps even where that makes the table too wide."""
MAX_PIPED = 100
"""Columns of a flexible column in a pipe or a file: one long subject must not pad every line."""


class Column(NamedTuple):
    """A column, and what stands in it."""

    name: str
    good: int | None
    """Columns that it should keep where it gives way; None = it does not give way."""
    may_go: bool
    cells: "Sequence[Text]"

    @property
    def width(self) -> int:
        """The width of its longest value."""
        return max(len(self.name), *(cell.cell_len for cell in self.cells))

    @property
    def need(self) -> int:
        """The width that it should have, whatever else is shown."""
        return self.width if self.good is None else min(self.width, self.good)

    @property
    def least(self) -> int:
        """The width that it has on the narrowest terminal."""
        return self.width if self.good is None else min(self.width, MIN_FLEXIBLE)

    def most(self, room: int) -> int:
        """The width that it may have where it gives way to others in so much room."""
        return self.width if self.good is None else min(self.width, room)


def make_columns(names: Sequence[str], rows: "Sequence[Sequence[Text]]") -> list[Column]:
    """The columns as their names mark them: `*` gives way (`**` later), `?` may be left out."""
    return [
        Column(
            name.rstrip("*?"),
            GOOD_FLEXIBLE * name.count("*") or None,
            "?" in name,
            [row[place] for row in rows],
        )
        for place, name in enumerate(names)
    ]


def choose_columns(columns: Sequence[Column], available: int) -> list[Column]:
    """Those that must stay, and of the others, from the first on, each that still has room."""
    stays = [not column.may_go for column in columns]
    left = available - _sum_up([column.need for column in columns if not column.may_go])
    for place, column in enumerate(columns):
        if column.may_go and column.need + GAP <= left:
            left -= column.need + GAP
            stays[place] = True
    return [column for column, stay in zip(columns, stays, strict=True) if stay]


def _sum_up(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def fit_widths(columns: Sequence[Column], available: int, most: int = sys.maxsize) -> list[int]:
    """The width of each column: its longest value's; flexible ones share what is left over, up to `most`."""
    widths = [column.need for column in columns]
    if _sum_up(widths) > available:
        widths = [column.least for column in columns]
    left = max(available - _sum_up(widths), 0)
    wanted = [column.most(most) - width for column, width in zip(columns, widths, strict=True)]
    places = sorted(range(len(columns)), key=lambda place: wanted[place])
    for sharing, place in zip(range(len(columns), 0, -1), places, strict=True):
        more = min(wanted[place], left // sharing)
        widths[place] += more
        left -= more
    return widths

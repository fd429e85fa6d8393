"""What people and programs see: tables on a terminal, JSON Lines for programs, strangers' text made harmless."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPE_WIDTH = 200
"""Columns of a table that goes into a pipe or a file."""

MAX_SHOWN = 500
"""Characters of one value that people are shown."""
MIN_FLEXIBLE = 8
"""Columns that a flexible column keeps even where that makes the table too wide."""

STYLES = {
    "report": "green",
    "not_a_report": "cyan",
    "quarantined": "red",
    "unread": "yellow",
    "proven": "bold green",
    "corroborated": "green",
    "stated": "yellow",
    "unattributed": "dim",
    "sent": "green",
    "waiting": "yellow",
    "sending": "yellow",
    "failed": "red",
    "outcome_unknown": "red",
    "new": "bold",
}


_STEERING = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def one_line(text: str) -> str:
    """A stranger's text for a terminal: one line, control and bidi characters replaced, nothing steered."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\t\r\n\v\f\x85\u2028\u2029":
        return " "
    category = unicodedata.category(character)
    return "\N{REPLACEMENT CHARACTER}" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def print_json(fields: Mapping[str, Any]) -> None:
    """One object as one line; what could steer a terminal is escaped, which is the same to a program."""
    line = json.dumps(fields, ensure_ascii=False, separators=(", ", ": "))
    sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")


def make_console(*, stderr: bool = False) -> "Console":
    """The terminal, or a wide plain page where there is none."""
    from rich.console import Console as RichConsole

    class Console(RichConsole):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich itself would end with exit code 1, as if something had failed

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else PIPE_WIDTH, highlight=False)


def cell(value: object) -> "Text":
    """A value as it stands in a table; text is never taken as markup."""
    from rich.text import Text

    if value is None or value in ("", ()):
        return Text("–", style="dim")
    if isinstance(value, datetime):
        return Text(f"{value.astimezone(UTC):%Y-%m-%d %H:%M}")
    text = one_line(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))
    if len(text) > MAX_SHOWN:
        text = f"{text[:MAX_SHOWN]}… ({len(text)} characters; --json gives all)"
    return Text(text, style=STYLES.get(text, ""))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "nothing") -> None:
    """A table that fits the terminal: only the columns named with a * give way, cut with an ellipsis."""
    from rich import box
    from rich.table import Table

    console = make_console()
    cells = [[cell(value) for value in row] for row in rows]
    if not cells:
        console.print(f"({empty})", style="dim", markup=False)
        return
    widths = _fit_widths(columns, cells, console.width)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        table.add_column(column.rstrip("*"), width=width, no_wrap=True, overflow="ellipsis")
    for row in cells:
        table.add_row(*row)
    console.print(table)


def _fit_widths(columns: Sequence[str], cells: Sequence[Sequence["Text"]], available: int) -> list[int]:
    """The width of each column: its longest value's; flexible ones share what the others leave."""
    widths = [
        max(len(column.rstrip("*")), *(row[place].cell_len for row in cells))
        for place, column in enumerate(columns)
    ]
    flexible = [place for place, column in enumerate(columns) if column.endswith("*")]
    left = available - 3 * len(columns) - sum(w for place, w in enumerate(widths) if place not in flexible)
    for count, place in zip(
        range(len(flexible), 0, -1), sorted(flexible, key=lambda place: widths[place]), strict=True
    ):
        widths[place] = max(min(widths[place], left // count), MIN_FLEXIBLE)
        left -= widths[place]
    return widths


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Names and values, a line each."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields:
        table.add_row(name, cell(value))
    make_console().print(table)


def print_heading(text: str) -> None:
    """A heading over what follows."""
    make_console().print(f"\n{one_line(text)}", style="bold underline", markup=False)

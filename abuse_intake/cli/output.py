"""What people and programs see: tables on a terminal, JSON Lines for programs, strangers' text made harmless."""

import json
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
    "ok": "green",
    "FAILED": "bold red",
}


def one_line(text: str) -> str:
    """A stranger's text for a terminal: one line, control and bidi characters replaced, nothing steered."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\t\r\n\v\f\x85\u2028\u2029":
        return " "
    category = unicodedata.category(character)
    return "\N{REPLACEMENT CHARACTER}" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def print_json(fields: Mapping[str, Any]) -> None:
    """One object as one line."""
    sys.stdout.write(json.dumps(fields, ensure_ascii=False, separators=(", ", ": ")) + "\n")


def make_console(*, stderr: bool = False) -> "Console":
    """The terminal, or a wide plain page where there is none."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else PIPE_WIDTH, highlight=False)


def cell(value: object) -> "Text":
    """A value as it stands in a table; text is never taken as markup."""
    from rich.text import Text

    if value is None or value == "":
        return Text("–", style="dim")
    if isinstance(value, datetime):
        return Text(f"{value.astimezone(UTC):%Y-%m-%d %H:%M}")
    text = one_line(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))
    return Text(text, style=STYLES.get(text, ""))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "nothing") -> None:
    """A table that fits the terminal: the column named with a * gives way first."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        flexible = column.endswith("*")
        table.add_column(column.rstrip("*"), overflow="ellipsis" if flexible else "fold", no_wrap=flexible)
    for row in rows:
        table.add_row(*map(cell, row))
    console = make_console()
    if table.row_count:
        console.print(table)
    else:
        console.print(f"({empty})", style="dim")


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
    make_console().print(f"\n{text}", style="bold underline", markup=False)

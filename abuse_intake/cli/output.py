"""What people and programs see: tables on a terminal, JSON Lines for programs, strangers' text made harmless."""

import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from abuse_intake.as_json import json_line
from abuse_intake.cli.columns import GAP, MAX_PIPED, choose_columns, fit_widths, make_columns
from abuse_intake.visible import clean, isolate

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPE_WIDTH = 200
"""Columns of a table that goes into a pipe or a file."""

MAX_SHOWN = 500
"""Characters of one value that people are shown."""
MIN_ROOM = 8
"""Columns that a value beside its name keeps on the narrowest terminal."""
MAX_PARAGRAPH = 100
"""Columns of a line of prose, however wide the terminal."""

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
    "by hand": "magenta",
    "+": "bold green",
    "~": "bold yellow",
}


def one_line(text: str) -> str:
    """A stranger's text for a terminal: one line, nothing hidden or steered, its neighbours in their places."""
    return isolate(clean(text))


def print_json(fields: Mapping[str, Any]) -> None:
    """One object as one line; what could steer a terminal is escaped, which is the same to a program."""
    sys.stdout.write(json_line(fields))


def make_console(*, stderr: bool = False) -> "Console":
    """The terminal, or a wide plain page where there is none."""
    from rich.console import Console as RichConsole

    class Console(RichConsole):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich itself would end with exit code 1, as if something had failed

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else PIPE_WIDTH, highlight=False)


def short_time(time: datetime) -> str:
    """A time in UTC for a list whose header says so: `11-24 13:09`, or `2024-11-24 13:09` of another year."""
    time = time.astimezone(UTC)
    year = "" if time.year == datetime.now(UTC).year else f"{time:%Y}-"
    return f"{year}{time:%m-%d %H:%M}"


def full_time(time: datetime) -> str:
    """A time for people, in full: `2026-11-24 13:09 UTC`."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """`1 report`, `2 reports`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def cell(value: object, show_time: Callable[[datetime], str] = short_time) -> "Text":
    """A value as it stands in a table, to be isolated when it has its width; text is never taken as markup."""
    from rich.text import Text

    if value is None or value in ("", ()):
        return Text("–", style="dim")
    if isinstance(value, datetime):
        return Text(show_time(value))
    text = clean(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))
    if len(text) > MAX_SHOWN:
        text = f"{text[:MAX_SHOWN]}… ({len(text)} characters; --json gives all)"
    return Text(text, style=STYLES.get(text, ""))


def print_table(
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    empty: str = "nothing",
    on: "Console | None" = None,
) -> None:
    """A table that fits the terminal, or what it is printed on.

    Only columns named with a `*` are cut, with an ellipsis: never an id or an IP address; `**` is cut later.
    Columns named with a `?` are left out where they have no room, the first of them last; a terminal is told.
    """
    console = on or make_console()
    cells = [[cell(value) for value in row] for row in rows]
    if not cells:
        console.print(f"({empty})", style="dim", markup=False)
        return
    columns = make_columns(names, cells)
    shown = choose_columns(columns, console.width)
    widths = fit_widths(shown, console.width, sys.maxsize if console.file.isatty() else MAX_PIPED)
    _print_row(console, [_heading(column.name) for column in shown], widths)
    console.print("─" * (sum(widths) + GAP * (len(widths) - 1)), soft_wrap=True)
    for place in range(len(cells)):
        _print_row(console, [column.cells[place] for column in shown], widths)
    if on is None:
        _tell_hidden([column.name for column in columns if column not in shown and column.name])


def _tell_hidden(names: Sequence[str]) -> None:
    """Which columns had no room, for people alone: a pipe has room for all that anybody needs."""
    if not (names and sys.stdout.isatty() and sys.stderr.isatty()):
        return
    context = click.get_current_context(silent=True)
    has_json = context is not None and any(one.name == "as_json" for one in context.command.params)
    how = "--json shows all" if has_json else "a wider terminal shows all"
    text = f"(hidden: {', '.join(name.removesuffix(' (UTC)') for name in names)}; {how})"
    make_console(stderr=True).print(text, style="dim", markup=False)


def _heading(name: str) -> "Text":
    from rich.text import Text

    return Text(name, style="bold")


def _print_row(console: "Console", cells: "Sequence[Text]", widths: Sequence[int]) -> None:
    """One line without blanks at its end; it is never wrapped or cut, so that a copied id is whole."""
    from rich.text import Text

    line = Text()
    for text, width in zip(cells, widths, strict=True):
        shown = text.copy()
        shown.truncate(width, overflow="ellipsis")
        line.append_text(_isolated(shown)).append(" " * (width - shown.cell_len + GAP))
    line.rstrip()
    console.print(line, soft_wrap=True)


def _isolated(text: "Text") -> "Text":
    """The text as it goes out; isolating marks take no room, and are never cut off."""
    from rich.text import Text

    return Text(isolate(text.plain), style=text.style)


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Names and values, a line each; on a terminal a long value goes on below itself."""
    from rich.text import Text

    console = make_console()
    shown = [(name, cell(value, full_time)) for name, value in fields]
    indent = max((len(name) for name, _ in shown), default=0) + GAP
    room = max(console.width - indent, MIN_ROOM) if sys.stdout.isatty() else sys.maxsize
    for name, value in shown:
        names = [name]
        for part in value.wrap(console, room, overflow="fold") if value.cell_len > room else [value]:
            line = Text((names.pop() if names else "").ljust(indent), style="bold")
            line = Text.assemble(line, _isolated(part))
            line.rstrip()
            console.print(line, soft_wrap=True)


def print_heading(text: str) -> None:
    """A heading over what follows."""
    from rich.text import Text

    make_console().print(Text(f"\n{one_line(text)}", style="bold underline"), soft_wrap=True)


def print_paragraph(text: str) -> None:
    """Prose, wrapped to the terminal; a long path is not broken."""
    width = min(make_console().width, MAX_PARAGRAPH)
    lines = textwrap.wrap(clean(text), width, break_long_words=False, break_on_hyphens=False)
    sys.stdout.write("".join(f"{isolate(line)}\n" for line in lines))


def print_more(cursor: str) -> None:
    """How to see what a page left out; the cursor has a line of its own, to be copied whole."""
    print_paragraph("There are more: --limit 0 shows all; the next page begins at")
    sys.stdout.write(f"--cursor {cursor}\n")

"""What people and programs see: tables on a terminal, JSON Lines for programs, strangers' text made harmless."""

import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from abuse_intake.as_json import json_line
from abuse_intake.visible import clean, isolate

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPE_WIDTH = 200
"""Columns of a table that goes into a pipe or a file."""

MAX_SHOWN = 500
"""Characters of one value that people are shown."""
MIN_FLEXIBLE = 8
"""Columns that a flexible column keeps even where that makes the table too wide."""
GOOD_FLEXIBLE = 20
"""Columns that a flexible column should keep; where it cannot, columns that may be left out are."""
GAP = 2
"""Blanks between the columns of a table."""
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


class _Column(NamedTuple):
    name: str
    gives_way: bool
    may_go: bool
    cells: "list[Text]"

    @property
    def width(self) -> int:
        """The width of its longest value."""
        return max(len(self.name), *(cell.cell_len for cell in self.cells))

    def at_least(self, least: int) -> int:
        """The width that it needs, if a flexible column needs that much."""
        return min(self.width, least) if self.gives_way else self.width


def print_table(
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    empty: str = "nothing",
    on: "Console | None" = None,
) -> None:
    """A table that fits the terminal, or what it is printed on.

    Only columns named with a `*` are cut, with an ellipsis: never an id or an address. Columns named with a
    `?` are left out where the others have no room, the last first.
    """
    console = on or make_console()
    cells = [[cell(value) for value in row] for row in rows]
    if not cells:
        console.print(f"({empty})", style="dim", markup=False)
        return
    columns = _choose_columns(
        [
            _Column(name.rstrip("*?"), "*" in name, "?" in name, [row[place] for row in cells])
            for place, name in enumerate(names)
        ],
        console.width,
    )
    widths = _fit_widths(columns, console.width)
    _print_row(console, [_heading(column.name) for column in columns], widths)
    console.print("─" * (sum(widths) + GAP * (len(widths) - 1)), soft_wrap=True)
    for place in range(len(cells)):
        _print_row(console, [column.cells[place] for column in columns], widths)


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


def _choose_columns(columns: Sequence[_Column], available: int) -> list[_Column]:
    """The columns that have room; those that may go, go from the last on."""
    chosen = list(columns)
    while _needs(chosen) > available and any(column.may_go for column in chosen):
        chosen.pop(max(place for place, column in enumerate(chosen) if column.may_go))
    return chosen


def _needs(columns: Sequence[_Column]) -> int:
    return sum(column.at_least(GOOD_FLEXIBLE) for column in columns) + GAP * (len(columns) - 1)


def _fit_widths(columns: Sequence[_Column], available: int) -> list[int]:
    """The width of each column: its longest value's; flexible ones share what the others leave."""
    widths = [column.width for column in columns]
    flexible = [place for place, column in enumerate(columns) if column.gives_way]
    fixed = sum(column.width for column in columns if not column.gives_way)
    left = available - GAP * (len(columns) - 1) - fixed
    for sharing, place in zip(
        range(len(flexible), 0, -1), sorted(flexible, key=lambda place: widths[place]), strict=True
    ):
        widths[place] = max(min(widths[place], left // sharing), columns[place].at_least(MIN_FLEXIBLE))
        left -= widths[place]
    return widths


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Names and values, a line each; on a terminal a long value goes on below itself."""
    from rich.text import Text

    console = make_console()
    shown = [(name, cell(value, full_time)) for name, value in fields]
    indent = max((len(name) for name, _ in shown), default=0) + GAP
    room = max(console.width - indent, MIN_FLEXIBLE) if sys.stdout.isatty() else sys.maxsize
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

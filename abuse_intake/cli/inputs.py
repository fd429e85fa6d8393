"""Files named on the command line, and options that several commands share."""

import os
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from abuse_intake.cli.output import one_line
from abuse_intake.guard.failure import Failure, make_quarantined, read_or_quarantine
from abuse_intake.guard.limits import MAX_BYTES
from abuse_intake.times import parse_time

if TYPE_CHECKING:
    from abuse_intake.guard.pool import Guard
    from parsers.values import ReadMail


class Time(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    """A point in time: RFC 3339, a date, or an age such as 90m, 12h, 7d, 4w. Without an offset it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_time(value, datetime.now(UTC))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Number(click.IntRange):
    """A whole number; what is none is told what would be one, in words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            int(value)
        except ValueError:
            self.fail(f"{value!r} is no number; write one {_describe_bounds(self)}", param, ctx)
        return super().convert(value, param, ctx)


class Seconds(click.FloatRange):
    """A number of seconds; likewise."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            float(value)
        except ValueError:
            self.fail(f"{value!r} is no number of seconds; write one {_describe_bounds(self)}", param, ctx)
        return super().convert(value, param, ctx)


def _describe_bounds(one: click.IntRange | click.FloatRange) -> str:
    return f"from {one.min:g} on" if one.max is None else f"from {one.min:g} to {one.max:g}"


MAX_LIMIT = 1_000_000_000
"""More means the same, and no database takes any number."""
limit_option = click.option(
    "--limit",
    type=Number(min=0),
    callback=lambda _context, _option, limit: min(limit, MAX_LIMIT),
    metavar="N",
    default=50,
    show_default=True,
    help="At most so many; 0 = all.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON Lines: one object a line.")
since_option = click.option("--since", type=Time(), help="Only from this time on: 2026-11-02, 7d, 12h …")


class Files:
    """Mails in files, read within the limits of the guard; `wrong` tells whether something was to complain about."""

    def __init__(self, names: Sequence[str], guard: "Guard") -> None:
        self._names = names
        self._guard = guard
        self._waiting: deque[tuple[str, bytes | ReadMail]] = deque()
        self.wrong = False

    def read(self) -> "Iterator[tuple[str, ReadMail]]":
        """The name of each file, and how it is read; one that cannot be opened is complained about and left out."""
        for result in self._guard.read_each(self._open_each()):
            yield from self._take_quarantined()
            name, raw = self._waiting.popleft()
            assert isinstance(raw, bytes)
            yield name, self._accept(name, raw, result)
        yield from self._take_quarantined()

    def _open_each(self) -> Iterator[bytes]:
        """What is to be read; a file that is too large waits for its turn, quarantined."""
        for name in self._names:
            shown = os.fsencode(name).decode("utf-8", "replace")
            try:
                with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
                    found = read_or_quarantine(file, MAX_BYTES)
            except OSError as error:
                self._complain(f"{shown} cannot be read: {(error.strerror or str(error)).lower()}")
                continue
            self._waiting.append((shown, found))
            if isinstance(found, bytes):
                yield found

    def _take_quarantined(self) -> "Iterator[tuple[str, ReadMail]]":
        while self._waiting and not isinstance(found := self._waiting[0][1], bytes):
            yield self._waiting.popleft()[0], found

    def _accept(self, name: str, raw: bytes, result: "ReadMail | Failure") -> "ReadMail":
        if not isinstance(result, Failure):
            return result
        if result.detail is not None:
            self._complain(f"{name} could not be read, by a fault of this program: {result.detail}")
        return make_quarantined(raw, result.reason)

    def _complain(self, text: str) -> None:
        self.wrong = True
        click.echo(f"abuse-intake: {one_line(text)}", err=True)

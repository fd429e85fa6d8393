"""Files named on the command line, and options that several commands share."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

_AGO = re.compile(r"(\d+)([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Time(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    """A point in time: RFC 3339, a date, or an age such as 90m, 12h, 7d, 4w. Without an offset it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        ago = _AGO.fullmatch(value)
        try:
            if ago:
                return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            time = datetime.fromisoformat(value)
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is no time; write 2026-11-02, 2026-11-02T10:00:00Z, or an age such as 7d",
                param,
                ctx,
            )


limit_option = click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    default=50,
    show_default=True,
    help="At most so many; 0 = all.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON Lines: one object a line.")
since_option = click.option("--since", type=Time(), help="Only from this time on: 2026-11-02, 7d, 12h …")


def read_files(names: Sequence[str], complain: Callable[[str], None]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file, `-` being stdin; one that cannot be read is complained about and left out."""
    for name in names:
        shown = os.fsencode(name).decode("utf-8", "replace")
        try:
            yield shown, sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            complain(f"{shown} cannot be read: {(error.strerror or str(error)).lower()}")

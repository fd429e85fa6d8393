"""A span of days on the command line."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any, NamedTuple

import click

MOST_DAYS = 3_660
DEFAULT_DAYS = 7


class Span(NamedTuple):
    """Days of UTC, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1


class _Day(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write 2026-11-02", param, ctx)
        if not 1990 <= day.year <= 9000:
            self.fail(f"{value!r} is too far away", param, ctx)
        return day


_OPTIONS = (
    click.option(
        "--days",
        type=click.IntRange(1, MOST_DAYS),
        metavar="N",
        help=f"The last N days, today included. [default: {DEFAULT_DAYS}]",
    ),
    click.option("--since", type=_Day(), help="In place of --days: the first day, 2026-11-02."),
    click.option("--until", type=_Day(), help="The last day, included. [default: today]"),
)


def span_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command days as options; it gets them as one Span, `span`."""

    @wraps(command)
    def with_span(*, days: int | None, since: date | None, until: date | None, **options: Any) -> Any:
        return command(span=_find_span(days, since, until), **options)

    for option in reversed(_OPTIONS):
        with_span = option(with_span)
    return with_span


def _find_span(days: int | None, since: date | None, until: date | None) -> Span:
    context = click.get_current_context()
    last = until or datetime.now(UTC).date()
    if since is not None and days is not None:
        raise click.UsageError("--days and --since exclude each other.", context)
    span = Span(since or last - timedelta(days=(days or DEFAULT_DAYS) - 1), last)
    if span.days < 1:
        raise click.UsageError(f"{span.first} is after {last}.", context)
    if span.days > MOST_DAYS:
        raise click.UsageError(f"at most {MOST_DAYS} days can be looked at.", context)
    return span

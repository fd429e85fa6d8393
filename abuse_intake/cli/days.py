"""A span of days on the command line."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any

import click

from abuse_intake.cli.inputs import Number
from abuse_intake.days import MOST_DAYS, Span, find_span, require_near

DEFAULT_DAYS = 7


class _Day(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write 2026-11-02", param, ctx)
        try:
            return require_near(day)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_OPTIONS = (
    click.option(
        "--days",
        type=Number(1, MOST_DAYS),
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
    try:
        return find_span(datetime.now(UTC).date(), days, DEFAULT_DAYS, since, until)
    except ValueError as error:
        raise click.UsageError(f"{error}.", click.get_current_context()) from None

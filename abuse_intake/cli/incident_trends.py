"""`abuse-intake incidents top` and `counts`: what rises, who has the most, and how it went day by day."""

from collections.abc import Sequence
from typing import Any, cast

import click

from abuse_intake import as_json as records
from abuse_intake.cli.days import span_options
from abuse_intake.cli.inputs import Number, json_option
from abuse_intake.cli.output import print_json, print_paragraph, print_table
from abuse_intake.cli.session import database_of
from abuse_intake.cli.tenant_id import TenantId
from abuse_intake.days import Span
from abuse_intake.networks import find_counted_network
from storage.trends import count_by_day, count_junk, find_rising
from storage.values import CountedKind, DayCount, JunkCount

KINDS: dict[str, CountedKind] = {"tenants": "tenant", "networks": "network", "subjects": "subject"}
BAR_WIDTH = 40
CAUTION = (
    "Reports rest on the word of whoever sent them, and subjects on that of whoever wrote the junk: counts say where "
    "to look, not who is guilty. What speaks against nobody (not-spam, opt-out, auth-failure) is not counted."
)
NOBODY = {"tenant": "– (nobody)", "network": "– (no address)", "subject": "– (no subject)"}


class _CountedNetwork(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    name = "network"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return find_counted_network(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


_limit_option = click.option(
    "--limit",
    type=Number(1, 1_000),
    metavar="N",
    default=10,
    show_default=True,
    help="At most so many.",
)


@click.command()
@click.argument("what", type=click.Choice(list(KINDS)), metavar="tenants|networks|subjects")
@span_options
@click.option("--most", is_flag=True, help="Those with the most reports, rising or not.")
@_limit_option
@json_option
@click.pass_context
def top(context: click.Context, what: str, span: Span, most: bool, limit: int, as_json: bool) -> None:
    """Show what rises: tenants, networks or subjects.

    Those whose junk was reported more often than in as many days before. Days are of UTC, and an incident
    belongs to the day on which it began. A network is the /24 or the /48 of an address; subjects that differ
    in numbers only count as one.

    \b
    abuse-intake incidents top tenants
    abuse-intake incidents top subjects --days 1
    abuse-intake incidents top networks --since 2026-11-01 --until 2026-11-30 --most
    """
    with database_of(context) as (_, database), database.read() as session:
        found = (count_junk if most else find_rising)(session, KINDS[what], *span, limit)
    _tell_counts(found, KINDS[what], span, "nothing was reported" if most else "nothing rises", as_json)


@click.command()
@click.option(
    "--by",
    type=click.Choice(("day", *KINDS.values())),
    default="day",
    show_default=True,
    help="What to count by; all but days with the most first.",
)
@click.option("--tenant", type=TenantId(), help="By day: only this tenant's.")
@click.option("--network", type=_CountedNetwork(), help="By day: only from this /24 or /48.")
@span_options
@_limit_option
@json_option
@click.pass_context
def counts(
    context: click.Context,
    by: str,
    tenant: str | None,
    network: str | None,
    span: Span,
    limit: int,
    as_json: bool,
) -> None:
    """Count incidents with junk, by day or another way.

    By day (all of them, also those without), by tenant, network or subject (the most first).

    \b
    abuse-intake incidents counts --days 30
    abuse-intake incidents counts --tenant contoso --days 90 --json
    abuse-intake incidents counts --by network --days 1
    """
    if (by != "day" and (tenant or network)) or (tenant and network):
        raise click.UsageError("count by day for one --tenant or one --network.", context)
    of: CountedKind | None = "tenant" if tenant else "network" if network else None
    with database_of(context) as (_, database), database.read() as session:
        if by == "day":
            _tell_days(count_by_day(session, *span, kind=of, key=tenant or network), as_json)
            return
        kind = cast(CountedKind, by)
        found = count_junk(session, kind, *span, limit)
    _tell_counts(found, kind, span, "nothing was reported", as_json)


def _tell_counts(
    found: Sequence[JunkCount], kind: CountedKind, span: Span, empty: str, as_json: bool
) -> None:
    if as_json:
        for one in found:
            print_json(records.junk_count_as_json(one))
        return
    print_table(
        (
            kind if kind == "network" else f"{kind}*",
            "reports",
            "rise?",
            "before?",
            "incidents?",
            "incidents before?",
        ),
        (_row(kind, one) for one in found),
        empty=empty,
    )
    days = "the day" if span.days == 1 else f"the {span.days} days"
    dates = str(span.first) if span.days == 1 else f"{span.first} to {span.last}"
    print_paragraph(f"{dates} (UTC); before: {days} before that. {CAUTION}")


def _row(kind: CountedKind, one: JunkCount) -> tuple[object, ...]:
    figures = one.reports, f"{one.rise:+}", one.reports_before, one.incidents, one.incidents_before
    return one.key or NOBODY[kind], *figures


def _tell_days(found: Sequence[DayCount], as_json: bool) -> None:
    if as_json:
        for one in found:
            print_json(records.day_count_as_json(one))
        return
    most = max((one.reports for one in found), default=0) or 1
    bars = ("█" * round(BAR_WIDTH * one.reports / most) or " " for one in found)
    print_table(
        ("day (UTC)", "incidents", "reports", "?"),
        ((str(one.day), one.incidents, one.reports, bar) for one, bar in zip(found, bars, strict=True)),
    )

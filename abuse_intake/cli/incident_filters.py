"""Which incidents: the filters that all commands over incidents share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, get_args

import click
from click.shell_completion import CompletionItem

from abuse_intake.cli.completion import complete_words
from abuse_intake.cli.inputs import Time
from abuse_intake.cli.tenant_id import TenantId
from abuse_intake.networks import parse_address, parse_network
from storage.values import Confidence, IncidentFilter, IncidentStatus, IPNetwork, Route

ARF_TYPES = ("abuse", "fraud", "virus", "other", "not-spam", "auth-failure")
"""Feedback types (RFC 5965, 6430 and 6591) that a shell completes."""
STATUSES = get_args(IncidentStatus)
CONFIDENCES = get_args(Confidence)
_ROUTES = get_args(Route)


class _Address(click.ParamType):  # type: ignore[type-arg]
    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> IPNetwork:
        try:
            return parse_address(value)
        except ValueError:
            self.fail(f"{value!r} is no IP address; for a network use --cidr", param, ctx)


class _Network(click.ParamType):  # type: ignore[type-arg]
    name = "network"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> IPNetwork:
        try:
            return parse_network(value)
        except ValueError:
            self.fail(f"{value!r} is no network; write 192.0.2.0/24 or 2001:db8::/32", param, ctx)


class _FeedbackType(click.ParamType):  # type: ignore[type-arg]
    """Any text: feedback reports may name types of their own. A shell completes the known ones."""

    name = "type"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from parsers.xarf.kinds import CATEGORIES, FEEDBACK_TYPES

        xarf = {kind for kinds in CATEGORIES.values() for kind in kinds} - FEEDBACK_TYPES.keys()
        return complete_words(sorted(xarf.union(ARF_TYPES)), incomplete)


_OPTIONS = (
    click.option("--tenant", type=TenantId(), help="Only those of this tenant."),
    click.option("--ip", type=_Address(), help="Only those from this address."),
    click.option("--cidr", type=_Network(), help="Only those from this network: 192.0.2.0/24."),
    click.option("--status", type=click.Choice(STATUSES), help="Only those of this status."),
    click.option("--confidence", type=click.Choice(CONFIDENCES), help="Only those of this confidence."),
    click.option(
        "--type",
        "feedback_type",
        type=_FeedbackType(),
        help="Only this feedback type, else type of XARF: abuse (XARF's spam), fraud (phishing), virus (malware), "
        "port_scan …",
    ),
    click.option("--route", type=click.Choice(_ROUTES), help="Only those that came through us, or did not."),
    click.option("--since", type=Time(), help="Only what was seen from this time on: 2026-11-02, 7d, 12h …"),
    click.option(
        "--until",
        type=Time(),
        help="Only what began before this time; before --since: what lasted that long.",
    ),
    click.option("--search", help="Only where subject, Message-ID or From contain this."),
    click.option("--subject", metavar="WORDS", help="Only where all these words stand in the subject."),
    click.option("--reporter", metavar="ADDRESS", help="Only what this address reported."),
    click.option("--message-id", metavar="ID", help="Only this Message-ID, with or without its brackets."),
    click.option(
        "--by-hand", "corrected", is_flag=True, help="Only those whose tenant was corrected by hand."
    ),
)
_NAMES = (
    "tenant", "status", "confidence", "feedback_type", "route", "since", "until", "search", "subject", "reporter",
    "message_id", "corrected",
)  # fmt: skip


def _tell_kept_as(kind: str | None) -> None:
    """That some types of XARF are kept as the feedback type which says the same; nothing found looks like none."""
    from parsers.xarf.kinds import FEEDBACK_TYPES

    if kind in FEEDBACK_TYPES:
        kept = FEEDBACK_TYPES[kind]
        click.echo(f"abuse-intake: {kind} of XARF is kept as {kept}: --type {kept} finds it", err=True)


def incident_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters as options; it gets them as one IncidentFilter, `wanted`."""

    @wraps(command)
    def with_filter(*, ip: IPNetwork | None, cidr: IPNetwork | None, **options: Any) -> Any:
        if ip is not None and cidr is not None:
            raise click.UsageError("--ip and --cidr exclude each other.", click.get_current_context())
        _tell_kept_as(options["feedback_type"])
        chosen = {name: options.pop(name) for name in _NAMES}
        return command(wanted=IncidentFilter(network=ip or cidr, **chosen), **options)

    for option in reversed(_OPTIONS):
        with_filter = option(with_filter)
    return with_filter

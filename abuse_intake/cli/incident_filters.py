"""Which incidents: the filters that all commands over incidents share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, get_args

import click

from abuse_intake.cli.inputs import Time, since_option
from abuse_intake.cli.tenant_id import TenantId
from abuse_intake.networks import parse_address, parse_network
from storage.values import Confidence, IncidentFilter, IncidentStatus, IPNetwork, Route

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


_OPTIONS = (
    click.option("--tenant", type=TenantId(), help="Only those of this tenant."),
    click.option("--ip", type=_Address(), help="Only those from this address."),
    click.option("--cidr", type=_Network(), help="Only those from this network: 192.0.2.0/24."),
    click.option("--status", type=click.Choice(STATUSES), help="Only those of this status."),
    click.option("--confidence", type=click.Choice(CONFIDENCES), help="Only those of this confidence."),
    click.option(
        "--type", "feedback_type", help="Only this feedback type, or type of XARF: abuse, fraud, port_scan …"
    ),
    click.option("--route", type=click.Choice(_ROUTES), help="Only those that came through us, or did not."),
    since_option,
    click.option("--until", type=Time(), help="Only what began before this time."),
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


def incident_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters as options; it gets them as one IncidentFilter, `wanted`."""

    @wraps(command)
    def with_filter(*, ip: IPNetwork | None, cidr: IPNetwork | None, **options: Any) -> Any:
        if ip is not None and cidr is not None:
            raise click.UsageError("--ip and --cidr exclude each other.", click.get_current_context())
        chosen = {name: options.pop(name) for name in _NAMES}
        return command(wanted=IncidentFilter(network=ip or cidr, **chosen), **options)

    for option in reversed(_OPTIONS):
        with_filter = option(with_filter)
    return with_filter

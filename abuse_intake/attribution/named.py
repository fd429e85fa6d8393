"""Of the addresses that a complaint in prose names: which may be meant, for its words alone do not tell."""

from collections.abc import Iterator
from datetime import datetime

from abuse_intake.attribution.directory import Directory
from abuse_intake.settings_attribution import ProviderSettings
from parsers.values import IPAddress, Report


def choose_named(
    report: Report, arrival: datetime, provider: ProviderSettings, directory: Directory
) -> IPAddress | None:
    """The first address that a tenant held then, else the first of our relays, else the first named; or None.

    Who complains names its own addresses too, and may be a tenant: those are never chosen.
    """
    named = list(find_blamed(report))
    held = (ip for ip in named if directory.find_holding(ip, arrival))
    relays = (ip for ip in named if any(ip in network for network in provider.relays))
    return next((ip for found in (held, relays, named) for ip in found), None)


def find_blamed(report: Report) -> Iterator[IPAddress]:
    """What a complaint in prose names, without its writer's own."""
    if report.format == "prose":
        yield from (ip for ip in report.candidate_ips if ip not in report.own_ips)

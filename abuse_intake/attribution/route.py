"""From the origin that the parser concluded down through our own relays to the host that handed the mail in."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network

from abuse_intake.attribution.directory import Directory, Holding
from abuse_intake.attribution.named import choose_named
from abuse_intake.settings_attribution import ProviderSettings
from parsers.addresses import can_be_origin
from parsers.logins import had_logged_in
from parsers.values import Hop, IPAddress, Report


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reported message entered the world, as of its arrival."""

    ip: IPAddress | None
    arrival: datetime
    is_ours: bool
    holding: Holding | None
    """The allocation that covered `ip` then; None also for a relay of ours."""
    is_relay: bool = False
    """`ip` is a relay of ours: who handed the message to it is not known."""
    hop: int | None = None
    """Index into `message.hops` of the hop whose sender `ip` is; None when it rests on no hop."""

    is_user: bool = False
    """Our relay says that whoever handed the message to it from `ip` had logged in."""

    @property
    def is_passed_on(self) -> bool:
        """A stranger's host handed the message to our relay: a tenant forwards it, and all in it may be anybody's."""
        return self.is_ours and self.holding is None and not self.is_relay and not self.is_user


def find_arrival(report: Report, received_at: datetime) -> datetime:
    """When the message arrived: the origin hop's time, else ARF's Arrival-Date, else our receipt; never later."""
    hop_time = _origin_hop(report).at if report.origin_hop is not None else None
    return min(hop_time or report.arrival_date or received_at, received_at)


def trace_origin(
    report: Report, received_at: datetime, provider: ProviderSettings, directory: Directory
) -> Origin:
    """Walk from `origin_ip`, when it is a relay of ours, down the hops that our own relays wrote.

    The walk ends at the first address outside our relays, or in an allocation: that host is a customer, and
    nothing below it is trusted. A hop without an address, or with a private one, ends it at the relay. A complaint
    in prose has no route: of the addresses that it names, one that is ours is looked at.
    """
    arrival = find_arrival(report, received_at)
    ip = report.origin_ip or choose_named(report, arrival, provider, directory)
    if ip is None:
        return Origin(None, arrival, False, None)
    holding = directory.find_holding(ip, arrival)
    if holding is None and _is_in(ip, provider.relays):
        ip, hop = _walk_down(report, ip, arrival, provider, directory)
        is_relay = _is_in(ip, provider.relays)
        holding = directory.find_holding(ip, arrival)
        is_user = not is_relay and hop is not None and _had_logged_in(report, hop)
        return Origin(ip, arrival, True, holding, is_relay, hop, is_user)
    return Origin(ip, arrival, holding is not None, holding, hop=report.origin_hop)


def _walk_down(
    report: Report, relay: IPAddress, arrival: datetime, provider: ProviderSettings, directory: Directory
) -> tuple[IPAddress, int | None]:
    current, current_hop = relay, report.origin_hop
    for number, hop in enumerate(_hops_below_origin(report), start=(report.origin_hop or 0) + 1):
        if not provider.is_our_host(hop.by_name) or hop.from_ip is None:
            break
        is_customer = directory.find_holding(hop.from_ip, arrival) is not None
        is_relay = _is_in(hop.from_ip, provider.relays)
        if not (is_customer or is_relay or can_be_origin(hop.from_ip)):
            break
        current, current_hop = hop.from_ip, number
        if is_customer or not is_relay:
            break
    return current, current_hop


def _had_logged_in(report: Report, hop: int) -> bool:
    """Whether the line that our relay wrote about the host that handed the message in says so."""
    traces = report.message.traces if report.message else ()
    lines = (trace for trace in traces if trace.name.lower() == "received" and trace.below == hop)
    return any(had_logged_in(line.value) for line in lines)


def _hops_below_origin(report: Report) -> tuple[Hop, ...]:
    if report.message is None or report.origin_hop is None:
        return ()
    return report.message.hops[report.origin_hop + 1 :]


def _origin_hop(report: Report) -> Hop:
    assert report.message is not None
    assert report.origin_hop is not None
    return report.message.hops[report.origin_hop]


def _is_in(ip: IPAddress, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(ip in network for network in networks)

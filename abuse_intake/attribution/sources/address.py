"""Where it came from: whose the address was when the message arrived, also where that names nobody."""

from collections.abc import Iterator

from abuse_intake.attribution.evidence import Subject, show_lines
from abuse_intake.attribution.named import find_blamed
from parsers.values import IPAddress, Trace
from storage.values import Evidence


def find_address_evidence(subject: Subject) -> Iterator[Evidence]:
    """The allocation that covered the origin address when the message arrived, or why no tenant held it.

    Nothing where there is no address.
    """
    origin = subject.origin
    if origin.ip is not None:
        tenant = origin.holding.tenant if origin.holding else None
        detail, lines = _describe(subject, origin.ip), show_lines(_find_received(subject))
        yield Evidence("address", str(origin.ip), tenant, False, detail, lines)
    yield from _find_others_named(subject)


def _find_others_named(subject: Subject) -> Iterator[Evidence]:
    """The other addresses of tenants that a complaint in prose names: two tenants are named for nothing."""
    for ip in find_blamed(subject.report):
        holding = subject.directory.find_holding(ip, subject.origin.arrival)
        if holding and ip != subject.origin.ip:
            detail = f"{ip}, which the complaint names too, lies in {holding.network}, which {holding.tenant} holds"
            yield Evidence("address", str(ip), holding.tenant, False, detail)


def _describe(subject: Subject, ip: IPAddress) -> str:
    origin = subject.origin
    if origin.holding:
        since = f" since {origin.holding.since:%Y-%m-%d}" if origin.holding.since else ""
        held = f"{origin.holding.network}, which {origin.holding.tenant} held{since}"
        return f"{ip} lies in {held}, as of {_show_arrival(subject)}"
    if origin.is_relay:
        return f"{ip} is one of our relays: who handed the message to it is not known"
    whose = _describe_nearest(subject, ip) or "is none of ours"
    if not origin.is_ours:
        return f"{ip} {whose}"
    login = "; whoever sent from it had logged in there" if origin.is_user else ""
    return f"{ip}, which handed the message to our relay {_find_relay(subject)}, {whose}{login}"


def _describe_nearest(subject: Subject, ip: IPAddress) -> str | None:
    """Who held an address that nobody held at the arrival: before, or after, whichever is nearer."""
    holding = subject.directory.find_nearest_holding(ip, subject.origin.arrival)
    if holding is None:
        return None
    is_over = holding.until is not None and holding.until <= subject.origin.arrival
    when = f"until {holding.until:%Y-%m-%d}" if is_over else f"only from {holding.since:%Y-%m-%d} on"
    held = f"{holding.network}, which {holding.tenant} held {when}"
    return f"lies in {held}; nobody held it at {_show_arrival(subject)}"


def _show_arrival(subject: Subject) -> str:
    return f"{subject.origin.arrival:%Y-%m-%d %H:%M} UTC"


def _find_relay(subject: Subject) -> IPAddress | None:
    """Our relay that the origin handed the message to: the sender of the line above the origin's."""
    report, hop = subject.report, subject.origin.hop
    if report.message is None or hop is None or hop - 1 == report.origin_hop:
        return report.origin_ip
    return report.message.hops[hop - 1].from_ip


def _find_received(subject: Subject) -> tuple[Trace, ...]:
    """The Received lines from the one that gave the origin down to the one that names the address."""
    first, last = subject.report.origin_hop, subject.origin.hop
    if first is None or last is None:
        return ()
    return tuple(trace for trace in subject.find_traces("received") if first <= trace.below <= last)

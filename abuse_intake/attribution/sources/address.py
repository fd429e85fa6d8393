"""Where it came from: the allocation that covered the address when the message arrived."""

from collections.abc import Iterator

from abuse_intake.attribution.evidence import Subject, show_lines
from parsers.values import Trace
from storage.values import Evidence


def find_address_evidence(subject: Subject) -> Iterator[Evidence]:
    """The allocation that covered the origin address when the message arrived."""
    holding, origin = subject.origin.holding, subject.origin
    if holding is None or origin.ip is None:
        return
    since = f" since {holding.since:%Y-%m-%d}" if holding.since else ""
    detail = (
        f"{origin.ip} lies in {holding.network}, which {holding.tenant} held{since}, "
        f"as of {origin.arrival:%Y-%m-%d %H:%M} UTC"
    )
    lines = show_lines(_find_received(subject))
    yield Evidence("address", str(origin.ip), holding.tenant, False, detail, lines)


def _find_received(subject: Subject) -> tuple[Trace, ...]:
    """The Received lines from the one that gave the origin down to the one that names the address."""
    first, last = subject.report.origin_hop, subject.origin.hop
    if first is None or last is None:
        return ()
    return tuple(trace for trace in subject.find_traces("received") if first <= trace.below <= last)

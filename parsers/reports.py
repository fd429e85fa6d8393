"""Reports of what was read: each with its message, and with the origin that its route concludes."""

from dataclasses import replace

from parsers.feedback import Paired
from parsers.message import Reported
from parsers.origin import conclude_origin
from parsers.route import Route
from parsers.values import Report


def complete_report(report: Report, reported: Reported | None) -> Report:
    """The report with its message, and with the origin that its route concludes."""
    if reported and not report.source_ip and not report.candidate_ips:
        origin = reported.origin
    else:
        route, walk = (reported.route, reported.walk) if reported else (Route(), None)
        origin = conclude_origin(route, report.source_ip, report.candidate_ips, walk)
    return replace(
        report,
        message=reported.message if reported else None,
        origin_ip=origin.ip,
        origin_hop=origin.hop,
        candidate_ips=origin.candidates,
    )


def report_others(pairs: list[Paired], others: list[Reported]) -> list[Report]:
    """A report for each message beside the feedback reports that came from elsewhere, and is none of theirs."""
    known = {reported.message.message_id for _, reported in pairs if reported}
    return [
        complete_report(Report("attached"), other)
        for other in others
        if other.is_routed and other.message.message_id not in known
    ]


def can_stand_alone(report: Report) -> bool:
    """Whether it needs no other beside it: a route shows where it came from, or a program reports it."""
    return report.format == "arf" or report.origin_hop is not None

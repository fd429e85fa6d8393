"""Reports of what was read: each with its message, and with the origin that its route concludes."""

from collections.abc import Iterator
from dataclasses import replace

from parsers.budget import Budget
from parsers.feedback import Paired
from parsers.message import Reported
from parsers.origin import conclude_origin
from parsers.route import Route
from parsers.values import Report

REPEATED_CHARACTERS = 4 * 1024
"""How long the fields of a feedback report may be that stand in a report for each message that it encloses."""


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
    return report.format in ("arf", "xarf") or report.origin_hop is not None


def without_repetition(reports: list[Report], budget: Budget) -> list[Report]:
    """The reports of one feedback report; long fields stand in the first alone, or a small mail would grow large."""
    if len(reports) < 2 or sum(map(len, _texts_of(reports[0]))) <= REPEATED_CHARACTERS:
        return reports
    budget.warn("A feedback report about several messages is long; only the first has all of its fields.")
    return [reports[0], *map(_shorten, reports[1:])]


def _texts_of(report: Report) -> Iterator[str]:
    """The texts of a feedback report, by fields whose length its sender chooses."""
    one = (report.user_agent, report.version, report.original_mail_from, report.reporting_mta)
    lists = (
        report.original_rcpt_to,
        report.reported_domains,
        report.reported_uris,
        report.authentication_results,
        *report.extensions.values(),
    )
    yield from (text for text in one if text)
    yield from (text for texts in lists for text in texts)


def _shorten(report: Report) -> Report:
    return replace(
        report,
        user_agent=None,
        version=None,
        original_mail_from=None,
        reporting_mta=None,
        original_rcpt_to=(),
        reported_domains=(),
        reported_uris=(),
        authentication_results=(),
        extensions={},
    )

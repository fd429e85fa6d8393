"""What an attached message is reported as: itself, or, where it is a complaint, what it encloses."""

from dataclasses import replace

from parsers.enclosed import is_any_routed, read_attached, read_pasted
from parsers.feedback import find_feedback, is_feedback_report
from parsers.message import Reported
from parsers.mime import Budget
from parsers.not_reports import WHATEVER_IT_ENCLOSES, find_reason
from parsers.outside import Outside
from parsers.reports import can_stand_alone, complete_report, report_feedback
from parsers.values import Report
from parsers.weighing import Nested, is_complaint, is_hearsay

DEPTH = 8
ENCLOSED = 20
"""How many messages are read of one that is nested: junk must not use up what the others need."""
TAKEN_FOR_COMPLAINT = "A message was taken for a complaint: what it encloses is reported."
HEARSAY = "Only what its sender wrote tells that complaint from junk: what it encloses may be made up."


def find_innermost(
    reported: Reported, around: Outside, claim: Report, budget: Budget, depth: int = 0
) -> list[Report]:
    """What a complaint encloses is reported, not the complaint; junk and bounces are reported themselves.

    `around` is the mail that it is attached to, `claim` a report with what that mail states.
    """
    own = [complete_report(claim, reported)]
    if depth >= DEPTH:
        budget.warn("Messages are nested too deep; the innermost were not read.")
        return own
    root, outside = reported.root, Outside(reported.root)
    pairs, others = find_feedback(root, budget, ENCLOSED)
    enclosed = [one for _, one in pairs if one] + others if pairs else read_attached(root, budget, ENCLOSED)
    form = claim.format if enclosed else "inline"
    if not enclosed and root.header.every("received"):  # saved without its route, junk cannot be told
        enclosed = read_pasted(outside, budget)
    outside.encloses_route, outside.enclosed = is_any_routed(enclosed), tuple(enclosed)
    nested = Nested(outside, reported, enclosed, around, depth)
    if not _is_opened(nested, bool(pairs)):
        return own
    inner = report_feedback(pairs, others) or [
        report
        for one in enclosed
        for report in find_innermost(one, outside, replace(claim, format=form), budget, depth + 1)
        if can_stand_alone(report)
    ]
    return _mark(inner, nested, budget) or own


def _is_opened(nested: Nested, holds_feedback: bool) -> bool:
    """Whether it complains about what it encloses; bounces to a desk only look like that."""
    if not nested.enclosed and not holds_feedback:
        return False
    if not is_complaint(nested):
        return False
    is_feedback = holds_feedback and is_feedback_report(nested.outside.root)
    return is_feedback or not find_reason(nested.outside, WHATEVER_IT_ENCLOSES)


def _mark(reports: list[Report], nested: Nested, budget: Budget) -> list[Report]:
    """The same, marked as hearsay where nothing but the words of a complaint speaks for it."""
    if reports:
        budget.warn(TAKEN_FOR_COMPLAINT)
    if not reports or not is_hearsay(nested):
        return reports
    budget.warn(HEARSAY)
    return [replace(report, is_hearsay=True) for report in reports]


def without_own(reports: list[Report], reporter: str) -> list[Report]:
    """Reporters attach what they wrote earlier beside the junk: it has no route, and is theirs.

    `reporter` is an address in lower case.
    """
    others = [report for report in reports if can_stand_alone(report) or _find_sender(report) != reporter]
    return others if any(can_stand_alone(report) for report in others) else reports


def _find_sender(report: Report) -> str | None:
    sender = report.message and report.message.from_address
    return sender.lower() if sender else None

"""What an attached message is reported as: itself, or, where it is a complaint, what it encloses."""

from dataclasses import dataclass, replace

from parsers.budget import Budget
from parsers.claims import find_button
from parsers.enclosed import find_believed, find_below, read_attached, read_pasted
from parsers.feedback import Paired, find_feedback, is_feedback_report
from parsers.message import Reported
from parsers.not_reports import WHATEVER_IT_ENCLOSES, find_reason
from parsers.outside import Outside
from parsers.reports import can_stand_alone, complete_report, report_others, without_repetition
from parsers.signs import Nested
from parsers.values import IPAddress, Report
from parsers.weighing import is_complaint, is_hearsay

DEPTH = 8
ENCLOSED = 20
"""How many messages are read of one that is nested: junk must not use up what the others need."""
TAKEN_FOR_COMPLAINT = "A message was taken for a complaint: what it encloses is reported."
HEARSAY = "Only what its sender wrote tells that complaint from junk: what it encloses may be made up."


@dataclass(slots=True)
class _Held:
    """What a message holds: feedback reports, messages that are attached, pasted, or stand below it."""

    outside: Outside
    pairs: list[Paired]
    others: list[Reported]
    attached: list[Reported]
    pasted: list[Reported]
    below: list[Reported]

    @property
    def enclosed(self) -> list[Reported]:
        """All that it may complain about."""
        return self.attached + find_believed(self.pasted) + self.below


def find_innermost(
    reported: Reported,
    around: Outside,
    claim: Report,
    budget: Budget,
    depth: int = 0,
    below: list[Reported] | None = None,
    is_of_feedback: bool = False,
) -> list[Report]:
    """What a complaint encloses is reported, not the complaint; junk and bounces are reported themselves.

    `around` is the mail that it is attached to, `claim` a report with what that mail states. Of a pasted
    message `below` is what stands beneath it; the message of a feedback report has that as its claim.
    """
    claim = _in_form(claim, reported)
    own = [complete_report(claim, reported)]
    if _is_about(claim, reported):
        return own
    if depth >= DEPTH:
        budget.warn("Messages are nested too deep; the innermost were not read.")
        return own
    held = _read_held(reported, budget, below)
    nested = Nested(
        held.outside,
        reported,
        held.enclosed,
        around,
        depth,
        is_stripped=below is not None or is_of_feedback,
        is_of_feedback=is_of_feedback,
        claimed=_claimed(claim),
    )
    if not _is_opened(nested, bool(held.pairs)):
        return own
    return _mark(_report_held(held, claim, budget, depth + 1), nested, budget) or own


def _in_form(claim: Report, reported: Reported) -> Report:
    """A report of a message has the form of the file that it stood in; so has one of what it encloses."""
    is_outlooks = claim.format == "attached" and reported.form != "attached"
    return replace(claim, format=reported.form) if is_outlooks else claim


def _read_held(reported: Reported, budget: Budget, below: list[Reported] | None) -> _Held:
    """What a message holds; one that is shown is without its route, one saved without it tells nothing by its text."""
    root, outside = reported.root, Outside(reported.root)
    pairs, others = find_feedback(root, budget, ENCLOSED)
    attached = [one for _, one in pairs if one] + others if pairs else read_attached(root, budget, ENCLOSED)
    reads_text = not attached and (below is not None or bool(root.header.every("received")))
    pasted = read_pasted(outside, budget) if reads_text else []
    held = _Held(outside, pairs, others, attached, pasted, below or [])
    outside.enclosed = tuple(held.enclosed)
    return held


def _report_held(held: _Held, claim: Report, budget: Budget, depth: int) -> list[Report]:
    """The reports of what a complaint holds, each about the innermost."""
    outside = held.outside
    claim = claim if held.attached or claim.format in ("arf", "xarf") else replace(claim, format="inline")
    claim = replace(claim, feedback_type=claim.feedback_type or find_button(outside))
    inner = report_feedback(held.pairs, held.others, outside, budget, depth) or [
        *(report for one in held.attached for report in find_innermost(one, outside, claim, budget, depth)),
        *find_innermost_pasted(held.pasted, outside, claim, budget, depth),
        *(report for one in held.below for report in find_innermost(one, outside, claim, budget, depth, [])),
    ]
    if held.pairs or any(one.is_routed for one in held.pasted):
        return inner
    return [report for report in inner if can_stand_alone(report)]


def report_feedback(
    pairs: list[Paired], others: list[Reported], around: Outside, budget: Budget, depth: int = 0
) -> list[Report]:
    """A report for each feedback report, about the innermost message; then the others that came from elsewhere."""
    reports: list[Report] = []
    for claim, one in pairs:
        found = find_innermost(one, around, claim, budget, depth, is_of_feedback=True) if one else []
        reports += without_repetition(found, budget) or [complete_report(claim, one)]
    return reports + report_others(pairs, others)


def find_innermost_pasted(
    pasted: list[Reported], around: Outside, claim: Report, budget: Budget, depth: int = 0
) -> list[Report]:
    """Likewise of the messages pasted into one text: what stands below the first one may be what it encloses."""
    if not pasted:
        return []
    found = find_innermost(pasted[0], around, claim, budget, depth, find_below(pasted))
    if not any(report.message is pasted[0].message for report in found):
        return found
    beside = find_believed(pasted)[1:]
    return found + [
        report for one in beside for report in find_innermost(one, around, claim, budget, depth, [])
    ]


def find_beside(
    complaint: Reported, attached: list[Reported], reports: list[Report], around: Outside, budget: Budget
) -> list[Report]:
    """The reports of what is attached beside a pasted complaint; none where the pasted message is junk."""
    outside = Outside(complaint.root, tuple(attached))
    nested = Nested(outside, complaint, attached, around, is_stripped=True)
    return _mark(reports, nested, budget) if _is_opened(nested, holds_feedback=False) else []


def _claimed(claim: Report) -> set[IPAddress]:
    """The addresses that the reporter states."""
    return {ip for ip in (claim.source_ip, *claim.candidate_ips) if ip}


def _is_about(claim: Report, reported: Reported) -> bool:
    """Whether the reporter states an address that the message itself came by."""
    claimed = _claimed(claim)
    return reported.origin.ip in claimed or any(line.hop.from_ip in claimed for line in reported.route.lines)


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

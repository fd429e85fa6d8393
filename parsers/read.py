"""How a mail is read. What the sender of the junk wrote does not decide; what the mail's own sender wrote does.

1. Without a header field that one knows it is no mail.
2. A feedback report makes it a report, each with the message enclosed for it, or with what that complains about.
3. What encloses somebody's own message is no report: a bounce, a receipt, a digest, an automatic reply.
4. Each attached message is a report, with what SpamCop, Hotmail and robots state in words beside it. What an
   attached complaint encloses, or shows, is reported in its place; what the reporter wrote earlier is left out.
   Headers with a route that are pasted into the text count instead where they tell more.
5. Where none is attached, the fields of a bounce in the text make it no report.
6. Headers pasted into the text are a report each, or what a pasted complaint encloses; so are the few fields that
   a program leaves of what it forwards in the text.
7. A text that complains and names a public address is a report of that address.
8. Otherwise it is no report, with the reason.
"""

import hashlib
from dataclasses import replace

from parsers import budget as limits
from parsers.bare import find_bare
from parsers.budget import Budget
from parsers.claims import find_format, read_claim, read_hotmail_claim
from parsers.correspondence import read_correspondence
from parsers.enclosed import read_attached, read_pasted
from parsers.feedback import find_feedback
from parsers.headers import decode_text, is_cut, parse_sole_address
from parsers.message import Reported
from parsers.mime import Part, parse_message
from parsers.nested import (
    find_beside,
    find_innermost,
    find_innermost_pasted,
    report_feedback,
    without_own,
)
from parsers.not_reports import (
    WHATEVER_IT_ENCLOSES,
    WITHOUT_ENCLOSED,
    WITHOUT_EVIDENCE,
    WITHOUT_ROUTE,
    find_reason,
)
from parsers.outside import Outside
from parsers.prose import read_prose
from parsers.reports import can_stand_alone, complete_report
from parsers.subjects import strip_prefixes
from parsers.values import ReadMail, Report
from parsers.wording.forwarded import MARKS

LOST_ROUTE = "A message was forwarded in the text, without the headers that tell where it came from."
BESIDE_FORWARD = "What is attached to a forward in the text may be a file of the junk: it may be made up."


def read_mail(raw: bytes) -> ReadMail:
    """How these bytes are read: for every byte string there is an answer, in bounded time."""
    budget = Budget()
    root = parse_message(raw, budget)
    sha256 = hashlib.sha256(raw).hexdigest()
    if not root.header.count_known():
        if bare := find_bare(raw):
            budget.warn(bare)
        return ReadMail(sha256, len(raw), "not_a_report", "not_mail", warnings=tuple(budget.warnings))
    if is_cut(root.header):
        budget.warn(limits.LONG_VALUE)
    found, reason = _find_reports(root, budget)
    reports = found[: budget.take(limits.REPORTS, len(found))]
    return ReadMail(
        sha256=sha256,
        size=len(raw),
        disposition="report" if reports else "not_a_report",
        reason=None if reports else reason,
        reporter=parse_sole_address(root.header.every("from")),
        warnings=tuple(budget.warnings),
        reports=reports,
        correspondence=read_correspondence(root.header),
    )


def _find_reports(root: Part, budget: Budget) -> tuple[tuple[Report, ...], str | None]:
    """The reports in a mail, or none and the reason why."""
    outside = Outside(root)
    if reports := report_feedback(*find_feedback(root, budget), outside, budget):
        return tuple(reports), None
    enclosed = read_attached(root, budget)
    outside.enclosed = tuple(enclosed)
    if reason := find_reason(outside, WHATEVER_IT_ENCLOSES):
        return (), reason
    if reports := _report_attached(outside, enclosed, budget):
        return tuple(_prefer_pasted(reports, enclosed, outside, budget)), None
    if reason := find_reason(outside, WITHOUT_ENCLOSED):
        return (), reason
    found = _report_pasted(read_pasted(outside, budget), outside, budget)
    if found and (any(report.candidate_ips for report in found) or _can_be_forward(outside)):
        return tuple(_warn_of_lost_route(found, budget)), None
    reason = find_reason(outside, WITHOUT_EVIDENCE)
    if not found and (prose := read_prose(outside, reason, budget)):
        return (prose,), None
    return (), reason or "no_evidence"


def _report_attached(outside: Outside, enclosed: list[Reported], budget: Budget) -> list[Report]:
    """A report for each attached message; Hotmail's older ones are reports without one too."""
    of_hotmail = read_hotmail_claim(outside)
    claim = of_hotmail or read_claim(outside, find_format(outside))
    reports = [report for reported in enclosed for report in find_innermost(reported, outside, claim, budget)]
    if of_hotmail and not reports and of_hotmail.source_ip:
        return [complete_report(of_hotmail, None)]
    return without_own(reports, outside.sender)


def _prefer_pasted(
    attached: list[Report], enclosed: list[Reported], outside: Outside, budget: Budget
) -> list[Report]:
    """Pasted headers with a route tell more than attached messages without one.

    A forward that shows a message in its text, with a route or under its own subject, brings the files of that
    message too: they are not reported, unless it is a complaint, and they are what it complains about.
    """
    shows_route = outside.is_forward and outside.shows_route_in_text
    shows_another = _shows_another(outside, enclosed)
    if not (shows_route or shows_another) and any(can_stand_alone(report) for report in attached):
        return _doubt_files(attached, outside, budget)
    messages = read_pasted(outside, budget)
    shown = _report_pasted(messages, outside, budget)
    pasted = shown if shows_another else [report for report in shown if can_stand_alone(report)]
    is_whole = bool(pasted) and pasted[0].message is messages[0].message
    if is_whole and (beside := find_beside(messages[0], enclosed, attached, outside, budget)):
        return beside
    known = {report.origin_ip for report in attached if can_stand_alone(report)}
    return pasted if pasted and not any(report.origin_ip in known for report in pasted) else attached


def _doubt_files(attached: list[Report], outside: Outside, budget: Budget) -> list[Report]:
    """The same; programs that forward in the text leave the files of the junk, which its sender may have made up."""
    is_shown = outside.pasted is not None and not outside.shows_route_in_text
    if not is_shown or not (outside.is_forward or MARKS.is_in(outside.own_text)):
        return attached
    budget.warn(BESIDE_FORWARD)
    return [replace(report, is_hearsay=True) for report in attached]


def _shows_another(outside: Outside, enclosed: list[Reported]) -> bool:
    """Whether the message that it forwards stands in its text, and what is attached has other subjects."""
    if not (outside.is_forward and outside.pasted):
        return False
    subject = strip_prefixes(decode_text(outside.pasted.first("subject")) or "")
    attached = (strip_prefixes(one.message.subject or "") for one in enclosed)
    return bool(subject) and subject == strip_prefixes(outside.subject) and subject not in attached


def _can_be_forward(outside: Outside) -> bool:
    """Whether fields without a route are those of a forward.

    Programs list what they hold back, and quote what they answer, with fields as those of a message.
    """
    if outside.return_path == "" or outside.is_generated:
        return False
    return outside.is_forward or not find_reason(outside, WITHOUT_ROUTE)


def _warn_of_lost_route(reports: list[Report], budget: Budget) -> list[Report]:
    """The same; forwarding in the text loses the headers that tell where a message came from."""
    if any(report.message and not report.message.hops for report in reports):
        budget.warn(LOST_ROUTE)
    return reports


def _report_pasted(pasted: list[Reported], outside: Outside, budget: Budget) -> list[Report]:
    return find_innermost_pasted(pasted, outside, read_claim(outside, "inline"), budget)

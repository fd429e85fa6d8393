"""How a mail is read. A mail is judged by what is in it, not by who sent it.

1. Without a header field that one knows it is no mail.
2. A feedback report makes it a report, each with the message enclosed for it.
3. What encloses somebody's own message is no report: a bounce, a receipt, a digest, an automatic reply.
4. Each attached message is a report; what an attached complaint encloses, or shows, is reported in its place.
5. Headers pasted into the text are a report each.
6. Otherwise it is no report, with the reason.
"""

import hashlib
from dataclasses import replace

from parsers import robots
from parsers.addresses import parse_ip
from parsers.correspondence import read_correspondence
from parsers.enclosed import read_attached, read_pasted
from parsers.feedback import FEEDBACK, find_feedback, is_feedback_report
from parsers.headers import first_address, parse_sole_address
from parsers.message import Reported
from parsers.mime import Budget, Part, parse_message
from parsers.nested import Nested, is_complaint
from parsers.not_reports import (
    WHATEVER_IT_ENCLOSES,
    WITHOUT_ENCLOSED,
    WITHOUT_EVIDENCE,
    find_reason,
)
from parsers.origin import Route, conclude_origin
from parsers.outside import Outside
from parsers.values import ReadMail, Report, ReportFormat

NESTED = 8
TAKEN_FOR_COMPLAINT = "A message was taken for a complaint: what it encloses is reported."
ENCLOSED = 20
"""How many messages are read of one that is nested: junk must not use up what the others need."""


def read_mail(raw: bytes) -> ReadMail:
    """How these bytes are read: for every byte string there is an answer, in bounded time."""
    budget = Budget()
    root = parse_message(raw, budget)
    sha256 = hashlib.sha256(raw).hexdigest()
    if not root.header.count_known():
        return ReadMail(sha256, len(raw), "not_a_report", "not_mail", warnings=tuple(budget.warnings))
    reports, reason = _find_reports(root, budget)
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
    if reports := _find_feedback_reports(root, budget):
        return tuple(reports), None
    enclosed = read_attached(root, budget)
    outside = Outside(root, _is_any_routed(enclosed))
    if reason := find_reason(outside, WHATEVER_IT_ENCLOSES):
        return (), reason
    if reports := _report_attached(outside, enclosed, budget):
        return tuple(_prefer_pasted(reports, outside, budget)), None
    if reason := find_reason(outside, WITHOUT_ENCLOSED):
        return (), reason
    if found := _find_pasted_reports(outside, budget):
        return tuple(found), None
    return (), find_reason(outside, WITHOUT_EVIDENCE) or "no_evidence"


def _find_feedback_reports(root: Part, budget: Budget) -> list[Report]:
    """A report for each feedback report; then the other messages that came from elsewhere."""
    pairs, others = find_feedback(root, budget)
    reports = [_complete(report, reported) for report, reported in pairs]
    known = {reported.message.message_id for _, reported in pairs if reported}
    further = [
        _complete(Report("attached"), other) for other in others if other.message.message_id not in known
    ]
    return reports + [report for report in further if _is_routed(report)]


def _complete(report: Report, reported: Reported | None) -> Report:
    """The report with its message, and with the origin that its route concludes."""
    origin = conclude_origin(reported.route if reported else Route(), report.source_ip, report.candidate_ips)
    return replace(
        report,
        message=reported.message if reported else None,
        origin_ip=origin.ip,
        origin_hop=origin.hop,
        candidate_ips=origin.candidates,
    )


def _is_any_routed(enclosed: list[Reported]) -> bool:
    return any(reported.is_routed for reported in enclosed)


def _report_attached(outside: Outside, enclosed: list[Reported], budget: Budget) -> list[Report]:
    complaint = _hotmail_complaint(outside)
    template = complaint or _said(outside, _format(outside))
    reports = [
        report for reported in enclosed for report in _innermost(reported, outside, template, budget, 0)
    ]
    if complaint and not reports and complaint.source_ip:
        return [_complete(complaint, None)]
    return _without_own(reports, first_address(outside.root.header.first("from")))


def _prefer_pasted(attached: list[Report], outside: Outside, budget: Budget) -> list[Report]:
    """Pasted headers with a route tell more than attached messages without one.

    A forward that begins with the route of a message brings the files of that message too: they are not reported.
    """
    shows_route = outside.is_forward and outside.pasted and outside.pasted.every("received")
    if not shows_route and any(_is_routed(report) for report in attached):
        return attached
    pasted = [report for report in _find_pasted_reports(outside, budget) if _is_routed(report)]
    known = {report.origin_ip for report in attached if _is_routed(report)}
    return pasted if pasted and not any(report.origin_ip in known for report in pasted) else attached


def _without_own(reports: list[Report], reporter: str | None) -> list[Report]:
    """Reporters attach what they wrote earlier beside the junk: it has no route, and is theirs."""
    others = [
        report
        for report in reports
        if _is_routed(report) or not report.message or report.message.from_address != reporter
    ]
    return others if any(_is_routed(report) for report in others) else reports


def _format(outside: Outside) -> ReportFormat:
    """A mail that calls itself a feedback report is one, though its fields are missing or broken."""
    return "arf" if is_feedback_report(outside.root) else "attached"


def _hotmail_complaint(outside: Outside) -> Report | None:
    """Hotmail's older reports have no machine-readable part: their subject states the address."""
    found = robots.HOTMAIL_SUBJECT.match(outside.subject)
    if not found or not outside.is_from(robots.HOTMAIL_DOMAINS):
        return None
    return Report("arf", feedback_type="abuse", source_ip=parse_ip(found[1]))


def _said(outside: Outside, form: ReportFormat) -> Report:
    """A report of that format, with what the mail itself says: the subject of a forward is that of the junk."""
    named = robots.SPAMCOP_SUBJECT.match(outside.subject) if outside.is_from(robots.SPAMCOP_DOMAINS) else None
    source_ip = parse_ip(named[1]) if named else None
    return Report(
        form,
        feedback_type="auth-failure" if _says_authentication_failed(outside) else None,
        source_ip=source_ip,
    )


def _says_authentication_failed(outside: Outside) -> bool:
    parts = outside.local_parts
    robot = outside.is_mail_system or any("dmarc" in p or robots.ROBOT_LOCAL_PARTS.is_in(p) for p in parts)
    if outside.is_forward or not (robot or outside.is_multipart_report):
        return False
    in_subject = robots.AUTHENTICATION_SUBJECTS.is_in(outside.subject)
    return in_subject or robots.AUTHENTICATION_TEXTS.is_in(outside.own_text)


def _innermost(
    reported: Reported, around: Outside, template: Report, budget: Budget, depth: int
) -> list[Report]:
    """What a complaint encloses is reported, not the complaint; junk and bounces are reported themselves."""
    own = [_complete(template, reported)]
    if depth >= NESTED:
        budget.warn("Messages are nested too deep; the innermost were not read.")
        return own
    root = reported.root
    if is_feedback_report(root) and (feedback := _find_feedback_reports(root, budget)):
        budget.warn(TAKEN_FOR_COMPLAINT)
        return feedback
    enclosed = read_attached(root, budget, ENCLOSED)
    form = template if enclosed else replace(template, format="inline")
    enclosed = enclosed or read_pasted(root, budget)
    outside = Outside(root, _is_any_routed(enclosed))
    if not enclosed and FEEDBACK not in outside.types:
        return own
    if not is_complaint(Nested(outside, reported, enclosed, around)):
        return own
    if find_reason(outside, WHATEVER_IT_ENCLOSES):
        return own
    routed = _find_feedback_reports(root, budget) or [
        report
        for inner in enclosed
        for report in _innermost(inner, outside, form, budget, depth + 1)
        if _is_routed(report)
    ]
    if routed:
        budget.warn(TAKEN_FOR_COMPLAINT)
    return routed or own


def _is_routed(report: Report) -> bool:
    return report.format == "arf" or report.origin_hop is not None


def _find_pasted_reports(outside: Outside, budget: Budget) -> list[Report]:
    template = _said(outside, "inline")
    return [_complete(template, reported) for reported in read_pasted(outside.root, budget)]

"""How a mail is read. A mail is judged by what is in it, not by who sent it.

1. Without a header field that one knows it is no mail.
2. A feedback report makes it a report, each with the message enclosed for it.
3. What encloses somebody's own message is no report: a bounce, a receipt, a digest, an automatic reply.
4. Each attached message is a report; of nested ones, the innermost that has a route.
5. Headers pasted into the text are a report each.
6. Otherwise it is no report, with the reason.
"""

import hashlib
from dataclasses import replace
from itertools import islice

from parsers import robots
from parsers.addresses import parse_ip
from parsers.arf import BrokenReport, parse_feedback_report
from parsers.attached import ENCLOSING_TYPES, find_attached, find_unmarked
from parsers.correspondence import read_correspondence
from parsers.header_block import GLANCE_FIELDS, skip_prologue, split_header
from parsers.headers import parse_sole_address
from parsers.inline import find_pasted
from parsers.message import WRAPPING_NAMES, Reported, read_reported
from parsers.mime import Budget, Part, parse_message
from parsers.not_reports import (
    WHATEVER_IT_ENCLOSES,
    WITHOUT_ENCLOSED,
    WITHOUT_EVIDENCE,
    Outside,
    find_reason,
)
from parsers.origin import Route, conclude_origin
from parsers.values import ReadMail, Report, ReportFormat

NESTED = 8
FEEDBACK_PARTS = 20
FEEDBACK_BYTES = 256 * 1024

_FEEDBACK_TYPES = ("text/plain", "application/octet-stream", "message/")


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
    if reports := _find_feedback(root, budget):
        return reports, None
    outside = Outside(root)
    if reason := find_reason(outside, WHATEVER_IT_ENCLOSES):
        return (), reason
    if reports := _find_attached_reports(outside, budget):
        return reports, None
    if reason := find_reason(outside, WITHOUT_ENCLOSED):
        return (), reason
    if reports := _find_pasted_reports(outside, budget):
        return reports, None
    return (), find_reason(outside, WITHOUT_EVIDENCE) or "no_evidence"


def _find_feedback(root: Part, budget: Budget) -> tuple[Report, ...]:
    """A report for each feedback report, with the message that is enclosed at its place."""
    found = [report for part in _feedback_parts(root) if (report := _parse_feedback(part, budget))]
    if not found:
        return ()
    contents = _find_enclosed(root, len(found))
    messages = [read_reported(content, budget) for content in contents]
    messages += [None] * (len(found) - len(messages))
    return tuple(_complete(report, message) for report, message in zip(found, messages, strict=True))


def _find_enclosed(root: Part, limit: int) -> list[bytes]:
    """The messages beside a feedback report: attached, of another type, or pasted."""
    parts = [part for part in find_attached(root) if not _is_feedback(part)]
    parts = parts or list(islice((part for part in find_unmarked(root) if not _is_feedback(part)), limit))
    return [part.message_content() for part in parts[:limit]] or find_pasted(root)[:limit]


def _feedback_parts(root: Part) -> list[Part]:
    return [part for part in root.walk() if not part.children and _is_feedback(part)][:FEEDBACK_PARTS]


def _is_feedback(part: Part) -> bool:
    """By its type, or by its first fields: some senders, and programs under way, change the type."""
    if part.type == "message/feedback-report":
        return True
    if part.type in ENCLOSING_TYPES or not part.type.startswith(_FEEDBACK_TYPES):
        return False
    head = _head(part, 8192).content()
    if b"feedback-type" not in head.lower():
        return False
    header, start = split_header(head, skip_prologue(head, 0, len(head)), len(head), GLANCE_FIELDS)
    if header.by_name.keys() <= WRAPPING_NAMES:
        header, _ = split_header(head, start, len(head), GLANCE_FIELDS)
    return "feedback-type" in header.by_name


def _head(part: Part, size: int) -> Part:
    return Part(
        part.source, part.header, part.body_start, min(part.end, part.body_start + size), part.content_type
    )


def _parse_feedback(part: Part, budget: Budget) -> Report | None:
    try:
        return parse_feedback_report(_head(part, FEEDBACK_BYTES).content())
    except BrokenReport as broken:
        budget.warn(f"A feedback report is broken. {broken}")
        return None


def _complete(report: Report, reported: Reported | None) -> Report:
    """The report with its message, and with the origin that its route concludes."""
    origin = conclude_origin(reported.route if reported else Route(), report.source_ip)
    return replace(
        report,
        message=reported.message if reported else None,
        origin_ip=origin.ip,
        origin_hop=origin.hop,
        candidate_ips=origin.candidates,
    )


def _find_attached_reports(outside: Outside, budget: Budget) -> tuple[Report, ...]:
    complaint = _hotmail_complaint(outside)
    reports = _read_attached(outside.root, complaint or _said(outside, _format(outside)), budget, 0)
    if complaint and not reports and complaint.source_ip:
        return (_complete(complaint, None),)
    return tuple(reports)


def _format(outside: Outside) -> ReportFormat:
    """A mail that calls itself a feedback report is one, though its fields are missing or broken."""
    return "arf" if outside.report_type == "feedback-report" else "attached"


def _hotmail_complaint(outside: Outside) -> Report | None:
    """Hotmail's older reports have no machine-readable part: their subject states the address."""
    found = robots.HOTMAIL_SUBJECT.search(outside.subject)
    if not found or robots.FORWARDED.match(outside.subject):
        return None
    return Report("arf", feedback_type="abuse", source_ip=parse_ip(found[1]))


def _said(outside: Outside, form: ReportFormat) -> Report:
    """A report of that format; its feedback type only if the mail itself says it."""
    failed = robots.AUTHENTICATION_TEXTS.is_in(outside.subject) or robots.AUTHENTICATION_TEXTS.is_in(
        outside.text
    )
    named = robots.SPAMCOP_SUBJECT.search(outside.subject)
    source_ip = parse_ip(named[1]) if named else None
    return Report(form, feedback_type="auth-failure" if failed else None, source_ip=source_ip)


def _read_attached(root: Part, template: Report, budget: Budget, depth: int) -> list[Report]:
    reports: list[Report] = []
    for part in find_attached(root):
        reported = read_reported(part.message_content(), budget)
        if reported:
            reports.extend(_innermost(reported, template, budget, depth))
    return reports


def _innermost(reported: Reported, template: Report, budget: Budget, depth: int) -> list[Report]:
    """What a complaint encloses is reported, not the complaint; a reported bounce is reported itself."""
    own = [_complete(template, reported)]
    if depth >= NESTED:
        budget.warn("Messages are nested too deep; the innermost were not read.")
        return own
    if feedback := _find_feedback(reported.root, budget):
        return list(feedback)
    if not find_attached(reported.root) or find_reason(Outside(reported.root), WHATEVER_IT_ENCLOSES):
        return own
    inner = [
        report for report in _read_attached(reported.root, template, budget, depth + 1) if _is_routed(report)
    ]
    return inner or own


def _is_routed(report: Report) -> bool:
    return report.format == "arf" or report.origin_hop is not None


def _find_pasted_reports(outside: Outside, budget: Budget) -> tuple[Report, ...]:
    template = _said(outside, "inline")
    found = (read_reported(raw, budget) for raw in find_pasted(outside.root))
    return tuple(_complete(template, reported) for reported in found if reported)

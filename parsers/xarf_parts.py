"""Where a mail holds XARF documents, and which of its feedback reports (ARF) say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from parsers import budget as limits
from parsers.budget import Budget
from parsers.inline import find_pasted
from parsers.mime import Part
from parsers.own_parts import (
    find_in_report,
    find_words,
    is_foreign_file,
    is_passed_on,
    may_hold_fields,
    opens_like_report,
)
from parsers.values import Report
from parsers.xarf import Complaint, begins_like_xarf, build_complaints

HEADER_FIELDS = ("x-xarf", "x-arf")
"""By these X-ARF 0.1 and 0.2 know their mails."""


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """What one document in a part reports."""

    part: Part
    complaint: Complaint
    is_alone: bool
    """Whether the part has no other document: then a message beside it is about this one."""


def find_stated(root: Part, budget: Budget) -> list[Stated]:
    """What the XARF documents report that the sender of the mail put there, in the order of the mail."""
    found = {id(part): part for part in root.leaves if _may_hold(part)}
    read = [(part, _read(part, budget)) for part in _choose_own(root, found)]
    return [Stated(part, one, len(all_of_it) == 1) for part, all_of_it in read for one in all_of_it]


def join_reports(
    arf: Mapping[int, Report], stated: list[Stated]
) -> tuple[dict[int, Report], dict[int, bytes]]:
    """The reports by a number each, and the messages that documents bring: ARF and XARF beside it are one complaint."""
    reports, messages = dict(arf), {}
    free = list(arf)
    for one in stated:
        same = next((key for key in free if _says_the_same(reports[key], one.complaint.report)), None)
        key = same if same is not None else id(one.part) if one.is_alone else id(one)
        if same is not None:
            free.remove(same)
        reports[key] = (
            _complete(one.complaint.report, reports[key]) if same is not None else one.complaint.report
        )
        if one.complaint.messages:
            messages[key] = one.complaint.messages[0]
    return reports, messages


def _may_hold(part: Part) -> bool:
    return may_hold_fields(part) and begins_like_xarf(part.beginning)


def _choose_own(root: Part, found: Mapping[int, Part]) -> list[Part]:
    """Those of the sender: of any file name, unless the mail passes something on, or shows a message."""
    if not found:
        return []
    text = find_words(root, found)
    if not text or opens_like_report(text) or any(name in root.header.by_name for name in HEADER_FIELDS):
        return list(found.values())
    in_report, passes_on = find_in_report(root), is_passed_on(root, text)
    shows = not passes_on and any(map(is_foreign_file, found.values())) and bool(find_pasted(root))
    return [
        part
        for key, part in found.items()
        if key in in_report or not (passes_on or (shows and is_foreign_file(part)))
    ]


def _read(part: Part, budget: Budget) -> list[Complaint]:
    size, allowed = part.end - part.body_start, budget.allow(limits.XARF_BYTES)
    budget.spend(limits.XARF_BYTES, min(size, allowed))
    return build_complaints(part.head(allowed).message_content(), budget, is_cut=size > allowed)


def _says_the_same(arf: Report, xarf: Report) -> bool:
    """Whether they name the same address, or one names none."""
    return not (arf.source_ip and xarf.source_ip) or arf.source_ip == xarf.source_ip


def _complete(xarf: Report, arf: Report) -> Report:
    """The document's report, with what only the feedback report beside it says."""
    return replace(
        xarf,
        feedback_type=xarf.feedback_type or arf.feedback_type,
        source_ip=xarf.source_ip or arf.source_ip,
        candidate_ips=tuple(dict.fromkeys(xarf.candidate_ips + arf.candidate_ips)),
        arrival_date=arf.arrival_date or xarf.arrival_date,
        user_agent=xarf.user_agent or arf.user_agent,
        original_mail_from=xarf.original_mail_from or arf.original_mail_from,
        original_rcpt_to=xarf.original_rcpt_to or arf.original_rcpt_to,
        reporting_mta=arf.reporting_mta,
        reported_domains=tuple(dict.fromkeys(xarf.reported_domains + arf.reported_domains)),
        reported_uris=tuple(dict.fromkeys(xarf.reported_uris + arf.reported_uris)),
        authentication_results=arf.authentication_results,
        incidents=arf.incidents,
        extensions={**xarf.extensions, **arf.extensions},
    )

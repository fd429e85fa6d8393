"""Where a mail holds feedback reports, and which message belongs to each.

A machine-readable part counts only where the sender of the mail put it, not the sender of the junk.
"""

import re
from collections.abc import Collection, Iterator

from parsers.arf import BrokenReport, parse_feedback_report
from parsers.attached import ENCLOSING_TYPES, find_attached, find_unmarked
from parsers.complaints import is_forward
from parsers.header_block import GLANCE_FIELDS, skip_prologue, split_header
from parsers.inline import find_pasted
from parsers.message import WRAPPING_NAMES, Reported, read_reported
from parsers.mime import Budget, Part
from parsers.values import Report

FEEDBACK_PARTS = 20
FEEDBACK_BYTES = 256 * 1024

FEEDBACK = "message/feedback-report"
_OTHER_TYPES = ("text/plain", "application/octet-stream", "message/")
_OWN_FILES = re.compile(r"report|feedback|complaint|abuse|arf|fbl|att\d|part|untitled|noname", re.IGNORECASE)
"""Names that machine-readable parts have, given by their sender or by a program under way."""

Paired = tuple[Report, Reported | None]


def is_feedback_report(root: Part) -> bool:
    """Whether an enclosed message is a feedback report itself, not junk that brings a part like one."""
    if root.type != "multipart/report":
        return False
    holds = any(child.type == FEEDBACK for child in root.children)
    return holds or root.content_type.parameters.get("report-type", "").lower() == "feedback-report"


def find_feedback(root: Part, budget: Budget) -> tuple[list[Paired], list[Reported]]:
    """Each feedback report with its message, and the messages beside them that none is about."""
    parts = _feedback_parts(root)
    reports = {id(part): report for part in parts if (report := _parse_feedback(part, budget))}
    if not reports:
        return [], []
    attached = [part for part in find_attached(root) if not _is_feedback(part)]
    attached = attached or [part for _, part in zip(reports, _find_unmarked(root), strict=False)]
    if not attached:
        return _with_pasted(root, list(reports.values()), budget), []
    pairs, surplus = _pair(root, reports, {id(part) for part in attached})
    messages = {key: read_reported(part.message_content(), budget) for key, part in pairs.items()}
    others = [read for part in surplus if (read := read_reported(part.message_content(), budget))]
    return [(report, messages.get(key)) for key, report in reports.items()], others


def _find_unmarked(root: Part) -> Iterator[Part]:
    return (part for part in find_unmarked(root) if not _is_feedback(part))


def _with_pasted(root: Part, reports: list[Report], budget: Budget) -> list[Paired]:
    messages = [read_reported(raw, budget) for raw in find_pasted(root)[: len(reports)]]
    messages += [None] * (len(reports) - len(messages))
    return list(zip(reports, messages, strict=True))


def _pair(
    root: Part, reports: Collection[int], messages: Collection[int]
) -> tuple[dict[int, Part], list[Part]]:
    """Pairs by the innermost multipart that holds both, there by order; and the messages left over."""
    pairs: dict[int, Part] = {}
    surplus: list[Part] = []
    waiting: dict[int, tuple[list[int], list[Part]]] = {}
    for part in reversed(list(root.walk())):
        below = [waiting.pop(id(child)) for child in part.children]
        lonely = [key for keys, _ in below for key in keys] + [id(part)] * (id(part) in reports)
        free = [found for _, parts in below for found in parts] + [part] * (id(part) in messages)
        if lonely and free:
            pairs.update(zip(lonely, free, strict=False))
            surplus = free[len(lonely) :] + surplus
            lonely, free = [], []
        waiting[id(part)] = (lonely, free)
    return pairs, waiting[id(root)][1] + surplus


def _feedback_parts(root: Part) -> list[Part]:
    in_report = {
        id(child) for part in root.walk() if part.type == "multipart/report" for child in part.children
    }
    forwarded = is_forward(root)

    def is_senders(part: Part) -> bool:
        """Forwards hold the junk's own attachments, mostly with the file names that they came with."""
        return part.type == FEEDBACK or id(part) in in_report or not (forwarded or _is_foreign_file(part))

    leaves = (part for part in root.walk() if not part.children)
    return [part for part in leaves if is_senders(part) and _is_feedback(part)][:FEEDBACK_PARTS]


def _is_foreign_file(part: Part) -> bool:
    named = part.disposition.name == "attachment" and part.filename
    return bool(named) and not _OWN_FILES.search(part.filename)


def _is_feedback(part: Part) -> bool:
    """By its type, or by its first fields: some senders, and programs under way, change the type."""
    if part.type == FEEDBACK:
        return True
    if part.type in ENCLOSING_TYPES or not part.type.startswith(_OTHER_TYPES):
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

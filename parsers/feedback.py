"""Where a mail holds feedback reports, and which message belongs to each.

A machine-readable part counts only where the sender of the mail put it, not the sender of the junk.
"""

import re
from collections.abc import Collection, Iterator

from parsers.arf import (
    FEEDBACK_TYPE,
    BrokenReport,
    begins_like_report,
    find_appended,
    holds_report,
    parse_feedback_report,
)
from parsers.attached import ENCLOSING_TYPES, find_attached, find_unmarked
from parsers.complaints import is_complaint, is_forward
from parsers.content import decode_base64
from parsers.inline import cut_pasted, find_pasted, strip_html
from parsers.message import Reported, read_reported
from parsers.mime import Budget, Part
from parsers.robots import Wording
from parsers.values import Report

FEEDBACK_PARTS = 20
FEEDBACK_BYTES = 256 * 1024

LOOKED_AT = 8 * 1024

_FEEDBACK = "message/feedback-report"
_OTHER_TYPES = ("text/", "application/", "message/")
_OWN_FILES = re.compile(
    r"report|feedback|complaint|abuse|arf|fbl|att\d|details|part|untitled|noname", re.IGNORECASE
)
"""Names that machine-readable parts have, given by their sender or by a program under way."""

OPENINGS = Wording(
    r"this is an? [^\n]{1,80} ?report for an? (?:e-?mail )?message",  # the example of RFC 5965
    start=r"\A\W{0,20}",
)
"""How the text of a feedback report begins; whoever forwards junk writes no such thing above it."""

Paired = tuple[Report, Reported | None]


def is_feedback_mail(root: Part) -> bool:
    """Whether an enclosed message is a feedback report itself, not junk that brings a part like one."""
    holds = any(child.type == _FEEDBACK for child in root.children)
    if root.type == "multipart/report":
        return holds or root.content_type.parameters.get("report-type", "").lower() == "feedback-report"
    return holds and is_complaint(root)


def find_feedback(root: Part, budget: Budget) -> tuple[list[Paired], list[Reported]]:
    """Each feedback report with its message, and the messages beside them that none is about."""
    parts = {id(part): part for part in _feedback_parts(root)}
    reports = {key: report for key, part in parts.items() if (report := _parse_feedback(part, budget))}
    if not reports:
        return [], []
    attached = [part for part in find_attached(root) if not _is_feedback(part)]
    attached = attached or [part for _, part in zip(reports, _find_unmarked(root), strict=False)]
    if not attached:
        raws = _find_appended([parts[key] for key in reports]) or _find_pasted(root)
        return _in_order(list(reports.values()), raws, budget), []
    pairs, surplus = _pair(root, reports, {id(part) for part in attached})
    messages = {key: read_reported(part.message_content(), budget) for key, part in pairs.items()}
    others = [read for part in surplus if (read := read_reported(part.message_content(), budget))]
    return [(report, messages.get(key)) for key, report in reports.items()], others


def _find_unmarked(root: Part) -> Iterator[Part]:
    return (part for part in find_unmarked(root) if not _is_feedback(part))


def _find_appended(parts: list[Part]) -> list[bytes | None]:
    """The message behind the fields of each part, or nothing where no part has one."""
    found = [find_appended(_read_content(part, part.end - part.body_start)) for part in parts]
    return found if any(found) else []


def _find_pasted(root: Part) -> list[bytes | None]:
    return [raw for raw in find_pasted(root) if not holds_report(raw)]


def _in_order(reports: list[Report], raws: list[bytes | None], budget: Budget) -> list[Paired]:
    messages = [read_reported(raw, budget) if raw else None for raw in raws[: len(reports)]]
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
    parts = [part for part in root.walk() if not part.children and _is_feedback(part)]
    in_report = {
        id(child) for part in root.walk() if part.type == "multipart/report" for child in part.children
    }
    return [part for part in parts if id(part) in in_report or _is_senders(part, root)][:FEEDBACK_PARTS]


def _is_senders(part: Part, root: Part) -> bool:
    """Forwards hold the junk's own attachments, mostly with the file names that they came with."""
    if part is root or not (_is_foreign_file(part) or _passes_on(root)):
        return True
    text = _own_text(root)
    return not text.strip() or OPENINGS.is_in(_collapse(text))


def _is_foreign_file(part: Part) -> bool:
    return bool(part.filename) and not _OWN_FILES.search(part.filename)


def _passes_on(root: Part) -> bool:
    return is_forward(root) or cut_pasted(_own_text(root))[1] is not None


def _own_text(root: Part) -> str:
    """The beginning of the first text that is no machine-readable part: the words of who sent the mail."""
    texts = (part for part in root.walk() if part.type.startswith("text/") and not part.children)
    first = next((part for part in texts if not _is_feedback(part)), None)
    if first is None:
        return ""
    text = _head(first, LOOKED_AT).text()
    return strip_html(text) if first.type == "text/html" else text


def _collapse(text: str) -> str:
    return " ".join(text[:1000].split())


def _is_feedback(part: Part) -> bool:
    """By its type, or by its first fields: some senders, and programs under way, change the type."""
    if part.type == _FEEDBACK:
        return True
    if part.type in ENCLOSING_TYPES or not part.type.startswith(_OTHER_TYPES):
        return False
    content = _read_content(part, LOOKED_AT)
    if FEEDBACK_TYPE.encode() not in content.lower():
        return False
    if begins_like_report(content):
        return True
    return OPENINGS.is_in(_collapse(content[:1000].decode("latin-1"))) and holds_report(content)


def _read_content(part: Part, size: int) -> bytes:
    """Without its transfer encoding, also where that is declared and not applied, or the other way round."""
    head = _head(part, size)
    body, name = head.body(), FEEDBACK_TYPE.encode()
    decoded = head.message_content()
    if name in decoded.lower() or part.type != _FEEDBACK:
        return decoded
    return next((raw for raw in (body, decode_base64(body)) if name in raw.lower()), decoded)


def _head(part: Part, size: int) -> Part:
    return Part(
        part.source, part.header, part.body_start, min(part.end, part.body_start + size), part.content_type
    )


def _parse_feedback(part: Part, budget: Budget) -> Report | None:
    try:
        return parse_feedback_report(_read_content(part, FEEDBACK_BYTES))
    except BrokenReport as broken:
        budget.warn(f"A feedback report is broken. {broken}")
        return None

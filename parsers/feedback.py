"""Where a mail holds feedback reports, and which message belongs to each.

A machine-readable part counts only where the sender of the mail put it, not the sender of the junk.
"""

from collections.abc import Collection

from parsers import budget as limits
from parsers.arf import BrokenReport, build_report
from parsers.arf_fields import FEEDBACK_TYPE, begins_like_report, find_appended, find_some_fields
from parsers.attached import find_attached, find_unmarked
from parsers.budget import Budget
from parsers.content import decode_base64
from parsers.header_block import GLANCE_FIELDS, Field, split_header
from parsers.inline import find_pasted
from parsers.message import Reported, read_reported
from parsers.mime import Part
from parsers.own_parts import choose_own, may_hold_fields, opens_like_report
from parsers.values import Report
from parsers.xarf_parts import find_stated, join_reports

CONTENT_BYTES = 256 * 1024
"""What is read of one: its message can stand behind its fields."""

FEEDBACK = "message/feedback-report"

Paired = tuple[Report, Reported | None]


def is_feedback_report(root: Part) -> bool:
    """Whether a message itself says that it is one, not junk that brings a part like one; its fields may be broken.

    By its report-type (RFC 5965, section 2), or by a part of the type among its own.
    """
    if root.type != "multipart/report":
        return False
    return root.report_type == "feedback-report" or any(child.type == FEEDBACK for child in root.children)


def find_feedback(
    root: Part, budget: Budget, limit: int | None = None
) -> tuple[list[Paired], list[Reported]]:
    """Each feedback report with its message, and the messages beside them, so many, that none is about."""
    stated = find_stated(root, budget)
    documents = {id(one.part) for one in stated}
    like_feedback = _find_like_feedback(root, documents)
    fields = _read_fields(root, like_feedback, budget)
    reports, own = join_reports(fields, stated)
    if not reports:
        return [], []
    waiting = [key for key in reports if key in fields or (key in documents and key not in own)]
    no_messages = documents | like_feedback.keys()
    messages, others = _find_messages(root, waiting, no_messages, budget, limit)
    raws = {key: raw for key, raw in own.items() if key not in messages}
    messages |= {key: read_reported(raw, budget) for key, raw in raws.items()}
    return [(report, messages.get(key)) for key, report in reports.items()], others


def _find_like_feedback(root: Part, documents: Collection[int]) -> dict[int, Part]:
    """The parts, by their id, with fields of ARF."""
    leaves = [part for part in root.leaves if id(part) not in documents]
    named = [part for part in leaves if part.type == FEEDBACK or _names_type(part)]
    found = [part for part in named if _is_feedback(part)] or [part for part in named if _is_merged(part)]
    return {id(part): part for part in found}


def _read_fields(root: Part, like_feedback: dict[int, Part], budget: Budget) -> dict[int, Report]:
    chosen = choose_own(root, like_feedback)
    parts = chosen[: budget.take(limits.FEEDBACK_PARTS, len(chosen))]
    return {id(part): report for part in parts if (report := _parse_feedback(part, budget))}


def _find_messages(
    root: Part, keys: list[int], no_messages: Collection[int], budget: Budget, limit: int | None
) -> tuple[dict[int, Reported | None], list[Reported]]:
    """The message of each report that waits for one, by its key, and the messages left over."""
    attached = [part for part in find_attached(root) if id(part) not in no_messages]
    if not attached and not keys:
        return {}, []
    if not attached:
        unmarked = (part for part in find_unmarked(root) if id(part) not in no_messages)
        attached = [part for _, part in zip(keys, unmarked, strict=False)]
    if not attached:
        leaves = {id(part): part for part in root.leaves}
        parts = [leaves[key] for key in keys]
        raws = _find_appended(parts) or _find_pasted(root)
        return _in_order(keys, raws, budget), []
    pairs, surplus = _pair(root, keys, {id(part) for part in attached})
    messages = {key: read_reported(part.message_content(), budget) for key, part in pairs.items()}
    others = [read for part in surplus[:limit] if (read := read_reported(part.message_content(), budget))]
    return messages, others


def _find_appended(parts: list[Part]) -> list[bytes | None]:
    """The message behind the fields of each part, or nothing where no part has one."""
    found = [find_appended(_read_content(part, part.end - part.body_start)) for part in parts]
    return found if any(found) else []


def _find_pasted(root: Part) -> list[bytes | None]:
    """Fields of a feedback report stand in a text too, and some of them are also those of a message."""
    return [raw for raw in find_pasted(root) if _has_sender(raw)]


def _has_sender(raw: bytes) -> bool:
    header, _ = split_header(raw, 0, len(raw), GLANCE_FIELDS)
    return "from" in header.by_name


def _in_order(keys: list[int], raws: list[bytes | None], budget: Budget) -> dict[int, Reported | None]:
    pairs = zip(keys, raws, strict=False)
    return {key: read_reported(raw, budget) for key, raw in pairs if raw}


def _pair(
    root: Part, reports: Collection[int], messages: Collection[int]
) -> tuple[dict[int, Part], list[Part]]:
    """Pairs by the innermost multipart that holds both, there by order; and the messages left over."""
    pairs: dict[int, Part] = {}
    surplus: list[Part] = []
    waiting: dict[int, tuple[list[int], list[Part]]] = {}
    for part in reversed(root.parts):
        below = [waiting.pop(id(child)) for child in part.children]
        lonely = [key for keys, _ in below for key in keys] + [id(part)] * (id(part) in reports)
        free = [found for _, parts in below for found in parts] + [part] * (id(part) in messages)
        if lonely and free:
            pairs.update(zip(lonely, free, strict=False))
            surplus = free[len(lonely) :] + surplus
            lonely, free = [], []
        waiting[id(part)] = (lonely, free)
    return pairs, waiting[id(root)][1] + surplus


def _is_feedback(part: Part) -> bool:
    """By its type, or by its first fields: some senders, and programs under way, change the type."""
    return part.type == FEEDBACK or begins_like_report(_glance(part))


def _is_merged(part: Part) -> bool:
    """Some programs under way make one text of the report for people and the one for machines."""
    return opens_like_report(_glance(part)[:1000].decode("latin-1"))


def _names_type(part: Part) -> bool:
    return may_hold_fields(part) and FEEDBACK_TYPE.encode() in _glance(part).lower()


def _glance(part: Part) -> bytes:
    return part.beginning


def _read_content(part: Part, size: int) -> bytes:
    """Without its transfer encoding, also where that is declared and not applied, or the other way round."""
    head = part.head(size)
    body, name = head.body(), FEEDBACK_TYPE.encode()
    decoded = head.message_content()
    if name in decoded.lower():
        return decoded
    return next((raw for raw in (body, decode_base64(body)) if name in raw.lower()), decoded)


def _parse_feedback(part: Part, budget: Budget) -> Report | None:
    content = _read_content(part, CONTENT_BYTES)
    try:
        return build_report(_find_fields(content, budget), content)
    except BrokenReport as broken:
        budget.warn(f"A feedback report is broken. {broken}")
        return None


def _find_fields(content: bytes, budget: Budget) -> list[Field]:
    """Those of a feedback report, of which a mail may hold so many."""
    size = budget.allow(limits.FEEDBACK_BYTES)
    found, has_message = find_some_fields(content[:size], budget.allow(limits.FEEDBACK_FIELDS))
    fields = found[: budget.take(limits.FEEDBACK_FIELDS, len(found))]
    budget.spend(limits.FEEDBACK_BYTES, sum(len(value) for _, value in fields))
    if len(content) > size and not has_message:
        budget.warn(limits.FEEDBACK_BYTES.sentence)
    return fields

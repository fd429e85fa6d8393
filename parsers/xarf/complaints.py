"""XARF documents as reports: what each states, with a place in a report or among its extensions."""

import hashlib
from dataclasses import dataclass
from typing import Any

from parsers import budget as limits
from parsers.addresses import can_be_origin
from parsers.arf_values import read_recipients, read_sender
from parsers.budget import Budget
from parsers.content import clean_text
from parsers.dates import parse_date
from parsers.values import Report
from parsers.xarf.documents import find_documents
from parsers.xarf.evidence import find_messages
from parsers.xarf.extensions import read_extensions
from parsers.xarf.json_documents import Document
from parsers.xarf.kinds import FEEDBACK_TYPES
from parsers.xarf.sources import Source, read_source
from parsers.xarf.statement import Statement
from parsers.xarf.v0 import read_v0
from parsers.xarf.v3 import read_v3
from parsers.xarf.v4 import read_v4

FAULT = "A XARF document "
"""How every warning about one begins."""
BROKEN = f"{FAULT}is no valid JSON."
TWICE = f"{FAULT}has a field twice; neither value was read."
READERS = (read_v4, read_v3, read_v0)


class BrokenXarf(ValueError):  # noqa: N818 - one of three answers, named like the others
    """It claims to be a XARF document, and says nothing usable."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one document reports: the report, and the messages that it brings as evidence."""

    report: Report
    messages: tuple[bytes, ...] = ()


def parse_xarf(content: str | bytes) -> list[Complaint]:
    """What the documents in the content of a part report, its transfer encoding taken off."""
    raw = content.encode("utf-8", "replace") if isinstance(content, str) else content
    budget = Budget()
    complaints = build_complaints(raw, budget)
    if not complaints and budget.warnings:
        raise BrokenXarf(next(iter(budget.warnings)))
    return complaints


def build_complaints(content: bytes, budget: Budget, is_cut: bool = False) -> list[Complaint]:
    """The same within a budget, with a warning for what is broken; of cut content that is its end."""
    found = find_documents(content, budget)
    stated = [(one, document) for document in found.documents if (one := _read(document.values))]
    if found.is_broken:
        budget.warn(limits.XARF_BYTES.sentence if is_cut else BROKEN)
    if found.has_doubled and stated:
        budget.warn(TWICE)
    granted = stated[: budget.take(limits.XARF_DOCUMENTS, len(stated))]
    return [built for one, document in granted if (built := _build(one, document, budget))]


def _read(values: dict[str, Any]) -> Statement | None:
    return next((stated for read in READERS if (stated := read(values))), None)


def _build(stated: Statement, document: Document, budget: Budget) -> Complaint | None:
    """The report of one statement that says what happened, and where or in which message."""
    messages = find_messages(stated.evidence)
    sources = [read_source(text) for text in stated.sources]
    if not stated.type or not (messages or any(sources)):
        what = "type" if not stated.type else "source"
        budget.warn(f"{FAULT}is broken: it names no {what}.")
        return None
    if stated.lacks:
        budget.warn(f"{FAULT}lacks what its version demands: {', '.join(stated.lacks)}.")
    return Complaint(_report(stated, sources, document, budget), messages)


def _report(stated: Statement, sources: list[Source | None], document: Document, budget: Budget) -> Report:
    named = [one for one in sources if one]
    addresses = [one.ip for one in named if one.ip]
    return Report(
        format="xarf",
        category=stated.category,
        type=stated.type,
        feedback_type=FEEDBACK_TYPES.get(stated.type or ""),
        source_ip=next((one.ip for one in named if one.ip and not one.uri), None),
        candidate_ips=tuple(dict.fromkeys(ip for ip in addresses if can_be_origin(ip))),
        arrival_date=parse_date(stated.date),
        user_agent=stated.user_agent,
        version=stated.version,
        original_mail_from=read_sender(stated.mail_from) if stated.mail_from else None,
        original_rcpt_to=tuple(read_recipients(stated.rcpt_to)) if stated.rcpt_to else (),
        reported_domains=_unique(*(one.domain for one in named), *stated.domains),
        reported_uris=_unique(*(one.uri for one in named), *stated.uris),
        extensions=read_extensions(_unread(stated, sources) | dict(stated.rest), budget),
        text_sha256=hashlib.sha256(clean_text(document.text).encode("utf-8")).hexdigest(),
    )


def _unique(*texts: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _unread(stated: Statement, sources: list[Source | None]) -> dict[str, object]:
    """A source and a date that could not be read stay, as they are stated."""
    return {
        "source": [text for text, one in zip(stated.sources, sources, strict=True) if not one],
        "date": None if parse_date(stated.date) else stated.date,
    }

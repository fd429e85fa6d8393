"""XARF v4: what a document states; https://xarf.org/docs/specification/."""

from typing import Any

from parsers.xarf.evidence import read_evidence
from parsers.xarf.kinds import CATEGORIES, read_word
from parsers.xarf.statement import Fields, Statement

DEMANDED = (
    "xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "category", "type",
)  # fmt: skip
"""The fields that the core schema demands."""
URLS = ("url", "infringing_url")
_MARKS = ("source_identifier", "category", "type")


def is_v4(fields: Fields) -> bool:
    """Whether it calls itself XARF, or has the three fields that say what happened and where."""
    return fields.has("xarf_version") or all(map(fields.has, _MARKS))


def read_v4(values: dict[str, Any]) -> Statement | None:
    """What it states, or None if it is no such document."""
    fields = Fields(values)
    if not is_v4(fields):
        return None
    lacks = tuple(name for name in DEMANDED if not fields.has(name))
    evidence, told = read_evidence(fields.take("evidence"))
    category, kind = read_word(fields.text("category")), read_word(fields.text("type"))
    is_mail = category == "messaging"
    known = not (category and kind) or kind in CATEGORIES.get(category, ())
    return Statement(
        version=fields.text("xarf_version"),
        category=category,
        type=kind,
        sources=fields.texts("source_identifier"),
        date=fields.text("timestamp"),
        mail_from=fields.text("smtp_from") if is_mail else None,
        rcpt_to=fields.text("smtp_to") if is_mail else None,
        uris=fields.texts(*URLS),
        domains=fields.texts("domain"),
        evidence=evidence,
        rest={**fields.rest, "evidence": told},
        lacks=lacks if known else (*lacks, "a type of its category"),
    )

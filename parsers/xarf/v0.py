"""X-ARF 0.1 and 0.2: what the fields of the YAML part state; the evidence is another part of the mail."""

from typing import Any

from parsers.xarf.kinds import read_older
from parsers.xarf.statement import Fields, Statement

DEMANDED = ("Reported-From", "Category", "Report-Type", "Source", "Date")
_MARKS = ("Reported-From", "Schema-URL", "Source-Type")
"""Words such as `Source` stand in other lists of fields too; one of these besides makes it X-ARF."""


def read_v0(values: dict[str, Any]) -> Statement | None:
    """What it states, or None if it is no such document."""
    fields = Fields(values)
    if not fields.has("Report-Type") or not fields.has("Source") or not any(map(fields.has, _MARKS)):
        return None
    lacks = tuple(name for name in DEMANDED if not fields.has(name))
    category, kind = read_older(fields.text("Category"), fields.text("Report-Type"))
    return Statement(
        version=fields.text("Version"),
        category=category,
        type=kind,
        sources=fields.texts("Source"),
        date=fields.text("Date"),
        user_agent=fields.text("User-Agent"),
        rest=fields.rest,
        lacks=lacks,
    )

"""XARF documents for tests, and how one is read."""

import json
from typing import Any

from parsers.budget import Budget
from parsers.values import Report
from parsers.xarf import build_complaints, parse_xarf

US = {"org": "Reporter", "contact": "abuse@reporter.example", "domain": "reporter.example"}
V4: dict[str, Any] = {
    "xarf_version": "4.2.0",
    "report_id": "0b8f6f0e-6c0e-4f57-9a3e-1c2d3e4f5a6b",
    "timestamp": "2026-11-02T09:59:00Z",
    "reporter": US,
    "sender": US,
    "source_identifier": "192.0.2.10",
    "category": "messaging",
    "type": "spam",
    "protocol": "other",
}
V0 = """\
Reported-From: abuse@reporter.example
Category: abuse
Report-Type: login-attack
Date: Mon, 02 Nov 2026 09:59:00 +0000
Source: 192.0.2.10
Source-Type: ip-address
"""


def write(**more: Any) -> str:
    """A document of v4 with these values; None leaves one out."""
    return json.dumps({name: value for name, value in (V4 | more).items() if value is not None})


def write_more(raw: str) -> str:
    """A document of v4 with this text at its end."""
    return f"{json.dumps(V4)[:-1]}, {raw}}}"


def read_one(content: str | bytes) -> Report:
    """The report of the only document."""
    (complaint,) = parse_xarf(content)
    return complaint.report


def list_warnings(content: str) -> list[str]:
    """What reading it warns of."""
    budget = Budget()
    build_complaints(content.encode("utf-8", "surrogatepass"), budget)
    return list(budget.warnings)

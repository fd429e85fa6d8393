"""Each detector, table and list that tells what is no report is needed: without it a sample is misread."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wording_tables import TABLES

from parsers import not_reports, read, read_mail, robots
from parsers.values import ReadMail, Report
from parsers.wording import Wording, aggregates

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
NOTHING = re.compile(r"(?!)")


def read_samples() -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Each sample, and what its JSON says."""
    for kind in ("not_reports", "inline", "attached", "arf"):
        for path in sorted((SAMPLES / kind).glob("*.json")):
            said = json.loads(path.read_text(encoding="utf-8"))
            if "reports" in said:
                yield path.with_suffix(".eml").read_bytes(), said


READ_SAMPLES = list(read_samples())


def is_misread(mail: ReadMail, said: dict[str, Any]) -> bool:
    """Whether the reason, the number of the reports, or what these are about differ."""
    if mail.reason != said.get("reason") or len(mail.reports) != len(said["reports"]):
        return True
    pairs = zip(mail.reports, said["reports"], strict=True)
    return any(is_other(found, one) for found, one in pairs)


def is_other(found: Report, said: dict[str, Any]) -> bool:
    """Whether its type or its stated address is not the one that the JSON names."""
    source_ip = str(found.source_ip) if found.source_ip else None
    is_other_type = found.feedback_type != said.get("feedback_type", found.feedback_type)
    return is_other_type or source_ip != said.get("source_ip", source_ip)


def is_any_misread() -> bool:
    """Whether a sample is read otherwise than its JSON says."""
    return any(is_misread(read_mail(raw), said) for raw, said in READ_SAMPLES)


def list_items() -> Iterator[object]:
    """Every item of the tuples and sets: where it stands, and which one it is."""
    names = ("BOUNCE_FIELDS", "BULK", "CALENDAR_FILES", "CALENDAR_TYPES", "STATUS_TYPES", "TLS_TYPES")
    places = [
        *((not_reports, name) for name in names),
        (aggregates, "PACKED_BEGINNINGS"),
        *((robots, name) for name in ("HOTMAIL_DOMAINS", "SPAMCOP_DOMAINS")),
        *((read, name) for name in ("WHATEVER_IT_ENCLOSES", "WITHOUT_ENCLOSED", "WITHOUT_EVIDENCE")),
    ]
    for module, name in places:
        for item in getattr(module, name):
            yield pytest.param(
                module, name, item, id=f"{name}: {item[0] if isinstance(item[0], str) else item}"
            )


def test_no_sample_is_misread_as_it_is() -> None:
    """Otherwise the other tests here would show nothing."""
    assert not is_any_misread()


@pytest.mark.parametrize(("module", "name", "item"), list(list_items()))
def test_a_sample_needs_each_item(
    module: object, name: str, item: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A detector, type, field or ending that no sample needs is of no use."""
    items = getattr(module, name)
    monkeypatch.setattr(module, name, type(items)(other for other in items if other != item))

    assert is_any_misread()


@pytest.mark.parametrize("table", list(TABLES.values()), ids=list(TABLES))
def test_a_sample_needs_each_table(table: Wording, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole mails show that a table is asked at all; its rows have their own text beside them."""
    monkeypatch.setitem(table.__dict__, "_pattern", NOTHING)

    assert is_any_misread()

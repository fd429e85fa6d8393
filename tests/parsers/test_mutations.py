"""Each row of each table is needed: without it a sample is misread."""

import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from golden import MAILS, find_differences, read_expected
from wording_tables import MODULES

from parsers import (
    arf_values,
    attached,
    claims,
    content,
    feedback,
    houses,
    inline,
    not_reports,
    origin,
    read,
    received,
    recipients,
    saved,
    statements,
    weighing,
)
from parsers.wording import Wording, aggregates

NOTHING = re.compile(r"(?!)")
ROBOTS = ("not_reports", "inline", "attached", "arf")
COMPLAINTS = ("attached", "inline")

PLACES: tuple[tuple[ModuleType, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        not_reports,
        ("BOUNCE_FIELDS", "BULK", "CALENDAR_FILES", "CALENDAR_TYPES", "STATUS_TYPES", "TLS_TYPES"),
        ROBOTS,
    ),
    (aggregates, ("PACKED_BEGINNINGS",), ROBOTS),
    (claims, ("HOTMAIL_DOMAINS", "SPAMCOP_DOMAINS"), ("arf", "inline", "attached")),
    (read, ("WHATEVER_IT_ENCLOSES", "WITHOUT_ENCLOSED", "WITHOUT_EVIDENCE"), ROBOTS),
    (attached, ("ENCLOSING_TYPES", "TEXT_TYPES"), ("attached", "arf", "inline")),
    (feedback, ("_OTHER_TYPES",), ("arf",)),
    (arf_values, ("_STATED",), ("arf",)),
    (inline, ("_TEXT_FILES",), ("inline",)),
    (saved, ("UTF_16_MARKS",), COMPLAINTS),
    (weighing, ("SIGNS", "SENDERS_WRITING", "LINKAGE", "TICKET_MARKS", "_SEALS"), COMPLAINTS),
    (recipients, ("ADDRESSED", "NOTED"), COMPLAINTS),
    (houses, ("_SAME_HOUSE", "_SHARED", "_INNER_NAMES", "_INSIDE_NETWORKS", "_OUTBOUND_HOSTS"), ("routes",)),
    (received, ("_CLAUSES", "_HELO_WORDS", "_NO_NAME"), ("routes",)),
    (origin, ("STATEMENT_FIELDS",), ("routes",)),
    (statements, ("_COMMENTS",), ("routes",)),
    (content, ("_MAIL_CODECS", "_OTHER_NAMES", "_AS_READ"), ("text",)),
)
"""Tables, and the kinds of samples that may need them."""


@cache
def read_samples(kinds: tuple[str, ...]) -> list[tuple[bytes, dict[str, Any]]]:
    """Each sample of these kinds, in this order, and what its JSON says."""
    mails = [mail for kind in kinds for mail in MAILS if mail.parent.name == kind]
    return [(mail.read_bytes(), read_expected(mail)) for mail in mails]


def is_any_misread(kinds: tuple[str, ...]) -> bool:
    """Whether a sample is read otherwise than its JSON says."""
    return any(find_differences(raw, expected) for raw, expected in read_samples(kinds))


def list_rows() -> Iterator[object]:
    """Every row of the tables: where it stands, and which one it is."""
    for module, names, kinds in PLACES:
        for name in names:
            for row in getattr(module, name):
                yield pytest.param(module, name, row, kinds, id=f"{name}: {name_row(row)}")


def name_row(row: object) -> str:
    """A short name of a row."""
    first = row[0] if isinstance(row, tuple) and row and isinstance(row[0], str) else row
    return re.sub(r" at 0x\w+|0x\w+", "", str(first))[:60]


@pytest.mark.parametrize("kinds", sorted({kinds for _, _, kinds in PLACES}))
def test_no_sample_is_misread_as_it_is(kinds: tuple[str, ...]) -> None:
    """Otherwise the other tests here would show nothing."""
    assert not is_any_misread(kinds)


@pytest.mark.parametrize(("module", "name", "row", "kinds"), list(list_rows()))
def test_a_sample_needs_each_row(
    module: ModuleType, name: str, row: object, kinds: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that no sample needs is of no use."""
    table = getattr(module, name)
    rest = {key: table[key] for key in table if key != row} if isinstance(table, dict) else None
    monkeypatch.setattr(
        module, name, rest if rest is not None else type(table)(one for one in table if one != row)
    )

    assert is_any_misread(kinds)


WORDINGS = [
    pytest.param(table, ("arf",) if module.__name__.endswith("feedback") else ROBOTS, id=name)
    for module in MODULES
    for name, table in vars(module).items()
    if isinstance(table, Wording)
]


@pytest.mark.parametrize(("table", "kinds"), WORDINGS)
def test_a_sample_needs_each_wording(
    table: Wording, kinds: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole mails show that a table is asked at all; its rows have their own text beside them."""
    monkeypatch.setitem(table.__dict__, "_pattern", NOTHING)

    assert is_any_misread(kinds)

"""CSV: what a reader gets back, and what a spreadsheet must not run."""

import csv
import re
from io import StringIO

import pytest
from export_builders import AT, INCIDENTS, TEXTS, incident
from hypothesis import given, settings

from abuse_intake.exporting.csv_cells import FORMULA_STARTS, write_cell
from abuse_intake.exporting.csv_rows import COLUMNS, write_csv
from abuse_intake.visible import clean
from storage.values import Correction, IncidentRecord

SEPARATORS = re.compile(r"[;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


DISARMED = re.compile(rf"(^|;)'(?=['\"\s]*[{re.escape(FORMULA_STARTS)}])")


def read_cell(cell: str) -> str:
    """What stood in a cell before it was disarmed, as a program would find it."""
    return DISARMED.sub(r"\1", cell)


def read_rows(*incidents: IncidentRecord) -> list[dict[str, str]]:
    text = "".join(write_csv(incidents))
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def runs_in_a_spreadsheet(cell: str) -> bool:
    """Whether a cell, or what a spreadsheet could take for one, begins as a formula does."""
    parts = (part.lstrip('" ') for part in SEPARATORS.split(cell))
    return any(part.strip()[:1] in FORMULA_STARTS for part in parts if part.strip())


def test_a_row_says_what_the_incident_says() -> None:
    """Each column holds its field, as text that a program can read."""
    corrected = Correction("fabrikam", "ann", AT, "lent")

    (row,) = read_rows(incident(tenant="fabrikam", correction=corrected))

    assert row == {
        "id": "21",
        "tenant": "fabrikam",
        "attributed_tenant": "contoso",
        "corrected_by": "ann",
        "corrected_at": "2026-11-02T10:00:00Z",
        "correction_note": "lent",
        "ip": "192.0.2.5",
        "confidence": "corroborated",
        "reason": "",
        "route": "ours",
        "feedback_type": "abuse",
        "status": "new",
        "subject": "Cheap pills",
        "message_id": "<1@contoso.example>",
        "from": "sales@contoso.example",
        "report_count": "3",
        "reporter_count": "2",
        "authenticated_reporter_count": "1",
        "first_seen": "2026-11-02T10:00:00Z",
        "last_seen": "2026-11-02T10:00:00Z",
        "evidence": "address: 192.0.2.5 (contoso) | dkim: contoso.example (contoso, verified)",
        "category": "",
        "type": "",
        "arrived_at": "",
    }


def test_lines_end_as_the_standard_says() -> None:
    """RFC 4180: a header, and CRLF after every line, whatever stands in the cells."""
    text = "".join(write_csv([incident(subject='a,"b"\nc'), incident(subject="ж")]))

    header, first, second, end = text.split("\r\n")
    assert header == ",".join(COLUMNS)
    assert '"a,""b"" c"' in first
    assert ",ж," in second
    assert end == ""


def test_without_incidents_there_is_a_header() -> None:
    """A program can tell an empty answer from none."""
    assert "".join(write_csv([])) == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("number", [1, 99, 100, 101, 250])
def test_all_rows_are_there(number: int) -> None:
    """However the rows fall into chunks."""
    rows = read_rows(*(incident(id=str(place)) for place in range(number)))

    assert [row["id"] for row in rows] == [str(place) for place in range(number)]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1", "'+49 30 1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "' =1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a;=1", "a;'=1"),
        ("a; =1", "a;' =1"),
        ('a;"=1;', "a;'\"=1;"),
        ('"=1', "'\"=1"),
        ("a\n=1", "a =1"),
        ("'=1", "''=1"),
        ("a=1", "a=1"),
        ("'quoted'", "'quoted'"),
        ("\0\x1b[31m\u202ea", "\ufffd[31m\ufffda"),
        ("", ""),
        ("x" * 40_000, "x" * 32_000 + "…"),
    ],
)
def test_a_cell_is_disarmed(text: str, cell: str) -> None:
    """What a spreadsheet would run gets an apostrophe; all else stays as it is, on one line."""
    assert write_cell(text) == cell


@settings(deadline=None)
@given(TEXTS)
def test_no_text_becomes_a_formula(text: str) -> None:
    """Whatever a stranger writes, at the start of a cell or behind a separator."""
    assert not runs_in_a_spreadsheet(write_cell(text))


@settings(deadline=None)
@given(TEXTS)
def test_a_cell_can_be_read_back(text: str) -> None:
    """The apostrophe can be told from one that stood there."""
    assert read_cell(write_cell(text)) == clean(text)


@settings(deadline=None)
@given(INCIDENTS)
def test_any_incident_makes_one_row_that_runs_nothing(record: IncidentRecord) -> None:
    """A row has all columns, none of which is a formula, and it is one line."""
    text = "".join(write_csv([record]))

    (row,) = list(csv.reader(StringIO(text, newline=""), strict=True))[1:]
    assert len(row) == len(COLUMNS)
    assert not any(map(runs_in_a_spreadsheet, row))
    assert len(text.splitlines()) == 2
    assert text.encode()

"""`abuse-intake attribute`: to whom, and why; nothing is stored."""

import re
from pathlib import Path

import pytest
from command_line import FIRST, QUESTION, STRANGER, CommandLine

ATTRIBUTION_FIELDS = {"report", "message_id", "ip", "tenant", "confidence", "reason", "route", "evidence"}
EVIDENCE_FIELDS = {"source", "value", "tenant", "verified", "detail", "lines"}


@pytest.fixture
def lone(cli: CommandLine) -> CommandLine:
    """A configuration with a directory only: no mailbox, no outbox, and a database that could not be made."""
    (cli.folder / "abuse-intake.toml").write_text(
        '[tenants]\ndirectory = "tenants.jsonl"\n[database]\nurl = "sqlite:///no/such/folder/a.db"\n'
    )
    for name, raw in (("first", FIRST), ("stranger", STRANGER), ("question", QUESTION)):
        (cli.folder / f"{name}.eml").write_bytes(raw)
    return cli


def test_neither_mailbox_nor_database_is_needed(lone: CommandLine) -> None:
    """With tenants.directory set, nothing but that file is looked at."""
    answer = lone("attribute", "first.eml")

    assert (answer.code, answer.err) == (0, "")
    assert answer.objects()[0]["attributions"][0]["tenant"] == "contoso"


def test_every_field_of_the_contract_is_there(lone: CommandLine) -> None:
    """An attribution is told with its evidence."""
    (mail,) = lone("attribute", "first.eml").objects()

    (attribution,) = mail["attributions"]
    assert (mail["input"], mail["disposition"], mail["reason"]) == ("first.eml", "report", None)
    assert set(attribution) == ATTRIBUTION_FIELDS
    assert {*attribution["evidence"][0]} == EVIDENCE_FIELDS
    assert (attribution["report"], attribution["message_id"]) == (0, "<junk-1@contoso.example>")
    assert (attribution["ip"], attribution["confidence"]) == ("192.0.2.5", "corroborated")


def test_nobody_is_named_for_a_stranger(lone: CommandLine) -> None:
    """A forged sender through elsewhere has a null tenant and the reason."""
    (mail,) = lone("attribute", "stranger.eml").objects()

    found = mail["attributions"][0]
    assert (found["tenant"], found["reason"], found["route"]) == (None, "not_ours", "elsewhere")


def test_a_mail_without_reports_has_none_attributed(lone: CommandLine) -> None:
    """Each file gets its line, in order; one that is missing costs itself only."""
    answer = lone("attribute", "question.eml", "nope.eml", "first.eml")

    assert answer.code == 1
    assert [(mail["input"], len(mail["attributions"])) for mail in answer.objects()] == [
        ("question.eml", 0),
        ("first.eml", 1),
    ]
    assert "nope.eml cannot be read" in answer.complaint()


def test_why_a_mail_has_no_attribution_is_told(lone: CommandLine) -> None:
    """A mail that reports nothing has its disposition and reason, as `parse` tells them."""
    (mail,) = lone("attribute", "question.eml").objects()

    assert mail == {
        "input": "question.eml",
        "disposition": "not_a_report",
        "reason": "no_evidence",
        "attributions": [],
    }


def test_every_field_is_documented(lone: CommandLine) -> None:
    """The table of docs/attribution.md names each, and no other."""
    (mail,) = lone("attribute", "first.eml").objects()
    page = (Path(__file__).parents[3] / "docs" / "attribution.md").read_text("utf-8")
    table = page.partition("### The JSON of `attribute`")[2].partition("\n#")[0]

    told = [
        name
        for row in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", table, re.MULTILINE)
        for name in row.split(", ")
    ]

    assert {name.strip("`") for name in told} == {*mail, *ATTRIBUTION_FIELDS, *EVIDENCE_FIELDS}


def test_stdin_is_a_dash(lone: CommandLine) -> None:
    """A mail may come through a pipe."""
    assert b'"tenant": "contoso"' in lone.process("attribute", "-", stdin=FIRST).stdout


def test_the_imported_directory_is_used_without_a_file(worked: CommandLine) -> None:
    """Where no file is configured, the database's directory counts."""
    text = (worked.folder / "abuse-intake.toml").read_text()
    (worked.folder / "abuse-intake.toml").write_text(text.partition("[tenants]")[0])
    (worked.folder / "first.eml").write_bytes(FIRST)
    before = worked("attribute", "first.eml").objects()[0]["attributions"][0]
    worked("tenants", "import", "tenants.jsonl")

    after = worked("attribute", "first.eml").objects()[0]["attributions"][0]

    assert (before["tenant"], after["tenant"]) == (None, "contoso")


def test_nothing_is_stored(worked: CommandLine) -> None:
    """Mails that are only attributed are no mails that arrived."""
    (worked.folder / "other.eml").write_bytes(FIRST + b"\r\n")
    before = worked("stats", "--json").out

    worked("attribute", "other.eml")

    assert worked("stats", "--json").out == before


def test_a_warning_of_the_directory_is_told(lone: CommandLine) -> None:
    """A domain of two tenants is told on stderr, and is no failure."""
    lone.write_tenants({"id": "a", "domains": ["x.example"]}, {"id": "b", "domains": ["x.example"]})

    answer = lone("attribute", "question.eml")

    assert answer.code == 0
    assert "warning: domain x.example is listed by a and b" in answer.complaint()

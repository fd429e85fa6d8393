"""Lists and single records: fields, filters, limits, and strangers' text on a terminal."""

import hashlib
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from command_line import FIRST, MAILS, QUESTION, CommandLine
from report_builders import make_junk, make_mail

from abuse_intake.answering import RULES
from abuse_intake.cli.explanations import UNANSWERED, UNATTRIBUTED

ROOT = Path(__file__).parent.parent.parent.parent

NASTY = "a\x1b[31mb\u202ec\u200bd\u2066e\x9bf\x07"


def _ids(worked: CommandLine, *arguments: str) -> list[str]:
    answer = worked(*arguments, "--json")
    assert answer.code == 0, answer.err
    return sorted(str(one["subject"]) for one in answer.objects())


def test_mails_have_the_fields_of_the_contract(worked: CommandLine) -> None:
    """`mails list --json` shows each mail that arrived, newest first."""
    found = worked("mails", "list", "--json").objects()

    assert len(found) == 4
    for mail in found:
        assert mail.keys() >= {
            "id", "sha256", "size", "received_at", "mailbox", "disposition", "reason", "reporter", "attempts",
            "incident_ids",
        }  # fmt: skip
    assert [mail["received_at"] for mail in found] == sorted(
        (one["received_at"] for one in found), reverse=True
    )
    assert all(mail["received_at"].endswith("+00:00") for mail in found)


def test_incidents_have_the_fields_of_the_contract(worked: CommandLine) -> None:
    """`incidents list --json` shows each incident, last seen first."""
    found = worked("incidents", "list", "--json").objects()

    assert len(found) == 3
    for incident in found:
        assert incident.keys() >= {
            "id", "tenant", "ip", "confidence", "reason", "feedback_type", "status", "subject", "message_id",
            "report_count",
            "reporter_count", "first_seen", "last_seen",
        }  # fmt: skip
    assert {incident["status"] for incident in found} == {"new"}


def test_acknowledgements_have_the_fields_of_the_contract(worked: CommandLine) -> None:
    """`outbox list --json` shows each acknowledgement."""
    found = worked("outbox", "list", "--json").objects()

    assert len(found) == 4
    for one in found:
        assert one.keys() >= {
            "id", "mail_id", "to", "state", "attempts", "next_attempt_at", "message_id", "last_error"
        }  # fmt: skip
    assert {one["state"] for one in found} == {"sent"}


def test_statistics_have_the_fields_of_the_contract(worked: CommandLine) -> None:
    """`stats --json` is one object of counts, zeros included."""
    (found,) = worked("stats", "--json").objects()

    assert found["mails"] == {"report": 3, "not_a_report": 1, "quarantined": 0, "unread": 0}
    assert found["incidents"] == {"new": 3, "open": 0, "confirmed": 0, "dismissed": 0, "resolved": 0}
    assert found["outbox"] == {"waiting": 0, "sending": 0, "sent": 4, "failed": 0, "outcome_unknown": 0}
    assert found["oldest_waiting_seconds"] is None


ALL = ["50% off_everything", "Cheap pills", "Forged"]
FILTERS = [
    ("", ALL),
    ("--tenant contoso", ["Cheap pills"]),
    ("--tenant nope", []),
    ("--ip 192.0.2.5", ["Cheap pills"]),
    ("--ip ::ffff:192.0.2.5", ["Cheap pills"]),
    ("--ip 192.0.2.6", []),
    ("--ip 2001:db8::1", []),
    ("--cidr 192.0.2.0/24", ["50% off_everything", "Cheap pills"]),
    ("--cidr 192.0.2.16/28", ["50% off_everything"]),
    ("--cidr 192.0.2.5", ["Cheap pills"]),
    ("--cidr 192.0.2.7/29", ["Cheap pills"]),
    ("--cidr 0.0.0.0/0", ALL),
    ("--cidr ::/0", []),
    ("--status new", ALL),
    ("--status resolved", []),
    ("--confidence unattributed", ["Forged"]),
    ("--confidence stated", ["50% off_everything"]),
    ("--confidence corroborated", ["Cheap pills"]),
    ("--type abuse", []),
    ("--since 1h", ALL),
    ("--since 2000-01-01", ALL),
    ("--since 2999-01-01T00:00:00Z", []),
    ("--until 2000-01-01", []),
    ("--until 2999-01-01", ALL),
    ("--search pills", ["Cheap pills"]),
    ("--search CHEAP", ["Cheap pills"]),
    ("--search 50%", ["50% off_everything"]),
    ("--search %", ["50% off_everything"]),
    ("--search off_every", ["50% off_everything"]),
    ("--search p_lls", []),
    ("--search junk-3@", ["Forged"]),
    ("--search shop@elsewhere", ["50% off_everything"]),
    ("--search nothing", []),
    ("--tenant contoso --cidr 192.0.2.16/28", []),
    ("--tenant contoso --search pills --confidence corroborated", ["Cheap pills"]),
]


@pytest.mark.parametrize(("filters", "subjects"), FILTERS, ids=[filters for filters, _ in FILTERS])
def test_each_filter_chooses(worked: CommandLine, filters: str, subjects: list[str]) -> None:
    """Each filter holds for itself, literally, and several hold together."""
    assert _ids(worked, "incidents", "list", *filters.split()) == subjects


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ("--disposition report", 3),
        ("--disposition not_a_report", 1),
        ("--disposition quarantined", 0),
        ("--since 1h", 4),
        ("--since 2999-01-01", 0),
    ],
)
def test_mails_are_filtered(worked: CommandLine, filters: str, count: int) -> None:
    """Mails can be chosen by what they became and when they came."""
    assert len(worked("mails", "list", "--json", *filters.split()).objects()) == count


@pytest.mark.parametrize(("state", "count"), [("sent", 4), ("waiting", 0), ("failed", 0)])
def test_acknowledgements_are_filtered(worked: CommandLine, state: str, count: int) -> None:
    """Acknowledgements can be chosen by their state."""
    assert len(worked("outbox", "list", "--state", state, "--json").objects()) == count


@pytest.mark.parametrize("noun", ["mails", "incidents", "outbox"])
def test_limit_zero_is_all(cli: CommandLine, noun: str) -> None:
    """Fifty unless told otherwise; 0 is all, newest first without gap or repeat."""
    cli.deliver(
        **{
            f"m{n}": make_mail(
                make_junk(message_id=f"<{n}@x.example>"), message_id=f"<r{n}@reporter.example>"
            )
            for n in range(55)
        }
    )
    assert cli("run", "--once").code == 0

    counts = [
        len({one["id"] for one in cli(noun, "list", "--json", *limit).objects()})
        for limit in ([], ["--limit", "0"], ["--limit", "7"])
    ]

    assert counts == [50, 55, 7]


def test_the_exact_bytes_come_back(worked: CommandLine) -> None:
    """`mails raw` writes byte for byte what arrived."""
    odd = QUESTION + bytes(range(256)) + b"\r\r\n\n"
    worked.deliver(odd=odd)
    worked("run", "--once")
    raws = {**MAILS, "odd": odd}

    for raw in raws.values():
        done = worked.process("mails", "raw", hashlib.sha256(raw).hexdigest())

        assert done.stdout == raw


def _mail(worked: CommandLine, raw: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(raw).hexdigest()
    (mail,) = [one for one in worked("mails", "list", "--json").objects() if one["sha256"] == digest]
    return mail


def test_a_mail_is_found_by_id_reference_and_hash(worked: CommandLine) -> None:
    """What a reporter quotes, what a list shows, and the hash mean the same mail."""
    mail = _mail(worked, FIRST)
    digest = mail["sha256"]
    reference = "-".join(digest[at : at + 4].upper() for at in (0, 4, 8))

    found = [
        worked("mails", "show", one, "--json").objects()[0]
        for one in (mail["id"], reference, reference.lower(), digest, digest[:8])
    ]

    assert {one["id"] for one in found} == {mail["id"]}
    assert found[0]["reference"] == reference


def test_a_mail_is_shown_with_all_that_became_of_it(worked: CommandLine) -> None:
    """Its reports with their attribution, where it lay and was filed, and who was answered."""
    (shown,) = worked("mails", "show", _mail(worked, FIRST)["id"], "--json").objects()

    assert shown["reports"][0]["attribution"]["tenant"] == "contoso"
    assert shown["deliveries"][0]["folder"] == "Processed"
    assert (shown["acknowledgement"]["to"], shown["acknowledgement"]["state"]) == (
        "ann@reporter.example",
        "sent",
    )


@pytest.mark.parametrize("full", [[], ["--full"]])
def test_an_incident_is_shown(worked: CommandLine, full: list[str]) -> None:
    """Evidence, reports and history; with --full what mail-parser reads in the message."""
    (incident,) = worked("incidents", "list", "--tenant", "contoso", "--json").objects()

    (shown,) = worked("incidents", "show", incident["id"], "--json", *full).objects()

    assert shown["reports"][0]["reporter"] == "ann@reporter.example"
    assert shown["history"][0]["action"] == "created"
    assert [one["source"] for one in shown["evidence"]] == ["address", "envelope"]
    if full:
        assert shown["full"]["from"] == ["Sales <sales@contoso.example>"]
        assert shown["full"]["text"] == ["Buy now.\r\n"]


def test_a_table_says_what_rests_on_the_reporters_word(worked: CommandLine) -> None:
    """A person who reads a page is told how sure it is."""
    (incident,) = worked("incidents", "list", "--tenant", "contoso", "--json").objects()

    out = worked("incidents", "show", incident["id"]).out

    assert "They rest on the reporter's word." in out
    assert "192.0.2.5 lies in 192.0.2.0/28, which contoso held" in out


@pytest.mark.parametrize("noun", ["mails", "incidents", "outbox", "tenants"])
def test_an_empty_list_says_so(cli: CommandLine, noun: str) -> None:
    """No rows are a word to people, and nothing to programs."""
    cli.write_tenants()

    table, lines = cli(noun, "list"), cli(noun, "list", "--json")

    assert table.out.startswith("(no ")
    assert (lines.code, lines.out) == (0, "")


def test_strangers_text_steers_no_terminal(cli: CommandLine) -> None:
    """Control and bidi characters of a mail reach no table and no page, raw bytes aside."""
    junk = make_junk(
        subject=NASTY, sender="sales@contoso.example", message_id=f"<{NASTY}@contoso.example>", body=NASTY
    )
    cli.deliver(a=make_mail(junk, subject=NASTY, headers=f"X-Nasty: {NASTY}\r\n"))
    assert cli("run", "--once").code == 0

    for command in (
        "mails list",
        "mails show 1",
        "incidents list",
        "incidents show 1 --full",
        "outbox list",
        "tenants show contoso",
    ):
        answer = cli(*command.split())

        assert answer.code == 0
        assert not {*answer.out} & set("\x1b\u202e\u200b\u2066\x9b\x07"), command


def test_strangers_text_stays_whole_for_programs(cli: CommandLine) -> None:
    """JSON escapes what it must, and is one line a record for whoever splits at line feeds."""
    cli.deliver(a=make_mail(make_junk(subject="a\u2028b\x85c")))
    cli("run", "--once")

    (incident,) = cli("incidents", "list", "--json").objects()

    assert incident["subject"].startswith("a\u2028b")


def _incident(worked: CommandLine, *filters: str) -> str:
    (incident,) = worked("incidents", "list", *filters, "--json").objects()
    return str(incident["id"])


def test_an_incident_says_whose_customer_and_when(worked: CommandLine) -> None:
    """An analyst sees the tenant's name and contact, when the message arrived, and where to read on."""
    worked.write_tenants({
        "id": "contoso", "name": "Contoso Ltd", "abuse_contact": "abuse@contoso.example",
        "domains": ["contoso.example"], "allocations": [{"network": "192.0.2.0/28"}],
    })  # fmt: skip

    out = worked("incidents", "show", _incident(worked, "--tenant", "contoso")).out

    mail = _mail(worked, FIRST)
    digest = mail["sha256"]
    assert "contoso (Contoso Ltd)" in out
    assert "abuse@contoso.example" in out
    assert re.search(r"^arrived +2026-11-16 08:00 UTC$", out, re.MULTILINE)
    assert "1 report by 1 reporter\n" in out
    assert "-".join(digest[at : at + 4].upper() for at in (0, 4, 8)) in out
    assert f"abuse-intake mails show {mail['id']}" in out
    assert f"abuse-intake mails raw {mail['id']}" in out


@pytest.mark.parametrize("directory", ["", "no json", '{"id": "other"}'])
def test_an_incident_is_shown_whatever_the_directory_says(worked: CommandLine, directory: str) -> None:
    """A tenant that the directory no longer knows, or a directory that cannot be read, hides no incident."""
    id = _incident(worked, "--tenant", "contoso")
    (worked.folder / "tenants.jsonl").write_text(directory)

    answer = worked("incidents", "show", id)

    assert (answer.code, answer.err) == (0, "")
    assert re.search(r"^tenant +contoso$", answer.out, re.MULTILINE)


def test_an_unattributed_incident_says_why(worked: CommandLine) -> None:
    """The code of a reason has a sentence beside it."""
    out = worked("incidents", "show", _incident(worked, "--confidence", "unattributed")).out

    assert "not_ours" in out
    assert UNATTRIBUTED["not_ours"] in out


def test_every_reason_of_the_attribution_has_its_sentence() -> None:
    """No rule can name nobody without words for it."""
    rules = (ROOT / "abuse_intake" / "attribution" / "decide.py").read_text()

    assert set(UNATTRIBUTED) == set(re.findall(r'_unattributed\("(\w+)"\)', rules))


def test_every_reason_not_to_answer_has_its_sentence() -> None:
    """The program and docs/acknowledgements.md know the same reasons."""
    documented = re.findall(
        r"^\| ((?:`\w+`(?:, )?)+) \| ",
        (ROOT / "docs" / "acknowledgements.md").read_text().partition("## What it looks like")[0],
        re.MULTILINE,
    )

    assert set(UNANSWERED) == {reason for row in documented for reason in re.findall(r"\w+", row)}
    assert {reason for reason, _ in RULES} <= set(UNANSWERED)


def test_a_mail_that_nobody_was_answered_for_says_why(worked: CommandLine) -> None:
    """Beside the code stands what it means."""
    worked.deliver(
        r=make_mail(make_junk(message_id="<r@x.example>"), headers="Precedence: bulk\r\n", subject="Bulk")
    )
    worked("run", "--once")
    (mail,) = [one for one in worked("mails", "list", "--json").objects() if one["subject"] == "Bulk"]

    assert f"bulk – {UNANSWERED['bulk']}" in worked("mails", "show", mail["id"]).out


def test_the_whole_message_is_found_by_its_hash(worked: CommandLine) -> None:
    """A report that a newer program reads at another place in the mail is not mistaken for its neighbour."""
    worked.deliver(both=(ROOT / "abuse_intake" / "demo" / "mails" / "011-two-messages.eml").read_bytes())
    worked("run", "--once")
    with sqlite3.connect(worked.folder / "abuse-intake.db") as connection:
        connection.execute(
            "UPDATE reports SET position = 7 - position WHERE mail_id = (SELECT MAX(id) FROM mails)"
        )
    connection.close()

    for part in ("SEO offer", "Job offer"):
        id = _incident(worked, "--search", part)
        (shown,) = worked("incidents", "show", id, "--full", "--json").objects()
        assert shown["full"]["subject"].startswith(part)


@pytest.mark.parametrize(("tenant", "hint"), [("contosso", True), ("fabrikam", False), ("contoso", False)])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_tenant_that_nobody_knows_is_hinted_at(
    worked: CommandLine, tenant: str, hint: bool, form: list[str]
) -> None:
    """An empty list for a mistyped id would look like a good customer."""
    answer = worked("incidents", "list", "--tenant", tenant, *form)

    assert answer.code == 0
    if hint:
        assert (
            f"no tenant '{tenant}' is known; list them with: abuse-intake tenants list" in answer.complaint()
        )
    else:
        assert answer.err == ""

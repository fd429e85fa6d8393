"""`abuse-intake parse`: one valid JSON line for every input, with all the fields of the contract."""

import hashlib
import json

import pytest
from command_line import FIRST, QUESTION, CommandLine
from report_builders import make_mail

MAIL_FIELDS = {"input", "sha256", "size", "disposition", "reason", "reporter", "warnings", "reports"}
REPORT_FIELDS = {
    "format", "feedback_type", "source_ip", "origin_ip", "candidate_ips", "arrival_date", "user_agent", "version",
    "original_mail_from", "original_rcpt_to", "reporting_mta", "reported_domains", "reported_uris",
    "authentication_results", "incidents", "extensions", "category", "type", "message",
}  # fmt: skip
MESSAGE_FIELDS = {
    "message_id",
    "subject",
    "from",
    "from_name",
    "date",
    "headers_only",
    "sha256",
    "size",
    "hops",
}
HOP_FIELDS = {"from_name", "from_ip", "by_name", "at"}


def test_every_field_of_the_contract_is_there(cli: CommandLine) -> None:
    """A report is told with all fields, absent ones as null or empty."""
    (cli.folder / "mail.eml").write_bytes(FIRST)

    answer = cli("parse", "mail.eml", config=False)

    (mail,) = answer.objects()
    assert answer.code == 0
    assert set(mail) == MAIL_FIELDS
    assert set(mail["reports"][0]) == REPORT_FIELDS
    assert set(mail["reports"][0]["message"]) == MESSAGE_FIELDS
    assert set(mail["reports"][0]["message"]["hops"][0]) == HOP_FIELDS


def test_a_report_is_read(cli: CommandLine) -> None:
    """The values are those of the mail."""
    (cli.folder / "mail.eml").write_bytes(FIRST)

    (mail,) = cli("parse", "mail.eml", config=False).objects()

    report = mail["reports"][0]
    assert (mail["input"], mail["sha256"]) == ("mail.eml", hashlib.sha256(FIRST).hexdigest())
    assert (mail["disposition"], mail["reason"], mail["reporter"]) == ("report", None, "ann@reporter.example")
    assert (report["format"], report["origin_ip"]) == ("attached", "192.0.2.5")
    assert report["message"]["hops"][0]["at"] == "2026-11-16T08:00:00+00:00"


def test_stdin_is_a_dash(cli: CommandLine) -> None:
    """A mail may come through a pipe."""
    done = cli.process("parse", "-", config=False, stdin=FIRST)

    mail = json.loads(done.stdout)
    assert done.returncode == 0
    assert (mail["input"], mail["disposition"]) == ("-", "report")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\x00" * 100,
        bytes(range(256)) * 20,
        b"From: \xff\xfe\r\nSubject: =?utf-8?q?=ED=A0=80?=\r\n\r\n\xed\xa0\x80",
        b"x" * 100_000,
        b"From: a@b.example\rSubject: bare\r\rreturns",
        b"\x89PNG\r\n\x1a\n",
        "Subject: \u2028\u2029\x85\r\n\r\n".encode(),
        FIRST[:400],
        QUESTION,
    ],
    ids=range(11),
)
def test_whatever_comes_is_answered_with_one_line(cli: CommandLine, raw: bytes) -> None:
    """Garbage is no error: each input gets its one JSON object."""
    (cli.folder / "mail.eml").write_bytes(raw)

    answer = cli("parse", "mail.eml", config=False)

    (mail,) = answer.objects()
    assert (answer.code, answer.err, answer.out.count("\n")) == (0, "", 1)
    assert set(mail) == MAIL_FIELDS
    assert mail["size"] == len(raw)
    assert mail["disposition"] in ("report", "not_a_report", "quarantined")
    assert (mail["reason"] is None) == (mail["disposition"] == "report")


@pytest.mark.parametrize(
    ("name", "complaint"), [("nope.eml", "no such file or directory"), ("Maildir", "is a directory")]
)
def test_an_unreadable_file_costs_itself_only(cli: CommandLine, name: str, complaint: str) -> None:
    """It is named on stderr, the others are read, and the exit code says that something was wrong."""
    (cli.folder / "mail.eml").write_bytes(FIRST)

    answer = cli("parse", name, "mail.eml", config=False)

    assert answer.code == 1
    assert [mail["input"] for mail in answer.objects()] == ["mail.eml"]
    assert answer.complaint() == f"abuse-intake: {name} cannot be read: {complaint}"


def test_a_hostile_file_name_steers_no_terminal(cli: CommandLine) -> None:
    """A name of control characters is shown harmlessly."""
    answer = cli("parse", "\x1b[31mno\nsuch", config=False)

    assert "\x1b" not in answer.complaint()


def test_a_file_name_that_is_no_text_is_shown(cli: CommandLine) -> None:
    """Names of another encoding are read, and told in valid UTF-8."""
    (cli.folder / "caf\udce9.eml").write_bytes(FIRST)

    done = cli.process("parse", "caf\udce9.eml", config=False)

    assert done.returncode == 0
    assert json.loads(done.stdout)["input"] == "caf\ufffd.eml"


def test_no_configuration_is_read(cli: CommandLine) -> None:
    """A broken configuration does not keep `parse` from its work."""
    (cli.folder / "abuse-intake.toml").write_text("[broken")
    (cli.folder / "mail.eml").write_bytes(make_mail())

    assert cli("parse", "mail.eml").code == 0


def test_what_could_steer_a_terminal_is_escaped(cli: CommandLine) -> None:
    """A person may look at the lines, too; to a program they say the same."""
    raw = "From: a@b.example\nSubject: x\u202ey\x9bz\n\nHello\n".encode()
    (cli.folder / "mail\u202e.eml").write_bytes(raw)

    answer = cli("parse", "mail\u202e.eml")

    assert answer.out.isprintable() or answer.out.rstrip("\n").isprintable()
    assert answer.objects()[0]["input"] == "mail\u202e.eml"

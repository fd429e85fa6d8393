"""`run --once`, `mails retry`, `outbox send`, `check`, `db upgrade` and `tenants`: what changes something."""

import json
import re
import signal
import sqlite3
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from command_line import CONFIGURATION, FIRST, QUESTION, SECOND, CommandLine
from report_builders import make_junk, make_mail

from abuse_intake.app import App
from abuse_intake.cli.run import describe_poll
from abuse_intake.errors import MailboxError
from abuse_intake.intake import PollSummary
from abuse_intake.mailbox.files import MaildirMailbox
from storage.errors import DatabaseUnavailable

CLOSED = "smtp://127.0.0.1:1"


def _configure(cli: CommandLine, *changes: tuple[str, str]) -> None:
    text = CONFIGURATION
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (cli.folder / "abuse-intake.toml").write_text(text)


def _sent(cli: CommandLine) -> list[Path]:
    return sorted((cli.folder / "outbox" / "new").glob("*"))


def _states(cli: CommandLine) -> list[str]:
    return sorted(one["state"] for one in cli("outbox", "list", "--json", "--limit", "0").objects())


def _execute(cli: CommandLine, statement: str, *values: object) -> None:
    with sqlite3.connect(cli.folder / "abuse-intake.db") as connection:
        assert connection.execute(statement, values).rowcount > 0
    connection.close()


def test_run_once_does_the_whole_job(cli: CommandLine) -> None:
    """What arrived is read, told in a summary, filed away and acknowledged."""
    cli.deliver(a=FIRST, b=QUESTION)

    answer = cli("run", "--once")

    assert answer.code == 0
    assert answer.out.startswith("2 mails arrived: 1 with 1 report, 1 no report (")
    assert answer.out.endswith("2 acknowledgements sent\n")
    assert not list((cli.folder / "Maildir" / "new").iterdir())
    assert len(_sent(cli)) == 2


def test_run_once_again_changes_nothing(worked: CommandLine) -> None:
    """With nothing new there is nothing to do."""
    before = worked("mails", "list", "--json").out, worked("incidents", "list", "--json").out, _sent(worked)

    answer = worked("run", "--once")

    assert re.fullmatch(r"0 mails arrived \([\d.]+ s\)\n0 acknowledgements sent\n", answer.out)
    assert (
        worked("mails", "list", "--json").out,
        worked("incidents", "list", "--json").out,
        _sent(worked),
    ) == before


def test_what_strangers_send_is_never_wrong_input(cli: CommandLine) -> None:
    """Garbage in the mailbox exits 0 with nothing on stderr."""
    cli.deliver(a=b"", b=bytes(range(256)), c=b"From: x\r\n" + b"\xff" * 1000)

    answer = cli("run", "--once")

    assert (answer.code, answer.err) == (0, "")


def test_an_unreachable_mailbox_exits_1_yet_delivers_the_outbox(cli: CommandLine) -> None:
    """What waits in the outbox need not wait for the mailbox."""
    _configure(cli, ("maildir://outbox", CLOSED))
    cli.deliver(a=FIRST)
    cli("run", "--once")
    _configure(cli, ("maildir://Maildir", "maildir://gone"))
    _execute(cli, "UPDATE acknowledgements SET next_attempt_at = due_at")

    answer = cli("run", "--once")

    assert answer.code == 1
    assert "mailbox" in answer.complaint()
    assert "gone" in answer.complaint()
    assert _states(cli) == ["sent"]
    assert len(_sent(cli)) == 1


def test_an_unreachable_server_is_one_line(cli: CommandLine) -> None:
    """An IMAP server that is not there is told, with what to do, and exits 1."""
    _configure(cli, ("maildir://Maildir", "imap://u:p@127.0.0.1:1/INBOX"))

    answer = cli("run", "--once")

    assert answer.code == 1
    assert answer.complaint() == (
        "abuse-intake: imap://u@127.0.0.1:1/INBOX: Connection refused: "
        "start the server, or correct the port in the URL"
    )


def test_an_unreachable_outbox_exits_1_and_keeps_what_waits(cli: CommandLine) -> None:
    """The incidents are recorded; the acknowledgement waits for another try."""
    _configure(cli, ("maildir://outbox", CLOSED))
    cli.deliver(a=FIRST)

    answer = cli("run", "--once")

    assert answer.code == 1
    assert "smtp://127.0.0.1:1: Connection refused" in answer.complaint()
    assert _states(cli) == ["waiting"]
    assert len(cli("incidents", "list", "--json").objects()) == 1


def test_outbox_send_delivers_what_is_due(cli: CommandLine) -> None:
    """Once the way is open, `outbox send` delivers, and delivers nothing twice."""
    _configure(cli, ("maildir://outbox", CLOSED))
    cli.deliver(a=FIRST, b=SECOND)
    cli("run", "--once")
    _configure(cli)
    _execute(cli, "UPDATE acknowledgements SET next_attempt_at = due_at")

    first, second = cli("outbox", "send"), cli("outbox", "send")

    assert (first.code, first.out) == (0, "2 acknowledgements sent\n")
    assert (second.code, second.out) == (0, "0 acknowledgements sent\n")
    assert {message_from_bytes(path.read_bytes())["To"] for path in _sent(cli)} == {
        "ann@reporter.example",
        "bob@reporter.example",
    }


def test_outbox_send_over_a_closed_way_is_one_line_and_1(cli: CommandLine) -> None:
    """A server that is away is told; what waits goes on waiting."""
    _configure(cli, ("maildir://outbox", CLOSED))
    cli.deliver(a=FIRST)
    cli("run", "--once")
    _execute(cli, "UPDATE acknowledgements SET next_attempt_at = due_at")

    answer = cli("outbox", "send")

    assert answer.code == 1
    assert "Connection refused" in answer.complaint()
    assert _states(cli) == ["waiting"]


def test_retry_replaces_the_reports(worked: CommandLine) -> None:
    """After a change of the directory the new reading takes the place of the old, and incidents move."""
    (mail,) = [
        one
        for one in worked("mails", "list", "--json").objects()
        if one["reporter"] == "ann@reporter.example"
    ]
    worked.write_tenants({"id": "renamed", "allocations": [{"network": "192.0.2.0/28"}]})

    answer = worked("mails", "retry", mail["id"])

    found = worked("incidents", "list", "--json").objects()
    assert answer.code == 0
    assert answer.out.startswith(f"mail {mail['id']}: report, incidents ")
    assert sorted(str(one["tenant"]) for one in found) == ["None", "fabrikam", "renamed"]
    assert [one["report_count"] for one in found] == [1, 1, 1]


def test_retry_never_acknowledges_twice(worked: CommandLine) -> None:
    """Read again however often, a reporter hears once."""
    ids = [mail["id"] for mail in worked("mails", "list", "--json").objects()]
    before = worked("outbox", "list", "--json").out

    answers = [
        worked("mails", "retry", *ids),
        worked("run", "--once"),
        worked("mails", "retry", *ids),
        worked("run", "--once"),
    ]

    assert [answer.code for answer in answers] == [0, 0, 0, 0]
    assert worked("outbox", "list", "--json").out == before
    assert len(_sent(worked)) == 4


def test_retry_answers_who_was_never_answered(worked: CommandLine) -> None:
    """A mail that was misread as none to answer is acknowledged when it is read aright."""
    _execute(worked, "DELETE FROM acknowledgements WHERE to_address = ?", "ann@reporter.example")
    changes = "disposition = 'quarantined', reason = 'internal_error', unanswered_reason = 'quarantined'"
    _execute(worked, f"UPDATE mails SET {changes} WHERE reporter = ?", "ann@reporter.example")
    (mail,) = worked("mails", "list", "--disposition", "quarantined", "--json").objects()

    answer = worked("mails", "retry", mail["id"])

    assert "quarantined (internal_error)" in answer.out
    assert _states(worked) == ["sent", "sent", "sent", "waiting"]


def _over_the_limit(cli: CommandLine) -> None:
    """Six mails of one reporter within an hour: one is acknowledged, five are held back."""
    _configure(cli, ("per_reporter_hour = 0", "per_reporter_hour = 1"))
    cli.deliver(
        **{
            f"m{n}": make_mail(
                make_junk(message_id=f"<{n}@x.example>"), message_id=f"<r{n}@reporter.example>"
            )
            for n in range(6)
        }
    )
    assert cli("run", "--once").code == 0


def _unanswered(cli: CommandLine) -> list[str | None]:
    return [mail["unanswered_reason"] for mail in cli("mails", "list", "--json").objects()]


def _let_an_hour_pass(cli: CommandLine) -> None:
    _execute(cli, "UPDATE mails SET read_at = datetime(read_at, '-2 hours')")
    _execute(cli, "UPDATE acknowledgements SET created_at = datetime(created_at, '-2 hours')")


def test_retry_of_an_acknowledged_mail_holds_nothing_back(cli: CommandLine) -> None:
    """Read again over the limit, a mail that was acknowledged stays so, and the summary reaches the others."""
    _over_the_limit(cli)
    (answered,) = [
        one for one in cli("mails", "list", "--json").objects() if one["unanswered_reason"] is None
    ]

    cli("mails", "retry", answered["id"])

    assert sorted(map(str, _unanswered(cli))) == ["None", *["held_back"] * 5]


def test_retry_after_a_summary_tells_nobody_again(cli: CommandLine) -> None:
    """A reporter who was told of a mail in a summary gets no acknowledgement for it alone."""
    _over_the_limit(cli)
    _let_an_hour_pass(cli)
    assert cli("outbox", "send").out == "1 acknowledgement sent\n"
    _configure(cli)
    ids = [mail["id"] for mail in cli("mails", "list", "--json").objects()]

    cli("mails", "retry", *ids)
    cli("run", "--once")

    assert len(_sent(cli)) == 2
    assert sorted(map(str, _unanswered(cli))) == ["None", *["in_summary"] * 5]


def test_tenants_are_imported_listed_and_shown(worked: CommandLine) -> None:
    """What is imported is listed in the form in which it can be imported again."""
    _configure(worked, ('[tenants]\ndirectory = "tenants.jsonl"\n', ""))

    imported = worked("tenants", "import", "tenants.jsonl")
    listed = worked("tenants", "list", "--json")

    assert (imported.code, imported.out, imported.err) == (0, "2 tenants imported\n", "")
    assert [one["id"] for one in listed.objects()] == ["contoso", "fabrikam"]
    (worked.folder / "again.jsonl").write_text(listed.out)
    assert worked("tenants", "import", "again.jsonl").code == 0
    assert worked("tenants", "list", "--json").out == listed.out
    (shown,) = worked("tenants", "show", "contoso", "--json").objects()
    assert shown.pop("incidents")["junk"]["incidents"] == 1
    assert shown == listed.objects()[0]
    assert "Cheap pills" in worked("tenants", "show", "contoso").out


def test_an_import_takes_the_place_of_the_one_before(cli: CommandLine) -> None:
    """A tenant that the new file does not list is gone."""
    _configure(cli, ('[tenants]\ndirectory = "tenants.jsonl"\n', ""))
    cli("tenants", "import", "tenants.jsonl")
    cli.write_tenants({"id": "only"})

    cli("tenants", "import", "tenants.jsonl")

    assert [one["id"] for one in cli("tenants", "list", "--json").objects()] == ["only"]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([{"id": "a"}, {"idd": "b"}], "line 2: unknown field 'idd'"),
        ([{"id": "a"}, {"id": "a"}], "tenants.jsonl, lines 1 and 2: tenant a is listed twice"),
        (
            [{"id": id, "allocations": [{"network": "192.0.2.0/24"}]} for id in ("a", "b")],
            "tenants.jsonl, lines 1 and 2: network 192.0.2.0/24 is held by a and b at the same time",
        ),
        ([{"id": "a\ud800"}], "line 1: field 'id' holds characters"),
    ],
)
def test_a_wrong_file_imports_nothing(cli: CommandLine, lines: list[dict[str, Any]], complaint: str) -> None:
    """The file is checked as a whole; what was imported before stays."""
    _configure(cli, ('[tenants]\ndirectory = "tenants.jsonl"\n', ""))
    cli("tenants", "import", "tenants.jsonl")
    cli.write_tenants(*lines)

    answer = cli("tenants", "import", "tenants.jsonl")

    assert answer.code == 1
    assert complaint in answer.complaint()
    assert len(cli("tenants", "list", "--json").objects()) == 2


def test_an_import_beside_a_file_is_warned_of(cli: CommandLine) -> None:
    """Who imports though a file is configured learns that the file counts."""
    answer = cli("tenants", "import", "tenants.jsonl")

    assert answer.code == 0
    assert "warning: tenants.directory is set" in answer.complaint()


def test_check_says_that_all_is_well(worked: CommandLine) -> None:
    """Database, directory, keys, mailbox and outbox: each with its answer."""
    answer = worked("check")

    assert (answer.code, answer.err) == (0, "")
    lines = [line.split()[:2] for line in answer.out.splitlines()]
    assert lines == [
        ["database", "ok"],
        ["directory", "ok"],
        ["profiles", "hint"],
        *([name, "ok"] for name in ("keys", "mailbox", "readers", "outbox")),
        ["reporters", "hint"],
        ["status", "ok"],
    ]
    assert "2 tenants" in answer.out


@pytest.mark.parametrize(
    ("old", "new", "what", "why"),
    [
        ("maildir://Maildir", "maildir://gone", "mailbox", "is not there: create it, or correct mailbox.url"),
        (
            "maildir://Maildir",
            "imap://u:hunter2@127.0.0.1:1",
            "mailbox",
            "imap://u@127.0.0.1:1: Connection refused",
        ),
        (
            "maildir://outbox",
            "smtp://u:hunter2@127.0.0.1:1",
            "outbox",
            "smtp://u@127.0.0.1:1: Connection refused",
        ),
        ('"tenants.jsonl"', '"gone.jsonl"', "directory", "gone.jsonl cannot be read"),
        (
            "[provider]",
            f'[database]\nurl = "sqlite:///{"gone/" * 50}a.db"\n[provider]',
            "database",
            "run: mkdir -p",
        ),
    ],
)
def test_check_says_what_does_not_answer(cli: CommandLine, old: str, new: str, what: str, why: str) -> None:
    """What fails is named with what to do; the others are tried all the same; exit code 1."""
    _configure(cli, (old, new))

    answer = cli("check")

    (failed,) = [line for line in answer.out.splitlines() if "FAILED" in line]
    assert (answer.code, answer.err) == (1, "")
    assert failed.startswith(what)
    assert why in failed
    assert answer.out.count(" ok ") == len(answer.out.splitlines()) - 3  # and two hints
    assert "hunter2" not in answer.out


def test_check_without_tenants_says_what_to_do(cli: CommandLine) -> None:
    """An empty directory is no failure, but nothing can be attributed."""
    _configure(cli, ('[tenants]\ndirectory = "tenants.jsonl"\n', ""))

    assert "no tenants yet" in cli("check").out


def test_check_reads_stores_and_sends_nothing(cli: CommandLine) -> None:
    """What waits in the mailbox waits on."""
    cli.deliver(a=FIRST)

    cli("check")

    assert (cli.folder / "Maildir" / "new" / "a").read_bytes() == FIRST
    assert _sent(cli) == []


def test_db_upgrade_makes_the_database(cli: CommandLine) -> None:
    """An empty database is made; done twice, the second says that nothing was to do."""
    first, second = cli("db", "upgrade"), cli("db", "upgrade")

    assert (first.code, first.out) == (0, "the database was empty; it is up to date now\n")
    assert (second.code, second.out) == (0, "the database is up to date already\n")


def test_a_summary_stands_on_stdout_and_a_log_on_stderr(cli: CommandLine) -> None:
    """--verbose tells each batch, without disturbing who reads stdout."""
    cli.deliver(a=FIRST)

    answer = cli("run", "--once", "--verbose")

    assert "event=recorded mails=1" in answer.err
    assert len(answer.out.splitlines()) == 2


def test_stats_as_a_page(worked: CommandLine) -> None:
    """People see the same counts with words."""
    out = worked("stats").out

    assert "report        3" in out
    assert "Oldest waiting: nothing waits" in out


def test_incident_records_are_json_lines(worked: CommandLine) -> None:
    """Each line is one object, whatever the tool that splits them."""
    out = worked("incidents", "list", "--json").out

    assert all(isinstance(json.loads(line), dict) for line in out.removesuffix("\n").split("\n"))


def test_a_signal_stops_it_and_is_told(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM: what was done is told, and that the rest waits; exit code 1. The next run does the rest."""
    cli.deliver(a=FIRST, b=QUESTION)
    poll = App.poll

    def poll_and_be_stopped(app: App, *arguments: Any) -> PollSummary:
        signal.raise_signal(signal.SIGTERM)
        return poll(app, *arguments)

    monkeypatch.setattr(App, "poll", poll_and_be_stopped)
    stopped = cli("run", "--once")
    monkeypatch.setattr(App, "poll", poll)
    after = cli("run", "--once")

    assert stopped.code == 1
    assert stopped.complaint() == "abuse-intake: stopped by a signal; the rest waits for the next run"
    assert stopped.out.startswith("2 mails arrived (")
    assert after.code == 0
    assert "1 with 1 report, 1 no report" in after.out


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        (PollSummary(), "0 mails arrived (0.0 s)"),
        (PollSummary(filed=4), "0 mails arrived, 4 filed (0.0 s)"),
        (
            PollSummary(kept=1, filed=1, dispositions={"report": 1}, reports=1),
            "1 mail arrived: 1 with 1 report (0.0 s)",
        ),
        (
            PollSummary(
                kept=30,
                known=1,
                filed=30,
                dispositions={"report": 21, "not_a_report": 8},
                reports=22,
                seconds=0.1,
            ),
            "30 mails arrived, 1 known already: 21 with 22 reports, 8 no report (0.1 s)",
        ),
        (
            PollSummary(kept=200, dispositions={"quarantined": 200}, seconds=0.5),
            "200 mails arrived: 200 quarantined (0.5 s, 400 mails/s)",
        ),
    ],
)
def test_a_poll_is_told_in_a_line(summary: PollSummary, told: str) -> None:
    """Singulars are right, and what is zero is left out."""
    assert describe_poll(summary) == told


def test_outbox_send_says_what_waits(cli: CommandLine) -> None:
    """With nothing due it says how many wait, and for how long."""
    _configure(cli, ("maildir://outbox", CLOSED))
    cli.deliver(a=FIRST)
    cli("run", "--once")

    answer = cli("outbox", "send")

    assert answer.code == 0
    assert re.fullmatch(r"0 acknowledgements sent, 1 waits, next attempt [-0-9 :]+ UTC\n", answer.out)


def test_check_says_that_the_tables_are_current(worked: CommandLine) -> None:
    """The state of the database is a sentence."""
    assert "abuse-intake.db: tables are current" in worked("check").out


@pytest.mark.parametrize("error", [MailboxError("the mailbox went away"), DatabaseUnavailable("no database")])
def test_what_was_done_before_an_error_is_told(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """An error in the middle ends the poll; what was kept, read and filed until then is told all the same."""
    cli.deliver(a=FIRST, b=QUESTION)
    file_away = MaildirMailbox.file_away

    def file_away_and_fail(*arguments: Any) -> Any:
        file_away(*arguments)
        raise error

    monkeypatch.setattr(MaildirMailbox, "file_away", file_away_and_fail)
    answer = cli("run", "--once")

    assert answer.code == 1
    assert answer.complaint() == f"abuse-intake: {error}"
    assert answer.out.startswith("2 mails arrived: 1 with 1 report, 1 no report (")

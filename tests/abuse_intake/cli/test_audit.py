"""`audit list`, and that each command writes down what a person changed or looked at."""

import os
import pwd
from typing import Any

import pytest
from command_line import CommandLine
from reattributing_cli import MOVED
from storage_builders import NOW

from abuse_intake import looking
from abuse_intake.looking import look_at_mail
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.values import Actor

US = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture(autouse=True)
def _no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)


def _audit(worked: CommandLine, *options: str) -> list[dict[str, Any]]:
    answer = worked("audit", "list", "--json", *options)
    assert answer.code == 0, answer.err
    return answer.objects()


def _told(worked: CommandLine, *options: str) -> list[tuple[str, str, str | None]]:
    return [(one["action"], one["object_kind"], one["object_id"]) for one in _audit(worked, *options)]


def test_lists_and_pages_are_no_looks(worked: CommandLine) -> None:
    """Nothing is logged of what shows no mail."""
    for command in (
        "mails list",
        "mails show 1",
        "incidents list",
        "incidents show 1",
        "stats",
        "outbox list",
    ):
        assert worked(*command.split()).code == 0

    assert _audit(worked) == []


@pytest.mark.parametrize(
    ("command", "action"),
    [
        ("mails raw 1", "viewed raw"),
        ("incidents show 1 --full", "viewed full"),
        ("incidents show 1 --full --json", "viewed full"),
    ],
)
def test_a_look_at_a_mail_is_logged(worked: CommandLine, command: str, action: str) -> None:
    """With who looked, and the hash of what was seen."""
    assert worked.process(*command.split()).returncode == 0

    (line,) = _audit(worked)
    (mail,) = worked("mails", "show", "1", "--json").objects()
    assert (line["action"], line["object_kind"], line["object_id"]) == (action, "mail", "1")
    assert (line["actor"], line["via"], line["detail"]) == (US, "terminal", {"sha256": mail["sha256"]})


def test_a_mail_that_is_not_there_is_no_look(worked: CommandLine) -> None:
    """The line would tell of nothing."""
    assert worked("mails", "raw", "99").code == 1

    assert _audit(worked) == []


def test_no_byte_is_shown_where_the_line_cannot_be_written(
    worked: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says why."""

    def fail(*_: object) -> None:
        raise DatabaseUnavailable("the database cannot be used: disk full")

    monkeypatch.setattr(looking, "note_action", fail)
    answer = worked("mails", "raw", "1")

    assert (answer.code, answer.out) == (1, "")
    assert "without a line in the audit log: the database cannot be used: disk full" in answer.complaint()


def test_who_may_only_read_the_database_sees_no_mail(worked: CommandLine) -> None:
    """The error says why, and nothing is seen unlogged."""
    database = Database(f"sqlite:///file:{worked.folder}/abuse-intake.db?mode=ro&uri=true")

    with pytest.raises(DatabaseUnavailable, match=r"without a line in the audit log: .* readonly database"):
        look_at_mail(database, "1", "viewed raw", Actor("mia", "terminal"), NOW)

    database.close()
    assert _audit(worked) == []


def test_reading_a_mail_again_is_logged(worked: CommandLine) -> None:
    """With what it was before."""
    assert worked("mails", "retry", "4").code == 0

    (line,) = _audit(worked)
    assert (line["action"], line["object_id"]) == ("retried", "4")
    assert line["detail"] == {"disposition": "not_a_report", "reason": "no_evidence"}


def test_an_import_is_logged(worked: CommandLine) -> None:
    """With how many tenants came from which file; one that is refused is not."""
    path = worked.write_tenants(MOVED[0])
    assert worked("tenants", "import", str(path)).code == 0
    path.write_text("{}")
    assert worked("tenants", "import", str(path)).code != 0

    (line,) = _audit(worked)
    assert (line["action"], line["object_kind"], line["object_id"]) == ("imported", "tenants", None)
    assert line["detail"] == {"tenants": 1, "file": str(path)}


def test_deciding_again_is_logged_once_it_is_stored(moved: CommandLine) -> None:
    """A line for each incident concerned; looking first leaves none."""
    assert moved("incidents", "reattribute").code == 0
    looked = _told(moved)
    assert moved("incidents", "reattribute", "--apply").code == 0

    stored = _told(moved)
    assert looked == []
    assert stored
    assert {(action, kind) for action, kind, _ in stored} == {("reattributed", "incident")}
    assert {one["actor"] for one in _audit(moved)} == {US}


def test_sending_is_logged(worked: CommandLine) -> None:
    """Who had the outbox delivered."""
    assert worked("outbox", "send").code == 0

    assert _told(worked) == [("began sending", "outbox", None)]


def test_lines_are_chosen(worked: CommandLine) -> None:
    """By who, by what, by when, and not more than asked for."""
    worked("incidents", "set", "1", "--status", "open", "--by", "mia")
    worked("incidents", "set", "2", "--status", "open", "--by", "leo")
    worked("outbox", "send")

    assert _told(worked, "--actor", "mia") == [("decided", "incident", "1")]
    assert _told(worked, "--actor", "nobody") == []
    assert _told(worked, "--object", "incident:2") == [("decided", "incident", "2")]
    assert len(_told(worked, "--object", "incident")) == 2
    assert len(_told(worked, "--limit", "1")) == 1
    assert _told(worked, "--since", "2999-01-01") == []


def test_people_see_a_table(worked: CommandLine) -> None:
    """With decisions in words."""
    worked("incidents", "set", "1", "--no-tenant", "--note", "a test", "--by", "mia")

    out = worked("audit", "list").out

    assert "decided  incident 1  tenant contoso → nobody, by hand; note: a test" in out


@pytest.mark.parametrize("chosen", ["ticket", "ticket:1", ":1", ""])
def test_an_object_of_no_kind_is_wrong_usage(worked: CommandLine, chosen: str) -> None:
    """The line tells which kinds there are."""
    answer = worked("audit", "list", "--object", chosen)

    assert answer.code == 2
    assert "incident, mail, tenants, outbox, token" in answer.complaint()

"""`abuse-intake check` looks at everything and changes nothing."""

import pytest
from command_line import CommandLine

from abuse_intake.guard import process
from storage.database import Database
from storage.errors import DatabaseUnavailable


def test_check_makes_no_database(cli: CommandLine) -> None:
    """Who runs it first must not own the file that the worker needs."""
    answer = cli("check")

    assert "empty; the first run makes it" in answer.out
    assert not (cli.folder / "abuse-intake.db").exists()


def test_a_new_database_is_for_its_owner_alone(cli: CommandLine) -> None:
    """It holds strangers' mail, whatever the umask is."""
    cli("run", "--once")

    assert (cli.folder / "abuse-intake.db").stat().st_mode & 0o077 == 0


def test_a_username_without_a_password_is_refused(cli: CommandLine) -> None:
    """Trying no login, silently, would look like a server that refuses mail."""
    config = cli.folder / "abuse-intake.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace('url = "maildir://outbox"', 'url = "smtp://localhost"\nusername = "junk"'),
        encoding="utf-8",
    )

    answer = cli("check")

    assert answer.code == 2
    assert "outbox.password_file must be given" in answer.complaint()


def test_who_only_looks_makes_no_database(cli: CommandLine) -> None:
    """Lists are empty where nothing was worked yet, and a note says so; the file is made by who works."""
    answer = cli("mails", "list", "--json")

    assert (answer.code, answer.out) == (0, "")
    assert "is not there yet; the first run makes it" in answer.complaint()
    assert not (cli.folder / "abuse-intake.db").exists()


def test_a_database_that_cannot_be_written_is_not_well(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check` tries what the worker needs, not only what it can look at."""
    cli("run", "--once")
    monkeypatch.setattr(Database, "probe", _refuse)

    answer = cli("check")

    assert answer.code == 1
    assert "database   FAILED" in answer.out


def _refuse(_: Database) -> None:
    raise DatabaseUnavailable("attempt to write a readonly database")


def test_readers_that_cannot_start_are_not_well(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """`check` reads a mail as the worker does."""
    monkeypatch.setattr(process, "CHILD_CODE", "raise SystemExit(3)")

    answer = cli("check")

    assert answer.code == 1
    assert "readers    FAILED" in answer.out

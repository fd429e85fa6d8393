"""`abuse-intake check` looks at everything and changes nothing."""

import socket

import pytest
from command_line import CommandLine
from servers.dovecot import PASSWORD, Dovecot
from servers.programs import HOST

from abuse_intake.cli import check
from abuse_intake.guard import process
from abuse_intake.worker.status_server import Answer, StatusServer
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
    assert "outbox.password_file must be given" in row(answer.out, "outbox")
    assert " ok " in row(answer.out, "readers")


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


def configure(cli: CommandLine, old: str, new: str) -> None:
    config = cli.folder / "abuse-intake.toml"
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new), encoding="utf-8")


def row(out: str, name: str) -> str:
    (found,) = [line for line in out.splitlines() if line.startswith(name)]
    return found


@pytest.mark.dovecot
def test_a_mailbox_is_described(cli: CommandLine, dovecot: Dovecot) -> None:
    """What waits, how mails are filed, how news is noticed, and which folders are not there yet; none is made."""
    dovecot.append("checked", b"Subject: A mail\r\n\r\nHello\r\n")
    dovecot.append("checked", b"Subject: A mail\r\n\r\nHello\r\n", folder="Other")
    configure(cli, "maildir://Maildir", f"imap://checked:{PASSWORD}@{HOST}:{dovecot.port}/INBOX")

    answer = cli("check")

    assert row(answer.out, "mailbox").endswith(
        "1 waiting; files by MOVE; IDLE; Processed, Quarantine: not there yet, made when the first mail goes there"
    )
    assert dovecot.folders("checked") == {"INBOX", "Other"}


@pytest.mark.dovecot
def test_a_certificate_that_does_not_hold_is_explained(cli: CommandLine, dovecot_tls: Dovecot) -> None:
    """One line says what is wrong with it and what to do."""
    configure(cli, "maildir://Maildir", f"imaps://checked:{PASSWORD}@{HOST}:{dovecot_tls.tls_port}/INBOX")

    answer = cli("check")

    assert "nobody whom this system knows vouches for the certificate" in row(answer.out, "mailbox")
    assert answer.code == 1


def test_a_server_that_does_not_answer_is_not_waited_for(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt is bounded, whatever the server's own limits are; the others are tried all the same."""
    monkeypatch.setattr(check, "SECONDS", 3)
    with socket.create_server((HOST, 0)) as silent:
        configure(cli, "maildir://Maildir", f"imap://u:p@{HOST}:{silent.getsockname()[1]}/INBOX")

        answer = cli("check")

    assert "FAILED  no answer within 3 s" in row(answer.out, "mailbox")
    assert "ok" in row(answer.out, "readers")


def test_a_hint_is_no_failure(cli: CommandLine) -> None:
    """Without authserv_id all works, and something could be better; with it there is no hint."""
    before = cli("check")
    configure(cli, "[mailbox]", '[mailbox]\nauthserv_id = "mx.provider.example"')
    after = cli("check")

    assert (before.code, row(before.out, "reporters").split()[1]) == (0, "hint")
    assert (after.code, row(after.out, "reporters").split()[1]) == (0, "ok")


def test_a_status_port_that_a_worker_has_is_well(cli: CommandLine) -> None:
    """`check` beside a running worker is not alarmed; another program on the port is."""
    worker = StatusServer(0, {"/healthz": lambda: Answer(b"ok\n")})
    config = cli.folder / "abuse-intake.toml"
    config.write_text(config.read_text() + f"[worker]\nstatus_port = {worker.port}\n")

    beside_a_worker = cli("check")
    worker.close()
    alone = cli("check")
    with socket.create_server((HOST, worker.port)):
        beside_another = cli("check")

    assert row(beside_a_worker.out, "status").endswith(f"a worker answers on {HOST}:{worker.port}")
    assert row(alone.out, "status").endswith(f"{HOST}:{worker.port} is free")
    assert beside_another.code == 2
    assert "cannot be listened on" in row(beside_another.out, "status")

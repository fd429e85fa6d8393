"""`abuse-intake check` looks at everything and changes nothing."""

import socket

import pytest
from command_line import CommandLine
from servers.dovecot import PASSWORD, Dovecot
from servers.programs import HOST

from abuse_intake.attribution.dkim.dns_keys import Fetched, Unreachable
from abuse_intake.attribution.dkim.resolver import Resolver
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


def test_to_believe_all_provider_headers_is_hinted_at(cli: CommandLine) -> None:
    """Any user of ours can write those that our servers do not write; without relays none of them counts."""
    all_believed = cli("check")
    configure(cli, "relays =", 'disabled_profiles = ["cpanel", "mailgun"]\nrelays =')
    some = cli("check")
    configure(cli, 'disabled_profiles = ["cpanel", "mailgun"]\nrelays = ["203.0.113.0/26"]', "")
    no_relays = cli("check")

    assert row(all_believed.out, "profiles").split(maxsplit=2)[1:] == [
        "hint",
        "all 10 profiles of provider headers are believed: name those that your servers do not write in"
        " provider.disabled_profiles",
    ]
    assert row(some.out, "profiles").endswith(
        "ok      headers believed: amazon_ses, cfbl, exchange_online, fastmail, google_workspace, mandrill,"
        " sendgrid, srs"
    )
    assert row(no_relays.out, "profiles").split()[1] == "ok"
    assert (all_believed.code, some.code, no_relays.code) == (0, 0, 0)


@pytest.mark.parametrize("network", ["203.0.113.8/29", "203.0.113.0/26", "203.0.113.0/24"])
def test_a_tenant_that_holds_relays_is_hinted_at(cli: CommandLine, network: str) -> None:
    """It would be blamed for what others send through them."""
    cli.write_tenants({"id": "contoso", "allocations": [{"network": network}]})

    answer = cli("check")

    assert answer.code == 0
    assert f"hint    1 tenant; contoso holds {network}, and 203.0.113.0/26 in provider.relays" in answer.out


def test_a_network_that_became_a_relay_is_well(cli: CommandLine) -> None:
    """Whoever held it before is asked for older mail."""
    allocation = {"network": "203.0.113.8/29", "until": "2020-01-01T00:00:00Z"}
    cli.write_tenants({"id": "contoso", "allocations": [allocation]})

    answer = cli("check")

    assert row(answer.out, "directory").endswith("ok      1 tenant")


def test_name_servers_that_do_not_answer_are_a_failure(cli: CommandLine) -> None:
    """They were chosen, so the line names them, and what to do."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        server = f"{HOST}:{silent.getsockname()[1]}"
        configure(cli, "dns = false", f'dns = true\nnameservers = ["{server}"]')

        answer = cli("check")

    assert answer.code == 1
    assert f"FAILED  no archive; no answer from {server}, so that" in row(answer.out, "keys")
    assert row(answer.out, "keys").endswith(": correct dkim.nameservers, or set dkim.dns = false")


def test_silent_servers_of_the_machine_are_a_hint(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may answer where the worker runs, and nobody chose them here."""
    monkeypatch.setattr(Resolver, "fetch", _stay_silent)
    configure(cli, "dns = false", "dns = true")

    answer = cli("check")

    assert answer.code == 0
    assert "hint    no archive; the DNS does not answer" in row(answer.out, "keys")


def _stay_silent(_: Resolver, name: str) -> Fetched:
    raise Unreachable(f"no answer for {name}", took_too_long=True)


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

"""SIGHUP: a good configuration takes effect after the batch in hand; a bad one is told, and changes nothing."""

import signal
from pathlib import Path

import pytest
from arrival_builders import make_forward, make_message
from intake_world import (
    await_truth,
    list_files,
    list_outcomes,
    make_maildir,
    open_database,
    put,
    write_configuration,
)
from running_worker import RunningWorker, ask, notify_socket, running_worker
from servers.programs import find_free_port


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """An empty mailbox, polled once an hour."""
    make_maildir(tmp_path / "Maildir")
    return write_configuration(tmp_path, poll_seconds=3600)


def change(configuration: Path, old: str, new: str) -> None:
    text = configuration.read_text()
    assert old in text
    configuration.write_text(text.replace(old, new))


def reload(worker: RunningWorker, outcome: str) -> None:
    worker.await_log("event=ready")
    worker.tell(signal.SIGHUP)
    worker.await_log(outcome)


def test_a_new_configuration_is_in_force(configuration: Path) -> None:
    """The same process goes on with another mailbox, and polls it at once."""
    other = make_maildir(configuration.parent / "Other")
    put(other, "mail", make_forward(make_message(1)))

    with running_worker(configuration) as worker:
        worker.await_log("event=ready")
        change(configuration, "maildir://Maildir", "maildir://Other")
        reload(worker, "event=reloaded")

        await_truth(lambda: list_files(other) == [".Processed/cur/mail:2,"])
        assert worker.stop() == 0


def test_polls_come_as_often_as_it_says_now(configuration: Path) -> None:
    """The schedule follows the configuration."""
    maildir = configuration.parent / "Maildir"

    with running_worker(configuration) as worker:
        worker.await_log("event=ready")
        change(configuration, "poll_seconds = 3600", "poll_seconds = 1")
        reload(worker, "event=reloaded")
        put(maildir, "first", make_forward(make_message(1), number=1))
        await_truth(lambda: len(list_files(maildir / ".Processed")) == 1)
        put(maildir, "second", make_forward(make_message(2), number=2))

        await_truth(lambda: len(list_files(maildir / ".Processed")) == 2)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("poll_seconds = 3600", "poll_seconds = 0", "greater than or equal to 1"),
        ("[outbox]", "[outboxes]", "outboxes: unknown key"),
        ('"maildir://Sent"', '"smtp://u@localhost"', "outbox.password_file must be given"),
        ('"tenants.jsonl"', '"gone.jsonl"', "gone.jsonl cannot be read"),
        ("sqlite:///abuse-intake.db", "sqlite:///gone/abuse-intake.db", "run: mkdir -p"),
    ],
)
def test_a_bad_configuration_changes_nothing(configuration: Path, old: str, new: str, problem: str) -> None:
    """What is wrong with it is told, and the worker goes on with the one that it has."""
    maildir = configuration.parent / "Maildir"
    change(configuration, "poll_seconds = 3600", "poll_seconds = 1")

    with running_worker(configuration) as worker:
        worker.await_log("event=ready")
        text = configuration.read_text()
        configuration.write_text(text.replace("poll_seconds = 1", "poll_seconds = 3600").replace(old, new))
        reload(worker, "stays in force")
        put(maildir, "mail", make_forward(make_message(1)))

        await_truth(lambda: list_files(maildir) == [".Processed/cur/mail:2,"])
        assert problem in worker.log()
        assert worker.stop() == 0


def test_another_database_is_taken(configuration: Path) -> None:
    """What arrives after the reload lies in the new database, whose tables are made."""
    folder = configuration.parent
    change(configuration, "poll_seconds = 3600", "poll_seconds = 1")

    with running_worker(configuration) as worker:
        worker.await_log("event=ready")
        change(configuration, "sqlite:///abuse-intake.db", "sqlite:///new/abuse-intake.db")
        (folder / "new").mkdir()
        reload(worker, "event=reloaded")
        put(folder / "Maildir", "mail", make_forward(make_message(1)))
        await_truth(lambda: list_files(folder / "Maildir") == [".Processed/cur/mail:2,"])

    with open_database(folder / "new") as database:
        assert list_outcomes(database) == [("report", None)]


def test_the_status_port_moves(configuration: Path) -> None:
    """The new port answers, the old one no more; a port that is taken is a bad configuration."""
    port = find_free_port()
    configuration.write_text(configuration.read_text() + "[worker]\nstatus_port = 0\n")

    with running_worker(configuration) as worker:
        old = worker.find_port()
        change(configuration, "status_port = 0", f"status_port = {port}")
        reload(worker, "event=reloaded")
        assert worker.find_port() == port
        assert worker.ask("/healthz")[0] == 200
        with pytest.raises(OSError, match="refused"):
            ask(old, "/healthz")


def test_the_format_of_the_log_follows(configuration: Path) -> None:
    """From the reload on, records have the new form."""
    with running_worker(configuration) as worker:
        worker.await_log("event=ready")
        configuration.write_text(configuration.read_text() + '[worker]\nlog_format = "json"\n')

        reload(worker, '"event":"reloaded"')


def test_the_service_manager_hears_of_a_reload(configuration: Path) -> None:
    """It is told when it begins and when it is over, also where the configuration is bad."""
    with (
        notify_socket() as manager,
        running_worker(configuration, environment={"NOTIFY_SOCKET": manager.address}) as worker,
    ):
        manager.await_line("READY=1")
        change(configuration, "poll_seconds = 3600", "poll_seconds = 0")
        reload(worker, "stays in force")
        await_truth(lambda: manager.heard.count("READY=1") == 2)
        assert worker.stop() == 0
        manager.await_line("STOPPING=1")

    states = [line.partition("=")[0] for line in manager.heard if not line.startswith("STATUS")]
    assert states == ["READY", "RELOADING", "MONOTONIC_USEC", "READY", "STOPPING"]
    assert "STATUS=0 mails read, 0 acknowledgements sent since the start" in manager.heard

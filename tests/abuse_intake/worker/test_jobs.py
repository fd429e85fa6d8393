"""The worker: polls and delivers again and again, outlives what goes away, and ends when it is told to."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from arrival_builders import make_forward, make_message
from intake_world import (
    await_truth,
    list_acknowledgements,
    list_files,
    list_mails,
    list_outcomes,
    make_maildir,
    open_database,
    put,
    start_program,
    write_configuration,
)

from abuse_intake.app import App
from abuse_intake.errors import OutboxError
from abuse_intake.outbox import DeliverySummary
from abuse_intake.settings import load_settings
from abuse_intake.worker import Worker
from storage.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The database of the configuration."""
    with open_database(tmp_path) as opened:
        yield opened


@contextmanager
def working(folder: Path, database: Database) -> Iterator[App]:
    """A worker in a thread, that polls every second; it is stopped at the end."""
    app = App(load_settings(write_configuration(folder, poll_seconds=1)), database)
    worker = Worker(app)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield app
    finally:
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()


def make_report(number: int) -> bytes:
    return make_forward(make_message(number), number=number)


def has_sent(folder: Path, count: int) -> bool:
    return len([name for name in list_files(folder / "Sent") if name.startswith("new/")]) == count


def test_a_mail_that_arrives_is_acknowledged(tmp_path: Path, database: Database) -> None:
    """What arrives while the worker runs is filed, and its reporter answered, without another start."""
    maildir = make_maildir(tmp_path / "Maildir")

    with working(tmp_path, database):
        put(maildir, "first", make_report(1))
        await_truth(lambda: has_sent(tmp_path, 1))
        put(maildir, "second", make_report(2))
        await_truth(lambda: has_sent(tmp_path, 2))

    assert list_files(maildir) == [".Processed/cur/first:2,", ".Processed/cur/second:2,"]
    assert [one.state for one in list_acknowledgements(database)] == ["sent", "sent"]


def test_it_goes_on_when_the_mailbox_comes_back(
    tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mailbox that is away is told in the log, without a traceback, and tried again at the next poll."""
    heard: list[str] = []

    def hears(text: str) -> bool:
        heard.extend(capsys.readouterr())
        return text in "".join(heard)

    with working(tmp_path, database):
        await_truth(lambda: hears("is not there: create it"))
        put(make_maildir(tmp_path / "Maildir"), "mail", make_report(1))

        await_truth(lambda: has_sent(tmp_path, 1))

    assert not hears("fault in a job")


def test_a_poll_that_failed_is_tried_again_before_the_next_one_is_due(
    tmp_path: Path, database: Database
) -> None:
    """A connection may have died of age: nobody waits for the schedule, which may be an hour away."""
    app = App(load_settings(write_configuration(tmp_path, poll_seconds=3600)), database)
    worker = Worker(app)
    thread = threading.Thread(target=worker.run)
    thread.start()
    time.sleep(0.5)
    put(make_maildir(tmp_path / "Maildir"), "mail", make_report(1))

    await_truth(lambda: has_sent(tmp_path, 1))

    worker.stop()
    thread.join(20)


def test_it_goes_on_when_the_outbox_comes_back(
    tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """A closed outbox keeps no mail from being read; what waits goes out when it opens."""
    maildir = make_maildir(tmp_path / "Maildir")
    put(maildir, "mail", make_report(1))
    (tmp_path / "Sent").write_bytes(b"in the way")

    with working(tmp_path, database):
        await_truth(lambda: list_outcomes(database) == [("report", None)])
        await_truth(lambda: "Not a directory" in "".join(capsys.readouterr()))
        (tmp_path / "Sent").unlink()

        await_truth(lambda: has_sent(tmp_path, 1))


def test_it_goes_on_after_a_fault_of_ours(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw costs one turn of one job."""
    make_maildir(tmp_path / "Maildir")
    faults = iter([RuntimeError("a fault of ours"), OutboxError("closed")])
    deliver = App.deliver

    def fail_twice(app: App, *arguments: object) -> object:
        if fault := next(faults, None):
            raise fault
        return deliver(app, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(App, "deliver", fail_twice)

    with working(tmp_path, database):
        put(tmp_path / "Maildir", "mail", make_report(1))

        await_truth(lambda: has_sent(tmp_path, 1))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_worker(tmp_path: Path, number: signal.Signals) -> None:
    """The process ends soon, with 0 and without a traceback, though the next poll is far away."""
    maildir = make_maildir(tmp_path / "Maildir")
    put(maildir, "mail", make_report(1))
    configuration = write_configuration(tmp_path, poll_seconds=3600)

    with start_program(configuration, "run") as process:
        await_truth(lambda: (tmp_path / "Sent").exists() and has_sent(tmp_path, 1))
        process.send_signal(number)
        _, log = process.communicate(timeout=60)

    assert process.returncode == 0
    assert "Traceback" not in log
    assert "stopped" in log


def test_a_signal_lets_the_batch_in_hand_be_finished(tmp_path: Path) -> None:
    """Stopped in the middle of a heap of mails: what was taken in hand is read and filed, the rest waits."""
    maildir = make_maildir(tmp_path / "Maildir")
    for number in range(1500):
        put(maildir, f"mail{number}", make_report(number), mtime=number)

    with open_database(tmp_path) as database:
        with start_program(write_configuration(tmp_path), "run") as process:
            await_truth(lambda: list_files(maildir / ".Processed"))
            process.terminate()
            _, log = process.communicate(timeout=60)
        mails = list_mails(database)

    filed = len(list_files(maildir / ".Processed"))
    waiting = len(list_files(maildir / "new"))
    assert process.returncode == 0, log
    assert 0 < filed < 1500
    assert filed + waiting == 1500
    assert len([mail for mail in mails if mail.disposition == "report"]) == filed


class SlowApp:
    """Delivers until it is let go, and counts how often it was asked."""

    def __init__(self) -> None:
        self.deliveries = 0
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def deliver(self, *_: object) -> DeliverySummary:
        self.deliveries += 1
        self.has_begun.set()
        self.may_end.wait(10)
        return DeliverySummary()


def test_what_is_recorded_while_a_delivery_runs_is_delivered_after_it() -> None:
    """A delivery that began too early to see it is followed by another one, not by the next poll's."""
    app = SlowApp()
    worker = Worker(app)  # type: ignore[arg-type]
    worker.ask_to_deliver()
    app.has_begun.wait(10)

    asked = worker.ask_to_deliver()
    app.may_end.set()
    assert asked is not None
    asked.result(10)

    assert app.deliveries == 2


def test_a_slow_delivery_keeps_nobody_waiting() -> None:
    """Who asks for a delivery does not wait for it, and asking again while one waits adds none."""
    app = SlowApp()
    worker = Worker(app)  # type: ignore[arg-type]
    worker.ask_to_deliver()
    app.has_begun.wait(10)

    asked = [worker.ask_to_deliver() for _ in range(3)]
    app.may_end.set()

    assert [one is None for one in asked] == [False, True, True]

"""Watching a mailbox between polls: news has it polled at once, and what fails disturbs no poll."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from arrival_builders import US, make_forward, make_message
from intake_world import await_truth, write_configuration
from running_worker import running_worker
from servers.dovecot import PASSWORD, Dovecot
from servers.programs import HOST
from servers.smtp_sink import SmtpSink

from abuse_intake.errors import MailboxError
from abuse_intake.worker import watching
from abuse_intake.worker.watching import MailWatcher


class TellingMailboxes:
    """Opens mailboxes that tell of mail when `news` is set; they fail, or refuse to wait, as often as told."""

    tells_of_mail = True

    def __init__(self) -> None:
        self.news = threading.Event()
        self.failures = 0
        self.refusals = 0
        self.opened = 0
        self.closed = 0

    def open(self) -> "TellingMailboxes":
        self.opened += 1
        return self

    def wait_for_mail(self, seconds: float, should_stop: Callable[[], bool]) -> bool:
        if self.failures:
            self.failures -= 1
            raise MailboxError("connection lost")
        if seconds and self.refusals:
            self.refusals -= 1
            raise MailboxError("IDLE: NO")
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not should_stop():
            if self.news.wait(0.01):
                self.news.clear()
                return True
        return False

    def close(self) -> None:
        self.closed += 1


class World:
    def __init__(self) -> None:
        self.mailboxes = TellingMailboxes()
        self.told = 0
        self.watcher = MailWatcher(self.mailboxes.open, self.tell)

    def tell(self) -> None:
        self.told += 1


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(watching, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(watching, "FIRST_BACKOFF", 0.01)
    made = World()
    yield made
    made.watcher.stop()


def test_each_news_is_told(world: World) -> None:
    """On one connection, again and again; and once when it is made, since mail may have come before."""
    world.watcher.start()
    await_truth(lambda: world.told == 1)

    for number in range(2, 5):
        world.mailboxes.news.set()
        await_truth(lambda number=number: world.told == number)

    assert world.mailboxes.opened == 1


def test_after_a_failure_it_watches_again(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A connection that fails is made anew, told once for the outage, and what came meanwhile is looked for."""
    world.mailboxes.failures = 3
    world.watcher.start()

    await_truth(lambda: world.told == 1)

    assert world.mailboxes.opened == 4
    log = capsys.readouterr().out
    assert log.count("cannot wait for mail") == 1
    assert "warning" in log
    await_truth(lambda: world.mailboxes.closed == 3)


def test_a_server_that_lets_in_and_refuses_to_wait_is_left_alone_ever_longer(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A login is no success: the pauses grow, one outage is told, and it ends with a wait that lasted."""
    monkeypatch.setattr(watching, "STEADY_SECONDS", 0.05)
    world.mailboxes.refusals = 6
    began = time.monotonic()
    world.watcher.start()

    await_truth(lambda: world.mailboxes.opened == 7)
    took = time.monotonic() - began
    heard: list[str] = []

    def is_over() -> bool:
        heard.append(capsys.readouterr().out)
        return "can wait for mail again" in "".join(heard)

    await_truth(is_over)

    assert took > 0.01 * (1 + 2 + 4 + 8 + 16 + 32)
    assert "".join(heard).count("cannot wait for mail") == 1
    assert "".join(heard).count("can wait for mail again") == 1


def test_news_ends_an_outage(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A server that tells of mail keeps its connection, however short the wait was."""
    world.mailboxes.refusals = 3
    world.watcher.start()
    await_truth(lambda: world.mailboxes.opened == 4)

    world.mailboxes.news.set()

    await_truth(lambda: world.told == 5)
    assert capsys.readouterr().out.count("can wait for mail again") == 1


def test_a_wait_that_ends_without_news_is_no_news(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody polls because a wait was over."""
    waited: list[float] = []
    monkeypatch.setattr(world.mailboxes, "wait_for_mail", lambda seconds, _: bool(waited.append(seconds)))

    world.watcher.start()

    await_truth(lambda: len(waited) > 5)
    assert world.told == 1  # when the connection was made


def test_a_fault_of_ours_ends_no_watching(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is an outage like another."""
    answers: Iterator[object] = iter([RuntimeError("a fault of ours"), True])

    def wait(*_: object) -> bool:
        answer = next(answers, False)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    monkeypatch.setattr(world.mailboxes, "wait_for_mail", wait)

    world.watcher.start()

    await_truth(lambda: world.told == 1)


def test_a_server_that_hangs_holds_up_no_stop(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stops the watching waits for it for a while only."""
    let_go, came_back = threading.Event(), threading.Event()

    def hang(*_: object) -> bool:
        let_go.wait(10)
        came_back.set()
        return False

    monkeypatch.setattr(world.mailboxes, "wait_for_mail", hang)
    world.watcher.start()

    world.watcher.stop(0.05)

    assert not came_back.is_set()
    let_go.set()


def configure(folder: Path, dovecot: Dovecot, smtp_sink: SmtpSink, user: str) -> Path:
    """A real mailbox, polled every five minutes, and a real outbox."""
    configuration = write_configuration(folder, poll_seconds=300)
    text = configuration.read_text()
    text = text.replace("maildir://Maildir", f"imap://{user}:{PASSWORD}@{HOST}:{dovecot.port}/INBOX")
    configuration.write_text(text.replace("maildir://Sent", f"smtp://{HOST}:{smtp_sink.port}"))
    return configuration


@pytest.mark.dovecot
@pytest.mark.postfix
def test_a_mail_that_arrives_is_acknowledged_within_two_seconds(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    """The server tells of it (IDLE): it is read and answered though the next poll is minutes away."""
    user = "idle"
    smtp_sink.clear()
    took = []

    with running_worker(configure(tmp_path, dovecot, smtp_sink, user)) as worker:
        dovecot.append(user, make_forward(make_message(0), number=0))
        await_truth(lambda: len(smtp_sink.messages()) == 1)
        for number in range(1, 5):
            dovecot.append(user, make_forward(make_message(number), number=number))
            began = time.monotonic()
            await_truth(lambda number=number: len(smtp_sink.messages()) == number + 1)
            took.append(time.monotonic() - began)
        assert worker.stop() == 0

    assert max(took) < 2, took
    assert {one.rcpt_tos for one in smtp_sink.transactions()} != {(US,)}


@pytest.mark.dovecot
@pytest.mark.postfix
def test_a_stop_in_the_middle_of_a_wait_is_prompt(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    """A worker that waits for mail ends within seconds, with 0."""
    with running_worker(configure(tmp_path, dovecot, smtp_sink, "idle-stop")) as worker:
        worker.await_log("waits_for_mail=true")
        time.sleep(1)
        began = time.monotonic()

        assert worker.stop() == 0

    assert time.monotonic() - began < 8


@pytest.mark.dovecot
@pytest.mark.postfix
def test_watching_goes_on_after_the_server_was_away(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """A server that comes back is watched again: mail is answered long before the next poll."""
    smtp_sink.clear()
    with Dovecot() as server, running_worker(configure(tmp_path, server, smtp_sink, "idle")) as worker:
        server.append("idle", make_forward(make_message(0), number=0))
        await_truth(lambda: len(smtp_sink.messages()) == 1)
        server.stop()
        worker.await_log("cannot wait for mail")
        server.start()
        server.append("idle", make_forward(make_message(1), number=1))

        await_truth(lambda: len(smtp_sink.messages()) == 2, seconds=30)
        assert worker.log().count('"cannot wait for mail') == 1

"""Waiting for mail on a real Dovecot: with IDLE at once, without it not at all; nothing is missed between two waits."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from imap_world import expunge, list_all, open_imap
from intake_world import await_truth, open_database, write_configuration
from servers.dovecot import PASSWORD, Dovecot
from servers.faulty_proxy import FaultyProxy, answer, drip, reset, stall
from servers.programs import HOST
from servers.skipping import make_or_skip

from abuse_intake import steps
from abuse_intake.app import App
from abuse_intake.errors import MailboxError
from abuse_intake.mailbox import imap_connection, imap_waiting
from abuse_intake.mailbox.imap import ImapMailbox
from abuse_intake.settings import load_settings
from abuse_intake.steps import Job

pytestmark = pytest.mark.dovecot

RAW = b"From: a@example.org\r\n\r\nmail\r\n"
FAULTS = {
    "reset": reset(),
    "reset after the answer": reset(after_answer=True),
    "stall": stall(),
    "stall after the answer": stall(after_answer=True),
    "a byte now and then": drip(seconds=0.02),
    "NO": answer("{tag} NO [UNAVAILABLE] Try later"),
    "BYE": answer("* BYE Going down", closing=True),
}


def never() -> bool:
    return False


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """A user with one mail."""
    name = f"user-{uuid4().hex[:12]}"
    dovecot.append(name, RAW)
    return name


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[FaultyProxy]:
    """A proxy that shows what is said."""
    with FaultyProxy(dovecot.port) as opened:
        yield opened


@pytest.fixture
def mailbox(proxy: FaultyProxy, user: str) -> Iterator[ImapMailbox]:
    """A mailbox that has waited before, and so has nothing to catch up with."""
    opened = open_imap(proxy.port, user)
    opened.wait_for_mail(5, never)
    yield opened
    opened.close()


def wait_in_thread(
    mailbox: ImapMailbox, should_stop: Callable[[], bool] = never
) -> tuple[threading.Thread, list[bool]]:
    """A wait of a minute in a thread of its own, and what it said."""
    said: list[bool] = []
    thread = threading.Thread(target=lambda: said.append(mailbox.wait_for_mail(60, should_stop)))
    thread.start()
    return thread, said


def test_the_first_wait_cannot_know_and_says_so(dovecot: Dovecot, user: str) -> None:
    """What lies there may be new to whoever asks for the first time."""
    mailbox = open_imap(dovecot.port, user)

    is_told = mailbox.wait_for_mail(5, never)

    mailbox.close()
    assert is_told


def test_a_mail_that_arrives_is_noticed_at_once(
    dovecot: Dovecot, user: str, proxy: FaultyProxy, mailbox: ImapMailbox
) -> None:
    """The server tells of it while it is in IDLE."""
    thread, said = wait_in_thread(mailbox)
    await_truth(lambda: any(b"IDLE" in line for line in proxy.commands))

    dovecot.append(user, RAW)

    thread.join(timeout=20)
    assert said == [True]


def test_a_mail_that_came_between_two_waits_is_noticed(
    dovecot: Dovecot, user: str, mailbox: ImapMailbox
) -> None:
    """It lay there before IDLE began, and no server tells of it then."""
    dovecot.append(user, RAW)

    assert mailbox.wait_for_mail(5, never)


def test_a_wait_is_no_sign_of_life_of_a_poll(dovecot: Dovecot, user: str, tmp_path: Path) -> None:
    """What the server answers to whoever waits hides no poll that hangs; what it answers to the poll shows life."""
    configuration = write_configuration(tmp_path)
    url = f"imap://{user}:{PASSWORD}@{HOST}:{dovecot.port}/INBOX"
    configuration.write_text(configuration.read_text().replace("maildir://Maildir", url))
    beats: list[Job] = []
    with open_database(tmp_path) as database, closing(App(load_settings(configuration), database)) as app:
        forget = steps.listen_to_beats(beats.append)
        with closing(app.open_watched_mailbox()) as watched:
            watched.wait_for_mail(0, never)
        by_the_wait = len(beats)
        list_all(app.mailbox)
        forget()

    assert by_the_wait == 0
    assert beats


def test_one_mail_is_told_once(dovecot: Dovecot, user: str, mailbox: ImapMailbox) -> None:
    """What was told is not told again, and a mail that goes is no news."""
    dovecot.append(user, RAW)
    assert mailbox.wait_for_mail(5, never)
    expunge(dovecot, user, 1)

    assert not mailbox.wait_for_mail(0.2, never)


def test_a_server_may_tell_of_mail_before_it_agrees_to_idle(proxy: FaultyProxy, mailbox: ImapMailbox) -> None:
    """It is looked at once whether the mail is new, on the same connection."""
    proxy.spoil(rb" IDLE\r", answer("* 2 EXISTS\r\n+ idling\r\n{tag} OK Idle completed."))
    proxy.spoil(rb"^DONE\r", answer("* OK Still here"))
    proxy.commands.clear()

    mailbox.wait_for_mail(0.5, never)

    words = [line.split()[-1 if line == b"DONE\r\n" else 1] for line in proxy.commands]
    assert words[:5] == [b"SELECT", b"IDLE", b"DONE", b"SELECT", b"IDLE"]


def test_a_server_that_tells_of_mail_in_vain_is_asked_more_and_more_slowly(
    dovecot: Dovecot, user: str, proxy: FaultyProxy, mailbox: ImapMailbox
) -> None:
    """It is not asked time and again without a pause, and a mail that comes in the pause is noticed after it."""
    proxy.spoil(rb" IDLE\r", answer("+ idling\r\n* 1 EXISTS\r\n{tag} OK Idle completed."), times=None)
    proxy.spoil(rb"^DONE\r", answer("* OK Still here"), times=None)
    proxy.commands.clear()

    is_told_in_vain = mailbox.wait_for_mail(0.5, never)
    looks = sum(b" SELECT " in line for line in proxy.commands)
    thread, said = wait_in_thread(mailbox)
    await_truth(lambda: sum(b" SELECT " in line for line in proxy.commands) >= looks + 3)
    dovecot.append(user, RAW)
    thread.join(timeout=20)

    assert not is_told_in_vain
    assert looks <= 4
    assert said == [True]


def test_a_wait_ends_soon_when_it_is_told_to_stop(proxy: FaultyProxy, mailbox: ImapMailbox) -> None:
    """It looks at `should_stop` at least every second."""
    stopping = threading.Event()
    thread, said = wait_in_thread(mailbox, stopping.is_set)
    await_truth(lambda: any(b"IDLE" in line for line in proxy.commands))

    stopping.set()

    thread.join(timeout=20)
    assert said == [False]


def test_idle_is_begun_anew(
    proxy: FaultyProxy, mailbox: ImapMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No IDLE lasts long, so that a connection that is dead is found out."""
    monkeypatch.setattr(imap_waiting, "IDLE_SECONDS", 0.05)

    mailbox.wait_for_mail(0.5, never)

    assert sum(line.endswith(b" IDLE\r\n") for line in proxy.commands) > 2


def test_a_server_without_idle_is_waited_for_quietly() -> None:
    """It is asked nothing, and the mailbox says that it tells of no mail."""
    with make_or_skip(lambda: Dovecot(hidden=("IDLE",))) as server:
        server.append("user", RAW)
        mailbox = open_imap(server.port, "user")
        mailbox.wait_for_mail(0, never)

        is_told = mailbox.wait_for_mail(0.1, never)

        mailbox.close()
        assert (is_told, mailbox.tells_of_mail) == (False, False)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", [rb"IDLE", rb"DONE", rb"SELECT"])
def test_a_spoiled_wait_misses_no_mail(
    dovecot: Dovecot,
    user: str,
    proxy: FaultyProxy,
    mailbox: ImapMailbox,
    command: bytes,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However waiting fails, the next wait notices the mail that came meanwhile."""
    proxy.spoil(command, FAULTS[fault])
    with monkeypatch.context() as patch, suppress(MailboxError):
        patch.setattr(imap_connection, "COMMAND_SECONDS", 0.25)
        patch.setattr(imap_connection, "OPENING_SECONDS", 0)
        mailbox.wait_for_mail(0.1, never)
    assert proxy.spoilt
    proxy.heal()
    dovecot.append(user, RAW)

    assert mailbox.wait_for_mail(10, never)


def test_a_login_that_was_refused_is_not_tried_without_a_pause(dovecot: Dovecot, user: str) -> None:
    """The first refusal is tried again at once; then a wait is a pause, in which nothing is sent."""
    with FaultyProxy(dovecot.port) as proxy:
        mailbox = open_imap(proxy.port, user, password="wrong-one")
        for _ in range(2):
            with pytest.raises(MailboxError):
                mailbox.wait_for_mail(5, never)
        asked = len(proxy.commands)

        is_told = mailbox.wait_for_mail(0.1, never)

        assert (is_told, len(proxy.commands)) == (False, asked)

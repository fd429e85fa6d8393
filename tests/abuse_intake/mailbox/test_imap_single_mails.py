"""One mail that a server cannot give or move costs itself only: it stays, is told, and is tried again."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from arrival_builders import make_question
from imap_world import fetch_all, list_all, open_imap
from intake_world import list_mails, make_intake, open_database
from servers.dovecot import Dovecot
from servers.faulty_proxy import FaultyProxy, answer, reset, stall

from abuse_intake.errors import MailboxError
from abuse_intake.mailbox import imap_connection, imap_fetching, suspects
from abuse_intake.mailbox.imap import ImapMailbox
from abuse_intake.mailbox.suspects import Suspects
from storage.database import Database
from storage.values import Place

pytestmark = pytest.mark.dovecot

RAWS = [make_question(number) for number in range(4)]
CULPRIT = 2
ASKED_FOR = rb"UID FETCH (\d+,)*2(,\d+)* \(BODY"
SIZE_ASKED_FOR = rb"UID FETCH (\d+,)*2(,\d+)* \(RFC822"
MOVED = rb"UID MOVE (\d+,)*2(,\d+)* "
DONE = "\r\n{tag} OK Done"
FAULTS = {
    "reset": reset(),
    "reset after the answer": reset(after_answer=True),
    "stall": stall(),
    "NO": answer("{tag} NO [SERVERBUG] Internal error"),
    "BYE": answer("* BYE Internal error", closing=True),
    "NIL": answer("* 2 FETCH (UID 2 BODY[] NIL)" + DONE),
    "empty content": answer("* 2 FETCH (UID 2 BODY[] {0}\r\n)" + DONE),
    "empty answer": answer("* 2 FETCH (UID 2)" + DONE),
    "no answer": answer("{tag} OK Done"),
    "another mail": answer("* 3 FETCH (UID 99 BODY[] {5}\r\nother)" + DONE),
    "a literal cut short": answer("* 2 FETCH (UID 2 BODY[] {500}\r\nshort)" + DONE, closing=True),
    "nonsense": answer("* 2 FETCH (UID ((BODY[] {3}\r\nabc" + DONE),
}


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """A user with four mails, of the UIDs 1 to 4."""
    name = f"user-{uuid4().hex[:12]}"
    dovecot.fill(name, RAWS)
    return name


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[FaultyProxy]:
    """A proxy before the server."""
    with FaultyProxy(dovecot.port) as opened:
        yield opened


@pytest.fixture
def mailbox(proxy: FaultyProxy, user: str) -> Iterator[ImapMailbox]:
    """The mailbox behind the proxy."""
    opened = open_imap(proxy.port, user)
    yield opened
    opened.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    with open_database(tmp_path) as opened:
        yield opened


def count_kept(database: Database) -> int:
    return len(list_mails(database))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mail_that_cannot_be_fetched_keeps_no_other_waiting(
    dovecot: Dovecot,
    user: str,
    proxy: FaultyProxy,
    mailbox: ImapMailbox,
    database: Database,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All others are worked in the same poll; it is told, is neither kept nor filed, and comes once it can be had."""
    monkeypatch.setattr(imap_connection, "COMMAND_SECONDS", 3 if fault != "stall" else 1)
    monkeypatch.setattr(imap_connection, "OPENING_SECONDS", 0)
    proxy.spoil(ASKED_FOR, FAULTS[fault], times=None)

    summary = make_intake(mailbox, database).poll()

    assert (summary.kept, summary.filed, len(summary.problems)) == (3, 3, 1)
    assert re.search(r": the mail of UID 2 cannot be fetched and stays: .", summary.problems[0])
    assert dovecot.messages(user) == [RAWS[CULPRIT - 1]]
    proxy.heal()
    summary = make_intake(mailbox, database).poll()
    assert (summary.kept, summary.filed, summary.problems) == (1, 1, [])
    assert count_kept(database) == 4


@pytest.mark.parametrize("fault", ["reset", "NO", "BYE", "no answer"])
def test_a_mail_whose_size_cannot_be_had_keeps_no_other_waiting(
    proxy: FaultyProxy, mailbox: ImapMailbox, database: Database, fault: str
) -> None:
    """All others are worked by the second poll at the latest."""
    proxy.spoil(SIZE_ASKED_FOR, FAULTS[fault], times=None)

    for _ in range(2):
        try:
            summary = make_intake(mailbox, database).poll()
        except MailboxError:
            continue

    assert count_kept(database) == 3
    assert [problem for problem in summary.problems if "UID 2 " in problem] == summary.problems != []


@pytest.mark.parametrize("fault", ["reset", "stall", "NO", "BYE"])
def test_a_mail_that_cannot_be_moved_keeps_no_other_waiting(
    dovecot: Dovecot,
    user: str,
    proxy: FaultyProxy,
    mailbox: ImapMailbox,
    database: Database,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It stays and is told; all others lie in their folder."""
    monkeypatch.setattr(imap_connection, "COMMAND_SECONDS", 1)
    monkeypatch.setattr(imap_connection, "OPENING_SECONDS", 0)
    proxy.spoil(MOVED, FAULTS[fault], times=None)

    summary = make_intake(mailbox, database).poll()

    assert (summary.kept, summary.filed, len(summary.problems)) == (4, 3, 1)
    assert "UID 2 stays" in summary.problems[0]
    assert dovecot.messages(user) == [RAWS[CULPRIT - 1]]


def test_a_mail_that_fails_again_rests(proxy: FaultyProxy, mailbox: ImapMailbox) -> None:
    """After the second failure it is not asked for at each poll, but told at each."""
    proxy.spoil(ASKED_FOR, FAULTS["NO"], times=None)
    for _ in range(2):
        fetch_all(mailbox)
    asked = len(proxy.spoilt)

    fetch_all(mailbox)

    assert len(proxy.spoilt) == asked
    assert "UID 2 cannot be fetched" in mailbox.problems[0]


def test_a_server_that_gives_nothing_at_all_ends_the_poll(
    proxy: FaultyProxy, user: str, dovecot: Dovecot
) -> None:
    """Where mail after mail fails with the connection, the server is at fault, and is given up."""
    dovecot.fill(user, [make_question(number) for number in range(10, 20)])
    mailbox = open_imap(proxy.port, user)
    proxy.spoil(rb"\(BODY", reset(), times=None)

    with pytest.raises(MailboxError):
        fetch_all(mailbox)

    mailbox.close()
    assert len(proxy.spoilt) == 1 + suspects.IN_A_ROW


def test_a_server_that_refuses_all_is_told_in_few_lines(
    proxy: FaultyProxy, user: str, dovecot: Dovecot
) -> None:
    """The first refusals are told, and how many more mails stay."""
    dovecot.fill(user, [make_question(number) for number in range(10, 20)])
    mailbox = open_imap(proxy.port, user)
    proxy.spoil(rb"\(BODY", FAULTS["NO"], times=None)

    fetched = fetch_all(mailbox)

    mailbox.close()
    assert fetched == []
    assert len(mailbox.problems) == suspects.IN_A_ROW + 1
    assert "9 more mails stay: " in mailbox.problems[-1]


def test_an_empty_mail_is_a_mail(dovecot: Dovecot, mailbox: ImapMailbox, user: str) -> None:
    """One without a byte, by its size and by its content, is fetched as that."""
    dovecot.fill(user, [b""])

    assert fetch_all(mailbox) == [*RAWS, b""]


def test_a_mail_that_is_too_large_is_set_aside_unread(
    dovecot: Dovecot,
    user: str,
    mailbox: ImapMailbox,
    database: Database,
    proxy: FaultyProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes to those that a person looks at, never fetched, and is told once."""
    large = make_question(9) + b"x" * 5000
    dovecot.fill(user, [large])
    monkeypatch.setattr(imap_fetching, "MAX_FETCHED_BYTES", 5000)

    first = make_intake(mailbox, database).poll()
    second = make_intake(mailbox, database).poll()

    assert dovecot.messages(user) == []
    assert dovecot.messages(user, "Quarantine") == [large]
    assert not any(b"5 (BODY" in line or (b",5" in line and b"BODY" in line) for line in proxy.commands)
    assert (first.kept, len(first.problems), second.problems) == (4, 1, [])


def test_the_second_try_comes_at_once_and_each_later_one_after_a_longer_rest() -> None:
    """What may have been the server's moment is not made to wait."""
    known, place = Suspects(), Place(1, "1")
    rests = []

    for _ in range(3):
        known.blame(place, "why")
        rests.append(known.find_rest(place))

    assert rests == [None, "why", "why"]


def test_a_mail_that_comes_at_last_is_trusted_again() -> None:
    """It is asked for together with others."""
    known, place = Suspects(), Place(1, "1")
    known.blame(place, "why")

    known.clear(place)

    assert not known.is_suspect(place)


def test_a_server_that_floods_is_given_up(
    proxy: FaultyProxy, mailbox: ImapMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a line without an end nor an announced giant is taken into memory."""
    list_all(mailbox)
    monkeypatch.setattr(imap_connection, "MAX_LINE_BYTES", 1000)
    for text in ("* SEARCH " + "1 " * 600, "* 1 FETCH (BODY[] {999999999999}"):
        proxy.spoil(rb"SEARCH", answer(text))

        with pytest.raises(MailboxError, match=r"the server (sends a line|announces)"):
            list_all(mailbox)

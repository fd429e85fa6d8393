"""What other clients and the server itself change meanwhile: nothing is lost that stayed, and nothing comes twice."""

import imaplib
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from arrival_builders import make_forward, make_message, make_question
from imap_world import command, expunge, fetch_all, flag, list_all, open_imap, read_flags, recreate
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from intake_world import list_acknowledgements, list_incidents, list_mails, make_intake, open_database
from servers.dovecot import Dovecot
from servers.faulty_proxy import FaultyProxy, answer, reset
from servers.skipping import make_or_skip

from abuse_intake import steps
from abuse_intake.errors import MailboxError
from abuse_intake.mailbox import imap, imap_moving
from abuse_intake.mailbox.imap import ImapMailbox
from abuse_intake.steps import Step
from storage.database import Database

pytestmark = pytest.mark.dovecot

RAWS = [make_forward(make_message(number), number=number) for number in range(4)]


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def user() -> str:
    """A user of the test's own."""
    return f"user-{uuid4().hex[:12]}"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    with open_database(tmp_path) as opened:
        yield opened


@pytest.fixture
def open_one(user: str) -> Iterator[Callable[..., ImapMailbox]]:
    """Opens mailboxes of the user; all are closed at the end."""
    opened: list[ImapMailbox] = []

    def open_mailbox(port: int, path: str = "INBOX") -> ImapMailbox:
        opened.append(open_imap(port, user, path=path))
        return opened[-1]

    yield open_mailbox
    for mailbox in opened:
        mailbox.close()


def act_once(wanted: Step, act: Callable[[], object]) -> Callable[[], None]:
    """Act when that step is reached the first time."""
    left = [act]

    def listener(step: Step) -> None:
        if step is wanted and left:
            left.pop()()

    return steps.listen(listener)


def die() -> None:
    raise Killed


def kill_at_copied(mailbox: ImapMailbox, database: Database) -> None:
    """One poll that ends between COPY and EXPUNGE."""
    forget = act_once(Step.COPIED, die)
    try:
        with pytest.raises(Killed):
            make_intake(mailbox, database).poll()
    finally:
        forget()


@pytest.mark.parametrize("step", [Step.LISTED, Step.KEPT, Step.FILED])
@pytest.mark.parametrize("cut", [False, True])
def test_numbers_that_are_lost_in_the_middle_of_a_poll_cost_nothing(
    dovecot: Dovecot,
    user: str,
    open_one: Callable[..., ImapMailbox],
    database: Database,
    step: Step,
    cut: bool,
) -> None:
    """Another UIDVALIDITY, seen at once or at a new connection: each mail is filed once and recorded once."""
    raws = [*RAWS[:3], make_question(9, reporter="asks@woodgrove.example")]
    for raw in raws:
        dovecot.append(user, raw, "Reports")
    with FaultyProxy(dovecot.port) as proxy:
        mailbox = open_one(proxy.port, "Reports")

        def renumber() -> None:
            recreate(dovecot, user, "Reports")
            for raw in reversed(raws):
                dovecot.append(user, raw, "Reports")
            if cut:
                proxy.cut()

        forget = act_once(step, renumber)
        for _ in range(2):
            try:
                make_intake(mailbox, database).poll()
            except MailboxError:
                continue
        forget()
        make_intake(mailbox, database).poll()

    assert dovecot.messages(user, "Reports") == []
    filed = Counter(dovecot.messages(user, "Processed")), Counter(dovecot.messages(user, "Other"))
    # Mails that were filed before the others came again are in the folder a second time, as they were in the mailbox.
    assert [set(folder) for folder in filed] == [set(raws[:3]), set(raws[3:])]
    assert step is Step.FILED or {*filed[0].values(), *filed[1].values()} == {1}
    assert (len(list_mails(database)), len(list_incidents(database))) == (4, 3)
    assert len(list_acknowledgements(database)) == 4


def test_numbers_that_a_server_has_lost_mean_the_same_mails(
    dovecot: Dovecot, user: str, open_one: Callable[..., ImapMailbox], database: Database
) -> None:
    """Kept and not filed, then listed under new numbers: recorded once, filed once."""
    dovecot.fill(user, RAWS)
    first = open_one(dovecot.port)
    forget = act_once(Step.RECORDED, die)
    with pytest.raises(Killed):
        make_intake(first, database).poll()
    forget()
    first.close()
    dovecot.renumber(user)

    make_intake(open_one(dovecot.port), database).poll()

    assert dovecot.messages(user) == []
    assert Counter(dovecot.messages(user, "Processed")) == Counter(RAWS)
    assert len(list_mails(database)) == 4


@pytest.mark.parametrize("step", [Step.LISTED, Step.FETCHED, Step.KEPT, Step.RECORDED])
def test_a_person_in_the_same_mailbox_loses_nothing(
    dovecot: Dovecot, user: str, open_one: Callable[..., ImapMailbox], database: Database, step: Step
) -> None:
    """Others flag, read, move and delete at any step: what they left is filed, what they took is theirs."""
    dovecot.fill(user, RAWS)

    def work_as_a_person() -> None:
        def act(session: imaplib.IMAP4) -> None:
            session.create("Private")
            session.select("INBOX")
            session.store("1", "+FLAGS", r"(\Seen \Flagged)")
            session.copy("3", "Private")
            session.store("3,4", "+FLAGS", r"\Deleted")
            session.expunge()

        command(dovecot, user, act)

    forget = act_once(step, work_as_a_person)
    make_intake(open_one(dovecot.port), database).poll()
    forget()

    make_intake(open_one(dovecot.port), database).poll()

    assert dovecot.messages(user) == []
    assert dovecot.messages(user, "Private") == [RAWS[2]]
    assert dovecot.messages(user, "Processed") == RAWS[:2]


def test_a_kill_between_copy_and_expunge_leaves_one_copy(
    dovecot_without_move: Dovecot, user: str, open_one: Callable[..., ImapMailbox], database: Database
) -> None:
    """The next run finds the copies by their mark, and copies none again; of twins, each is copied."""
    raws = [*RAWS, RAWS[0]]
    dovecot_without_move.fill(user, raws)
    kill_at_copied(open_one(dovecot_without_move.port), database)

    make_intake(open_one(dovecot_without_move.port), database).poll()

    assert dovecot_without_move.messages(user) == []
    assert Counter(dovecot_without_move.messages(user, "Processed")) == Counter(raws)


def test_no_mark_is_left(
    dovecot_without_move: Dovecot, user: str, open_one: Callable[..., ImapMailbox], database: Database
) -> None:
    """What was filed bears no keyword of ours, also after a kill."""
    dovecot_without_move.fill(user, RAWS)
    kill_at_copied(open_one(dovecot_without_move.port), database)

    make_intake(open_one(dovecot_without_move.port), database).poll()

    assert not any(b"AbuseIntake" in flags for flags in read_flags(dovecot_without_move, user, "Processed"))


def test_a_mail_that_somebody_marked_as_deleted_is_not_expunged_with_ours(
    dovecot_without_move: Dovecot, user: str, open_one: Callable[..., ImapMailbox]
) -> None:
    """Only what was copied is taken away."""
    dovecot_without_move.fill(user, RAWS[:2])
    mailbox = open_one(dovecot_without_move.port)
    first, _ = list_all(mailbox)
    flag(dovecot_without_move, user, 2, r"\Deleted")

    mailbox.file_away([(first, "Processed")])

    assert dovecot_without_move.messages(user) == [RAWS[1]]


def test_a_server_that_keeps_no_keywords_is_asked_for_none(
    dovecot_without_move: Dovecot,
    user: str,
    open_one: Callable[..., ImapMailbox],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    r"""Without `\*` among its PERMANENTFLAGS, mails are copied and expunged without a mark."""
    dovecot_without_move.fill(user, RAWS)
    select = IMAPClient.select_folder

    def select_without(client: IMAPClient, *arguments: object) -> dict[bytes, object]:
        return {**select(client, *arguments), b"PERMANENTFLAGS": (b"\\Seen", b"\\Deleted")}

    monkeypatch.setattr(IMAPClient, "select_folder", select_without)
    with FaultyProxy(dovecot_without_move.port) as proxy:
        mailbox = open_one(proxy.port)

        mailbox.file_away([(place, "Processed") for place in list_all(mailbox)])

        assert not any(imap_moving.KEYWORD.encode() in line for line in proxy.commands)
    assert Counter(dovecot_without_move.messages(user, "Processed")) == Counter(RAWS)


def test_mails_that_were_expunged_while_they_are_moved_are_left_out(
    dovecot: Dovecot, user: str, open_one: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that refuses the whole move for them (EXPUNGEISSUED) is asked for those that are there."""
    dovecot.fill(user, RAWS[:2])
    mailbox = open_one(dovecot.port)
    places = list_all(mailbox)
    move, refusals = IMAPClient.move, [IMAPClientError("move failed: [EXPUNGEISSUED] Some are gone")]

    def refuse_once(client: IMAPClient, uids: list[int], folder: str) -> object:
        if refusals:
            expunge(dovecot, user, 1)
            raise refusals.pop()
        return move(client, uids, folder)

    monkeypatch.setattr(IMAPClient, "move", refuse_once)

    stayed = mailbox.file_away([(place, "Processed") for place in places])

    assert (stayed, mailbox.problems) == (set(), [])
    assert dovecot.messages(user, "Processed") == [RAWS[1]]


def test_nothing_is_kept_from_a_server_where_nothing_can_be_filed(
    dovecot: Dovecot,
    user: str,
    open_one: Callable[..., ImapMailbox],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With neither MOVE nor UIDPLUS the poll says so before anything else, and of which mailbox."""
    dovecot.fill(user, RAWS)
    monkeypatch.setattr(IMAPClient, "has_capability", lambda _, name: name == "NAMESPACE")
    mailbox = open_one(dovecot.port)

    with pytest.raises(MailboxError) as told:
        make_intake(mailbox, database).poll()

    assert str(told.value).startswith(f"{mailbox.name}: the server can neither MOVE")
    assert list_mails(database) == []


def test_what_a_server_tells_of_other_mails_meanwhile_is_passed_over(
    dovecot: Dovecot, user: str, open_one: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a FETCH may bring the new flags of a mail that was not asked for."""
    dovecot.fill(user, RAWS)
    fetch = IMAPClient.fetch

    def fetch_more(client: IMAPClient, *arguments: object) -> dict[int, dict[bytes, object]]:
        told = {b"SEQ": 9, b"FLAGS": (), b"RFC822.SIZE": 9, b"BODY[]": b"another"}
        return {**fetch(client, *arguments), 9: told}

    monkeypatch.setattr(IMAPClient, "fetch", fetch_more)

    assert fetch_all(open_one(dovecot.port)) == RAWS


def test_folders_go_below_the_prefix_of_the_server() -> None:
    """Where all folders lie below INBOX, ours do too, with the separator of the server and in modified UTF-7."""
    with make_or_skip(lambda: Dovecot(prefix="INBOX.")) as server:
        server.append("user", RAWS[0])
        server.append("user", RAWS[1])
        mailbox = open_imap(server.port, "user")
        first, second = list_all(mailbox)

        mailbox.file_away([(first, "Processed"), (second, "Mißbrauch & Ähnliches/Neu")])

        mailbox.close()
        assert server.messages("user", "INBOX.Processed") == [RAWS[0]]
        assert server.messages("user", "INBOX.Mißbrauch & Ähnliches.Neu") == [RAWS[1]]


def test_what_is_still_there_is_known(
    dovecot: Dovecot, user: str, open_one: Callable[..., ImapMailbox]
) -> None:
    """Asked for some places, the mailbox names those where the mail lies, and no other mail."""
    dovecot.fill(user, RAWS)
    mailbox = open_one(dovecot.port)
    places = list_all(mailbox)
    expunge(dovecot, user, 2)

    present = mailbox.find_present(places[:3])

    assert present == {places[0], places[2]}


def test_no_search_answers_more_than_a_window(
    dovecot: Dovecot, user: str, open_one: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mailbox is walked in windows, whether mails are taken away meanwhile or not, and none is passed over."""
    dovecot.fill(user, [make_question(number) for number in range(25)])
    monkeypatch.setattr(imap, "SEARCH_WINDOW", 4)
    answers: list[int] = []
    search = IMAPClient.search

    def note(client: IMAPClient, *arguments: object) -> list[int]:
        found: list[int] = search(client, *arguments)
        answers.append(len(found))
        return found

    monkeypatch.setattr(IMAPClient, "search", note)
    mailbox = open_one(dovecot.port)
    seen = []
    for number, places in enumerate(mailbox.list_places(3)):
        seen += places
        if number % 2:
            mailbox.file_away([(place, "Processed") for place in places])

    assert [int(place.uid) for place in seen] == list(range(1, 26))
    assert max(answers) <= 4


def test_gaps_between_numbers_cost_nothing(
    dovecot: Dovecot, user: str, open_one: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nearly all mails of a mailbox have gone, as many commands are sent as for a fresh one."""
    dovecot.fill(user, [make_question(number) for number in range(60)])

    def keep_three(session: imaplib.IMAP4) -> None:
        session.select("INBOX")
        session.store("2:30,32:59", "+FLAGS", r"\Deleted")
        session.expunge()

    command(dovecot, user, keep_three)
    monkeypatch.setattr(imap, "SEARCH_WINDOW", 4)
    with FaultyProxy(dovecot.port) as proxy:
        listed = list_all(open_one(proxy.port))

        assert [place.uid for place in listed] == ["1", "31", "60"]
        assert sum(b"SEARCH" in line for line in proxy.commands) == 1


def test_memory_does_not_grow_with_the_mailbox(
    dovecot: Dovecot, open_one: Callable[..., ImapMailbox], user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Walked, fetched and filed, eight times the mails take the memory of one window."""
    monkeypatch.setattr(imap, "SEARCH_WINDOW", 200)
    peaks = []
    for count in (300, 2400):
        dovecot.fill(user, (make_question(number) for number in range(count)))
        mailbox = open_one(dovecot.port)
        tracemalloc.start()
        filed = 0
        for places in mailbox.list_places(100):
            filed += sum(1 for _ in mailbox.fetch(places))
            mailbox.file_away([(place, "Processed") for place in places])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert filed == count

    assert peaks[1] < peaks[0] * 1.2


def test_a_server_that_refuses_logins_is_left_alone_for_a_while(dovecot: Dovecot, user: str) -> None:
    """After the second refusal the next is not tried at once: hammering locks accounts."""
    with FaultyProxy(dovecot.port) as proxy:
        mailbox = open_imap(proxy.port, user, password="wrong-one")
        for _ in range(2):
            with pytest.raises(MailboxError, match="refused the login") as refused:
                list_all(mailbox)
        asked = len(proxy.commands)

        with pytest.raises(MailboxError) as left_alone:
            list_all(mailbox)

        assert (str(left_alone.value), len(proxy.commands)) == (str(refused.value), asked)


FAILING = {
    "away": (b"^$", reset()),
    "its accounts are away": (rb"LOGIN", answer("{tag} NO [UNAVAILABLE] Temporary authentication failure.")),
    "its mailbox is away": (rb"SELECT", answer("{tag} NO [UNAVAILABLE] Try later")),
}


@pytest.mark.parametrize("failing", FAILING)
def test_a_server_that_fails_is_tried_each_time(dovecot: Dovecot, user: str, failing: str) -> None:
    """However often it failed, whoever asks next finds out that it is back; until then the words are the same."""
    dovecot.fill(user, RAWS[:1])
    with FaultyProxy(dovecot.port) as proxy:
        proxy.spoil(*FAILING[failing], times=None)
        mailbox = open_imap(proxy.port, user)
        errors = []
        for _ in range(4):
            with pytest.raises(MailboxError) as caught:
                list_all(mailbox)
            errors.append(caught.value)
        proxy.heal()

        places = list_all(mailbox)

        mailbox.close()
    assert len(places) == 1
    assert len({str(error) for error in errors}) == 1
    assert all(error.__cause__ for error in errors)


def test_a_server_that_was_away_in_the_middle_of_a_poll_is_made_up_for(
    user: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped and started again: the poll after it does what is left."""
    with make_or_skip(Dovecot) as server:
        server.fill(user, RAWS)
        mailbox = open_imap(server.port, user)
        forget = act_once(Step.KEPT, server.stop)
        with pytest.raises(MailboxError):
            make_intake(mailbox, database).poll()
        forget()
        server.start()

        make_intake(mailbox, database).poll()

        mailbox.close()
        assert server.messages(user) == []
        assert Counter(server.messages(user, "Processed")) == Counter(RAWS)
        assert len(list_incidents(database)) == 4


def test_a_connection_that_ended_between_polls_is_no_trouble(
    dovecot: Dovecot, user: str, open_one: Callable[..., ImapMailbox], database: Database
) -> None:
    """A server that was started anew meanwhile is polled as if nothing had been."""
    with FaultyProxy(dovecot.port) as proxy:
        mailbox = open_one(proxy.port)
        make_intake(mailbox, database).poll()
        proxy.cut()
        dovecot.append(user, RAWS[0])

        summary = make_intake(mailbox, database).poll()

    assert (summary.filed, summary.problems) == (1, [])

"""Mail on a real Dovecot: read as it is, moved as told, and worked on after whatever happens to the server."""

import imaplib
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from imap_world import command, expunge, fetch_all, list_all, open_imap, read_flags
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from servers.dovecot import Dovecot
from servers.programs import HOST
from servers.skipping import make_or_skip

from abuse_intake import urls
from abuse_intake.errors import MailboxError
from abuse_intake.mailbox import imap, imap_fetching, imap_filing
from abuse_intake.mailbox.imap import ImapMailbox
from abuse_intake.urls import ServiceUrl

pytestmark = pytest.mark.dovecot

RAW = b"From: a@example.org\r\nSubject: \xff one\r\n\r\n.a dot\r\n\r\nno end"


@pytest.fixture
def user() -> str:
    """A user of the test's own."""
    return f"user-{uuid4().hex[:12]}"


@pytest.fixture
def connect(dovecot: Dovecot, user: str) -> Iterator[Callable[..., ImapMailbox]]:
    """Opens mailboxes of the user; all are closed at the end."""
    opened: list[ImapMailbox] = []

    def open_one(port: int = dovecot.port, path: str = "INBOX") -> ImapMailbox:
        opened.append(open_imap(port, user, path=path))
        return opened[-1]

    yield open_one
    for mailbox in opened:
        mailbox.close()


def test_a_mail_comes_byte_for_byte(dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox]) -> None:
    """What the server gives is fetched as it is, with bytes that are no text and without a last line end."""
    dovecot.append(user, RAW)

    fetched = fetch_all(connect())

    assert fetched == [RAW]


def test_looking_leaves_no_mark(dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox]) -> None:
    """A mail that was fetched is not marked as seen."""
    dovecot.append(user, RAW)

    fetch_all(connect())

    (flags,) = read_flags(dovecot, user)
    assert rb"\Seen" not in flags


def test_a_seen_mail_is_listed(dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox]) -> None:
    """A person who looks into the mailbox takes nothing from us."""
    dovecot.append(user, RAW)

    def mark(session: imaplib.IMAP4) -> None:
        session.select("INBOX")
        session.store("1", "+FLAGS", r"\Seen")

    command(dovecot, user, mark)

    assert len(list_all(connect())) == 1


def test_an_empty_mailbox_lists_nothing(connect: Callable[..., ImapMailbox]) -> None:
    """Without mail there is nothing to do, and no error."""
    assert list_all(connect()) == []


def test_mails_come_oldest_first_and_few_at_a_time(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More mails than one search may answer are listed whole, in order, in lists of the size asked for."""
    monkeypatch.setattr(imap, "SEARCH_WINDOW", 2)
    for number in range(5):
        dovecot.append(user, RAW + b"%d" % number)

    places = list(connect().list_places(2))

    uids = [int(place.uid) for some in places for place in some]
    assert [len(some) for some in places] == [2, 2, 1]
    assert uids == sorted(set(uids))


def test_mails_are_moved_into_folders_that_are_made(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox]
) -> None:
    """Each mail goes into the folder of its disposition, below others too, and leaves the inbox."""
    dovecot.append(user, RAW + b"1")
    dovecot.append(user, RAW + b"2")
    mailbox = connect()
    first, second = list_all(mailbox)

    mailbox.file_away([(first, "Processed"), (second, "Abuse/Ödd")])

    assert dovecot.messages(user) == []
    assert dovecot.messages(user, "Processed") == [RAW + b"1"]
    assert dovecot.messages(user, "Abuse/Ödd") == [RAW + b"2"]


def test_moves_go_in_batches(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More mails than one move takes are all moved."""
    monkeypatch.setattr(imap_filing, "MOVE_BATCH", 2)
    for number in range(5):
        dovecot.append(user, RAW + b"%d" % number)
    mailbox = connect()

    mailbox.file_away([(place, "Processed") for place in list_all(mailbox)])

    assert (len(dovecot.messages(user)), len(dovecot.messages(user, "Processed"))) == (0, 5)


def test_a_server_without_move_is_asked_to_copy_and_expunge(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where MOVE is missing, the mail is copied and only it is expunged: what others marked as deleted stays."""
    dovecot.append(user, RAW + b"deleted by a person")
    dovecot.append(user, RAW)

    def mark(session: imaplib.IMAP4) -> None:
        session.select("INBOX")
        session.store("1", "+FLAGS", r"\Deleted")

    command(dovecot, user, mark)
    monkeypatch.setattr(IMAPClient, "has_capability", lambda _, name: name in ("UIDPLUS", "NAMESPACE"))
    mailbox = connect()

    mailbox.file_away([(list_all(mailbox)[1], "Processed")])

    assert dovecot.messages(user) == [RAW + b"deleted by a person"]
    assert dovecot.messages(user, "Processed") == [RAW]


def test_a_server_that_can_neither_move_nor_expunge_is_one_line(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is copied where it could not be taken away afterwards."""
    dovecot.append(user, RAW)
    mailbox = connect()
    (place,) = list_all(mailbox)
    monkeypatch.setattr(IMAPClient, "has_capability", lambda _, name: name == "NAMESPACE")

    with pytest.raises(MailboxError, match="can neither MOVE"):
        mailbox.file_away([(place, "Processed")])

    assert dovecot.messages(user) == [RAW]
    assert dovecot.messages(user, "Processed") == []


def test_a_mail_that_another_client_expunged_is_left_out(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox]
) -> None:
    """Between the look and the fetch a mail may go; the others come."""
    dovecot.append(user, RAW + b"1")
    dovecot.append(user, RAW + b"2")
    mailbox = connect()
    places = list_all(mailbox)
    expunge(dovecot, user, 1)

    fetched = list(mailbox.fetch(places))

    assert fetched == [(places[1], RAW + b"2")]


def test_a_mail_that_another_client_expunged_need_not_be_moved(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox]
) -> None:
    """Between the fetch and the move a mail may go; the others are moved."""
    dovecot.append(user, RAW + b"1")
    dovecot.append(user, RAW + b"2")
    mailbox = connect()
    places = list_all(mailbox)
    expunge(dovecot, user, 1)

    mailbox.file_away([(place, "Processed") for place in places])

    assert dovecot.messages(user, "Processed") == [RAW + b"2"]


@pytest.mark.parametrize("limit", [1, 300])
def test_mails_larger_than_a_fetch_come_whole(
    dovecot: Dovecot,
    user: str,
    connect: Callable[..., ImapMailbox],
    monkeypatch: pytest.MonkeyPatch,
    limit: int,
) -> None:
    """A mail over the size of one FETCH is fetched alone; small ones come together, all in order."""
    monkeypatch.setattr(imap_fetching, "FETCH_BYTES", limit)
    raws = [RAW + b"x" * size for size in (10, 1000, 20, 30)]
    for raw in raws:
        dovecot.append(user, raw)

    fetched = fetch_all(connect())

    assert fetched == raws


def test_no_fetch_asks_for_more_than_its_bytes(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory stays flat: mails that do not fit into one FETCH are asked for in several."""
    monkeypatch.setattr(imap_fetching, "FETCH_BYTES", len(RAW) * 2 + 1)
    asked: list[int] = []
    fetch = IMAPClient.fetch

    def note(client: object, uids: list[int], what: list[bytes]) -> object:
        asked.extend([len(uids)] if what == [b"BODY.PEEK[]"] else [])
        return fetch(client, uids, what)

    monkeypatch.setattr(IMAPClient, "fetch", note)
    for _ in range(5):
        dovecot.append(user, RAW)

    fetched = fetch_all(connect())

    assert (len(fetched), asked) == (5, [2, 2, 1])


def test_another_uidvalidity_means_other_mails(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox]
) -> None:
    """When the mailbox was made anew, old places name nothing: no other mail is fetched or moved under them."""

    def make_anew(session: imaplib.IMAP4) -> None:
        session.delete("Reports")
        session.create("Reports")

    dovecot.append(user, RAW, "Reports")
    first = connect(path="Reports")
    old = list_all(first)
    first.close()
    command(dovecot, user, make_anew)
    dovecot.append(user, b"another\r\n", "Reports")
    mailbox = connect(path="Reports")
    new = list_all(mailbox)

    fetched = list(mailbox.fetch(old))
    mailbox.file_away([(place, "Processed") for place in old])

    assert [place.uid for place in old] == [place.uid for place in new]
    assert old[0].validity != new[0].validity
    assert fetched == []
    assert dovecot.messages(user, "Reports") == [b"another\r\n"]


def test_a_connection_of_before_notices_another_uidvalidity() -> None:
    """A server that comes back with another UIDVALIDITY gets no command for places of before."""
    with make_or_skip(Dovecot) as server:
        server.append("user", RAW, "Reports")
        mailbox = open_imap(server.port, "user", path="Reports")
        old = list_all(mailbox)
        command(server, "user", lambda session: (session.delete("Reports"), session.create("Reports")))
        server.append("user", b"another\r\n", "Reports")
        server.stop()
        server.start()
        with pytest.raises(MailboxError):
            list(mailbox.fetch(old))

        fetched = list(mailbox.fetch(old))

        mailbox.close()
        assert fetched == []


def test_a_folder_that_was_deleted_is_made_again(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox]
) -> None:
    """Should another client delete a folder that we made, the mail stays and the next poll makes it again."""
    dovecot.append(user, RAW + b"1")
    dovecot.append(user, RAW + b"2")
    mailbox = connect()
    first, second = list_all(mailbox)
    mailbox.file_away([(first, "Processed")])
    command(dovecot, user, lambda session: session.delete("Processed"))

    stayed = mailbox.file_away([(second, "Processed")])
    mailbox.file_away([(second, "Processed")])

    assert stayed == {second}
    assert dovecot.messages(user, "Processed") == [RAW + b"2"]


def test_a_wrong_password_is_one_line(dovecot: Dovecot, user: str) -> None:
    """It says which mailbox, which user and what to check, and holds no password."""
    mailbox = open_imap(dovecot.port, user, password="wrong-one")

    with pytest.raises(MailboxError) as error:
        list_all(mailbox)

    text = str(error.value)
    assert text.startswith(
        f"imap://{user}@{HOST}:{dovecot.port}/INBOX: the server refused the login of {user}"
    )
    assert text.endswith("check the username and mailbox.password_file")
    assert "\n" not in text
    assert "wrong-one" not in text


def test_a_mailbox_that_is_not_there_is_one_line(connect: Callable[..., ImapMailbox]) -> None:
    """A wrong folder in the URL is told by the server's own words."""
    with pytest.raises(MailboxError, match=r"Nowhere: .*doesn't exist") as error:
        list_all(connect(path="Nowhere"))

    assert "\n" not in str(error.value)


def test_work_goes_on_after_the_server_was_away() -> None:
    """A server that is stopped is told in one line; when it is back, the same mailbox works again."""
    with make_or_skip(Dovecot) as server:
        server.append("user", RAW)
        mailbox = open_imap(server.port, "user")
        list_all(mailbox)
        server.stop()

        for _ in range(2):  # the connection that is cut, then the one that is refused
            with pytest.raises(MailboxError) as error:
                list_all(mailbox)
        server.start()

        assert str(error.value) == f"imap://user@{HOST}:{server.port}/INBOX: Connection refused"
        assert fetch_all(mailbox) == [RAW]
        mailbox.close()


def test_a_server_that_goes_away_while_mails_come_is_told() -> None:
    """A connection that is cut between two fetches ends in MailboxError, not in a mail cut short."""
    with make_or_skip(Dovecot) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(imap_fetching, "FETCH_BYTES", 1)
        server.append("user", RAW + b"1")
        server.append("user", RAW + b"2")
        mailbox = open_imap(server.port, "user")
        mails = mailbox.fetch(list_all(mailbox))

        first = next(mails)
        server.stop()

        assert first[1] == RAW + b"1"
        with pytest.raises(MailboxError):
            next(mails)
        mailbox.close()


def test_imaps_checks_the_certificate(
    dovecot_tls: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a certificate that is trusted, mail comes over IMAPS."""
    dovecot_tls.append(user, RAW)
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot_tls.cert))
    mailbox = open_imap(dovecot_tls.tls_port or 0, user, scheme="imaps")

    fetched = fetch_all(mailbox)

    mailbox.close()
    assert fetched == [RAW]


def test_a_certificate_that_nobody_vouches_for_is_refused(dovecot_tls: Dovecot, user: str) -> None:
    """No password goes to a server whose certificate does not hold."""
    mailbox = open_imap(dovecot_tls.tls_port or 0, user, scheme="imaps")

    with pytest.raises(MailboxError, match="certificate verify failed"):
        list_all(mailbox)


def test_starttls_is_used_away_from_loopback(
    dovecot_tls: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a server elsewhere the password goes only after STARTTLS with a trusted certificate."""
    dovecot_tls.append(user, RAW)
    monkeypatch.setattr(urls, "LOOPBACK_HOSTS", frozenset())
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot_tls.cert))
    mailbox = open_imap(dovecot_tls.port, user, host="localhost")

    fetched = fetch_all(mailbox)

    mailbox.close()
    assert fetched == [RAW]


def test_a_server_elsewhere_without_tls_gets_no_password(
    dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where STARTTLS is not offered, nobody logs in."""
    monkeypatch.setattr(urls, "LOOPBACK_HOSTS", frozenset())
    mailbox = open_imap(dovecot.port, user)

    with pytest.raises(MailboxError, match=r"(?i)starttls"):
        list_all(mailbox)

    assert user not in dovecot.log.read_text()


def test_two_accounts_of_one_server_are_two_mailboxes() -> None:
    """The account stands in the mailbox's name also when the URL does not name it."""
    url = ServiceUrl("imaps", "INBOX", "imap.provider.example", 993)

    names = [ImapMailbox(url, user, None).name for user in ("one@provider.example", "two")]

    assert names == [
        "imaps://one%40provider.example@imap.provider.example:993/INBOX",
        "imaps://two@imap.provider.example:993/INBOX",
    ]


def test_check_counts_what_waits(dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox]) -> None:
    """`check` says how many mails wait."""
    dovecot.append(user, RAW)

    answer = connect().check()

    assert answer == f"imap://{user}@{HOST}:{dovecot.port}/INBOX: 1 waiting; files by MOVE; IDLE"


def test_closing_twice_is_fine(connect: Callable[..., ImapMailbox]) -> None:
    """A mailbox that was closed may be closed again, and used again."""
    mailbox = connect()
    list_all(mailbox)

    mailbox.close()
    mailbox.close()

    assert list_all(mailbox) == []


def test_a_mail_that_the_server_refuses_to_move_costs_itself_only(
    dovecot: Dovecot, user: str, connect: Callable[..., ImapMailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused MOVE is tried one by one: what can be moved is, and the other stays and is told."""
    for number in (b"1", b"2", b"3"):
        dovecot.append(user, RAW + number)
    mailbox = connect()
    places = list_all(mailbox)
    move = IMAPClient.move

    def refuse(client: IMAPClient, uids: list[int], folder: str) -> object:
        if int(places[1].uid) in uids:
            raise IMAPClientError("MOVE failed: [OVERQUOTA] Quota exceeded")
        return move(client, uids, folder)

    monkeypatch.setattr(IMAPClient, "move", refuse)

    stayed = mailbox.file_away([(place, "Processed") for place in places])

    assert stayed == {places[1]}
    assert ["OVERQUOTA" in problem for problem in mailbox.problems] == [True]
    assert dovecot.messages(user, "Processed") == [RAW + b"1", RAW + b"3"]

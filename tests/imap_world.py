"""The surroundings of an IMAP mailbox: one opened as a test wants it, and what other clients of the user do."""

import imaplib
from collections.abc import Callable

from servers.dovecot import PASSWORD, Dovecot
from servers.programs import HOST

from abuse_intake.mailbox.imap import ImapMailbox
from abuse_intake.urls import ServiceUrl
from storage.values import Place


def open_imap(
    port: int,
    user: str,
    *,
    scheme: str = "imap",
    host: str = HOST,
    path: str = "INBOX",
    password: str | None = PASSWORD,
) -> ImapMailbox:
    """A mailbox of that user; nothing is connected yet."""
    return ImapMailbox(ServiceUrl(scheme, path, host, port, user, password), user, password or "")


def list_all(mailbox: ImapMailbox) -> list[Place]:
    """All places of a mailbox."""
    return [place for places in mailbox.list_places(100) for place in places]


def fetch_all(mailbox: ImapMailbox) -> list[bytes]:
    """The bytes of all mails of a mailbox."""
    return [raw for _, raw in mailbox.fetch(list_all(mailbox))]


def command(dovecot: Dovecot, user: str, act: Callable[[imaplib.IMAP4], object]) -> None:
    """Let another client of the same user do something."""
    with imaplib.IMAP4(HOST, dovecot.port, timeout=20) as session:
        session.login(user, PASSWORD)
        act(session)


def read_flags(dovecot: Dovecot, user: str, folder: str = "INBOX") -> list[bytes]:
    """What FETCH FLAGS answers for each mail of a folder."""
    answers: list[bytes] = []

    def ask(session: imaplib.IMAP4) -> None:
        session.select(folder, readonly=True)
        answers.extend(part for part in session.fetch("1:*", "(FLAGS)")[1] if isinstance(part, bytes))

    command(dovecot, user, ask)
    return answers


def flag(dovecot: Dovecot, user: str, number: int, flags: str) -> None:
    """Let another client flag a mail."""

    def act(session: imaplib.IMAP4) -> None:
        session.select("INBOX")
        session.store(str(number), "+FLAGS", flags)

    command(dovecot, user, act)


def expunge(dovecot: Dovecot, user: str, number: int) -> None:
    """Let another client delete a mail."""

    def act(session: imaplib.IMAP4) -> None:
        session.select("INBOX")
        session.store(str(number), "+FLAGS", r"\Deleted")
        session.expunge()

    command(dovecot, user, act)


def recreate(dovecot: Dovecot, user: str, folder: str) -> None:
    """Let another client make a folder anew: it is empty, and has another UIDVALIDITY."""
    command(dovecot, user, lambda session: (session.delete(folder), session.create(folder)))

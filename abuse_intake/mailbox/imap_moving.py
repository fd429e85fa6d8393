"""Moving mails on an IMAP server: MOVE (RFC 6851), or COPY and then UID EXPUNGE (RFC 4315).

COPY and EXPUNGE are two steps, and a kill between them would leave the mail in both folders, to be copied again.
So a mail is marked with a keyword before it is copied. Its copy bears the keyword too, until the mail has been
expunged. A mail that bears it already was begun by somebody who did not end it: when its copy is there, bearing the
keyword, with the same size and the same bytes, it is not copied again.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple, Protocol, TypeVar

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from abuse_intake.errors import MailboxError
from abuse_intake.mailbox.imap_connection import DeadlineClient
from abuse_intake.mailbox.imap_search import chunk, search_among
from abuse_intake.steps import Step, reached

KEYWORD = "$AbuseIntakeFiling"
COMPARED_BYTES = 16_000_000
"""Of two large mails of one size so many bytes are compared."""

T = TypeVar("T")


class Mailbox(Protocol):
    """The mailbox that is selected."""

    name: str
    keeps_keywords: bool
    """Whether clients may set keywords of their own (PERMANENTFLAGS with `\\*`)."""

    def reselect(self, client: DeadlineClient) -> None:
        """Go back into the mailbox."""


class _Content(NamedTuple):
    """What two copies of one mail have in common."""

    size: int
    digest: bytes


def can_move(client: DeadlineClient) -> bool:
    """Whether mails can be moved without expunging those of others."""
    return bool(client.has_capability("MOVE") or client.has_capability("UIDPLUS"))


def cannot_move(name: str) -> str:
    """The line that tells of a server where they cannot."""
    return f"{name}: the server can neither MOVE (RFC 6851) nor UID EXPUNGE (RFC 4315): mails cannot be filed away"


def move_present(client: DeadlineClient, uids: list[int], folder: str, mailbox: Mailbox) -> None:
    """Move the mails; those that another client took away meanwhile are left out (EXPUNGEISSUED, RFC 5530)."""
    try:
        _move(client, uids, folder, mailbox)
    except IMAPClientError as error:
        if "[EXPUNGEISSUED]" not in str(error):
            raise
        present = sorted(search_among(client, uids))
        if present:
            _move(client, present, folder, mailbox)


def _move(client: DeadlineClient, uids: list[int], folder: str, mailbox: Mailbox) -> None:
    if client.has_capability("MOVE"):
        client.move(uids, folder)
    elif not client.has_capability("UIDPLUS"):
        raise MailboxError(cannot_move(mailbox.name))
    elif mailbox.keeps_keywords:
        copies = _copy_once(client, uids, folder, mailbox)
        _expunge(client, uids)
        _unmark(client, copies, folder, mailbox)
    else:
        client.copy(uids, folder)
        _expunge(client, uids)


def _expunge(client: DeadlineClient, uids: Sequence[int]) -> None:
    """Take away mails that were copied, and no other that somebody marked as deleted."""
    reached(Step.COPIED)
    client.delete_messages(uids, silent=True)
    client.uid_expunge(uids)


def _copy_once(client: DeadlineClient, uids: Sequence[int], folder: str, mailbox: Mailbox) -> str:
    """Copy those that have no copy there yet, marked while they are on the way; the UIDs of the copies."""
    begun = sorted(search_among(client, uids, "KEYWORD", KEYWORD))
    copied = _find_copied(client, begun, folder, mailbox) if begun else {}
    if new := [uid for uid in uids if uid not in begun]:
        client.add_flags(new, [KEYWORD], silent=True)
    copies = [str(copy) for copy in copied.values()]
    if missing := [uid for uid in uids if uid not in copied]:
        copies.append(client.copy_telling(missing, folder))
    return ",".join(filter(None, copies))


def _find_copied(
    client: DeadlineClient, begun: Sequence[int], folder: str, mailbox: Mailbox
) -> dict[int, int]:
    """Which of these mails have a marked copy in the folder, and its UID; a copy counts for one mail."""
    contents = {uid: _read_content(client, uid) for uid in begun}
    sizes = {content.size for content in contents.values() if content}
    copies = _in_folder(client, folder, mailbox, lambda: _read_marked(client, sizes))
    return {
        uid: copies[content].pop() for uid, content in contents.items() if content and copies.get(content)
    }


def _read_marked(client: DeadlineClient, sizes: set[int]) -> dict[_Content, list[int]]:
    """The marked mails of the selected folder that have one of these sizes."""
    found: dict[_Content, list[int]] = defaultdict(list)
    marked = chunk(client.search(["KEYWORD", KEYWORD]))
    for uid, answer in (one for some in marked for one in client.fetch(some, [b"RFC822.SIZE"]).items()):
        if answer.get(b"RFC822.SIZE") in sizes and (content := _read_content(client, uid)):
            found[content].append(uid)
    return found


def _read_content(client: DeadlineClient, uid: int) -> _Content | None:
    answer = client.fetch([uid], [b"RFC822.SIZE", b"BODY.PEEK[]<0.%d>" % COMPARED_BYTES]).get(uid, {})
    size, body = answer.get(b"RFC822.SIZE"), answer.get(b"BODY[]<0>")
    return None if size is None or body is None else _Content(size, sha256(body).digest())


def _unmark(client: DeadlineClient, copies: str, folder: str, mailbox: Mailbox) -> None:
    """The copies are no longer on the way: another mail of the same bytes may come. Refused, it changes nothing."""

    def unmark() -> None:
        for marks in chunk(client.search(["KEYWORD", KEYWORD])) if are_all_done else (copies,):
            client.remove_flags(marks, [KEYWORD], silent=True)

    try:
        are_all_done = not client.search(["KEYWORD", KEYWORD])  # then also what a kill left marked
        if are_all_done or copies:
            _in_folder(client, folder, mailbox, unmark)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        return


def _in_folder(client: DeadlineClient, folder: str, mailbox: Mailbox, work: Callable[[], T]) -> T:
    """Do the work in the folder; a command that is refused leads back into the mailbox too."""
    try:
        client.select_folder(folder)
        done = work()
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        mailbox.reselect(client)
        raise
    mailbox.reselect(client)
    return done

"""Filing away on IMAP: in batches, and where a batch fails one by one; what cannot be moved stays and is told."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from imapclient import IMAPClient

from abuse_intake.errors import MailboxError
from abuse_intake.mailbox.imap_connection import DeadlineClient
from abuse_intake.mailbox.imap_moving import move_present
from abuse_intake.mailbox.suspects import IN_A_ROW, Attempt, Refusal
from storage.values import Place

MOVE_BATCH = 500
MAILS_A_SECOND = 2
"""A server that moves less is given up."""


class OpenMailbox(Protocol):
    """The mailbox that mails are moved out of, and the folders beside it."""

    name: str
    problems: list[str]
    keeps_keywords: bool

    def find_current(self, places: Sequence[Place]) -> dict[int, Place]:
        """The places of the mailbox as it is selected now."""

    def find_folder(self, client: IMAPClient, folder: str) -> str:
        """The name of a folder, made when it is missing."""

    def forget_folders(self) -> None:
        """Look again whether folders are there."""

    def refresh(self, client: DeadlineClient) -> None:
        """Learn which mails the numbers of the mailbox mean now."""

    def reselect(self, client: DeadlineClient) -> None:
        """Go back into the mailbox."""


class Filer:
    """Moves mails into folders."""

    def __init__(self, mailbox: OpenMailbox, attempt: Attempt) -> None:
        self._mailbox = mailbox
        self._attempt = attempt

    def file_into(self, folder: str, places: Sequence[Place]) -> Iterator[Place]:
        """Move mails into one folder; the places of those that stay."""
        for start in range(0, len(places), MOVE_BATCH):
            some = places[start : start + MOVE_BATCH]
            refusal = self._attempt(lambda client, some=some: self._move(client, some, folder))  # type: ignore[misc]
            if isinstance(refusal, Refusal):
                yield from self._move_one_by_one(some, folder)

    def _move_one_by_one(self, places: Sequence[Place], folder: str) -> Iterator[Place]:
        failed_in_a_row = 0
        for number, place in enumerate(places, start=1):
            refusal = self._attempt(lambda client, place=place: self._move(client, [place], folder))  # type: ignore[misc]
            if refusal is None:
                failed_in_a_row = 0
                continue
            failed_in_a_row += 1
            self._mailbox.forget_folders()
            self._tell(f"the mail of UID {place.uid} stays: {refusal.reason}")
            yield place
            if failed_in_a_row == IN_A_ROW and number < len(places):
                if refusal.is_cut:
                    raise MailboxError(f"{self._mailbox.name}: {refusal.reason}")
                self._tell(f"{len(places) - number} more mails stay: {refusal.reason}")
                yield from places[number:]
                return

    def _move(self, client: DeadlineClient, places: Sequence[Place], folder: str) -> None:
        name = self._mailbox.find_folder(client, folder)
        # A server may go on with a folder that was made anew, and move other mails of the same numbers (Dovecot 2.3).
        self._mailbox.refresh(client)
        uids = list(self._mailbox.find_current(places))
        with client.allowing_more(len(uids) / MAILS_A_SECOND):
            if uids:
                move_present(client, uids, name, self._mailbox)

    def _tell(self, problem: str) -> None:
        self._mailbox.problems.append(f"{self._mailbox.name}: {problem}")

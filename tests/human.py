"""A person with a mail program of their own in the abuse mailbox, who does at random what people do there."""

import random
import threading
from collections.abc import Callable
from email import message_from_bytes
from types import TracebackType
from typing import Any, Self

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from servers.dovecot import PASSWORD, Dovecot
from servers.programs import HOST

MESSAGE_ID = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"
DESK, ARCHIVE = "Desk", "Archive"
MOST_AT_ONCE = 5


class Human:
    """A context manager: works in INBOX in a thread of its own until it ends, then puts back what it had borrowed.

    `expunged` and `moved` name, by Message-ID, what it tried to delete for good and to move: the worker may have been
    faster. (Where two clients MOVE one mail at the same moment, Dovecot makes two of it.)
    """

    def __init__(self, dovecot: Dovecot, user: str, seed: int) -> None:
        self.expunged: set[str] = set()
        self.moved: set[str] = set()
        self.done: dict[str, int] = {}
        self.fault: BaseException | None = None
        self._chance = random.Random(seed)
        self._client = IMAPClient(HOST, dovecot.port, ssl=False, timeout=20)
        self._client.login(user, PASSWORD)
        for folder in (DESK, ARCHIVE):
            self._client.create_folder(folder)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="human")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join(30)
        self._client.logout()
        if self.fault is not None:
            raise self.fault

    def _work(self) -> None:
        habits: tuple[Callable[[list[int]], object], ...] = (
            self.flag,
            self.take_the_flag_away,
            self.look_at,
            self.mark_deleted,
            self.expunge,
            self.borrow,
            self.put_back,
            self.archive,
        )
        try:
            while not self._is_over.is_set():
                self._do(self._chance.choice(habits))
            self._client.select_folder(DESK)
            if borrowed := self._client.search():
                self._move(borrowed, "INBOX")
        except BaseException as fault:  # noqa: BLE001 - raised where the test can see it
            self.fault = fault

    def _do(self, habit: Callable[[list[int]], object]) -> None:
        self._client.select_folder(DESK if habit == self.put_back else "INBOX")
        there = self._client.search()
        if not there:
            self._is_over.wait(0.01)
            return
        some = self._chance.sample(there, min(len(there), self._chance.randint(1, MOST_AT_ONCE)))
        name = habit.__name__
        self.done[name] = self.done.get(name, 0) + 1
        habit(some)

    def flag(self, uids: list[int]) -> None:
        self._client.add_flags(uids, [b"\\Flagged"], silent=True)

    def take_the_flag_away(self, uids: list[int]) -> None:
        self._client.remove_flags(uids, [b"\\Flagged", b"\\Deleted"], silent=True)

    def look_at(self, uids: list[int]) -> None:
        self._client.fetch(uids, [b"BODY[]"])

    def mark_deleted(self, uids: list[int]) -> None:
        self._client.delete_messages(uids, silent=True)

    def expunge(self, uids: list[int]) -> None:
        self.expunged.update(self._name(uids))
        self._client.delete_messages(uids, silent=True)
        self._client.uid_expunge(uids)

    def borrow(self, uids: list[int]) -> None:
        self.moved.update(self._name(uids))
        self._move(uids, DESK)

    def put_back(self, uids: list[int]) -> None:
        self._move(uids, "INBOX")

    def archive(self, uids: list[int]) -> None:
        self.moved.update(self._name(uids))
        self._move(uids, ARCHIVE)

    def _move(self, uids: list[int], folder: str) -> None:
        """Move what is still there; where something no longer is, the server may refuse all of it."""
        try:
            self._client.move(uids, folder)
        except IMAPClientError as error:
            if "EXPUNGEISSUED" not in str(error):
                raise

    def _name(self, uids: list[int]) -> list[str]:
        answers: dict[int, Any] = self._client.fetch(uids, [MESSAGE_ID.replace(b"BODY", b"BODY.PEEK")])
        return [
            str(message_from_bytes(one[MESSAGE_ID])["Message-ID"])
            for one in answers.values()
            if one.get(MESSAGE_ID) is not None  # it has gone meanwhile
        ]

"""Mail on an IMAP server, with imapclient: read without marking (`BODY.PEEK[]`), moved by UID, never a bare EXPUNGE."""

import re
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from abuse_intake.errors import MailboxError
from abuse_intake.mailbox.imap_survey import describe_abilities, describe_folders
from abuse_intake.mailbox.limits import MAX_FETCHED_BYTES, TOO_LARGE
from abuse_intake.steps import Step, reached
from abuse_intake.urls import ServiceUrl
from storage.values import Place

TIMEOUT = SocketTimeout(connect=15, read=60)
SEARCH_WINDOW = 10_000
"""Mails a SEARCH: imaplib refuses answer lines over 1,000,000 bytes."""
FETCH_BYTES = 16_000_000
"""Bytes a FETCH, so that memory stays flat; a larger mail is fetched alone."""
MOVE_BATCH = 500
_SERVERS_WORDS = re.compile(r"""b["'](.*)["']""", re.DOTALL)


class ImapMailbox:
    """One folder of an IMAP server. It connects when first used, and again after any failure."""

    tells_of_mail = True

    def __init__(self, url: ServiceUrl, username: str, password: str) -> None:
        # The account belongs to the name: another account's UIDs on the same server mean other mails.
        self.name = str(replace(url, username=username))
        self.problems: list[str] = []
        self._url = url
        self._username = username
        self._password = password
        self._client: IMAPClient | None = None
        self._validity = 0
        self._known_folders: set[str] = set()

    def list_places(self, limit: int) -> Iterator[Sequence[Place]]:
        self.problems = []
        with self._talking() as client:
            uids = self._search(client)
        for start in range(0, len(uids), limit):
            yield [Place(self._validity, str(uid)) for uid in uids[start : start + limit]]

    def fetch(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        with self._talking() as client:
            by_uid = self._current_uids(places)
            for uids in _split_by_size(self._fetch_sizes(client, by_uid)):
                answers = client.fetch(uids, [b"BODY.PEEK[]"])
                for uid in uids:
                    raw = answers[uid].get(b"BODY[]") if uid in answers else None
                    if raw is not None:
                        yield by_uid[uid], raw

    def _fetch_sizes(self, client: IMAPClient, by_uid: Mapping[int, Place]) -> dict[int, int]:
        """The size of each mail that is still there and not too large."""
        answers = client.fetch(list(by_uid), [b"RFC822.SIZE"]) if by_uid else {}
        sizes = {uid: int(answers[uid].get(b"RFC822.SIZE", 0)) for uid in by_uid if uid in answers}
        for uid, size in sizes.items():
            if size > MAX_FETCHED_BYTES:
                self.problems.append(f"{self.name}: the mail of UID {uid} {TOO_LARGE}")
        return {uid: size for uid, size in sizes.items() if size <= MAX_FETCHED_BYTES}

    def file_away(self, moves: Sequence[tuple[Place, str]]) -> set[Place]:
        by_folder: dict[str, list[Place]] = defaultdict(list)
        for place, folder in moves:
            by_folder[folder].append(place)
        with self._talking() as client:
            return {
                place
                for folder, places in by_folder.items()
                for place in self._file_into(client, folder, self._current_uids(places))
            }

    def _file_into(self, client: IMAPClient, folder: str, places: dict[int, Place]) -> Iterator[Place]:
        """Move mails into one folder; those that the server refuses to move stay, and only those."""
        uids = list(places)
        try:
            name = self._make_folder(client, folder)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            self.problems.append(
                f"{self.name}: {len(uids)} mails stay, {folder} cannot be made: {_plain(error)}"
            )
            yield from places.values()
            return
        for start in range(0, len(uids), MOVE_BATCH):
            for uid in self._move_some(client, uids[start : start + MOVE_BATCH], name):
                yield places[uid]

    def _move_some(self, client: IMAPClient, uids: list[int], name: str) -> list[int]:
        """Move them at once, or where that is refused one by one; the UIDs of those that stay."""
        try:
            _move_present(client, uids, name)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if len(uids) > 1:
                return [stays for uid in uids for stays in self._move_some(client, [uid], name)]
            self._known_folders.discard(name)  # another client may have deleted it
            self.problems.append(f"{self.name}: the mail of UID {uids[0]} stays: {_plain(error)}")
            return uids
        return []

    def wait_for_mail(self, seconds: float, should_stop: Callable[[], bool]) -> bool:
        ends = time.monotonic() + seconds
        with self._talking() as client:
            if client.select_folder(self._url.path or "INBOX", readonly=True)[b"EXISTS"]:
                return True
            client.idle()
            news: list[object] = []
            while not (news or should_stop()) and time.monotonic() < ends:
                asked = time.monotonic()
                news = client.idle_check(timeout=1)
                if not news and time.monotonic() - asked < 0.5:
                    break  # the connection has ended, which idle_check does not tell
            client.idle_done()
            return bool(news)

    def check(self) -> str:
        with self._talking() as client:
            waiting = client.folder_status(self._url.path or "INBOX", [b"MESSAGES"])[b"MESSAGES"]
            if not (client.has_capability("MOVE") or client.has_capability("UIDPLUS")):
                raise MailboxError(_cannot_move(self.name))
            abilities = describe_abilities(client)
        return f"{self.name}: {waiting} waiting; {abilities}"

    def describe_folders(self, names: Sequence[str]) -> str:
        """Which of these folders are there."""
        with self._talking() as client:
            prefix, separator = _personal_namespace(client)
            return describe_folders(client, {name: prefix + name.replace("/", separator) for name in names})

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(IMAPClientError, OSError):
                client.logout()

    def _search(self, client: IMAPClient) -> list[int]:
        status = client.select_folder(self._url.path or "INBOX")
        self._validity = _read_validity(status)
        uids: list[int] = []
        for first in range(1, int(status[b"EXISTS"]) + 1, SEARCH_WINDOW):
            uids.extend(client.search([f"{first}:{min(first + SEARCH_WINDOW - 1, status[b'EXISTS'])}"]))
        return sorted(uids)

    def _current_uids(self, places: Sequence[Place]) -> dict[int, Place]:
        """The places of the mailbox as it is selected now; UIDs of another UIDVALIDITY mean other mails."""
        return {int(place.uid): place for place in places if place.validity == self._validity}

    def _make_folder(self, client: IMAPClient, folder: str) -> str:
        prefix, separator = _personal_namespace(client)
        name = prefix + folder.replace("/", separator)
        if name not in self._known_folders:
            if not client.folder_exists(name):
                client.create_folder(name)
            self._known_folders.add(name)
        return name

    @contextmanager
    def _talking(self) -> Iterator[IMAPClient]:
        """A logged-in connection. Whatever fails ends it, so that the next use begins afresh."""
        try:
            if self._client is None:
                self._client = self._connect()
            yield self._client
        except LoginError as error:
            self._drop()
            raise MailboxError(
                f"{self.name}: the server refused the login of {self._username}: {_plain(error)}: "
                "check the username and mailbox.password_file"
            ) from None
        except (IMAPClientError, OSError) as error:
            self._drop()
            raise MailboxError(f"{self.name}: {_plain(error)}") from None
        except UnicodeError:
            self._drop()
            raise MailboxError(
                f"{self.name}: IMAP cannot take the host, username or password so written"
            ) from None
        except Exception:
            # An answer that the library cannot read leaves the conversation out of step.
            self._drop()
            raise

    def _connect(self) -> IMAPClient:
        tls = ssl.create_default_context()
        is_tls = self._url.scheme == "imaps"
        client = IMAPClient(
            self._url.host, self._url.port, ssl=is_tls, ssl_context=tls if is_tls else None, timeout=TIMEOUT
        )
        try:
            if not is_tls and not self._url.is_loopback:
                client.starttls(tls)
            client.login(self._username, self._password)
            self._validity = _read_validity(client.select_folder(self._url.path or "INBOX"))
        except BaseException:
            client.shutdown()
            raise
        self._known_folders = set()
        return client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(IMAPClientError, OSError):
                client.shutdown()


def _read_validity(status: Mapping[bytes, Any]) -> int:
    return int(status.get(b"UIDVALIDITY", 0))


def _move_present(client: IMAPClient, uids: list[int], folder: str) -> None:
    """Move the mails; those that another client took away meanwhile are left out (EXPUNGEISSUED, RFC 5530)."""
    try:
        _move(client, uids, folder)
    except IMAPClientError as error:
        if "[EXPUNGEISSUED]" not in str(error):
            raise
        present = client.search([b"UID", ",".join(map(str, uids))])
        if present:
            _move(client, present, folder)


def _move(client: IMAPClient, uids: list[int], folder: str) -> None:
    if client.has_capability("MOVE"):
        client.move(uids, folder)
    elif client.has_capability("UIDPLUS"):
        client.copy(uids, folder)
        reached(Step.COPIED)
        client.delete_messages(uids, silent=True)
        client.uid_expunge(uids)
    else:
        raise MailboxError(_cannot_move(folder))


def _cannot_move(name: str) -> str:
    return f"{name}: the server can neither MOVE (RFC 6851) nor UID EXPUNGE (RFC 4315): mails cannot be filed away"


def _split_by_size(sizes: dict[int, int]) -> Iterator[list[int]]:
    batch: list[int] = []
    total = 0
    for uid, size in sizes.items():
        if batch and total + size > FETCH_BYTES:
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size
    if batch:
        yield batch


def _personal_namespace(client: IMAPClient) -> tuple[str, str]:
    """The prefix of our own folders and the separator in their names (RFC 2342)."""
    if not client.has_capability("NAMESPACE"):
        return "", "/"
    personal = client.namespace().personal
    return (personal[0][0], personal[0][1] or "/") if personal else ("", "/")


def _plain(error: Exception) -> str:
    """What the server or the system said; imaplib gives a server's words as the text of a bytes object."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    said = _SERVERS_WORDS.fullmatch(text)
    return " ".join((said[1] if said else text).split())[:200]

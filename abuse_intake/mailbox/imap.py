"""Mail on an IMAP server, with imapclient: read without marking (`BODY.PEEK[]`), moved by UID, never a bare EXPUNGE.

Places are UIDs of one UIDVALIDITY; sequence numbers serve to ask for no more than a window at a time. A server that
fails ends the poll; a mail at which it fails costs itself only.
"""

import math
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, TypeVar

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from abuse_intake.errors import LoginRefusedError, MailboxError
from abuse_intake.mailbox import imap_moving
from abuse_intake.mailbox.backoff import Backoff
from abuse_intake.mailbox.base import sleep
from abuse_intake.mailbox.imap_connection import DeadlineClient
from abuse_intake.mailbox.imap_fetching import Fetcher
from abuse_intake.mailbox.imap_filing import Filer
from abuse_intake.mailbox.imap_search import search_after, search_among
from abuse_intake.mailbox.imap_survey import describe_abilities, describe_folders
from abuse_intake.mailbox.imap_waiting import idle_until_new
from abuse_intake.mailbox.imap_wording import describe_error, plain
from abuse_intake.mailbox.suspects import Refusal
from abuse_intake.mailbox.token_login import log_in_with_token
from abuse_intake.oauth.source import TokenSource
from abuse_intake.steps import Job, beat
from abuse_intake.urls import ServiceUrl
from storage.values import Place

SEARCH_WINDOW = 10_000
"""Mails a SEARCH, so that no answer grows with the mailbox."""
TEMPORARY = "[UNAVAILABLE]"
"""A server that says so (RFC 5530) cannot look up the account now: that login was not refused."""

T = TypeVar("T")


class _CutError(MailboxError):
    """The connection has ended."""


class ImapMailbox:
    """One folder of an IMAP server. It connects when first used, and again after any failure."""

    tells_of_mail = True
    """Until a connection shows that the server has no IDLE."""

    def __init__(
        self,
        url: ServiceUrl,
        username: str,
        password: str,
        token_source: TokenSource | None = None,
        tell_alive: Callable[[], object] = lambda: beat(Job.POLL),
    ) -> None:
        # The account belongs to the name: another account's UIDs on the same server mean other mails.
        self.name = str(replace(url, username=username))
        self.problems: list[str] = []
        self.oversized: list[Place] = []
        self._url = url
        self._username = username
        self._password = password
        self._token_source = token_source
        self._tell_alive = tell_alive
        self._how = ""
        self._folder = url.path or "INBOX"
        self._client: DeadlineClient | None = None
        self._validity = 0
        self.keeps_keywords = False
        self._known_folders: set[str] = set()
        self._backoff = Backoff()
        self._fetcher = Fetcher(self, self._attempt)
        self._filer = Filer(self, self._attempt)
        self._last_seen: object = None

    def list_places(self, limit: int) -> Iterator[Sequence[Place]]:
        self.problems, self.oversized = [], []
        self._let_go_of_a_dead_connection()
        window, last, validity = SEARCH_WINDOW, 0, None
        while True:
            with self._talking() as client:
                self._require_moving(client)  # rather than keep mails that then cannot be filed away
                status = self._select(client)
                exists = status[b"EXISTS"]
                if validity not in (None, self._validity):
                    return  # other mails, which the next walk lists from its beginning
                validity = self._validity
                uids = search_after(client, last, window, exists)
            for start in range(0, len(uids), limit):
                yield [Place(validity, str(uid)) for uid in uids[start : start + limit]]
            if window >= exists or (last + 1 >= status.get(b"UIDNEXT", math.inf) and not uids):
                break
            last, window = (uids[-1], window) if uids else (last, window + SEARCH_WINDOW)

    def _let_go_of_a_dead_connection(self) -> None:
        """One that has ended since the last walk, as a server's restart ends it, is no trouble: a new one is made."""
        try:
            if self._client is not None:
                self._client.noop()
        except (IMAPClientError, OSError):
            self._drop()

    def fetch(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        yield from self._fetcher.fetch(places)

    def find_present(self, places: Sequence[Place]) -> set[Place]:
        with self._talking() as client:
            self._select(client)
            by_uid = self.find_current(places)
            return {by_uid[uid] for uid in search_among(client, list(by_uid))}

    def file_away(self, moves: Sequence[tuple[Place, str]]) -> set[Place]:
        by_folder: dict[str, list[Place]] = defaultdict(list)
        for place, folder in moves:
            by_folder[folder].append(place)
        return {
            place for folder, places in by_folder.items() for place in self._filer.file_into(folder, places)
        }

    def wait_for_mail(self, seconds: float, should_stop: Callable[[], bool]) -> bool:
        if (pause := self._backoff.seconds_left()) > 0 or not self.tells_of_mail:
            sleep(min(seconds, pause) if self.tells_of_mail else seconds, should_stop)
            return False
        ends = time.monotonic() + seconds
        with self._talking() as client:
            self.tells_of_mail = client.has_capability("IDLE")
            is_new = self._has_grown(client)
            if not is_new and self.tells_of_mail:
                is_new = idle_until_new(client, lambda: self._has_grown(client), ends, should_stop)
        if not is_new:
            sleep(ends - time.monotonic(), should_stop)
        return is_new

    def check(self) -> str:
        with self._talking() as client:
            waiting = client.folder_status(self._folder, [b"MESSAGES"])[b"MESSAGES"]
            self._require_moving(client)
            abilities = describe_abilities(client)
        return f"{self.name}: {waiting} waiting{self._how}; {abilities}"

    def describe_folders(self, names: Sequence[str]) -> str:
        """Which of these folders are there."""
        with self._talking() as client:
            prefix, separator = self._find_namespace(client)
            return describe_folders(client, {name: prefix + name.replace("/", separator) for name in names})

    def close(self) -> None:
        if self._client is not None:
            with suppress(IMAPClientError, OSError):
                self._client.leave()
            self._drop()

    def find_current(self, places: Sequence[Place]) -> dict[int, Place]:
        """The places of the mailbox as it is selected now; UIDs of another UIDVALIDITY mean other mails."""
        return {int(place.uid): place for place in places if place.validity == self._validity}

    def find_folder(self, client: IMAPClient, folder: str) -> str:
        """The name of one of our folders on that server; it is made when it is missing."""
        prefix, separator = self._find_namespace(client)
        name = prefix + folder.replace("/", separator)
        if name not in self._known_folders:
            if not client.folder_exists(name):
                client.create_folder(name)
            self._known_folders.add(name)
        return name

    def forget_folders(self) -> None:
        """Another client may have deleted one that was there."""
        self._known_folders = set()

    def refresh(self, client: DeadlineClient) -> None:
        """Learn which mails the numbers of the mailbox mean now."""
        self._select(client)

    def reselect(self, client: DeadlineClient) -> None:
        """Go back into the mailbox from another folder. MailboxError when it was made anew meanwhile."""
        before = self._validity
        self._select(client)
        if before != self._validity:
            raise MailboxError(f"{self.name}: the mailbox was made anew meanwhile (another UIDVALIDITY)")

    def _require_moving(self, client: DeadlineClient) -> None:
        if not imap_moving.can_move(client):
            raise MailboxError(imap_moving.cannot_move(self.name))

    def _has_grown(self, client: IMAPClient) -> bool:
        """Whether a mail came since this was asked last; True when that cannot be known."""
        status = self._select(client)
        newest = status.get(b"UIDNEXT") or (client.search(["*"]) if status[b"EXISTS"] else [])
        before, self._last_seen = self._last_seen, (self._validity, newest)
        return before != self._last_seen

    def _select(self, client: IMAPClient) -> Mapping[bytes, Any]:
        status: Mapping[bytes, Any] = client.select_folder(self._folder)
        self._validity = int(status.get(b"UIDVALIDITY", 0))
        if not 0 <= self._validity < 2**63:
            raise MailboxError(f"{self.name}: the server gives a UIDVALIDITY that no server may give")
        self.keeps_keywords = b"\\*" in status.get(b"PERMANENTFLAGS", ())
        return status

    @contextmanager
    def _talking(self) -> Iterator[DeadlineClient]:
        """A logged-in connection. A failure ends it."""
        client = self._need_client()
        with self._explained():
            yield client

    def _attempt(self, work: Callable[[DeadlineClient], T]) -> T | Refusal:
        """What the work gives, or how the server failed at it. MailboxError when it is away as a whole."""
        client = self._need_client()
        try:
            with self._explained():
                try:
                    return work(client)
                except IMAPClientAbortError:
                    raise
                except IMAPClientError as error:
                    return Refusal(plain(error))
        except _CutError as error:
            refusal = Refusal(str(error).removeprefix(f"{self.name}: "), is_cut=True)
        self._need_client()
        return refusal

    def _need_client(self) -> DeadlineClient:
        if self._client is None:
            if self._backoff.seconds_left() > 0:
                raise LoginRefusedError(self._backoff.reason)
            try:
                with self._explained():
                    self._client = self._connect()
            except LoginRefusedError as error:
                if TEMPORARY not in str(error):
                    self._backoff.note_failure(str(error))
                raise
            self._backoff.reset()
        return self._client

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns what fails into one line. It ends the connection, so that the next use begins afresh."""
        try:
            yield
        except MailboxError:
            self._drop()
            raise
        except Exception as error:
            self._drop()
            kind = LoginRefusedError if isinstance(error, LoginError) else _CutError
            raise kind(f"{self.name}: {describe_error(error, self._username)}") from error
        except BaseException:
            self._drop()  # out of step: an answer may still be on its way
            raise

    def _connect(self) -> DeadlineClient:
        tls = ssl.create_default_context()
        is_tls = self._url.scheme == "imaps"
        host, port = self._url.host or "", self._url.port or 0
        client = DeadlineClient(host, port, tls if is_tls else None, self._tell_alive)
        try:
            if not is_tls and not self._url.is_loopback:
                client.starttls(tls)
            self._log_in(client)
            self._select(client)
        except BaseException:
            with suppress(IMAPClientError, OSError):  # what went wrong is told, not that the end failed too
                client.shutdown()
            raise
        self._known_folders = set()
        self._namespace: tuple[str, str] | None = None
        return client

    def _log_in(self, client: IMAPClient) -> None:
        if self._token_source is not None:
            mechanism = log_in_with_token(client, self._token_source, self._username, self.name)
            self._how = f", logged in with {mechanism}"
            return
        try:
            client.login(self._username, self._password)
        except LoginError as error:
            if isinstance(error.__context__, IMAPClientAbortError):
                raise error.__context__ from None  # cut off, not refused
            raise

    def _find_namespace(self, client: IMAPClient) -> tuple[str, str]:
        if self._namespace is None:
            self._namespace = _personal_namespace(client)
        return self._namespace

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(IMAPClientError, OSError):
                client.shutdown()


def _personal_namespace(client: IMAPClient) -> tuple[str, str]:
    """The prefix of our own folders and the separator in their names (RFC 2342)."""
    if not client.has_capability("NAMESPACE"):
        return "", "/"
    personal = client.namespace().personal
    return (personal[0][0], personal[0][1] or "/") if personal else ("", "/")

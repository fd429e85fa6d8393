"""Fetching from IMAP: sizes first, then the bytes in batches, and what did not come in a batch one by one.

`BODY[]` may be NIL, empty, missing or another mail's, and no exception tells. A mail of which the server says that
it has bytes, and does not give them, was not fetched: it is told, stays, and is tried again. One that has no bytes
by its size and by its content is an empty mail, and is fetched as such.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from imapclient import IMAPClient

from abuse_intake.errors import MailboxError
from abuse_intake.mailbox.imap_connection import DeadlineClient
from abuse_intake.mailbox.imap_search import search_among
from abuse_intake.mailbox.limits import MAX_FETCHED_BYTES, TOO_LARGE
from abuse_intake.mailbox.suspects import IN_A_ROW, Attempt, Refusal, Suspects
from storage.values import Place

FETCH_BYTES = 16_000_000
"""Bytes a FETCH, so that memory stays flat; a larger mail is fetched alone."""
BYTES_A_SECOND = 20_000
"""A server that gives less is given up."""
NOT_GIVEN = "the server does not give its content"


class SelectedMailbox(Protocol):
    """What is known of the mailbox that the mails lie in."""

    name: str
    problems: list[str]
    oversized: list[Place]

    def find_current(self, places: Sequence[Place]) -> dict[int, Place]:
        """The places of the mailbox as it is selected now."""


class Fetcher:
    """Fetches mails, and remembers at which of them the server failed."""

    def __init__(self, mailbox: SelectedMailbox, attempt: Attempt) -> None:
        self._mailbox = mailbox
        self._attempt = attempt
        self._suspects = Suspects()

    def fetch(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        """The bytes of each mail that is there and can be had."""
        tried = [place for place in places if not self._is_resting(place)]
        trusted = [place for place in tried if not self._suspects.is_suspect(place)]
        sizes = self._attempt(lambda client: self._ask_sizes(client, trusted))
        if isinstance(sizes, Refusal) and sizes.is_cut:
            self._suspects.doubt(trusted)
            raise MailboxError(f"{self._mailbox.name}: {sizes.reason}")
        given: set[Place] = set(self._mailbox.oversized)
        for batch in _split_by_size({} if isinstance(sizes, Refusal) else sizes):
            bodies = self._fetch_together(batch)
            given.update(bodies)
            yield from bodies.items()
        rest = [place for place in tried if place not in given]
        if rest:
            yield from self._fetch_one_by_one(rest)

    def _is_resting(self, place: Place) -> bool:
        reason = self._suspects.find_rest(place)
        if reason is not None:
            self._tell(place, reason)
        return reason is not None

    def _ask_sizes(self, client: IMAPClient, places: Sequence[Place]) -> dict[Place, int]:
        """The size of each mail that is there and not too large; the others are noted."""
        by_uid = self._mailbox.find_current(places)
        answers = client.fetch(list(by_uid), [b"RFC822.SIZE"])
        sizes = {
            by_uid[uid]: max(0, int(answer[b"RFC822.SIZE"]))
            for uid, answer in answers.items()
            if uid in by_uid and b"RFC822.SIZE" in answer  # a server may tell of other mails at any time
        }
        for place, size in sizes.items():
            if size > MAX_FETCHED_BYTES:
                self._mailbox.problems.append(self._name(place) + TOO_LARGE)
                self._mailbox.oversized.append(place)
        return {place: size for place, size in sizes.items() if size <= MAX_FETCHED_BYTES}

    def _fetch_together(self, sizes: Mapping[Place, int]) -> dict[Place, bytes]:
        bodies = self._attempt(lambda client: self._ask_bodies(client, sizes))
        return {} if isinstance(bodies, Refusal) else bodies

    def _ask_bodies(self, client: DeadlineClient, sizes: Mapping[Place, int]) -> dict[Place, bytes]:
        by_uid = self._mailbox.find_current(list(sizes))
        with client.allowing_more(sum(sizes.values()) / BYTES_A_SECOND):
            answers = client.fetch(list(by_uid), [b"BODY.PEEK[]"])
        bodies = {by_uid[uid]: answer.get(b"BODY[]") for uid, answer in answers.items() if uid in by_uid}
        return {
            place: body for place, body in bodies.items() if body or (body is not None and not sizes[place])
        }

    def _fetch_one_by_one(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        failed_in_a_row = 0
        there = self._find_there(places)
        for number, place in enumerate(there, start=1):
            answer = self._attempt(lambda client, place=place: self._ask_alone(client, place))  # type: ignore[misc]
            if not isinstance(answer, Refusal):
                self._suspects.clear(place)
                failed_in_a_row = 0
                yield from answer.items()
                continue
            failed_in_a_row += 1
            self._suspects.blame(place, answer.reason)
            self._tell(place, answer.reason)
            if failed_in_a_row == IN_A_ROW and number < len(there):
                self._give_up(answer, len(there) - number)
                return

    def _find_there(self, places: Sequence[Place]) -> list[Place]:
        """Those that have not gone; at which the server has failed least comes first."""

        def ask(client: IMAPClient) -> list[Place]:
            by_uid = self._mailbox.find_current(places)
            return [by_uid[uid] for uid in sorted(search_among(client, list(by_uid)))]

        there = self._attempt(ask)
        if isinstance(there, Refusal):
            raise MailboxError(f"{self._mailbox.name}: {there.reason}")
        return sorted(there, key=self._suspects.count_failures)

    def _ask_alone(self, client: DeadlineClient, place: Place) -> dict[Place, bytes] | Refusal:
        sizes = self._ask_sizes(client, [place])
        if place in self._mailbox.oversized:
            return {}
        bodies = self._ask_bodies(client, sizes) if sizes else {}
        if not bodies and search_among(client, list(self._mailbox.find_current([place]))):
            return Refusal(NOT_GIVEN)
        return bodies

    def _give_up(self, refusal: Refusal, count: int) -> None:
        """So many mails that failed one behind the other: the fault is the server's."""
        if refusal.is_cut:
            raise MailboxError(f"{self._mailbox.name}: {refusal.reason}")
        self._mailbox.problems.append(f"{self._mailbox.name}: {count} more mails stay: {refusal.reason}")

    def _tell(self, place: Place, reason: str) -> None:
        self._mailbox.problems.append(f"{self._name(place)}cannot be fetched and stays: {reason}")

    def _name(self, place: Place) -> str:
        return f"{self._mailbox.name}: the mail of UID {place.uid} "


def _split_by_size(sizes: Mapping[Place, int]) -> Iterator[dict[Place, int]]:
    batch: dict[Place, int] = {}
    total = 0
    for place, size in sizes.items():
        if batch and total + size > FETCH_BYTES:
            yield batch
            batch, total = {}, 0
        batch[place] = size
        total += size
    if batch:
        yield batch

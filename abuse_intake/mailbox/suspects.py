"""Single mails at which the server fails, time and again: they are tried again, but keep no other mail waiting."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from abuse_intake.mailbox.backoff import growing_wait
from abuse_intake.mailbox.imap_connection import DeadlineClient
from storage.values import Place

STEP, MOST = 60.0, 3600.0
MOST_SUSPECTS = 10_000
"""So many are remembered, the latest."""
IN_A_ROW = 5
"""So many mails that fail one behind the other are no longer taken for single ones."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """How the server failed at a mail: it said no, or it cut the connection, was silent or made no sense."""

    reason: str
    is_cut: bool = False


class Attempt(Protocol):
    """Does the work on a connection; how the server failed at it, if it did. MailboxError when it is away."""

    def __call__(self, work: Callable[[DeadlineClient], T]) -> T | Refusal: ...


@dataclass(slots=True)
class _Suspicion:
    failures: int = 0
    resting_until: float = 0.0
    reason: str = ""


class Suspects:
    """What failed at which place. The second try may come at once, each later one after a longer rest."""

    def __init__(self) -> None:
        self._suspicions: dict[Place, _Suspicion] = {}
        self._doubtful: set[Place] = set()

    def doubt(self, places: Iterable[Place]) -> None:
        """The server failed when it was asked for all of these: they are to be tried one by one."""
        self._doubtful = set(places)

    def is_suspect(self, place: Place) -> bool:
        """Whether it is to be tried alone."""
        return place in self._suspicions or place in self._doubtful

    def count_failures(self, place: Place) -> int:
        """How often in a row it failed."""
        known = self._suspicions.get(place)
        return known.failures if known else 0

    def find_rest(self, place: Place) -> str | None:
        """Why it is left alone now, or None when it may be tried."""
        known = self._suspicions.get(place)
        return known.reason if known and known.resting_until > time.monotonic() else None

    def blame(self, place: Place, reason: str) -> None:
        """It failed while the server itself is there."""
        self._doubtful.discard(place)
        known = self._suspicions.pop(place, None) or _Suspicion()
        known.failures += 1
        known.reason = reason
        known.resting_until = time.monotonic() + growing_wait(known.failures, STEP, MOST)
        self._suspicions[place] = known
        if len(self._suspicions) > MOST_SUSPECTS:
            del self._suspicions[next(iter(self._suspicions))]

    def clear(self, place: Place) -> None:
        """It went well, or it has gone."""
        self._suspicions.pop(place, None)
        self._doubtful.discard(place)

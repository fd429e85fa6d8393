"""A mailbox and a carrier in memory, written by hand: they do what the real ones promise, and fail as told."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from abuse_intake.errors import MailboxError, OutboxError
from abuse_intake.guard.failure import Failure
from abuse_intake.outbox.ledger import Ledger
from parsers import read_mail
from parsers.values import ReadMail
from storage.values import DueAcknowledgement, Place

UIDS = count(1)
"""No two mails share a UID by chance, also in two fakes of one name."""


class FakeMailbox:
    """Mails by their place; `folders` shows what was filed where."""

    def __init__(self, *raws: bytes) -> None:
        self.name = "fake://mailbox"
        self.problems: list[str] = []
        self.oversized: list[Place] = []
        self.tells_of_mail = False
        self.waiting: dict[Place, bytes] = {}
        self.folders: dict[str, list[bytes]] = defaultdict(list)
        self.fetched: list[Place] = []
        self.failing: MailboxError | None = None
        self.fails_to_file = False
        self.unreadable: set[Place] = set()
        for raw in raws:
            self.put(raw)

    def put(self, raw: bytes, uid: str | None = None, validity: int = 1) -> Place:
        place = Place(validity, uid or str(next(UIDS)))
        self.waiting[place] = raw
        return place

    def list_places(self, limit: int) -> Iterator[Sequence[Place]]:
        if self.failing:
            raise self.failing
        self.problems = []
        places = list(self.waiting)
        for start in range(0, len(places), limit):
            yield places[start : start + limit]

    def fetch(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        for place in places:
            if place in self.unreadable:
                self.problems.append(f"{place.uid} cannot be read and stays")
            elif place in self.waiting:
                self.fetched.append(place)
                yield place, self.waiting[place]

    def file_away(self, moves: Sequence[tuple[Place, str]]) -> set[Place]:
        if self.fails_to_file:
            raise MailboxError("fake://mailbox: gone while mails were moved")
        for place, folder in moves:
            if place in self.waiting:
                self.folders[folder].append(self.waiting.pop(place))
        return set()

    def find_present(self, places: Sequence[Place]) -> set[Place]:
        return {place for place in places if place in self.waiting}

    def wait_for_mail(self, seconds: float, should_stop: Callable[[], bool]) -> bool:
        return False

    def check(self) -> str:
        return "fake://mailbox: here"

    def close(self) -> None:
        """Nothing is open."""


class FakeCarrier:
    """Takes every acknowledgement, unless `closed`."""

    batch_size = 100

    def __init__(self) -> None:
        self.name = "fake://carrier"
        self.taken: list[DueAcknowledgement] = []
        self.closed = False
        self.was_let_go = False

    def deliver(self, due: Sequence[DueAcknowledgement], ledger: Ledger) -> None:
        if self.closed:
            raise OutboxError("fake://carrier: closed")
        self.taken.extend(due)
        ledger.note_sent(due)

    def check(self) -> str:
        return "fake://carrier: here"

    def close(self) -> None:
        self.was_let_go = True


class FakeReading:
    """Mails that were read when that was begun."""

    def __init__(self, results: list[ReadMail | Failure], log: list[str]) -> None:
        self._results = results
        self._log = log

    def results(self) -> list[ReadMail | Failure]:
        self._log.append(f"results of {len(self._results)}")
        return self._results


class FakeGuard:
    """Reads in this process, without limits; `read` shows what, `log` when; `failures` are told in place of mails."""

    def __init__(self, failures: dict[bytes, Failure] | None = None) -> None:
        self.read: list[bytes] = []
        self.log: list[str] = []
        self._failures = failures or {}

    def make_ready(self) -> None:
        """It always is."""

    def begin_reading(self, raws: Sequence[bytes]) -> FakeReading:
        self.read += raws
        self.log.append(f"begin {len(raws)}")
        return FakeReading([self._failures.get(raw) or read_mail(raw) for raw in raws], self.log)

"""Keys from the DNS: answers are remembered, questions limited, and many asked at once within a few seconds.

Mail can name any selector of a tenant's domain, so nothing here may let mail flood or stall that domain's servers,
or ours: see the limits.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import NamedTuple, Protocol, TypeVar

import structlog

log = structlog.get_logger()
T = TypeVar("T")

MOST_QUESTIONS = 4
"""For one mail."""
NAMES_A_MINUTE = 60
"""Unknown names that one zone is asked for within a minute."""
BATCH_SECONDS = 5.0
"""For all questions of a batch together."""
PATIENT_SECONDS = 60.0
"""The same, where nothing waits but whoever asked for it: such work keeps no count of unknown names either."""
REMEMBERED = 10_000
"""Answers, and names that had a key. The oldest go first."""
POSITIVE_SECONDS = (60.0, 3600.0)
"""A positive answer holds for its TTL, within these."""
NEGATIVE_SECONDS, FAILURE_SECONDS = 600.0, 60.0
WORKERS = 32


class Fetched(NamedTuple):
    """What the DNS said: all TXT records of a name, none where it has none, and how long that holds."""

    records: tuple[str, ...]
    ttl: float = 0.0


class Unreachable(Exception):  # noqa: N818 - what the DNS did
    """No server gave an answer. `took_too_long`: they were silent, and are better left alone for a while."""

    def __init__(self, reason: str, *, took_too_long: bool = False) -> None:
        super().__init__(reason)
        self.took_too_long = took_too_long


class Fetcher(Protocol):
    """Asks the DNS: `resolver.Resolver`."""

    def fetch(self, name: str) -> Fetched:
        """The TXT records of a name, within 3 s. Unreachable when no server answers."""


class Answer(NamedTuple):
    """The records of a name; without any, `is_certain` tells whether there are none or nobody could be asked."""

    records: tuple[str, ...]
    is_certain: bool


FAILED = Answer((), is_certain=False)


class _Zone:
    """How often a zone's servers were asked for something new since `since`, and until when they are left alone."""

    def __init__(self, now: float) -> None:
        self.since = now
        self.asked = 0
        self.silent_until = 0.0


class DnsKeys:
    """Asks, and remembers. Threads may share it."""

    def __init__(
        self,
        fetcher: Fetcher,
        now: Callable[[], float] = time.monotonic,
        batch_seconds: float = BATCH_SECONDS,
        names_a_minute: float = NAMES_A_MINUTE,
    ) -> None:
        self.fetcher = fetcher
        self._now = now
        self._batch_seconds = batch_seconds
        self._names_a_minute = names_a_minute
        self._lock = threading.Lock()
        self._answers: dict[str, tuple[float, Answer]] = {}
        self._with_keys: dict[str, None] = {}
        """Names that had a key when they last answered."""
        self._zones: dict[str, _Zone] = {}
        self._workers: ThreadPoolExecutor | None = None

    def recall(self, name: str) -> Answer | None:
        """The answer that still holds, if any."""
        with self._lock:
            until, answer = self._answers.get(name, (0.0, FAILED))
            return answer if until > self._now() else None

    def ask(self, name: str, zone: str) -> Answer:
        """The answer, asked for now unless it is known or a limit forbids it."""
        known = self.recall(name)
        if known is not None:
            return known
        if not self._may_ask(name, zone):
            return self._remember(name, FAILED, FAILURE_SECONDS)
        try:
            fetched = self.fetcher.fetch(name)
        except Unreachable as unreachable:
            if unreachable.took_too_long:
                self._leave_alone(zone)
            return self._remember(name, FAILED, FAILURE_SECONDS)
        return self._remember(name, Answer(fetched.records, is_certain=True), _holds_for(fetched))

    def ask_all(self, names: Iterable[tuple[str, str]]) -> None:
        """Ask for names (each with its zone) at once; what has no answer in time counts as unreachable for a minute."""
        by_zone: dict[str, list[str]] = defaultdict(list)
        for name, zone in names:
            if self.recall(name) is None:
                by_zone[zone].append(name)
        if not by_zone:
            return
        is_over = threading.Event()
        workers = self._workers = self._workers or ThreadPoolExecutor(WORKERS, thread_name_prefix="dns")
        asking = [workers.submit(self._ask_zone, zone, of_zone, is_over) for zone, of_zone in by_zone.items()]
        try:
            done, _ = wait(asking, self._batch_seconds)
        finally:
            is_over.set()  # also where somebody ends the program: it would wait until all names are asked for
        for fault in filter(None, (one.exception() for one in done)):
            log.error("a fault of ours kept keys from being looked up", exc_info=fault)
        self._give_up([name for of_zone in by_zone.values() for name in of_zone])

    def _give_up(self, names: list[str]) -> None:
        """What has no answer by now counts as unreachable; that is told in a line for the whole batch."""
        for name in names:
            if self.recall(name) is None:
                self._remember(name, FAILED, FAILURE_SECONDS)
        failed = [name for name in names if self.recall(name) == FAILED]
        if failed:
            log.warning("keys could not be fetched from the DNS", names=len(failed), first=failed[0])

    def _ask_zone(self, zone: str, names: list[str], is_over: threading.Event) -> None:
        """One after the other: a zone that is silent takes one worker, and once the time limit, never more."""
        for name in names:
            if is_over.is_set():
                return
            self.ask(name, zone)

    def _may_ask(self, name: str, zone_name: str) -> bool:
        """Whether the zone's limits allow it; a name that had a key, failures since or not, is a known one."""
        now = self._now()
        with self._lock:
            if len(self._zones) > REMEMBERED:
                self._zones = dict(_still_counting(self._zones, now))
            zone = self._zones.setdefault(zone_name, _Zone(now))
            if now - zone.since >= 60:
                zone.since, zone.asked = now, 0
            if zone.silent_until > now:
                return False
            is_unknown = name not in self._with_keys
            zone.asked += is_unknown
            return not is_unknown or zone.asked <= self._names_a_minute

    def _leave_alone(self, name: str) -> None:
        with self._lock:
            now = self._now()
            self._zones.setdefault(name, _Zone(now)).silent_until = now + FAILURE_SECONDS

    def _remember(self, name: str, answer: Answer, seconds: float) -> Answer:
        with self._lock:
            _put_last(self._answers, name, (self._now() + seconds, answer))
            if answer.records:
                _put_last(self._with_keys, name, None)
            elif answer.is_certain:
                self._with_keys.pop(name, None)
        return answer


def _put_last(remembered: dict[str, T], name: str, value: T) -> None:
    """Remember it as the newest; the oldest goes where there are too many."""
    remembered.pop(name, None)
    remembered[name] = value
    if len(remembered) > REMEMBERED:
        del remembered[next(iter(remembered))]


def _holds_for(fetched: Fetched) -> float:
    least, most = POSITIVE_SECONDS
    return min(max(fetched.ttl, least), most) if fetched.records else NEGATIVE_SECONDS


def _still_counting(zones: dict[str, _Zone], now: float) -> Iterator[tuple[str, _Zone]]:
    for name, zone in zones.items():
        if now - zone.since < 60 or zone.silent_until > now:
            yield name, zone

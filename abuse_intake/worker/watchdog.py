"""The watchdog: a worker that is stuck ends, with the stacks of its threads in the log, and is started anew.

Whoever works tells of each step that it reached (`abuse_intake.steps`). Where a job runs and nothing of it was heard
for STUCK_SECONDS, something waits for ever. The process ends; what it had leased is taken over by the next.
"""

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog

from abuse_intake import steps
from abuse_intake.stopping import end_at_once
from abuse_intake.worker.service_manager import ServiceManager

log = structlog.get_logger()

STUCK_SECONDS = 1800.0
"""Far above the longest silence of work that goes on: one large mail on a slow line, or a mail server that dawdles."""
TICK_SECONDS = 5.0
TELL_SECONDS = 5.0
"""So long the log may take to tell of it."""
MAX_STACKS = 40
SCHEDULE = "schedule"


@dataclass(slots=True)
class _Activity:
    limit: float
    heard_at: float = 0.0
    runs: int = 0


class Watchdog:
    """Looks at the jobs again and again, in a thread of its own."""

    def __init__(
        self,
        service_manager: ServiceManager,
        *,
        end: Callable[[str, float], None] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service_manager = service_manager
        self._end = end or end_stuck_process
        self._now = now
        self._tick = _find_tick(service_manager)
        self._looked_at = now()
        self._clock = 0.0
        self._activities = {job: _Activity(STUCK_SECONDS) for job in (*steps.Job, SCHEDULE)}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self, poll_seconds: float) -> None:
        """Look from now on; jobs are expected to be asked for every `poll_seconds`."""
        self._stop_listening = steps.listen_to_beats(self.hear)
        self.expect_schedule(poll_seconds)
        self._activities[SCHEDULE].runs = 1
        self._thread.start()

    def expect_schedule(self, poll_seconds: float) -> None:
        """How often the schedule is heard of from now on."""
        self.hear(SCHEDULE)
        self._activities[SCHEDULE].limit = STUCK_SECONDS + 2 * poll_seconds

    def stop(self) -> None:
        """Look no more."""
        self._is_over.set()
        self._stop_listening()

    @contextmanager
    def running(self, job: steps.Job) -> Iterator[None]:
        """This job runs."""
        self.hear(job)
        self._activities[job].runs += 1
        try:
            yield
        finally:
            self._activities[job].runs -= 1

    def hear(self, job: str) -> None:
        """A sign of life."""
        self._activities[job].heard_at = self._clock

    def find_stuck(self) -> tuple[str, float] | None:
        """What runs and was not heard of for too long, and for how many seconds."""
        for name, activity in self._activities.items():
            silent = self._clock - activity.heard_at
            if activity.runs and silent > activity.limit:
                return name, silent
        return None

    def look(self) -> None:
        """Tell the service manager that all is well, or end the process."""
        now = self._now()
        # A process that was stopped, or a machine that slept, was not stuck: time in which nobody looked counts little.
        self._clock += min(now - self._looked_at, 2 * self._tick)
        self._looked_at = now
        if (stuck := self.find_stuck()) is None:
            self._service_manager.alive()
        else:
            self._end(*stuck)

    def _run(self) -> None:
        while not self._is_over.wait(self._tick):
            self.look()


def _find_tick(service_manager: ServiceManager) -> float:
    wanted = service_manager.watchdog_seconds
    return min(TICK_SECONDS, STUCK_SECONDS / 4, *([wanted / 3] if wanted else []))


def end_stuck_process(job: str, seconds: float) -> None:
    """Tell what each thread waits for, and end. A log that takes nothing any more does not keep it."""
    with suppress(RuntimeError):  # there may be no thread to be had
        threading.Timer(TELL_SECONDS, lambda: end_at_once("stuck", job=job)).start()
    _tell_stacks()
    end_at_once(
        "stuck: nothing was reached for too long; a new process goes on", job=job, seconds=round(seconds)
    )


def _tell_stacks() -> None:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in list(sys._current_frames().items())[:MAX_STACKS]:
        stack = "".join(traceback.format_stack(frame))
        log.error("stack of a thread", thread=names.get(ident, str(ident)), stack=stack)

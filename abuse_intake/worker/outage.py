"""What fails again and again is told when it begins, at growing intervals, and when it is over; not every time."""

import logging
import time
from collections.abc import Callable

import structlog

from abuse_intake.troubles import advise

log = structlog.get_logger()

FIRST_REMINDER = 60.0
LAST_REMINDER = 3600.0
MAX_PROBLEMS = 10
"""So many different problems of one outage are told at once; further ones with the next reminder."""


class Outage:
    """Something that cannot be done for a while. `what` is a verb: `poll`."""

    def __init__(
        self, what: str, *, is_error: bool = True, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.problem: str | None = None
        """Why it cannot be done now; None where it can."""
        self._what = what
        self._level = logging.ERROR if is_error else logging.WARNING
        self._now = now
        self._told: set[str] = set()
        self._began = self._next_reminder = self._pause = 0.0

    def fails(self, error: Exception) -> None:
        """It failed, for this reason."""
        problem, now = str(error) or type(error).__name__, self._now()
        if self.problem is None:
            self._began, self._pause, self._told = now, FIRST_REMINDER, set()
        is_new = problem not in self._told and len(self._told) < MAX_PROBLEMS
        if is_new or now >= self._next_reminder:
            event = "cannot {}" if self.problem is None else "still cannot {}"
            log.log(
                self._level,
                event.format(self._what),
                problem=problem,
                what_to_do=advise(error),
                for_seconds=round(now - self._began),
            )
            self._pause = self._pause if is_new else min(2 * self._pause, LAST_REMINDER)
            self._next_reminder = now + self._pause
            self._told.add(problem)
        self.problem = problem

    def works(self) -> None:
        """It was done."""
        if self.problem is not None:
            log.info(f"can {self._what} again", after_seconds=round(self._now() - self._began))
        self.problem = None

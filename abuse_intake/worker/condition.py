"""How the worker stands: what it cannot do just now, and since when."""

import time
from collections.abc import Callable, Iterator

from abuse_intake.worker.outage import Outage

LATE_POLLS = 3
LATE_SECONDS = 60.0
"""A poll is late when none has come on for so many polls' time and so many seconds."""


class Condition:
    """Kept by the jobs; read by whoever watches."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.polling = Outage("poll", now=now)
        self.delivering = Outage("deliver", now=now)
        self.read = 0
        self.sent = 0
        self._now = now
        self._came_on_at: float | None = None

    def poll_came_on(self) -> None:
        """A poll has come to its end, or has finished another batch: what kept the one before from it is over."""
        self._came_on_at = self._now()
        self.polling.works()

    def list_problems(
        self, poll_seconds: float, *, database_answers: bool, directory_problem: str | None
    ) -> Iterator[str]:
        """What keeps the worker from its work, a line each."""
        if poll := self._describe_poll(poll_seconds):
            yield f"poll: {poll}"
        if not database_answers:
            yield "database: it does not answer"
        if directory_problem is not None:
            yield f"directory: {directory_problem}; the one that was read before stays in force"

    def describe(self) -> str:
        """All of it, in a line."""
        outages = ((outage, what) for outage, what in ((self.polling, "poll"), (self.delivering, "deliver")))
        problems = [f"cannot {what}: {outage.problem}" for outage, what in outages if outage.problem]
        done = f"{self.read} mails read, {self.sent} acknowledgements sent since the start"
        return "; ".join([*problems, done])

    def _describe_poll(self, poll_seconds: float) -> str | None:
        if self.polling.problem is not None:
            return self.polling.problem
        if self._came_on_at is None:
            return "none has come to its end yet"
        age = self._now() - self._came_on_at
        return f"none has come on for {age:.0f} s" if age > LATE_POLLS * poll_seconds + LATE_SECONDS else None

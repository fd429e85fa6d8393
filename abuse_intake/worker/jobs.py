"""The two jobs of the worker: a poll of the mailbox, and a delivery of what is due in the outbox.

Each has a thread of its own, so that a slow mail server keeps no mail waiting. Either may be asked for at any time:
by the schedule, by a mailbox that tells of new mail, and by a poll that put acknowledgements into the outbox.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from abuse_intake.app import App
from abuse_intake.errors import AbuseIntakeError
from abuse_intake.intake import PollSummary
from abuse_intake.outbox import DeliverySummary
from abuse_intake.steps import Job
from abuse_intake.stopping import Stopping
from abuse_intake.worker.condition import Condition
from abuse_intake.worker.metrics import Metrics
from abuse_intake.worker.outage import Outage
from abuse_intake.worker.service_manager import ServiceManager
from abuse_intake.worker.turns import Turns
from abuse_intake.worker.watchdog import Watchdog
from storage.errors import StorageError

log = structlog.get_logger()

MAX_PROBLEMS = 20
"""Problems of single mails that one poll tells of."""
PAUSE_LOOK_SECONDS = 0.1
FIRST_PAUSE = 1.0
"""Seconds until a poll that failed is tried again, doubled each time, while that is sooner than the schedule."""


class Jobs:
    """Work with `app`, which may be replaced while they are paused."""

    def __init__(
        self,
        app: App,
        stopping: Stopping,
        watchdog: Watchdog,
        metrics: Metrics,
        service_manager: ServiceManager,
        poll_after: Callable[[float], None],
    ) -> None:
        self.app = app
        self.condition = Condition()
        self._stopping = stopping
        self._is_pausing = False
        self._watchdog = watchdog
        self._metrics = metrics
        self._service_manager = service_manager
        self._told_problems: set[str] = set()
        self._poll_after = poll_after
        self._pause = FIRST_PAUSE
        self.polls = Turns(Job.POLL, self.poll)
        self.deliveries = Turns(Job.DELIVERY, self.deliver)

    def poll(self) -> None:
        """One poll; acknowledgements that it recorded are delivered at once, and what it had no time for is polled."""
        summary = PollSummary()
        count = self._metrics.begin_poll()
        began, outcome = time.monotonic(), "fault"

        def count_progress(so_far: PollSummary) -> None:
            count(so_far)
            self._note_progress()
            self._service_manager.status(self.condition.describe())

        try:
            with self._watchdog.running(Job.POLL), _noting_failure(self.condition.polling):
                self.app.poll(summary, self._should_stop, count_progress)
            outcome = "done"
            self._note_progress()
            self._pause = FIRST_PAUSE
        except (AbuseIntakeError, StorageError):
            outcome = "failed"
            self._try_again()
        finally:
            count(summary)
            self._metrics.poll_ended(outcome, time.monotonic() - began)
            self._tell_poll(summary, is_done=outcome == "done")
        self._ask_for_more(summary, is_done=outcome == "done")

    def _note_progress(self) -> None:
        self.condition.poll_came_on()
        self._metrics.poll_came_on()

    def _ask_for_more(self, summary: PollSummary, *, is_done: bool) -> None:
        if self._should_stop():
            return
        if summary.acknowledgements:
            self.deliveries.ask()
        if is_done and summary.is_unfinished:
            self.polls.ask()

    def _try_again(self) -> None:
        """A connection may have died of age, and the next poll of the schedule may be far away."""
        if self._pause < self.app.settings.need_mailbox().poll_seconds and not self._should_stop():
            self._poll_after(self._pause)
            self._pause *= 2

    def _tell_poll(self, summary: PollSummary, *, is_done: bool) -> None:
        if summary.kept or summary.dispositions or summary.filed:
            log.info(
                "polled",
                kept=summary.kept,
                **summary.dispositions,
                **({"reports": summary.reports} if summary.reports else {}),
                **({"held_back": summary.held_back} if summary.held_back else {}),
                filed=summary.filed,
                seconds=round(summary.seconds, 3),
            )
        if is_done:
            self._tell_problems(summary.problems)
        self.condition.read += sum(summary.dispositions.values())
        self._service_manager.status(self.condition.describe())

    def _tell_problems(self, problems: list[str]) -> None:
        """Single mails that stay, each told once."""
        self._metrics.problems_are(len(problems))
        new = [problem for problem in problems if problem not in self._told_problems]
        for problem in new[:MAX_PROBLEMS]:
            log.warning("mail stays", problem=problem)
        if len(new) > MAX_PROBLEMS:
            log.warning("mail stays", problem=f"and {len(new) - MAX_PROBLEMS} more")
        self._told_problems = set(problems)

    def deliver(self) -> None:
        """Deliver what is due."""
        summary = DeliverySummary()
        outcome = "fault"
        try:
            with self._watchdog.running(Job.DELIVERY), _noting_failure(self.condition.delivering):
                self.app.deliver(self._should_stop, summary)
            outcome = "done"
            self.condition.delivering.works()
        except (AbuseIntakeError, StorageError):
            outcome = "failed"
        finally:
            self._metrics.delivery_ended(outcome, summary)
            self._tell_delivery(summary)

    def _tell_delivery(self, summary: DeliverySummary) -> None:
        if summary.sent or summary.retried or summary.failed or summary.outcome_unknown:
            log.info(
                "delivered",
                sent=summary.sent,
                retried=summary.retried,
                failed=summary.failed,
                outcome_unknown=summary.outcome_unknown,
            )
        self.condition.sent += summary.sent
        self._service_manager.status(self.condition.describe())

    @contextmanager
    def paused(self) -> Iterator[bool]:
        """No job runs in here; the batch in hand is finished first. False where a stop was asked for meanwhile."""
        holds = [turns.hold() for turns in (self.polls, self.deliveries)]
        self._is_pausing = True
        try:
            while not (reached := all(hold.is_reached.is_set() for hold in holds)) and not self._stopping():
                time.sleep(PAUSE_LOOK_SECONDS)
            yield reached
        finally:
            self._is_pausing = False
            for hold in holds:
                hold.end()

    def end(self, until: Callable[[], float]) -> bool:
        """Begin nothing new; whether the batches in hand were finished in the seconds that `until` says are left."""
        ended = [turns.end(until()) for turns in (self.polls, self.deliveries)]
        return all(ended)

    def _should_stop(self) -> bool:
        return self._is_pausing or self._stopping()


@contextmanager
def _noting_failure(outage: Outage) -> Iterator[None]:
    """Whatever ends this early is an outage: a fault of ours as well as a server that is away."""
    try:
        yield
    except Exception as error:
        outage.fails(error)
        raise

"""The worker: polls the mailbox and delivers the outbox, again and again, until it is told to stop.

Two APScheduler jobs: one polls, one asks for a delivery. Deliveries have a thread of their own, so that a slow mail
server keeps no mail waiting, and no two of them overlap. A server that is away is told in the log and tried again at
the next poll. SIGTERM or SIGINT ends the worker after the batch that it is working on.
"""

from collections.abc import Callable
from concurrent import futures
from datetime import UTC, datetime
from typing import TypeVar

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from abuse_intake.app import App
from abuse_intake.errors import AbuseIntakeError
from abuse_intake.stopping import Stopping
from storage.errors import StorageError

log = structlog.get_logger()

T = TypeVar("T")


def _log_fault(event: JobExecutionEvent) -> None:
    """A fault of ours in a job: told with its traceback; the job goes on at its next turn."""
    log.error("fault in a job", job=event.job_id, exc_info=event.exception)


def _log_failed_delivery(delivery: futures.Future[None]) -> None:
    if (fault := delivery.exception()) is not None:
        log.error("fault in a delivery", exc_info=fault)


class Worker:
    """Runs until `stop` is called."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._stopping = Stopping()
        self._deliveries = futures.ThreadPoolExecutor(1, thread_name_prefix="deliver")
        self._is_asked_to_deliver = False
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def run(self) -> None:
        """Work until stopped; returns when the last batch is finished."""
        seconds = self._app.settings.need_mailbox().poll_seconds
        for name, job in (("poll", self.poll), ("deliver", self.ask_to_deliver)):
            self._scheduler.add_job(
                job, "interval", seconds=seconds, id=name, next_run_time=datetime.now(UTC)
            )
        self._scheduler.add_listener(_log_fault, EVENT_JOB_ERROR)
        self._scheduler.start()
        log.info(
            "working", mailbox=self._app.mailbox.name, outbox=self._app.carrier.name, poll_seconds=seconds
        )
        self._stopping.wait()
        log.info("stopping after the batch in hand")
        self._scheduler.shutdown(wait=True)
        self._deliveries.shutdown(wait=True)
        self._app.close()
        log.info("stopped")

    def stop(self) -> None:
        """Ask the worker to end; it finishes its batch first."""
        self._stopping.request()

    def stop_on_signals(self) -> None:
        """Let SIGTERM and SIGINT stop the worker."""
        self._stopping.on_signals()

    def poll(self) -> None:
        """One poll; when it recorded acknowledgements, they are delivered at once."""
        summary = self._try("poll", lambda: self._app.poll(should_stop=self._stopping))
        if summary is None:
            return
        if summary.kept or summary.dispositions or summary.filed:
            log.info(
                "polled",
                kept=summary.kept,
                **summary.dispositions,
                **({"reports": summary.reports} if summary.reports else {}),
                filed=summary.filed,
                seconds=round(summary.seconds, 3),
            )
        for problem in summary.problems:
            log.warning("poll", problem=problem)
        if summary.acknowledgements and not self._stopping():
            self.ask_to_deliver()

    def ask_to_deliver(self) -> futures.Future[None] | None:
        """Have what is due delivered, after the delivery that runs now; None where that is asked for already."""
        if self._is_asked_to_deliver:
            return None
        self._is_asked_to_deliver = True
        asked = self._deliveries.submit(self.deliver)
        asked.add_done_callback(_log_failed_delivery)
        return asked

    def deliver(self) -> None:
        """Deliver what is due."""
        self._is_asked_to_deliver = False
        summary = self._try("deliver", lambda: self._app.deliver(self._stopping))
        if summary is not None and (
            summary.sent or summary.retried or summary.failed or summary.outcome_unknown
        ):
            log.info(
                "delivered",
                sent=summary.sent,
                retried=summary.retried,
                failed=summary.failed,
                outcome_unknown=summary.outcome_unknown,
            )

    def _try(self, what: str, work: Callable[[], T]) -> T | None:
        """What the work gives, or None when it cannot be done now: that is told, and tried at the next turn."""
        try:
            return work()
        except (AbuseIntakeError, StorageError) as error:
            log.error(what, problem=str(error), next_try="at the next poll")
        return None

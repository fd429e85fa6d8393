"""Starts the worker, reloads its configuration, and ends it.

Two APScheduler jobs ask for polls and deliveries every `poll_seconds`; a mailbox that tells of new mail asks for polls
in between. A server that is away is told in the log and tried again. SIGTERM or SIGINT ends the worker after the batch
in hand, a second one at once; SIGHUP has the configuration read again.
"""

import threading
import time
from collections.abc import Callable
from concurrent import futures
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from abuse_intake import __version__
from abuse_intake.app import App
from abuse_intake.errors import AbuseIntakeError
from abuse_intake.stopping import Stopping, Wish, end_at_once
from abuse_intake.worker.jobs import Jobs
from abuse_intake.worker.metrics import Metrics
from abuse_intake.worker.service_manager import ServiceManager
from abuse_intake.worker.status import StatusPort
from abuse_intake.worker.store_figures import FiguresSource, gather_figures
from abuse_intake.worker.watchdog import SCHEDULE, Watchdog
from abuse_intake.worker.watching import MailWatcher
from storage.errors import StorageError

log = structlog.get_logger()

GRACE_SECONDS = 120.0
"""So long the batch in hand may take after a stop was asked for; below TimeoutStopSec of the systemd unit."""
CLOSE_SECONDS = 10.0
"""So long a server may take to say goodbye."""


class Worker:
    """Runs until `stop` is called. `rebuild` makes an App of the configuration as it is now."""

    def __init__(
        self,
        app: App,
        rebuild: Callable[[App], App] | None = None,
        *,
        stopping: Stopping | None = None,
        service_manager: ServiceManager | None = None,
    ) -> None:
        self._rebuild = rebuild
        self._stopping = stopping or Stopping()
        self._service_manager = service_manager or ServiceManager()
        self._watchdog = Watchdog(self._service_manager)
        figures = FiguresSource(lambda: gather_figures(self._jobs.app.database))
        self._metrics = Metrics(figures.find)
        self._jobs = Jobs(
            app, self._stopping, self._watchdog, self._metrics, self._service_manager, self._poll_after
        )
        self._status = StatusPort(self._jobs, self._watchdog, self._metrics, figures)
        self._watcher: MailWatcher | None = None
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def run(self) -> int:
        """Work until stopped; returns the exit code when the last batch is finished."""
        app = self._jobs.app
        seconds = app.settings.need_mailbox().poll_seconds
        log.info("starting", version=__version__, mailbox=app.mailbox.name, outbox=app.carrier.name)
        self._status.open(app.settings.worker.status_port)
        self._watchdog.start(seconds)
        self._metrics.polls_every(seconds)
        for name, job in (("poll", self._ask_to_poll), ("deliver", self.ask_to_deliver)):
            self._scheduler.add_job(
                job, "interval", seconds=seconds, id=name, next_run_time=datetime.now(UTC)
            )
        self._scheduler.start()
        self._start_watching(app)
        self._service_manager.ready()
        log.info("ready", poll_seconds=seconds, waits_for_mail=self._watcher is not None)
        while self._stopping.wait() is Wish.RELOAD:
            self._reload()
        return self._end()

    def stop(self) -> None:
        """Ask the worker to end; it finishes its batch first."""
        self._stopping.request()

    def reload(self) -> None:
        """Ask for the configuration to be read again, and to be in force after the batch in hand."""
        self._stopping.request_reload()

    def ask_to_deliver(self) -> "futures.Future[None] | None":
        """Have what is due delivered, after the delivery that runs now; None where that is asked for already."""
        return self._jobs.deliveries.ask()

    def ask_to_poll(self) -> "futures.Future[None] | None":
        """Have the mailbox polled, after the poll that runs now; None where that is asked for already."""
        return self._jobs.polls.ask()

    def _ask_to_poll(self) -> None:
        self._watchdog.hear(SCHEDULE)
        self.ask_to_poll()

    def _poll_after(self, seconds: float) -> None:
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        self._scheduler.add_job(self.ask_to_poll, "date", run_date=at, id="poll again", replace_existing=True)

    def _start_watching(self, app: App) -> None:
        self._watcher = None
        if app.can_be_watched():
            self._watcher = MailWatcher(app.open_watched_mailbox, self.ask_to_poll)
            self._watcher.start()

    # Reload

    def _reload(self) -> None:
        """Have a new configuration in force, or tell what is wrong with it and go on as before."""
        if self._rebuild is None:
            return
        self._service_manager.reloading()
        log.info("reloading")
        is_in_force = False
        try:
            is_in_force = self._take_over(self._rebuild(self._jobs.app))
        except (AbuseIntakeError, StorageError) as error:
            log.error("the configuration that was read before stays in force", problem=str(error))
        except Exception as fault:
            # The last resort: no configuration may end a worker that works.
            log.error("fault in a reload", exc_info=fault)
        self._metrics.reloaded(is_in_force=is_in_force)
        self._service_manager.ready()

    def _take_over(self, new: App) -> bool:
        """Put the new App into the place of the old one, between two batches."""
        try:
            self._status.open(new.settings.worker.status_port)
        except AbuseIntakeError:
            _close_soon(new, self._jobs.app)
            raise
        with self._jobs.paused() as is_paused:
            if not is_paused:
                _close_soon(new, self._jobs.app)
                return False
            old, self._jobs.app = self._jobs.app, new
        if self._watcher is not None:
            self._watcher.stop()
        self._start_watching(new)
        _close_soon(old, new)
        self._schedule_anew(new)
        log.info("reloaded", mailbox=new.mailbox.name, outbox=new.carrier.name)
        return True

    def _schedule_anew(self, app: App) -> None:
        seconds = app.settings.need_mailbox().poll_seconds
        self._watchdog.expect_schedule(seconds)
        self._metrics.polls_every(seconds)
        for name in ("poll", "deliver"):
            self._scheduler.reschedule_job(name, trigger="interval", seconds=seconds)
        self.ask_to_poll()
        self.ask_to_deliver()

    # End

    def _end(self) -> int:
        self._service_manager.stopping()
        log.info("stopping after the batch in hand")
        ends_at = (self._stopping.requested_at or time.monotonic()) + GRACE_SECONDS
        self._scheduler.shutdown(wait=False)
        if self._watcher is not None:
            self._watcher.stop()
        if not self._jobs.end(lambda: ends_at - time.monotonic()):
            end_at_once("stopped in the middle of a batch, which took too long", seconds=GRACE_SECONDS)
        _close_soon(self._jobs.app).join(CLOSE_SECONDS)
        self._watchdog.stop()
        self._status.close()
        log.info("stopped")
        return 0


def _close_soon(app: App, stays: App | None = None) -> threading.Thread:
    """Close it, in a thread: a server may take long to say goodbye. The database of the one that stays stays open."""

    def close() -> None:
        app.close()
        if stays is None or app.database is not stays.database:
            app.database.close()

    closing = threading.Thread(target=close, name="close", daemon=True)
    closing.start()
    return closing

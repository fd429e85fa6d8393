"""What the status port shows, and the port itself, which a reload may change."""

from http import HTTPStatus

import structlog

from abuse_intake.visible import clean
from abuse_intake.worker.jobs import Jobs
from abuse_intake.worker.metrics import CONTENT_TYPE, Metrics
from abuse_intake.worker.status_server import HOST, Answer, StatusServer
from abuse_intake.worker.store_figures import FiguresSource
from abuse_intake.worker.watchdog import Watchdog

log = structlog.get_logger()


class StatusPort:
    """The pages, on the port that is open; on none where none is wanted."""

    def __init__(self, jobs: Jobs, watchdog: Watchdog, metrics: Metrics, figures: FiguresSource) -> None:
        self._jobs = jobs
        self._watchdog = watchdog
        self._metrics = metrics
        self._figures = figures
        self._wanted: int | None = None
        self._server: StatusServer | None = None
        self._pages = {
            "/healthz": self._show_health,
            "/readyz": self._show_readiness,
            "/metrics": lambda: Answer(self._metrics.render(), content_type=CONTENT_TYPE),
        }

    def open(self, port: int | None) -> None:
        """Listen on this port from now on. ConfigurationError when it cannot be had; then all stays as it was."""
        if port == self._wanted:
            return
        server = None if port is None else StatusServer(port, self._pages)
        self.close()
        self._server, self._wanted = server, port
        if server is not None:
            log.info("status port", url=f"http://{HOST}:{server.port}")

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
        self._server = self._wanted = None

    def _show_health(self) -> Answer:
        stuck = self._watchdog.find_stuck()
        return _answer([] if stuck is None else [f"{stuck[0]}: nothing was reached for {stuck[1]:.0f} s"])

    def _show_readiness(self) -> Answer:
        app = self._jobs.app
        problems = self._jobs.condition.list_problems(
            app.settings.need_mailbox().poll_seconds,
            database_answers=self._figures.find() is not None,
            directory_problem=app.directory.problem,
        )
        return _answer([clean(problem) for problem in problems])


def _answer(problems: list[str]) -> Answer:
    text = "".join(f"{line}\n" for line in problems) or "ok\n"
    return Answer(text.encode(), status=HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK)

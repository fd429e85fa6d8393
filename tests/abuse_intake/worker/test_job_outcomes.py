"""How a poll or a delivery ended: what is told of it, and what is asked for next."""

from collections.abc import Callable
from typing import Any

import pytest

from abuse_intake.errors import MailboxError
from abuse_intake.intake import PollSummary
from abuse_intake.settings import MailboxSettings, Settings
from abuse_intake.stopping import Stopping
from abuse_intake.worker.jobs import Jobs
from abuse_intake.worker.metrics import Metrics
from abuse_intake.worker.service_manager import ServiceManager
from abuse_intake.worker.watchdog import Watchdog


class ScriptedApp:
    """Its polls and deliveries do what they are told, one after the other."""

    def __init__(self, *turns: Callable[[PollSummary, Callable[[PollSummary], None]], object]) -> None:
        self.turns = list(turns)
        self.settings = Settings(mailbox=MailboxSettings(url="maildir://unused", address="us@example.com"))

    def poll(self, summary: PollSummary, _: object, report_progress: Callable[[PollSummary], None]) -> None:
        self.turns.pop(0)(summary, report_progress)

    def deliver(self, *_: object) -> None:
        raise KeyError("a fault of ours")


class Asked:
    """What a job asks for is noted."""

    def __init__(self, *turns: Callable[[PollSummary, Callable[[PollSummary], None]], object]) -> None:
        manager = ServiceManager()
        app: Any = ScriptedApp(*turns)
        self.stopping = Stopping()
        self.metrics = Metrics()
        self.jobs = Jobs(app, self.stopping, Watchdog(manager), self.metrics, manager, lambda _: None)
        self.polls = 0
        self.jobs.polls.ask = self.note  # type: ignore[method-assign]

    def note(self) -> None:
        self.polls += 1


def fail(*_: object) -> None:
    raise MailboxError("away")


def fault(*_: object) -> None:
    raise KeyError("a fault of ours")


def test_a_fault_of_ours_is_a_problem_until_a_turn_is_done() -> None:
    """Whoever watches hears that nothing is polled and nothing delivered, and why."""
    jobs = Asked(fault, lambda *_: None).jobs

    with pytest.raises(KeyError):
        jobs.poll()
    with pytest.raises(KeyError):
        jobs.deliver()
    told = jobs.condition.describe()
    jobs.poll()

    assert "cannot poll: 'a fault of ours'; cannot deliver: 'a fault of ours'" in told
    assert jobs.condition.polling.problem is None


def test_a_poll_that_comes_on_ends_an_outage() -> None:
    """A long poll is well from its first batch on, whatever kept the one before from its work."""
    during: list[str | None] = []

    def drain(summary: PollSummary, report_progress: Callable[[PollSummary], None]) -> None:
        during.append(jobs.condition.polling.problem)
        report_progress(summary)
        during.append(jobs.condition.polling.problem)

    jobs = Asked(fail, drain).jobs
    jobs.poll()
    jobs.poll()

    assert during == ["away", None]


def test_a_poll_that_comes_on_is_no_alarm() -> None:
    """Each batch of a long poll, and its end, are told with their time; a poll that failed is not."""
    progress: list[str] = []

    def drain(summary: PollSummary, report_progress: Callable[[PollSummary], None]) -> None:
        report_progress(summary)
        progress.append("end")

    asked = Asked(drain, fail)
    asked.metrics.poll_came_on = lambda: progress.append("came on")  # type: ignore[method-assign]

    asked.jobs.poll()
    asked.jobs.poll()

    assert progress == ["came on", "end", "came on"]


def leave_some(summary: PollSummary, _: object) -> None:
    summary.is_unfinished = True


def test_what_a_poll_had_no_time_for_is_polled_at_once() -> None:
    """The rest of a huge mailbox does not wait for the schedule, which may be an hour away."""
    asked = Asked(leave_some, lambda *_: None)

    asked.jobs.poll()
    after_the_first = asked.polls
    asked.jobs.poll()

    assert (after_the_first, asked.polls) == (1, 1)


def test_no_poll_is_asked_for_after_a_stop() -> None:
    """What is left waits for the next start."""
    asked = Asked(leave_some)
    asked.stopping.request()

    asked.jobs.poll()

    assert asked.polls == 0

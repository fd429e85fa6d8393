"""What the worker counts for Prometheus, in a registry of its own. Labels are words of ours, never a stranger's."""

from collections import Counter as Counts
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from abuse_intake import __version__
from abuse_intake.intake import PollSummary
from abuse_intake.outbox import DeliverySummary
from abuse_intake.worker.store_figures import StoreFigures

CONTENT_TYPE = CONTENT_TYPE_LATEST
POLL_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
OUTCOMES = ("done", "failed", "fault")
DELIVERY_OUTCOMES = ("sent", "retried", "failed", "outcome_unknown")


class Metrics:
    """The counters of one worker."""

    def __init__(self, find_figures: Callable[[], StoreFigures | None] = lambda: None) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # when each counter was made: a series of its own
        self.registry = CollectorRegistry()
        self._make_counters()
        self._make_gauges()
        self.registry.register(_StoreCollector(find_figures))
        ProcessCollector(registry=self.registry)

    def _make_counters(self) -> None:
        registry = self.registry
        self._kept = Counter(
            "abuse_intake_mails_kept", "Mails that arrived and were kept.", registry=registry
        )
        self._mails = Counter(
            "abuse_intake_mails",
            "Mails read, by what they became and why.",
            ["disposition", "reason"],
            registry=registry,
        )
        self._reports = Counter("abuse_intake_reports", "Reports found in mails.", registry=registry)
        self._held_back = Counter(
            "abuse_intake_held_back",
            "Mails whose reporter was over a limit, and is told in a summary.",
            registry=registry,
        )
        self._acknowledgements = Counter(
            "abuse_intake_acknowledgements",
            "Attempts to deliver an acknowledgement, by outcome.",
            ["outcome"],
            registry=registry,
        )
        self._polls = Counter("abuse_intake_polls", "Polls, by outcome.", ["outcome"], registry=registry)
        self._deliveries = Counter(
            "abuse_intake_deliveries", "Runs of the outbox, by outcome.", ["outcome"], registry=registry
        )
        self._seconds = Histogram(
            "abuse_intake_poll_duration_seconds",
            "How long polls took.",
            buckets=POLL_SECONDS,
            registry=registry,
        )
        for outcome in OUTCOMES:
            self._polls.labels(outcome)
            self._deliveries.labels(outcome)
        for outcome in DELIVERY_OUTCOMES:
            self._acknowledgements.labels(outcome)

    def _make_gauges(self) -> None:
        registry = self.registry
        Info("abuse_intake_build", "The program.", registry=registry).info({"version": __version__})
        self._problems = Gauge(
            "abuse_intake_mailbox_problems",
            "Mails that could not be fetched or filed away at the last poll, and stay.",
            registry=registry,
        )
        self._came_on = Gauge(
            "abuse_intake_last_poll_progress_timestamp_seconds",
            "When a poll last finished a batch or came to its end; before the first, when the program began.",
            registry=registry,
        )
        self._came_on.set_to_current_time()
        self._interval = Gauge(
            "abuse_intake_poll_interval_seconds", "So often the mailbox is polled.", registry=registry
        )
        self._reloaded = Gauge(
            "abuse_intake_config_last_reload_successful",
            "Whether the configuration that was read last is in force.",
            registry=registry,
        )
        self._reloaded.set(1)

    def begin_poll(self) -> Callable[[PollSummary], None]:
        """What counts a poll, as often as it is told how far that has come."""
        counted: Counts[object] = Counts()

        def count(summary: PollSummary) -> None:
            for (disposition, reason), number in summary.reasons.items():
                key = (disposition, reason)
                self._mails.labels(disposition, reason).inc(number - counted[key])
                counted[key] = number
            self._kept.inc(summary.kept - counted["kept"])
            self._held_back.inc(summary.held_back - counted["held_back"])
            counted["held_back"] = summary.held_back
            self._reports.inc(summary.reports - counted["reports"])
            counted["kept"], counted["reports"] = summary.kept, summary.reports

        return count

    def polls_every(self, seconds: float) -> None:
        """The interval between two polls from now on."""
        self._interval.set(seconds)

    def poll_came_on(self) -> None:
        """A poll has finished a batch, or has come to its end."""
        self._came_on.set_to_current_time()

    def poll_ended(self, outcome: str, seconds: float) -> None:
        """A poll ended so, after so long."""
        self._polls.labels(outcome).inc()
        self._seconds.observe(seconds)

    def problems_are(self, count: int) -> None:
        """So many mails stay in the mailbox."""
        self._problems.set(count)

    def delivery_ended(self, outcome: str, summary: DeliverySummary) -> None:
        """A run of the outbox ended so, and did this."""
        self._deliveries.labels(outcome).inc()
        for name, number in asdict(summary).items():
            if name in DELIVERY_OUTCOMES:
                self._acknowledgements.labels(name).inc(number)

    def reloaded(self, *, is_in_force: bool) -> None:
        """The configuration was read again."""
        self._reloaded.set(is_in_force)

    def render(self) -> bytes:
        """All of it, as Prometheus reads it (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)


class _StoreCollector(Collector):
    """Gauges of what the database holds, asked for when somebody looks."""

    def __init__(self, find_figures: Callable[[], StoreFigures | None]) -> None:
        self._find_figures = find_figures

    def describe(self) -> Iterator[Metric]:
        return iter(())

    def collect(self) -> Iterator[Metric]:
        figures = self._find_figures()
        yield GaugeMetricFamily(
            "abuse_intake_database_up", "Whether the database answers.", value=figures is not None
        )
        if figures is None:
            return
        yield GaugeMetricFamily(
            "abuse_intake_unread_mails", "Mails that are kept and not read yet.", value=figures.unread
        )
        yield GaugeMetricFamily(
            "abuse_intake_oldest_due_acknowledgement_age_seconds",
            "For how long the oldest acknowledgement has been due and not delivered; 0 without one.",
            value=figures.oldest_due_seconds,
        )
        yield _by(
            "abuse_intake_outbox_acknowledgements", "Acknowledgements by state.", "state", figures.outbox
        )
        yield _by("abuse_intake_stored_incidents", "Incidents by status.", "status", figures.incidents)


def _by(name: str, text: str, label: str, counts: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in counts.items():
        family.add_metric([value], number)
    return family

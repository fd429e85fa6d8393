"""Metrics: counted as the work goes on, in a registry of their own, with words of ours as labels."""

import re
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from abuse_intake.intake import PollSummary
from abuse_intake.outbox import DeliverySummary
from abuse_intake.worker.metrics import Metrics
from abuse_intake.worker.store_figures import StoreFigures


def read(metrics: Metrics) -> dict[str, float]:
    """Each series by its name with its labels."""
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
    }


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_mails_are_counted_while_a_poll_runs(metrics: Metrics) -> None:
    """Each batch adds what it brought, and nothing is counted twice."""
    summary = PollSummary()
    count = metrics.begin_poll()

    summary.kept, summary.reports, summary.reasons = 3, 2, {("report", ""): 2}
    count(summary)
    summary.kept, summary.reports, summary.held_back = 4, 3, 1
    summary.reasons = {("report", ""): 3, ("not_a_report", "bounce"): 1}
    count(summary)
    count(summary)

    series = read(metrics)
    assert series["abuse_intake_mails_kept_total"] == 4
    assert series["abuse_intake_reports_total"] == 3
    assert series["abuse_intake_held_back_total"] == 1
    assert series["abuse_intake_mails_total[report][]"] == 3
    assert series["abuse_intake_mails_total[not_a_report][bounce]"] == 1


def test_polls_add_up(metrics: Metrics) -> None:
    """What one poll brought is added to that of the one before."""
    for _ in range(2):
        metrics.begin_poll()(PollSummary(kept=3))

    assert read(metrics)["abuse_intake_mails_kept_total"] == 6


def test_polls_and_deliveries_are_counted_by_outcome(metrics: Metrics) -> None:
    """Failures are series from the start on, so that an alert can see them grow from 0."""
    metrics.poll_ended("done", 0.2)
    metrics.delivery_ended("failed", DeliverySummary(sent=2, outcome_unknown=1))

    series = read(metrics)
    assert series["abuse_intake_polls_total[done]"] == 1
    assert series["abuse_intake_polls_total[failed]"] == 0
    assert series["abuse_intake_poll_duration_seconds_count"] == 1
    assert series["abuse_intake_deliveries_total[failed]"] == 1
    assert series["abuse_intake_acknowledgements_total[sent]"] == 2
    assert series["abuse_intake_acknowledgements_total[outcome_unknown]"] == 1


def test_a_poll_that_comes_on_is_told_with_its_time(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first, the start stands in for it, so that a new worker is no alarm; a failure changes nothing."""
    name = "abuse_intake_last_poll_progress_timestamp_seconds"
    began = read(metrics)[name]
    monkeypatch.setattr(time, "time", lambda: began + 100)
    metrics.poll_ended("failed", 0.2)
    after_a_failure = read(metrics)[name]
    metrics.poll_came_on()

    assert time.time() - 1000 < began
    assert after_a_failure == began
    assert read(metrics)[name] == began + 100


def test_the_database_s_figures_are_gauges() -> None:
    """What waits, and for how long."""
    figures = StoreFigures(7, {"waiting": 3}, {"new": 2}, 12.5)

    series = read(Metrics(lambda: figures))

    assert series["abuse_intake_database_up"] == 1
    assert series["abuse_intake_unread_mails"] == 7
    assert series["abuse_intake_outbox_acknowledgements[waiting]"] == 3
    assert series["abuse_intake_stored_incidents[new]"] == 2
    assert series["abuse_intake_oldest_due_acknowledgement_age_seconds"] == 12.5


def test_a_database_that_is_away_leaves_the_rest(metrics: Metrics) -> None:
    """Counters are there all the same, and what nobody knows is not given as 0."""
    series = read(metrics)

    assert series["abuse_intake_database_up"] == 0
    assert "abuse_intake_unread_mails" not in series
    assert "abuse_intake_mails_kept_total" in series


def test_two_workers_count_apart() -> None:
    """No registry is shared."""
    first, second = Metrics(), Metrics()

    first.begin_poll()(PollSummary(kept=3))

    assert read(second)["abuse_intake_mails_kept_total"] == 0


def test_all_names_follow_the_conventions(metrics: Metrics) -> None:
    """Ours begin with the program's name, counters end in _total, and no series tells when it was made."""
    names = {name.partition("[")[0] for name in read(metrics)}

    assert all(name.startswith(("abuse_intake_", "process_")) for name in names)
    assert not any(name.endswith("_created") for name in names)
    assert re.search(r"^# TYPE abuse_intake_mails_total counter$", metrics.render().decode(), re.MULTILINE)

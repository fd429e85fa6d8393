"""However often it was decided again, incidents are as if the last decision had been the first one."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from incident_oracle import require_exact_counts
from reattribution_builders import Stored
from storage_builders import attribution, incidents, message, open_empty, report

from parsers.values import Report
from storage.database import Database
from storage.incidents import incident_reports
from storage.values import Attribution, Confidence

CONFIDENCES: tuple[Confidence, ...] = ("proven", "corroborated", "stated")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Database]:
    """A database where the last decision is the first one."""
    with open_empty(tmp_path, "fresh") as opened:
        yield opened


def choose_attribution(chosen: random.Random) -> Attribution:
    return attribution(
        chosen.choice(CONFIDENCES),
        tenant=chosen.choice(("contoso", "fabrikam", None)),
        ip=f"192.0.2.{chosen.randint(1, 3)}",
    )


def choose_report(chosen: random.Random) -> Report:
    about = message(message_id=f"<{chosen.randint(1, 2)}@junk.example>")
    return report(about, feedback_type=chosen.choice(("abuse", "not-spam", "fraud")))


def describe(database: Database) -> list[Any]:
    """All that incidents show and count, and which reports they have, without their ids."""
    found = []
    for one in incidents(database):
        with database.read() as session:
            reports = sorted(
                (report.mail_id, report.position) for report in incident_reports(session, one.id)
            )
        shown = (one.message_id, one.tenant, str(one.ip), one.confidence, one.reason, one.feedback_type)
        counts = (one.report_count, one.reporter_count, one.first_seen, one.last_seen)
        found.append((reports, shown, counts, one.evidence))
    return sorted(found, key=lambda one: one[0])


@pytest.mark.parametrize("seed", range(5))
def test_the_last_decision_is_as_if_it_were_the_first(database: Database, fresh: Database, seed: int) -> None:
    """Reports, counts, what is shown and since when: nothing tells that it was decided otherwise before."""
    chosen = random.Random(seed)
    mails = [[choose_report(chosen) for _ in range(chosen.randint(1, 3))] for _ in range(8)]
    stored = Stored(database)
    for reports in mails:
        stored.add(*((one, choose_attribution(chosen)) for one in reports))

    for _ in range(4):
        last = {(id, place): choose_attribution(chosen) for id in stored.mails for place in range(3)}
        stored.store(stored.decide(lambda one, last=last: last[one.mail_id, one.position]))  # type: ignore[misc]

    expected = Stored(fresh)
    for id, reports in zip(stored.mails, mails, strict=True):
        expected.add(*((one, last[id, place]) for place, one in enumerate(reports)))
    assert describe(database) == describe(fresh)
    require_exact_counts(database)

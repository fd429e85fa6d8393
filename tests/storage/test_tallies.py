"""An incident counts and shows the right reports, in whatever order they come."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from storage_builders import (
    NOW,
    arrival,
    attribution,
    counts,
    keep,
    keep_all,
    only_incident,
    outcome,
    record,
    report,
    typed,
)

from parsers.values import Report
from storage.database import Database
from storage.incidents import incident_reports, list_incidents
from storage.models import Report as StoredReport
from storage.tallies import counts_as_junk
from storage.values import IncidentFilter


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
@pytest.mark.parametrize(
    ("reporters", "expected"),
    [
        (["a@x.example", "b@x.example"], (2, 2, 0)),
        (["a@x.example", "A@X.example"], (1, 1, 0)),
        ([None, None], (1, 1, 0)),
        ([None, "a@x.example", None], (2, 2, 0)),
    ],
)
def test_reporters_are_counted_once(
    database: Database, reporters: list[str | None], expected: tuple[int, int, int], together: bool
) -> None:
    """The same reporter with the same message counts once; all that are unknown are one and the same."""
    ids = keep(database, len(reporters))
    outcomes = [outcome(id, report(), reporter=name) for id, name in zip(ids, reporters, strict=True)]

    for batch in [outcomes] if together else [[one] for one in outcomes]:
        record(database, batch)

    assert counts(database) == expected


def test_another_message_of_a_reporter_counts_as_report(database: Database) -> None:
    """Other bytes of the same message are another report, of the same reporter."""
    ids = keep(database, 2)

    record(database, [outcome(ids[0], typed("abuse", 1)), outcome(ids[1], typed("abuse", 2))])

    assert counts(database) == (2, 1, 0)


def test_authenticated_reporters_are_counted_apart(database: Database) -> None:
    """A reporter counts as authenticated when any of his reports was, also a repeated one."""
    ids = keep(database, 3)

    record(database, [outcome(ids[0], report(), reporter="a@x.example")])
    record(database, [outcome(ids[1], report(), reporter="a@x.example", authenticated=True)])
    record(database, [outcome(ids[2], report(), reporter="b@x.example")])

    assert counts(database) == (2, 2, 1)


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
@pytest.mark.parametrize(
    ("types", "shown", "reports"),
    [
        (["abuse", "not-spam"], "abuse", 1),
        (["not-spam", "abuse"], "abuse", 1),
        (["opt-out", "auth-failure"], "opt-out", 2),
        (["opt-out-list", "fraud", "not_spam", "virus"], "fraud", 2),
        ([None, "not-spam"], None, 1),
        ([None, "abuse"], "abuse", 2),
        (["Not-Spam", "x-unknown"], "x-unknown", 1),
    ],
)
def test_what_is_no_junk_never_counts_as_junk(
    database: Database, types: list[str | None], shown: str | None, reports: int, together: bool
) -> None:
    """With any junk report an incident counts and shows only those; without, those that it has."""
    ids = keep(database, len(types))
    outcomes = [
        outcome(id, typed(kind, number), reporter=f"{number}@x.example")
        for number, (id, kind) in enumerate(zip(ids, types, strict=True))
    ]

    for batch in [outcomes] if together else [[one] for one in outcomes]:
        record(database, batch)

    assert only_incident(database).feedback_type == shown
    assert counts(database) == (reports, reports, 0)


@pytest.mark.parametrize(
    ("category", "kind", "is_junk"),
    [
        ("connection", "port_scan", True),
        ("copyright", "p2p", True),
        ("reputation", "blocklist", True),
        ("vulnerability", "open_service", False),
    ],
)
def test_an_incident_says_what_a_complaint_without_mail_is_about(
    database: Database, category: str, kind: str, is_junk: bool
) -> None:
    """It speaks against the tenant, unless it only tells that a host could be abused."""
    (id,) = keep(database, 1)

    record(database, [outcome(id, Report("xarf", category=category, type=kind, text_sha256="0" * 64))])

    shown = only_incident(database)
    assert (shown.category, shown.type, shown.subject) == (category, kind, None)
    assert counts_as_junk(None, category) == is_junk
    with database.read() as session:
        assert session.scalars(select(StoredReport.is_junk)).all() == [is_junk]


def test_a_type_of_xarf_is_asked_for_like_a_feedback_type(database: Database) -> None:
    """Where there is no feedback type."""
    first, second = keep(database, 2)
    reports = [Report("xarf", type=kind, text_sha256=kind[0] * 64) for kind in ("ddos", "botnet")]

    record(database, [outcome(first, reports[0]), outcome(second, reports[1])])

    with database.read() as session:
        found = [one.type for one in list_incidents(session, IncidentFilter(feedback_type="ddos"))]
    assert found == ["ddos"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_best_proven_then_earliest_is_shown(database: Database, order: tuple[int, int, int]) -> None:
    """The best-proven, then earliest report is shown, in whatever order they are recorded."""
    ids = keep_all(
        database, [arrival(number, received_at=NOW - timedelta(hours=number)) for number in range(3)]
    )
    facts = [
        attribution("proven", ip="192.0.2.10"),
        attribution("proven", ip="192.0.2.11"),
        attribution("stated", ip="192.0.2.12"),
    ]
    reports = [report(feedback_type=kind) for kind in ("abuse", "fraud", "virus")]
    outcomes = [outcome(id, pair) for id, pair in zip(ids, zip(reports, facts, strict=True), strict=True)]

    for number in order:
        record(database, [outcomes[number]])

    incident = only_incident(database)
    assert (str(incident.ip), incident.confidence) == ("192.0.2.11", "proven")
    assert incident.evidence == facts[1].evidence
    assert incident.feedback_type == "fraud"
    assert (incident.first_seen, incident.last_seen) == (NOW - timedelta(hours=2), NOW)
    with database.read() as session:
        shown = incident_reports(session, incident.id)
        assert [one.mail_id for one in shown] == [ids[1], ids[0], ids[2]]
        assert incident_reports(session, incident.id, limit=1) == shown[:1]

"""The counts show all that there is, zeros included, and the age of the oldest thing left to do."""

from datetime import timedelta

from storage_builders import (
    LEASE,
    NOW,
    acknowledgement,
    arrival,
    keep,
    keep_all,
    nobody_dies,
    outcome,
    record,
    report,
)

from storage.acknowledgements import claim_due, mark_waiting
from storage.database import Database
from storage.statistics import gather_statistics
from storage.values import Statistics


def gather(database: Database, after: timedelta = timedelta()) -> Statistics:
    with database.read() as session:
        return gather_statistics(session, NOW + after)


def test_empty_store_counts_zeros(database: Database) -> None:
    """Every disposition, status and state is named, also when there is none of it."""
    statistics = gather(database)

    assert statistics == Statistics(
        mails={"report": 0, "not_a_report": 0, "quarantined": 0, "unread": 0},
        incidents={"new": 0, "open": 0, "confirmed": 0, "dismissed": 0, "resolved": 0},
        outbox={"waiting": 0, "sending": 0, "sent": 0, "failed": 0, "outcome_unknown": 0},
        oldest_waiting_seconds=None,
    )


def test_everything_is_counted(database: Database) -> None:
    """Mails, incidents and acknowledgements are counted by where they stand."""
    ids = keep(database, 4)
    record(
        database,
        [
            outcome(ids[0], report(), acknowledgement=acknowledgement()),
            outcome(ids[1], disposition="not_a_report", reason="bounce"),
            outcome(ids[2], disposition="quarantined", reason="too_costly"),
        ],
    )

    statistics = gather(database)

    assert statistics.mails == {"report": 1, "not_a_report": 1, "quarantined": 1, "unread": 1}
    assert (statistics.incidents["new"], statistics.outbox["waiting"]) == (1, 1)


def test_oldest_unread_mail_waits(database: Database) -> None:
    """The age is that of the oldest mail that is not read; a clock that went back makes none negative."""
    keep_all(database, [arrival(1, received_at=NOW - timedelta(seconds=30)), arrival(2)])

    assert gather(database).oldest_waiting_seconds == 30
    assert gather(database, timedelta(hours=-1)).oldest_waiting_seconds == 0


def test_acknowledgement_waits_only_when_due(database: Database) -> None:
    """One that is not due yet is not late; one that is due is, since it first was, also while it is put off."""
    (id,) = keep(database)
    record(database, [outcome(id, acknowledgement=acknowledgement(due_at=NOW + timedelta(hours=1)))])

    ages = [gather(database, timedelta(minutes=minutes)).oldest_waiting_seconds for minutes in (0, 61)]
    with database.begin() as session:
        (due,) = claim_due(session, "me", nobody_dies, NOW + timedelta(hours=2), LEASE, 1)
        mark_waiting(session, due.id, "me", "451", NOW + timedelta(hours=3))
    ages += [gather(database, timedelta(hours=hours)).oldest_waiting_seconds for hours in (2, 4)]

    assert ages == [None, 60, 3600, 3 * 3600]

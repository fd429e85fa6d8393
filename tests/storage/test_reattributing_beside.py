"""Storing decisions while workers record: nothing is lost, nothing counted twice, nobody waits for ever."""

import threading
from collections.abc import Sequence

from reattribution_builders import LATER, Stored, history
from sqlalchemy import select
from storage_builders import (
    NOW,
    ON_POSTGRESQL,
    attribution,
    incidents,
    keep,
    message,
    only_incident,
    outcome,
    record,
    report,
    wait_until_blocked,
)

from parsers.values import Report
from storage.database import Database
from storage.incident_key import incident_key
from storage.incidents import incident_reports
from storage.mails import record_outcomes
from storage.models import Incident
from storage.reattributing import store_redecisions
from storage.redecisions import Redecision, StoredReport, reports_by_mail

TENANTS = ("contoso", "fabrikam", "woodgrove")
MESSAGES = [report(message(message_id=f"<{number}@junk.example>")) for number in range(3)]


def decide(database: Database, mails: Sequence[str], turn: int) -> list[Redecision]:
    """Decide that the messages are of other tenants, by turns."""
    with database.read() as session:
        stored = [one for theirs in reports_by_mail(session, mails).values() for one in theirs]
    return [_decide_one(one, MESSAGES[one.position], turn) for one in stored]


def _decide_one(one: StoredReport, about: Report, turn: int) -> Redecision:
    found = attribution(tenant=TENANTS[(turn + one.position) % len(TENANTS)])
    return Redecision(one, found, incident_key(about, found))


def record_mails(database: Database, mails: Sequence[str], errors: list[Exception]) -> None:
    """Record some mails after the other, each about all messages; then all of them once more."""
    try:
        for place in [*range(0, len(mails), 5)] * 2:
            reports = [(one, attribution(tenant=TENANTS[number])) for number, one in enumerate(MESSAGES)]
            some = [outcome(id, *reports, reporter=f"r{id}@isp.example") for id in mails[place : place + 5]]
            record(database, some)
    except Exception as error:  # noqa: BLE001 - the test shows it
        errors.append(error)


def test_decisions_are_stored_beside_two_workers(database: Database, second: Database) -> None:
    """While two workers record the same incidents that are decided on, each report ends where it was decided."""
    mails = keep(database, 120)
    errors: list[Exception] = []
    workers = [
        threading.Thread(target=record_mails, args=(database, mails[:60], errors)),
        threading.Thread(target=record_mails, args=(second, mails[60:], errors)),
    ]
    for worker in workers:
        worker.start()

    turn = 0
    while any(worker.is_alive() for worker in workers) or turn < 3:
        decided = decide(database, mails, turn)
        with database.begin() as session:
            store_redecisions(session, decided, LATER)
        turn += 1
    for worker in workers:
        worker.join()
    with database.begin() as session:
        store_redecisions(session, decide(database, mails, 1), LATER)

    assert errors == []
    shown = {
        (one.message_id, one.tenant, one.report_count, one.reporter_count) for one in incidents(database)
    }
    assert shown == {
        (f"<{number}@junk.example>", TENANTS[(1 + number) % 3], 120, 120) for number in range(len(MESSAGES))
    }
    with database.read() as session:
        assert sum(len(incident_reports(session, one.id)) for one in incidents(database)) == 360


@ON_POSTGRESQL
def test_incident_that_another_worker_makes_meanwhile(database: Database, second: Database) -> None:
    """Reports whose new incident a worker is just making move there: a key is never given twice."""
    stored = Stored(database, "contoso")
    innocent = only_incident(database)
    (new,) = keep(database, 3)[2:]
    decided = stored.decide(lambda _: attribution(tenant="fabrikam"))

    def store() -> None:
        with second.begin() as session:
            store_redecisions(session, decided, LATER)

    storing = threading.Thread(target=store)
    with database.begin() as session:
        record_outcomes(session, [outcome(new, (report(), attribution(tenant="fabrikam")))], NOW)
        storing.start()
        wait_until_blocked(database, storing)
    storing.join()

    guilty = only_incident(database)
    assert (guilty.tenant, guilty.report_count) == ("fabrikam", 2)
    assert history(database, innocent.id)[-1][1]["to"] == {guilty.id: 1}


@ON_POSTGRESQL
def test_worker_that_records_what_is_just_being_moved(database: Database, second: Database) -> None:
    """A worker that records a report of the new key waits, and joins the incident that got it."""
    stored = Stored(database, "contoso")
    (new,) = keep(database, 3)[2:]
    decided = stored.decide(lambda _: attribution(tenant="fabrikam"))

    def work() -> None:
        record(second, [outcome(new, (report(), attribution(tenant="fabrikam")), reporter="b@isp.example")])

    working = threading.Thread(target=work)
    with database.begin() as session:
        store_redecisions(session, decided, LATER)
        working.start()
        wait_until_blocked(database, working)
    working.join()

    incident = only_incident(database)
    assert (incident.tenant, incident.report_count, incident.reporter_count) == ("fabrikam", 2, 2)


def test_what_is_not_committed_is_as_if_it_never_was(database: Database) -> None:
    """A batch that is ended in the middle leaves all as it was, and can be stored again."""
    stored = Stored(database, "contoso", "fabrikam")
    before = incidents(database)
    decided = stored.decide(lambda _: attribution(tenant="woodgrove"))

    try:
        with database.begin() as session:
            store_redecisions(session, decided, LATER)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass

    assert incidents(database) == before
    stored.store(decided)
    with database.read() as session:
        assert session.scalars(select(Incident.tenant).where(Incident.report_count > 0)).all() == [
            "woodgrove"
        ]

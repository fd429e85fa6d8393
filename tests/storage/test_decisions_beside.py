"""Deciding while workers record and reattribute: nothing is lost, and nothing is decided about another incident."""

import threading
from collections.abc import Callable

import pytest
from reattribution_builders import Stored, history
from sqlalchemy import update
from storage_builders import (
    NOW,
    ON_POSTGRESQL,
    attribution,
    incidents,
    keep,
    message,
    outcome,
    record,
    report,
    wait_until_blocked,
)

from storage.database import Database
from storage.decisions import Decision, decide
from storage.models import Incident
from storage.values import Actor

MIA = Actor("mia", "terminal")
MESSAGES = [report(message(message_id=f"<{number}@junk.example>")) for number in range(5)]


def _in_thread(errors: list[Exception], work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the test shows it
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _decide(database: Database, ids: list[str], decision: Decision) -> None:
    with database.begin() as session:
        decide(session, ids, decision, MIA, NOW)


def test_decisions_are_kept_beside_a_worker_that_records(database: Database, second: Database) -> None:
    """While mails about the same incidents are recorded, each decision and each report counts."""
    mails = keep(database, 40)
    about = [(one, attribution()) for one in MESSAGES]
    record(database, [outcome(mails[0], *about)])
    ids = [one.id for one in incidents(database)]
    errors: list[Exception] = []

    def record_mails() -> None:
        for mail in mails[1:]:
            record(database, [outcome(mail, *about, reporter=f"r{mail}@isp.example")])

    worker = _in_thread(errors, record_mails)
    for turn in range(20):
        _decide(second, ids[::-1], Decision(tenant=f"tenant-{turn}"))
    worker.join()

    assert errors == []
    assert {(one.tenant, one.report_count) for one in incidents(database)} == {("tenant-19", 40)}


@ON_POSTGRESQL
def test_an_incident_that_gets_another_key_meanwhile_is_decided_on(
    database: Database, second: Database
) -> None:
    """It is found again, and the incident that has its key now is left alone."""
    stored = Stored(database, "contoso")
    stored.add((report(message(message_id="<other@x>")), attribution()))
    errors: list[Exception] = []
    keys = {id: f"{int(id):064x}" for id in ("1", "2")}
    with database.begin() as session:
        for id, key in keys.items():
            session.execute(update(Incident).where(Incident.id == int(id)).values(key_sha256=key))

    with database.begin() as session:
        for id, key in (("1", "f" * 64), ("2", keys["1"])):
            session.execute(update(Incident).where(Incident.id == int(id)).values(key_sha256=key))
        thread = _in_thread(errors, lambda: _decide(second, ["1"], Decision(status="open")))
        wait_until_blocked(database, thread)
    thread.join()

    assert errors == []
    assert {one.id: one.status for one in incidents(database)} == {"1": "open", "2": "new"}
    assert [action for action, _ in history(database, "2")] == ["created"]


def test_a_transaction_that_counted_locks_no_more_incidents(database: Database) -> None:
    """Others hold those, and wait until it is done counting: it is told to change all in one call."""
    (mail,) = keep(database, 1)
    record(database, [outcome(mail, MESSAGES[0])])

    with database.begin() as session:
        decide(session, ["1"], Decision(tenant="fabrikam"), MIA, NOW)
        with pytest.raises(RuntimeError, match="in one call"):
            decide(session, ["1"], Decision(status="open"), MIA, NOW)

    with database.begin() as session:
        assert decide(session, ["1"], Decision(status="open"), MIA, NOW) == ("1",)

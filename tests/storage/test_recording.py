"""An outcome is recorded whole, once, whoever else records at the same time."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from storage_builders import (
    NOW,
    ON_POSTGRESQL,
    acknowledgement,
    arrival,
    attribution,
    counts,
    incidents,
    keep,
    keep_all,
    message,
    only_incident,
    outcome,
    record,
    report,
    typed,
)

from storage.database import Database
from storage.errors import NotFound
from storage.incidents import find_incident, incident_history, incident_reports, list_incidents
from storage.mails import find_mail, record_outcomes, reports_of_mail
from storage.models import Incident, IncidentHistory, IncidentTally
from storage.models import Report as ReportRow
from storage.outbox_records import acknowledgement_of_mail
from storage.values import IncidentFilter, Outcome


def everything(database: Database) -> dict[str, Any]:
    """What the analysts see of all the store, without the numbers of rows that they never see."""
    with database.read() as session:
        shown = [
            (one, [(each.mail_id, each.position) for each in incident_reports(session, one.id)])
            for one in list_incidents(session, IncidentFilter())
        ]
        histories = [incident_history(session, one.id) for one, _ in shown]
        tallies = session.scalar(select(func.count()).select_from(IncidentTally))
        return {"incidents": shown, "histories": histories, "tallies": tallies}


def test_mail_gets_all_that_was_read(database: Database) -> None:
    """Disposition, reason, reporter, subject, warnings and why nobody is answered stand in the record."""
    (id,) = keep(database)

    record(database, [outcome(id, disposition="not_a_report", reason="bounce")])

    with database.read() as session:
        mail = find_mail(session, id)
    assert (mail.disposition, mail.reason, mail.reporter) == (
        "not_a_report",
        "bounce",
        "reporter@isp.example",
    )
    assert (mail.subject, mail.warnings) == ("FW: spam", ("too many hops",))
    assert (mail.unanswered_reason, mail.incident_ids) == ("no_return_path", ())


def test_new_incident_shows_its_report(database: Database) -> None:
    """A first report makes a `new` incident that shows message, address, evidence and history."""
    (id,) = keep(database)

    record(database, [outcome(id, report())], now=NOW + timedelta(minutes=1))

    incident = only_incident(database)
    with database.read() as session:
        (made,) = incident_history(session, incident.id)
    assert (incident.status, incident.tenant, str(incident.ip)) == ("new", "contoso", "192.0.2.1")
    assert (incident.subject, incident.message_id) == ("Cheap pills", "<1@junk.example>")
    assert (incident.from_address, incident.feedback_type) == ("sales@contoso.example", "abuse")
    assert incident.evidence == attribution().evidence
    assert (incident.first_seen, incident.last_seen) == (NOW, NOW)
    assert (made.at, made.actor, made.action) == (NOW + timedelta(minutes=1), "intake", "created")
    assert made.detail == {"mail": id}


def test_incident_tells_when_its_message_arrived(database: Database) -> None:
    """Who had the address then is whom it is about; what came too late to matter changes nothing."""
    first, second = keep(database, 2)
    at = NOW - timedelta(days=2)

    record(database, [outcome(first, report(arrival_date=at)), outcome(second, report())])

    assert only_incident(database).arrived_at == at


def test_mail_names_its_incidents_once(database: Database) -> None:
    """A mail with several reports names each of their incidents once, in the order of the reports."""
    (id,) = keep(database)
    reports = [report(message(message_id=name)) for name in ("<b>", "<a>", "<b>")]

    record(database, [outcome(id, *reports)])

    with database.read() as session:
        mail, stored = find_mail(session, id), reports_of_mail(session, id)
    assert [one.position for one in stored] == [0, 1, 2]
    assert mail.incident_ids == (stored[0].incident_id, stored[1].incident_id)
    assert [one.fields["message"]["message_id"] for one in stored] == ["<b>", "<a>", "<b>"]


def test_recording_twice_changes_nothing(database: Database) -> None:
    """The same outcomes recorded again leave incidents, their ids, counts and histories as they were."""
    ids = keep(database, 4)
    outcomes = [
        outcome(ids[0], report(), acknowledgement=acknowledgement(1)),
        outcome(ids[1], report(), reporter="b@x.example"),
        outcome(ids[2], report(message(message_id="<2>")), report(message(message_id="<2>"))),
        outcome(ids[3], typed("not-spam", 3)),
    ]
    record(database, outcomes)
    before = everything(database)

    record(database, outcomes, now=NOW + timedelta(hours=1))

    assert everything(database) == before


def test_retry_moves_a_report_to_its_new_incident(database: Database) -> None:
    """A mail that is read anew leaves the incident that it had; one without any report is gone."""
    first, second = keep(database, 2)
    record(database, [outcome(first, report()), outcome(second, report(), reporter="b@x.example")])
    shared = only_incident(database).id

    record(database, [outcome(first, report(message(message_id="<new>")))])
    after_one = {one.id: one.report_count for one in incidents(database)}
    record(database, [outcome(second, disposition="not_a_report", reason="bounce")])

    assert after_one[shared] == 1
    assert len(after_one) == 2
    assert [one.message_id for one in incidents(database)] == ["<new>"]
    with database.read() as session:
        left = [session.scalar(select(func.count()).select_from(one)) for one in (IncidentHistory, ReportRow)]
        with pytest.raises(NotFound):
            find_incident(session, shared)
    assert left == [1, 1]


def test_retry_falls_back_to_the_next_best_report(database: Database) -> None:
    """When the report that an incident shows goes, the next one stands for it, with its counts and times."""
    proven, stated = keep_all(
        database, [arrival(1, received_at=NOW - timedelta(days=1)), arrival(2, received_at=NOW)]
    )
    record(
        database,
        [
            outcome(proven, (typed("abuse"), attribution("proven", ip="192.0.2.7")), authenticated=True),
            outcome(stated, typed("not-spam", 2), reporter="b@x.example"),
        ],
    )

    record(database, [outcome(proven, disposition="not_a_report", reason="bounce")])

    incident = only_incident(database)
    assert (str(incident.ip), incident.confidence, incident.feedback_type) == (
        "192.0.2.1",
        "stated",
        "not-spam",
    )
    assert (incident.first_seen, incident.last_seen) == (NOW, NOW)
    assert counts(database) == (1, 1, 0)


def test_incident_that_an_analyst_touched_stays(database: Database) -> None:
    """An incident without reports stays when an analyst has worked on it: with counts of 0, a note, and in no list."""
    (id,) = keep(database)
    record(database, [outcome(id, report())])
    with database.begin() as session:
        session.execute(text("UPDATE incidents SET status = 'confirmed'"))

    record(database, [outcome(id, disposition="not_a_report", reason="bounce")])

    assert incidents(database) == []
    with database.read() as session:
        (incident,) = list_incidents(session, IncidentFilter(emptied=True))
        assert (incident.report_count, incident.reporter_count) == (0, 0)
        assert (incident.status, incident.subject) == ("confirmed", "Cheap pills")
        assert [one.action for one in incident_history(session, incident.id)] == ["created", "emptied"]


def test_emptied_incident_takes_reports_again(database: Database) -> None:
    """An emptied incident that is reported anew shows and counts the new report."""
    first, second = keep(database, 2)
    record(database, [outcome(first, (report(), attribution("proven")))])
    with database.begin() as session:
        session.execute(text("UPDATE incidents SET status = 'open'"))
    record(database, [outcome(first, disposition="not_a_report", reason="bounce")])

    record(database, [outcome(second, (report(), attribution("stated", ip="192.0.2.9")))])

    assert counts(database) == (1, 1, 0)
    assert (only_incident(database).confidence, str(only_incident(database).ip)) == ("stated", "192.0.2.9")


def test_mail_is_acknowledged_once(database: Database) -> None:
    """A mail that is read anew keeps the acknowledgement that it had."""
    (id,) = keep(database)
    record(database, [outcome(id, report(), acknowledgement=acknowledgement(1))])

    record(database, [outcome(id, report(), acknowledgement=acknowledgement(2))])

    with database.read() as session:
        found = acknowledgement_of_mail(session, id)
    assert found is not None
    assert (found[0].message_id, found[1]) == ("<ack-1@provider.example>", b"Thank you 1\r\n")


def test_unknown_mail_is_refused_whole(database: Database) -> None:
    """An outcome of a mail that is not kept is refused, and its batch with it."""
    (id,) = keep(database)

    with pytest.raises(NotFound, match="'99'"):
        record(database, [outcome(id, report()), outcome("99", report())])

    assert incidents(database) == []


def test_very_long_text_is_stored(database: Database) -> None:
    """Texts of strangers far longer than an index row are stored and shown whole."""
    long = "".join(chr(33 + (number * 7919) % 90) for number in range(100_000))
    (id,) = keep(database)
    wordy = message(message_id=f"<{long}>", subject=long, from_address=f"{long}@x.example")

    record(
        database, [outcome(id, report(wordy, feedback_type=long), reporter=f"{long}@x.example", subject=long)]
    )

    assert only_incident(database).message_id == f"<{long}>"


def test_no_outcomes_are_no_work(database: Database) -> None:
    """An empty batch is recorded without complaint."""
    record(database, [])

    assert incidents(database) == []


def test_two_workers_on_one_incident(database: Database, second: Database) -> None:
    """Workers that record reports about the same messages at once lose none and count each once."""
    ids = keep(database, 200)
    errors: list[Exception] = []

    def work(on: Database, mine: list[str], turn: int) -> None:
        try:
            for start in range(0, len(mine), 10):
                names = ["<one>", "<two>", f"<{start}>"][::turn]
                with on.begin() as session:
                    batch = [
                        outcome(
                            id,
                            *(report(message(message_id=name)) for name in names),
                            reporter=f"{id}@x.example",
                        )
                        for id in mine[start : start + 10]
                    ]
                    record_outcomes(session, batch, NOW)
        except Exception as error:  # noqa: BLE001 - the test shows it
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=(database, ids[:100], 1)),
        threading.Thread(target=work, args=(second, ids[100:], -1)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    shown = {one.message_id: (one.report_count, one.reporter_count) for one in incidents(database)}
    assert errors == []
    assert (shown.pop("<one>"), shown.pop("<two>")) == ((200, 200), (200, 200))
    assert set(shown.values()) == {(20, 20)}
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(IncidentHistory)) == 12


@ON_POSTGRESQL
def test_incident_that_another_worker_removes(database: Database, second: Database) -> None:
    """A report joins an incident that another worker is just removing: it is made anew, not lost."""
    first, other = keep(database, 2)
    record(database, [outcome(first, report())])

    def join(on: Database, what: Outcome) -> None:
        record(on, [what])

    joining = threading.Thread(target=join, args=(second, outcome(other, report())))
    with database.begin() as session:
        record_outcomes(session, [outcome(first, disposition="not_a_report", reason="bounce")], NOW)
        joining.start()
        joining.join(timeout=0.5)
        assert joining.is_alive()
    joining.join()

    assert counts(database) == (1, 1, 0)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Incident)) == 1


def test_what_speaks_for_a_tenant_never_stands_for_junk(database: Database) -> None:
    """A better-proven `not-spam` does not put another address and other evidence on an incident of junk."""
    first, second = keep(database, 2)

    record(
        database,
        [
            outcome(first, (typed("abuse"), attribution("stated"))),
            outcome(
                second,
                (typed("not-spam", 2), attribution("corroborated", ip="192.0.2.7")),
                reporter="b@x.example",
            ),
        ],
    )

    incident = only_incident(database)
    assert (str(incident.ip), incident.confidence, incident.feedback_type) == ("192.0.2.1", "stated", "abuse")

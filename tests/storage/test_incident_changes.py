"""Which incidents changed since a moment."""

from datetime import timedelta

from storage_builders import NOW, arrival, keep_all, message, outcome, record, report

from storage.database import Database
from storage.decisions import Decision, decide
from storage.incident_changes import Mark, find_changed, find_mark
from storage.values import Actor, IncidentFilter

MIA = Actor("mia", "terminal")


def _record(database: Database, number: int, message_id: str) -> None:
    (mail,) = keep_all(database, [arrival(number, received_at=NOW + timedelta(minutes=number))])
    record(
        database, [outcome(mail, report(message(message_id=message_id)), reporter=f"{number}@isp.example")]
    )


def _mark(database: Database) -> Mark:
    with database.read() as session:
        return find_mark(session)


def _changed(database: Database, since: Mark, wanted: IncidentFilter = IncidentFilter()) -> list[str]:  # noqa: B008
    with database.read() as session:
        return [one.message_id or "" for one in find_changed(session, since, wanted)]


def test_an_incident_that_is_new_or_reported_again_has_changed(database: Database) -> None:
    """One that nothing came for since has not."""
    for number, id in enumerate(("<old@x>", "<quiet@x>")):
        _record(database, number, id)
    mark = _mark(database)

    for number, id in enumerate(("<old@x>", "<new@x>"), start=2):
        _record(database, number, id)

    assert _changed(database, mark) == ["<old@x>", "<new@x>"]


def test_an_incident_that_was_decided_on_has_changed(database: Database) -> None:
    """Once it does not match any more, it is not told."""
    _record(database, 1, "<1@x>")
    mark = _mark(database)

    with database.begin() as session:
        decide(session, ["1"], Decision(status="dismissed"), MIA, NOW)

    assert _changed(database, mark) == ["<1@x>"]
    assert _changed(database, mark, IncidentFilter(status="new")) == []


def test_nothing_has_changed_since_now(database: Database) -> None:
    """Neither in an empty store nor after a change."""
    empty = _changed(database, _mark(database))

    _record(database, 1, "<1@x>")

    assert (empty, _changed(database, _mark(database))) == ([], [])

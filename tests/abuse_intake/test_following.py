"""Incidents are followed as they change: each is told when it is new or another, and no more often."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from storage_builders import NOW, arrival, keep_all, message, open_empty, outcome, record, report

from abuse_intake.following import Follower
from storage.database import Database
from storage.decisions import Decision, decide
from storage.models import IncidentHistory, Report
from storage.values import Actor, IncidentFilter


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_empty(tmp_path) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _report(database: Database, number: int, about: str) -> None:
    (mail,) = keep_all(database, [arrival(number, received_at=NOW + timedelta(minutes=number))])
    record(database, [outcome(mail, report(message(message_id=about)), reporter=f"{number}@isp.example")])


def _begin(database: Database, clock: Clock, wanted: IncidentFilter = IncidentFilter()) -> Follower:  # noqa: B008
    follower = Follower(wanted, clock)
    with database.read() as session:
        follower.begin(session)
    return follower


def _told(database: Database, follower: Follower) -> list[str | None]:
    with database.read() as session:
        return [one.message_id for one in follower.find_changed(session)]


def test_what_is_new_or_reported_again_is_told_once(database: Database, clock: Clock) -> None:
    """What was there at the beginning, and did not change, is not."""
    _report(database, 1, "<old@x>")
    _report(database, 2, "<quiet@x>")
    follower = _begin(database, clock)

    _report(database, 3, "<new@x>")
    _report(database, 4, "<old@x>")

    assert [_told(database, follower) for _ in range(3)] == [["<new@x>", "<old@x>"], [], []]


def test_what_was_decided_is_told(database: Database, clock: Clock) -> None:
    """Where it matches still."""
    _report(database, 1, "<1@x>")
    all_of_them, new_ones = _begin(database, clock), _begin(database, clock, IncidentFilter(status="new"))

    with database.begin() as session:
        decide(session, ["1"], Decision(status="open"), Actor("mia", "api"), NOW)

    assert (_told(database, all_of_them), _told(database, new_ones)) == (["<1@x>"], [])


@pytest.mark.parametrize(("seconds", "told"), [(2, ["<slow@x>"]), (30, ["<slow@x>"]), (31, [])])
def test_a_row_that_becomes_visible_behind_others_is_told(
    database: Database, clock: Clock, seconds: int, told: list[str]
) -> None:
    """As where a slow worker commits a report whose number is lower than one that was seen; for half a minute."""
    _report(database, 1, "<first@x>")
    with database.begin() as session:
        session.execute(update(Report).values(id=9_000))
    follower = _begin(database, clock)
    for clock.now in (1, seconds):
        assert _told(database, follower) == []

    _report(database, 2, "<slow@x>")
    with database.begin() as session:
        session.execute(update(Report).where(Report.id == 9_001).values(id=8_900))
        session.execute(delete(IncidentHistory))

    assert _told(database, follower) == told


@pytest.mark.parametrize("seconds", [1, 61, 1_000])
def test_nothing_is_told_again_however_long_it_takes(database: Database, clock: Clock, seconds: int) -> None:
    """What fell out of the time that is looked back to did not change."""
    follower = _begin(database, clock)
    _report(database, 1, "<1@x>")
    told = _told(database, follower)

    later = []
    for _ in range(4):
        clock.now += seconds
        later += _told(database, follower)

    assert (told, later) == (["<1@x>"], [])

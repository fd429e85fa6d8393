"""Junk is counted as it is stored, and the counts are those of the incidents as they are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import get_args

import pytest
from incident_oracle import ANALYST, count_top, fill, key_of, read_all, require_exact_counts
from storage_builders import NOW, keep, message, outcome, record, report

from storage import trends
from storage.bulk import Row, insert_rows
from storage.database import Database
from storage.decisions import Decision, decide
from storage.junk_counts import COUNTED_COLUMNS, count_rows, subject_kind
from storage.models import JunkTally
from storage.trends import count_by_day, count_junk, find_rising
from storage.values import CountedKind, DayCount, JunkCount

KINDS: tuple[CountedKind, ...] = get_args(CountedKind)
TODAY = NOW.date()
SPANS = (
    (TODAY, TODAY),
    (TODAY - timedelta(days=30), TODAY),
    (TODAY - timedelta(days=90), TODAY - timedelta(days=20)),
    (TODAY - timedelta(days=3_000), TODAY),
    (date.min, date.min),
    (date.max, date.max),
)


@pytest.fixture(params=["a share of a day", "all that have any"])
def filled(request: pytest.FixtureRequest, database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Incidents whose counts are looked up where they are large, or all."""
    if request.param == "a share of a day":
        monkeypatch.setattr(trends, "SHARE", 3)
    fill(database, 120)
    return database


def plain(counts: tuple[JunkCount, ...] | list[JunkCount], kind: CountedKind) -> list[tuple[object, ...]]:
    """Without the wording of a subject, which is that of any of its incidents; equals in any order."""
    keys = [subject_kind(one.key) if kind == "subject" else one.key for one in counts]
    return [
        (key, one.incidents, one.reports, one.incidents_before, one.reports_before)
        for key, one in zip(keys, counts, strict=True)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_top_is_that_of_counting_one_by_one(filled: Database, kind: CountedKind) -> None:
    """Those with the most reports come first, however many are asked for."""
    stored = read_all(filled)

    with filled.read() as session:
        for (first, last), limit in product(SPANS[:4], (1, 3, 50)):
            expected = count_top(stored, kind, first, last, lambda one: one.reports)
            found = count_junk(session, kind, first, last, limit)
            assert [one.reports for one in found] == [one.reports for one in expected[:limit]]
            assert set(plain(found, kind)) <= set(plain(expected, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_what_rises_is_that_of_counting_one_by_one(filled: Database, kind: CountedKind) -> None:
    """Those whose reports grew most come first; who did not grow is left out."""
    stored = read_all(filled)

    with filled.read() as session:
        for (first, last), limit in product(SPANS[:3], (1, 3, 50)):
            expected = count_top(stored, kind, first, last, lambda one: one.rise)
            found = find_rising(session, kind, first, last, limit)
            assert [one.rise for one in found] == [one.rise for one in expected[:limit]]
            assert set(plain(found, kind)) <= set(plain(expected, kind))


@pytest.mark.parametrize("find", [count_junk, find_rising])
def test_who_has_some_on_each_of_many_days_is_before_who_has_many_on_one(
    database: Database, monkeypatch: pytest.MonkeyPatch, find: Callable[..., tuple[JunkCount, ...]]
) -> None:
    """The top one may never lead on a day: few reports on each of thirty are more than many on one."""
    monkeypatch.setattr(trends, "SHARE", 3)
    steady = [incident("steady", 10, TODAY - timedelta(days=number)) for number in range(30)]
    with database.begin() as session:
        insert_rows(session, JunkTally, count_rows([*steady, incident("sudden", 100, TODAY)]))

    with database.read() as session:
        found = find(session, "tenant", TODAY - timedelta(days=29), TODAY, 1)

    assert [(one.key, one.reports) for one in found] == [("steady", 300)]


def incident(tenant: str, reports: int, day: date) -> Row:
    """What counting needs of one."""
    began = datetime.combine(day, time(), UTC)
    return dict.fromkeys(COUNTED_COLUMNS) | {
        "tenant": tenant, "has_junk": True, "report_count": reports, "first_seen": began
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_days_at_the_ends_of_time_have_nothing(database: Database, kind: CountedKind) -> None:
    """The first and the last day that there can be are days like others."""
    with database.read() as session:
        for first, last in SPANS[4:]:
            assert count_junk(session, kind, first, last) == find_rising(session, kind, first, last) == ()
            assert count_by_day(session, first, last) == (DayCount(first, 0, 0),)


@pytest.mark.parametrize("key", ["contoso", None, "nobody", "\0", "\udcff", "%"])
def test_days_are_those_of_counting_one_by_one(filled: Database, key: str | None) -> None:
    """Each day of the span is there, with the incidents that began on it."""
    first = TODAY - timedelta(days=130)
    mine = [one.row for one in read_all(filled) if one.row["has_junk"] and one.row["report_count"]]
    mine = [row for row in mine if key_of(row, "tenant") == key]

    with filled.read() as session:
        found = count_by_day(session, first, TODAY, kind="tenant", key=key)

    assert [one.day for one in found] == [first + timedelta(days=number) for number in range(131)]
    for one in found:
        of_day = [row["report_count"] for row in mine if row["first_seen"].date() == one.day]
        assert (one.incidents, one.reports) == (len(of_day), sum(of_day))


def test_counts_of_all_add_up(filled: Database) -> None:
    """Without a kind everybody's junk is counted."""
    junk = [one.row for one in read_all(filled) if one.row["has_junk"] and one.row["report_count"]]

    with filled.read() as session:
        found = count_by_day(session, TODAY - timedelta(days=400), TODAY)

    assert sum(one.reports for one in found) == sum(row["report_count"] for row in junk)
    assert sum(one.incidents for one in found) == len(junk)


def test_counts_follow_what_is_recorded_replaced_and_decided(database: Database) -> None:
    """Whatever changes incidents changes the counts with them."""
    fill(database)
    require_exact_counts(database)
    ids = keep(database, 70)
    with database.begin() as session:
        everything = [str(one.row["id"]) for one in read_all(database)][:20]
        decide(session, everything, Decision(clears_tenant=True), ANALYST, NOW)
    require_exact_counts(database)
    with database.begin() as session:
        decide(session, everything[:9], Decision(withdraws_correction=True), ANALYST, NOW)
    require_exact_counts(database)

    record(
        database, [outcome(id, report(message(subject="Other"), feedback_type="not-spam")) for id in ids[:20]]
    )
    require_exact_counts(database)
    record(database, [outcome(id, disposition="not_a_report", reason="bounce") for id in ids])

    require_exact_counts(database)


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("RE: Fwd: AW[2]:  Cheap   PILLS 77, only 5", "cheap pills #, only #"),
        ("Re:", None),
        ("cheap pills 1", "cheap pills #"),
        ("Reward: one", "reward: one"),
        ("1: two", "#: two"),
        (" \n ", None),
        (None, None),
        ("x" * 10_000, "x" * 200),
    ],
)
def test_subjects_of_a_campaign_are_one_kind(subject: str | None, kind: str | None) -> None:
    """Numbers, case, white space and marks of answers do not tell subjects apart."""
    assert subject_kind(subject) == kind

"""Figures of the database: asked for seldom, and never waited for long."""

import threading
from pathlib import Path

import pytest
from arrival_builders import make_forward, make_message
from intake_fakes import FakeMailbox
from intake_world import fill_outbox, make_intake, open_database
from storage_builders import NOW
from structlog.testing import capture_logs

from abuse_intake.worker import store_figures
from abuse_intake.worker.store_figures import FRESH_SECONDS, FiguresSource, StoreFigures, gather_figures
from storage.errors import DatabaseUnavailable

FIGURES = StoreFigures(unread=1, outbox={}, incidents={}, oldest_due_seconds=0.0)


class Store:
    """Counts how often it was asked; fails and dawdles as told."""

    def __init__(self) -> None:
        self.asked = 0
        self.seconds = 0.0
        self.now = 0.0
        self.fails = False
        self.may_answer = threading.Event()
        self.may_answer.set()

    def gather(self) -> StoreFigures:
        self.asked += 1
        self.may_answer.wait(10)
        self.now += self.seconds
        if self.fails:
            raise DatabaseUnavailable("gone")
        return FIGURES


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def source(store: Store) -> FiguresSource:
    return FiguresSource(store.gather, now=lambda: store.now)


def test_figures_are_kept_for_some_seconds(store: Store, source: FiguresSource) -> None:
    """Whoever asks again and again costs the database one question each ten seconds."""
    for _ in range(100):
        assert source.find() == FIGURES
        store.now += FRESH_SECONDS / 50

    assert store.asked == 2


def test_what_costs_more_is_asked_for_less(store: Store, source: FiguresSource) -> None:
    """A database that counts for four seconds is asked every eighty."""
    store.seconds = 4
    source.find()

    store.now += 60
    source.find()
    assert store.asked == 1
    store.now += 30
    source.find()

    assert store.asked == 2


def test_a_database_that_is_away_has_none(store: Store, source: FiguresSource) -> None:
    """It is asked again after some seconds."""
    store.fails = True
    assert source.find() is None
    store.fails = False
    store.now += FRESH_SECONDS + 1

    assert source.find() == FIGURES


def test_a_fault_of_ours_is_a_record_of_the_log() -> None:
    """It has no figures, and is not printed past the log."""

    def fail() -> StoreFigures:
        raise RuntimeError("a fault of ours")

    with capture_logs() as told:
        assert FiguresSource(fail).find() is None

    assert [one["event"] for one in told] == ["fault in the figures of the database"]
    assert told[0]["log_level"] == "error"


def test_a_database_that_does_not_answer_is_asked_once(
    store: Store, source: FiguresSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many ask meanwhile, nobody waits long, and what comes late serves who asks then."""
    monkeypatch.setattr(store_figures, "WAIT_SECONDS", 0.05)
    store.may_answer.clear()

    assert [source.find() for _ in range(3)] == [None] * 3
    store.may_answer.set()
    monkeypatch.setattr(store_figures, "WAIT_SECONDS", 10)

    assert source.find() == FIGURES
    assert store.asked == 1


def test_they_say_what_is_there(tmp_path: Path) -> None:
    """Incidents by status, acknowledgements by state, and how long the oldest has been due."""
    with open_database(tmp_path) as database:
        make_intake(FakeMailbox(make_forward(make_message(1))), database).poll()
        fill_outbox(database, NOW, "dana@woodgrove.example")
        figures = gather_figures(database)

    assert figures.incidents["new"] == 1
    assert figures.outbox["waiting"] == 2
    assert figures.unread == 1  # what fill_outbox answers was kept and never read
    assert figures.oldest_due_seconds > 0

"""Turns: at most one runs and one is asked for, and no wake-up is lost."""

import threading

import pytest
from intake_world import await_truth

from abuse_intake.worker.turns import Turns


class Work:
    """Takes what has come when a turn begins; a turn lasts until it is let go."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.found: list[str] = []
        self.turns = 0
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def take_turn(self) -> None:
        self.turns += 1
        found, self.came = self.came, []
        self.has_begun.set()
        assert self.may_end.wait(10)
        self.found += found


@pytest.fixture
def work() -> Work:
    return Work()


def test_what_comes_while_a_turn_runs_is_found_by_the_next(work: Work) -> None:
    """Whoever asks while a turn runs is served after it, however often it is asked for."""
    turns = Turns("work", work.take_turn)
    turns.ask()
    assert work.has_begun.wait(10)
    work.came.append("news")

    asked = [turns.ask() for _ in range(5)]
    work.may_end.set()
    assert asked[0] is not None
    asked[0].result(10)

    assert work.found == ["news"]
    assert work.turns == 2
    assert asked[1:] == [None] * 4


def test_no_wake_up_is_lost_among_threads() -> None:
    """Whatever was put down before asking is found by a turn that began after it."""
    came: list[int] = []
    found: set[int] = set()
    turns = Turns("work", lambda: found.update(came))

    def ask(number: int) -> None:
        for one in range(number, 1000, 4):
            came.append(one)
            turns.ask()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    await_truth(lambda: found == set(range(1000)))


def test_a_fault_costs_one_turn(capsys: pytest.CaptureFixture[str]) -> None:
    """The next turn is taken as if nothing had been."""
    faults = iter([RuntimeError("a fault of ours")])
    taken: list[str] = []

    def take_turn() -> None:
        for fault in faults:
            raise fault
        taken.append("turn")

    turns = Turns("work", take_turn)
    for _ in range(2):
        asked = turns.ask()
        assert asked is not None
        asked.result(10)

    assert taken == ["turn"]
    assert "a fault of ours" in capsys.readouterr().out


def test_no_turn_begins_while_it_is_held(work: Work) -> None:
    """A hold is reached when the turn that runs has ended; what was asked for meanwhile follows it."""
    work.may_end.set()
    turns = Turns("work", work.take_turn)
    hold = turns.hold()
    assert hold.is_reached.wait(10)

    asked = turns.ask()
    assert asked is not None
    assert work.turns == 0
    hold.end()
    asked.result(10)

    assert work.turns == 1


def test_it_ends_after_the_turn_that_runs(work: Work) -> None:
    """What was asked for is not begun any more, and asking is in vain."""
    turns = Turns("work", work.take_turn)
    turns.ask()
    assert work.has_begun.wait(10)
    turns.ask()
    assert not turns.end(0.05)

    work.may_end.set()

    assert turns.end(10)
    assert turns.ask() is None
    assert work.turns == 1

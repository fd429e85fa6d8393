"""The waits of what fails time and again."""

import pytest

from abuse_intake.mailbox.backoff import Backoff, growing_wait


def test_waits_grow_up_to_a_bound() -> None:
    """The first retry comes at once, the next after 5 seconds, and none waits longer than five minutes."""
    waits = [growing_wait(failures, 5, 300) for failures in range(10)]

    assert waits == [0, 0, 5, 10, 20, 40, 80, 160, 300, 300]


def test_a_million_failures_are_no_number_too_large() -> None:
    """A server may be away for months."""
    assert growing_wait(1_000_000, 5, 300) == 300


@pytest.mark.parametrize(("failures", "least", "most"), [(1, 0, 0), (2, 3.5, 5), (20, 239, 300)])
def test_a_wait_begins_with_the_failure(failures: int, least: float, most: float) -> None:
    """It is a little shorter for some than for others, so that not all come back in one moment."""
    backoff = Backoff()

    for _ in range(failures):
        backoff.note_failure("why")

    assert least <= backoff.seconds_left() <= most


def test_a_success_ends_the_waits() -> None:
    """The next failure is a first one again."""
    backoff = Backoff()
    for _ in range(5):
        backoff.note_failure("why")

    backoff.reset()
    backoff.note_failure("why")

    assert backoff.seconds_left() == 0

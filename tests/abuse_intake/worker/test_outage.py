"""Outages: told when they begin, at growing intervals, and when they are over."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from clocks import Clock
from structlog.testing import capture_logs

from abuse_intake.errors import MailboxError
from abuse_intake.worker import outage as module
from abuse_intake.worker.outage import Outage


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> Iterator[list[MutableMapping[str, Any]]]:
    with capture_logs() as records:
        yield records


def events(told: list[MutableMapping[str, Any]]) -> list[object]:
    return [one["event"] for one in told]


def test_it_is_told_when_it_begins_and_when_it_is_over(
    clock: Clock, told: list[MutableMapping[str, Any]]
) -> None:
    """A server that is away for some polls costs two records, with the reason and how long it lasted."""
    outage = Outage("poll", now=clock)

    for _ in range(5):
        outage.fails(MailboxError("Connection refused"))
        clock.now += 10
    outage.works()
    outage.works()

    assert events(told) == ["cannot poll", "can poll again"]
    assert told[0]["problem"] == "Connection refused"
    assert told[0]["log_level"] == "error"
    assert told[1]["after_seconds"] == 50


def test_an_error_without_words_is_a_problem(told: list[MutableMapping[str, Any]]) -> None:
    """What a fault of ours leaves unsaid, its kind says."""
    outage = Outage("poll")

    outage.fails(AssertionError())

    assert outage.problem == "AssertionError"
    assert told[0]["problem"] == "AssertionError"


def test_reminders_come_at_growing_intervals(clock: Clock, told: list[MutableMapping[str, Any]]) -> None:
    """A day's outage at a poll a second costs some thirty records."""
    outage = Outage("poll", now=clock)

    for _ in range(86_400):
        outage.fails(MailboxError("Connection refused"))
        clock.now += 1

    assert events(told)[:2] == ["cannot poll", "still cannot poll"]
    assert 20 < len(told) < 35


def test_another_reason_is_news(clock: Clock, told: list[MutableMapping[str, Any]]) -> None:
    """A server that comes back and refuses the login is told at once; reasons that alternate are told once each."""
    outage = Outage("poll", now=clock)

    for _ in range(10):
        outage.fails(MailboxError("Connection refused"))
        outage.fails(MailboxError("login refused"))

    assert [one["problem"] for one in told] == ["Connection refused", "login refused"]


def test_reasons_that_never_repeat_fill_no_log(clock: Clock, told: list[MutableMapping[str, Any]]) -> None:
    """A reason with a number in it that changes is told a few times."""
    outage = Outage("poll", now=clock)

    for number in range(1000):
        outage.fails(MailboxError(f"connection {number} lost"))

    assert len(told) == module.MAX_PROBLEMS


def test_each_outage_is_told_anew(clock: Clock, told: list[MutableMapping[str, Any]]) -> None:
    """The same reason after an outage that is over begins another one."""
    outage = Outage("poll", now=clock)

    for _ in range(2):
        outage.fails(MailboxError("Connection refused"))
        outage.works()

    assert events(told) == ["cannot poll", "can poll again"] * 2


def test_it_says_what_to_do(clock: Clock, told: list[MutableMapping[str, Any]]) -> None:
    """Where a connection failed, the record advises."""
    error = MailboxError("imap://u@h: Connection refused")
    error.__cause__ = ConnectionRefusedError()

    Outage("poll", now=clock).fails(error)

    assert "start the server" in str(told[0]["what_to_do"])

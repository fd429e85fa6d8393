"""What the worker tells a service manager, as sd_notify(3) has it."""

import os
from collections.abc import Iterator

import pytest
from running_worker import NotifySocket, notify_socket

from abuse_intake.worker.service_manager import MAX_STATUS, ServiceManager


@pytest.fixture
def manager() -> Iterator[NotifySocket]:
    with notify_socket() as heard:
        yield heard


def test_each_state_is_told_in_its_words(manager: NotifySocket) -> None:
    """Readiness, a reload with its time, signs of life and the end."""
    told = ServiceManager({"NOTIFY_SOCKET": manager.address})

    told.ready()
    told.reloading()
    told.alive()
    told.stopping()

    manager.await_line("STOPPING=1")
    states = [line.partition("=")[0] for line in manager.heard]
    assert states == ["READY", "RELOADING", "MONOTONIC_USEC", "WATCHDOG", "STOPPING"]


def test_an_abstract_socket_is_found() -> None:
    """A name that begins with @ lies in no folder."""
    with notify_socket(is_abstract=True) as manager:
        ServiceManager({"NOTIFY_SOCKET": manager.address}).ready()

        manager.await_line("READY=1")


def test_a_status_is_one_short_line(manager: NotifySocket) -> None:
    """A server's words, which it may hold, add no line to it; the same status is told once."""
    told = ServiceManager({"NOTIFY_SOCKET": manager.address})

    for _ in range(2):
        told.status("cannot poll:\nREADY=0 " + "x" * 1000)
    told.stopping()

    manager.await_line("STOPPING=1")
    status, _ = manager.heard
    assert status.startswith("STATUS=cannot poll: READY=0 x")
    assert len(status) <= len("STATUS=") + MAX_STATUS


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/not/there"}])
def test_nobody_to_tell_is_no_fault(environment: dict[str, str]) -> None:
    """Started by hand, or by a manager that has gone, it works all the same."""
    ServiceManager(environment).ready()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "120000000"}, 120.0),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": str(os.getpid())}, 120.0),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
    ],
)
def test_the_watchdog_is_heeded_where_it_is_ours(environment: dict[str, str], seconds: float | None) -> None:
    """WATCHDOG_USEC says how often, WATCHDOG_PID whose it is."""
    assert ServiceManager(environment).watchdog_seconds == seconds

"""Whether another process lives: what leases of the dead rest on."""

import os
import signal
import subprocess
import sys

import pytest
from intake_world import DEAD_PROCESS

from abuse_intake import processes

DESCRIBE = [
    sys.executable,
    "-c",
    "from abuse_intake.processes import *; print(describe_this_process(), flush=True); input()",
]


def test_this_process_lives() -> None:
    """A process knows itself, by the same name at each call."""
    described = processes.describe_this_process()

    assert described == processes.describe_this_process()
    assert processes.is_alive(described)


def test_another_process_is_known_until_it_ends() -> None:
    """A process that described itself lives for others, and no longer when it has ended."""
    with subprocess.Popen(DESCRIBE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        described = process.stdout.readline().strip()
        before = processes.is_alive(described)
        process.kill()

    assert before
    assert not processes.is_alive(described)


def test_a_killed_process_that_nobody_has_waited_for_is_dead() -> None:
    """A zombie works no more, though it still has its id."""
    process = subprocess.Popen(DESCRIBE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        described = process.stdout.readline().strip()

        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        assert not processes.is_alive(described)


def test_a_process_id_that_is_used_again_is_another_process() -> None:
    """The time of the start tells two processes of one id apart."""
    host, pid, started = processes.describe_this_process().rsplit("/", 2)

    assert not processes.is_alive(f"{host}/{pid}/{float(started) - 60:.2f}")


def test_a_process_of_another_host_counts_as_alive() -> None:
    """Nobody can look into another host: its lease runs out by itself."""
    assert processes.is_alive("elsewhere.example/1/1.00")


@pytest.mark.parametrize("described", [DEAD_PROCESS, DEAD_PROCESS.replace("1.00", "soon")])
def test_a_process_that_cannot_be_is_dead(described: str) -> None:
    """An id that nobody has, and a time that is none, mean nobody."""
    assert not processes.is_alive(described)


def test_a_process_of_another_container_of_this_host_counts_as_alive() -> None:
    """Its process ids mean nothing here: its lease runs out by itself."""
    place, pid, started = processes.describe_this_process().rsplit("/", 2)

    assert processes.is_alive(f"{place}9/{pid}/{started}")


def test_nobody_lives_from_before_a_reboot() -> None:
    """A process id and a start that fit by chance belong to another boot."""
    host, space, pid, started = processes.describe_this_process().rsplit("/", 3)
    other = space.replace(space[0], "z", 1)

    assert not processes.is_alive(f"{host}/{other}/{pid}/{started}")

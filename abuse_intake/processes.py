"""Names this process so that another one on the same host can tell whether it still lives."""

import os
import socket
from functools import cache

import psutil

CLOCK_TOLERANCE_SECONDS = 2.0
"""A process's start time is computed from the boot time, which moves a little when the clock is set."""


@cache
def _host() -> str:
    return socket.gethostname()


def describe_this_process() -> str:
    """`host/pid/start`: unlike a bare process id, it is never used twice."""
    pid = os.getpid()
    return f"{_host()}/{pid}/{psutil.Process(pid).create_time():.2f}"


def is_alive(description: str) -> bool:
    """Whether the described process lives. One on another host counts as alive until its lease runs out."""
    host, _, rest = description.partition("/")
    if host != _host():
        return True
    try:
        pid, started = rest.split("/")
        process = psutil.Process(int(pid))
        is_same = abs(process.create_time() - float(started)) < CLOCK_TOLERANCE_SECONDS
        # One that was killed keeps its id until its parent asks for it, which in a container may be never.
        return is_same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, ValueError):
        return False

"""Names this process so that another one on the same host can tell whether it still lives."""

import os
import socket
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_DEAD_STATES = frozenset("ZXx")
"""A killed process keeps its id as a zombie until its parent asks for it, which in a container may be never."""


@cache
def _place() -> str:
    """Host, boot and namespace: only within all three does a process id mean anything."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        namespace = (_PROC / "self/ns/pid").stat().st_ino
    except OSError:  # no Linux: nobody is ever known to be dead, and leases run out at their time
        return f"{socket.gethostname()}/unknown"
    return f"{socket.gethostname()}/{boot}.{namespace}"


def describe_this_process() -> str:
    """`host/boot.namespace/pid/start`: unlike a bare process id, it is never used twice."""
    pid = os.getpid()
    return f"{_place()}/{pid}/{_find_start(pid) or 0}"


def is_alive(description: str) -> bool:
    """Whether the described process lives. One that cannot be seen from here counts as alive until its lease ends."""
    own_host, own_space = _place().rsplit("/", 1)
    host, _, rest = description.partition("/")
    if host != own_host:
        return True
    try:
        space, pid, started = rest.split("/")
        number, start = int(pid), float(started)
    except ValueError:
        return False
    if "unknown" in (space, own_space):
        return True
    if space != own_space:
        # Before a reboot nobody lives; in another container of this host somebody may.
        return space.partition(".")[0] == own_space.partition(".")[0]
    return _find_start(number) == start


def _find_start(pid: int) -> int | None:
    """When a living process began, in clock ticks since the boot, which no setting of the clock moves."""
    try:
        fields = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0].decode() in _DEAD_STATES else int(fields[19])

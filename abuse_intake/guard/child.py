"""A reader process: reads one mail after the other, each within the limits, until nobody sends more.

It holds no secret, no connection and no variable of the environment. The kernel's clocks end it, so that nothing in
a mail can keep it from ending; the mail that it had in hand is then the first that it has not answered.
"""

import gc
import resource
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import socket

from abuse_intake.guard import limits, wire
from abuse_intake.guard.tasks import TASKS

_STATM = Path("/proc/self/statm")
_DETAIL = 200


class _OutOfMemory(Exception):  # noqa: N818 - said to the program, and the end of this process
    """A mail took more memory than it may."""


def main() -> None:
    """Serve on the socket that is our stdin. Whoever started us decides when we end, not a signal to the group."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    connection = socket(fileno=0)
    with suppress(EOFError, ConnectionError, _OutOfMemory):
        _make_ready(connection)
        _serve(connection)


def _make_ready(connection: socket) -> None:
    """Load the readers now, and not while the first mail's clock runs."""
    try:
        import parsers.read  # noqa: F401
    except BaseException as error:
        connection.sendall(wire.pack_reply(wire.NOT_READY, _describe(error)))
        raise
    gc.collect()
    gc.freeze()
    connection.sendall(wire.pack_reply(wire.READY))


def _serve(connection: socket) -> None:
    stream, memory = connection.makefile("rb"), _find_memory()

    def read(size: int) -> bytes:
        if len(found := stream.read(size)) < size:
            raise EOFError
        return found

    while True:
        number, inputs = wire.read_frame(read)
        _limit_memory(memory, max(map(len, inputs), default=0))
        for given in inputs:
            _start_clocks(limits.CPU_SECONDS, limits.WALL_SECONDS)
            _answer(connection, TASKS[number].work, given)
        _start_clocks(0, 0)


def _answer(connection: socket, work: Callable[[bytes], bytes], given: bytes) -> None:
    try:
        connection.sendall(wire.pack_reply(wire.ANSWER, work(given)))
    except MemoryError:
        connection.sendall(wire.pack_reply(wire.OUT_OF_MEMORY))
        raise _OutOfMemory from None
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 - it crosses the process: `recording` answers it
        connection.sendall(wire.pack_reply(wire.FAULT, _describe(error)))


def _start_clocks(cpu: float, wall: float) -> None:
    """Both end the process by their signal's default action; 0 stops them."""
    signal.setitimer(signal.ITIMER_PROF, cpu)
    signal.setitimer(signal.ITIMER_REAL, wall)


def _find_memory() -> int | None:
    """Bytes of address space that this process has, or None where that can't be told."""
    with suppress(OSError):
        return int(_STATM.read_bytes().split()[0]) * resource.getpagesize()
    return None


def _limit_memory(before: int | None, size: int) -> None:
    if before is not None:
        most = before + limits.MEMORY_BYTES + limits.MEMORY_PER_BYTE * size
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _describe(error: BaseException) -> bytes:
    """What went wrong and where, in a line."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {str(error)[:_DETAIL]}{where}".encode("utf-8", "replace")

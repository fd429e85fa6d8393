"""A reader process: reads one mail after the other, each within the limits, until nobody sends more.

It holds no secret, no connection and no variable of the environment. The kernel's clocks end it, so that nothing in
a mail can keep it from ending. Which mail of a frame it has in hand stands in one byte of memory that it shares.
"""

import gc
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader, FileIO
from mmap import mmap

from abuse_intake.guard import limits, wire
from abuse_intake.guard.tasks import TASKS

_STATM = "/proc/self/statm"
_DETAIL = 200


class _OutOfMemory(Exception):  # noqa: N818 - said to the program, and the end of this process
    """A mail took more memory than it may."""


class Connection:
    """The socket, as a file: whole pieces, one way and the other."""

    def __init__(self, number: int) -> None:
        self._file = FileIO(number, "r+")
        self._reader = BufferedReader(self._file)

    def read(self, size: int) -> bytes:
        """Exactly so many bytes, or EOFError."""
        if len(found := self._reader.read(size)) < size:
            raise EOFError
        return found

    def send(self, content: bytes) -> None:
        """All of it."""
        rest = memoryview(content)
        while rest:
            rest = rest[self._file.write(rest) :]


def main() -> None:
    """Serve on the socket that is our stdin. Whoever started us decides when we end, not a signal to the group."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    connection, in_hand = Connection(0), mmap(int(sys.argv[1]), 1)
    with suppress(EOFError, ConnectionError, _OutOfMemory):
        _make_ready(connection)
        _serve(connection, in_hand)


def _make_ready(connection: Connection) -> None:
    """Load the readers now, and not while the first mail's clock runs."""
    try:
        import parsers.read  # noqa: F401
    except BaseException as error:
        connection.send(wire.pack_reply(wire.NOT_READY, _describe(error)))
        raise
    gc.collect()
    gc.freeze()
    connection.send(wire.pack_reply(wire.READY))


def _serve(connection: Connection, in_hand: mmap) -> None:
    memory = _find_memory()
    while True:
        number, inputs = wire.read_frame(connection.read)
        _limit_memory(memory, max(map(len, inputs), default=0))
        work, replies = TASKS[number].work, Replies(connection)
        for place, given in enumerate(inputs):
            in_hand[0] = place
            _start_clocks(limits.CPU_SECONDS, limits.WALL_SECONDS)
            reply = _reply(work, given)
            _start_clocks(0, 0)
            replies.add(reply)
        replies.send()


class Replies:
    """Replies to the mails of a frame, sent many at once: each sending wakes the program."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[bytes] = []
        self._size = 0

    def add(self, reply: wire.Reply) -> None:
        """One more; the one after which there is nothing more is sent at once."""
        self._waiting.append(wire.pack_reply(*reply))
        self._size += len(reply.content)
        if reply.kind == wire.OUT_OF_MEMORY:
            self.send()
            raise _OutOfMemory
        if self._size > limits.FRAME_BYTES:
            self.send()

    def send(self) -> None:
        """All that wait."""
        self._connection.send(b"".join(self._waiting))
        self._waiting, self._size = [], 0


def _reply(work: Callable[[bytes], bytes], given: bytes) -> wire.Reply:
    try:
        return wire.Reply(wire.ANSWER, work(given))
    except MemoryError:
        return wire.Reply(wire.OUT_OF_MEMORY, b"")
    except Exception as error:  # noqa: BLE001 - it crosses the process: `recording` answers it
        return wire.Reply(wire.FAULT, _describe(error))


def _start_clocks(cpu: float, wall: float) -> None:
    """Both end the process by their signal's default action; 0 stops them."""
    signal.setitimer(signal.ITIMER_PROF, cpu)
    signal.setitimer(signal.ITIMER_REAL, wall)


def _find_memory() -> int | None:
    """Bytes of address space that this process has, or None where that can't be told."""
    with suppress(OSError), FileIO(_STATM) as file:
        return int(file.readall().split()[0]) * resource.getpagesize()
    return None


def _limit_memory(before: int | None, size: int) -> None:
    if before is not None:
        most = before + limits.MEMORY_BYTES + limits.MEMORY_PER_BYTE * size
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _describe(error: BaseException) -> bytes:
    """What went wrong and where, in a line."""
    import traceback  # loading it takes longer than a mail

    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {str(error)[:_DETAIL]}{where}".encode("utf-8", "replace")

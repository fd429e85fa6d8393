"""One reader process as the program sees it: started, given frames, and ended when it does not answer."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from io import BufferedReader, FileIO, RawIOBase
from mmap import mmap
from typing import TYPE_CHECKING

from abuse_intake.errors import GuardError
from abuse_intake.guard import limits, wire

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHILD_CODE = "from abuse_intake.guard.child import main; main()"
"""What the fresh interpreter runs."""
_FIND_MODULES = "import sys; sys.path[:] = sys.argv[2:]; "
"""Before that. PYTHONPATH could not name a folder with a colon in it."""
_CPU_CLOCK = 2
"""The clock of a process, beside its number, as clock_getcpuclockid(3) makes it on Linux."""
_CLOCKS = (-signal.SIGPROF, -signal.SIGALRM)


class ReaderDied(Exception):  # noqa: N818 - it is answered, with a new process
    """The process ended, or was ended, before it answered all.

    `in_hand` is the place of the mail that it read then; `is_costly`: it ran into one of its limits; `is_proof`: that
    was the work of this mail for certain, and nothing from outside.
    """

    def __init__(self, in_hand: int, *, is_costly: bool, is_proof: bool = False) -> None:
        super().__init__()
        self.in_hand = in_hand
        self.is_costly = is_costly
        self.is_proof = is_proof


class StartInterruptedError(GuardError):
    """The process was ended, or stopped, before it could read: another one may start."""


class _Watched(RawIOBase):
    """What a process sends. TimeoutError when that is nothing for longer than the mail in hand may take."""

    def __init__(self, connection: socket.socket, in_hand: mmap) -> None:
        self._connection = connection
        self._in_hand = in_hand

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        while True:
            before = self._in_hand[0]
            try:
                return self._connection.recv_into(buffer)
            except TimeoutError:
                if self._in_hand[0] == before:
                    raise


class ReaderProcess:
    """A fresh interpreter that imports the readers only. GuardError when it can't be started."""

    def __init__(self) -> None:
        try:
            self._open()
        except OSError as error:
            raise GuardError(f"no process to read mails in can be started: {error.strerror}") from None
        self._stream = BufferedReader(_Watched(self._connection, self._in_hand))
        self._is_ready = False
        self._is_fresh = True
        self._cpu_before: float | None = None

    def _open(self) -> None:
        """The process and what leads to it; where one of them cannot be had, nothing stays open."""
        self._connection, theirs = socket.socketpair()
        with theirs, ExitStack() as undo:
            undo.enter_context(self._connection)
            with _make_shared_byte() as shared:
                self._in_hand = undo.enter_context(mmap(shared.fileno(), 1))
                self._process = _start(theirs, shared.fileno())
            undo.pop_all()

    def work(self, task: int, inputs: Sequence[bytes]) -> Iterator[wire.Reply]:
        """The reply to each input, as it comes; 256 at most. ReaderDied when no more come."""
        self._wait_until_ready()
        self._in_hand[0] = 0
        self._cpu_before = self._find_cpu()
        try:
            self._connection.settimeout(limits.WALL_SECONDS + limits.GRACE_SECONDS)
            for piece in wire.pack_frame(task, inputs):
                self._connection.sendall(piece)
            for _ in inputs:
                reply = wire.read_reply(self._read)
                if reply.kind == wire.OUT_OF_MEMORY:
                    raise self._ran_out_of_memory(inputs)
                self._is_fresh = False
                yield reply
        except TimeoutError:
            raise self._died(inputs, is_by_time=True, has_worked=self._has_worked()) from None
        except (EOFError, OSError):
            has_worked = self._has_worked()
            raise self._died(inputs, is_by_time=self._find_end() in _CLOCKS, has_worked=has_worked) from None

    def _ran_out_of_memory(self, inputs: Sequence[bytes]) -> ReaderDied:
        """Mails before it may have used the memory."""
        in_hand = self._find_in_hand(inputs)
        return ReaderDied(in_hand, is_costly=True, is_proof=self._is_fresh and in_hand == 0)

    def _died(self, inputs: Sequence[bytes], *, is_by_time: bool, has_worked: bool) -> ReaderDied:
        in_hand = self._find_in_hand(inputs)
        return ReaderDied(in_hand, is_costly=is_by_time, is_proof=is_by_time and has_worked)

    def _find_in_hand(self, inputs: Sequence[bytes]) -> int:
        """The byte is believed only as far as it can be true."""
        return min(self._in_hand[0], len(inputs) - 1)

    def _has_worked(self) -> bool:
        """Whether it took processor time over what it was given last: it was not stopped, nor left without any."""
        now = self._find_cpu()
        if now is None or self._cpu_before is None:
            return True
        return now - self._cpu_before > limits.CPU_SECONDS * limits.WORKED

    def _find_cpu(self) -> float | None:
        """Seconds of processor time that it has taken, also when it has ended; None where that can't be told."""
        with suppress(OSError, OverflowError, AttributeError):
            return time.clock_gettime(~self._process.pid << 3 | _CPU_CLOCK)
        return None

    def close(self) -> None:
        """End it; what it had in hand is lost."""
        self._stream.close()
        self._connection.close()
        self._in_hand.close()
        self._process.kill()
        self._process.wait()

    def becomes_ready(self) -> bool:
        """Wait for it; whether it can read then."""
        try:
            self._wait_until_ready()
        except GuardError:
            return False
        return True

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            self._connection.settimeout(limits.START_SECONDS)
            reply = wire.read_reply(self._read)
        except (EOFError, OSError):
            end = self._find_end()
            how = "did not get ready" if end is None else f"ended at its start ({end})"
            kind = GuardError if end is not None and end >= 0 else StartInterruptedError
            raise kind(f"the process to read mails in {how}") from None
        if reply.kind != wire.READY:
            text = reply.content.decode("utf-8", "replace")
            raise GuardError(f"the process to read mails in cannot start: {text}")
        self._is_ready = True

    def _read(self, size: int) -> bytes:
        if len(found := self._stream.read(size)) < size:
            raise EOFError
        return found

    def _find_end(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(limits.GRACE_SECONDS)
        return None


def _make_shared_byte() -> FileIO:
    """A file of one byte in memory, that the process says with which mail it has in hand."""
    if hasattr(os, "memfd_create"):
        shared = FileIO(os.memfd_create("in-hand"), "r+")
    else:
        from tempfile import TemporaryFile

        shared = TemporaryFile("w+b", buffering=0)  # noqa: SIM115 - whoever asked closes it
    shared.truncate(1)
    return shared


def _start(connection: socket.socket, shared: int) -> subprocess.Popen[bytes]:
    """Without `site`, which would take longer than the readers; our own search path says where all is."""
    paths = [os.path.abspath(path) for path in sys.path]  # noqa: PTH100 - a search path, and no Path
    return subprocess.Popen(
        [sys.executable, "-s", "-S", "-P", "-c", _FIND_MODULES + CHILD_CODE, str(shared), *paths],
        stdin=connection.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        pass_fds=(shared,),
        start_new_session=True,
    )

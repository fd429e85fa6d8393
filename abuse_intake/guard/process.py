"""One reader process as the program sees it: started, given frames, and ended when it does not answer."""

import os
import signal
import socket
import subprocess
import sys
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
_CLOCKS = (-signal.SIGPROF, -signal.SIGALRM)


class ReaderDied(Exception):  # noqa: N818 - it is answered, with a new process
    """The process ended, or was ended, before it answered all.

    `is_costly`: it ran into one of its limits; `in_hand` is the place of the mail that it read then.
    """

    def __init__(self, in_hand: int, *, is_costly: bool, is_by_time: bool = False) -> None:
        super().__init__()
        self.in_hand = in_hand
        self.is_costly = is_costly
        self.is_by_time = is_by_time


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
        try:
            self._connection.settimeout(limits.WALL_SECONDS + limits.GRACE_SECONDS)
            for piece in wire.pack_frame(task, inputs):
                self._connection.sendall(piece)
            for _ in inputs:
                reply = wire.read_reply(self._read)
                if reply.kind == wire.OUT_OF_MEMORY:
                    raise self._died(inputs, is_costly=True)
                yield reply
        except TimeoutError:
            raise self._died(inputs, is_costly=True, is_by_time=True) from None
        except (EOFError, OSError):
            has_run_out = self._find_end() in _CLOCKS
            raise self._died(inputs, is_costly=has_run_out, is_by_time=has_run_out) from None

    def _died(self, inputs: Sequence[bytes], *, is_costly: bool, is_by_time: bool = False) -> ReaderDied:
        """The byte is believed only as far as it can be true."""
        in_hand = min(self._in_hand[0], len(inputs) - 1)
        return ReaderDied(in_hand, is_costly=is_costly, is_by_time=is_by_time)

    def close(self) -> None:
        """End it; what it had in hand is lost."""
        self._stream.close()
        self._connection.close()
        self._in_hand.close()
        self._process.kill()
        self._process.wait()

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            self._connection.settimeout(limits.START_SECONDS)
            reply = wire.read_reply(self._read)
        except (EOFError, OSError):
            end = self._find_end()
            how = "did not get ready" if end is None else f"ended at its start ({end})"
            raise GuardError(f"the process to read mails in {how}") from None
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
    paths = (os.path.abspath(path) for path in sys.path)  # noqa: PTH100 - a search path, and no Path
    return subprocess.Popen(
        [sys.executable, "-s", "-S", "-P", "-c", CHILD_CODE, str(shared)],
        stdin=connection.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(paths)},
        pass_fds=(shared,),
        start_new_session=True,
    )

"""The guard: spreads mails over reader processes, and answers for those that end a process.

1. Mails go to the processes in small frames, and are answered in their order.
2. A process that runs into a limit of time costs the mail that it had in hand. So does one that dies otherwise, or
   runs out of memory, but only where it is new and had no other mail before: else that mail is read once more.
3. What the process had not come to goes to a new one.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from abuse_intake.errors import GuardError
from abuse_intake.guard import limits, wire
from abuse_intake.guard.failure import Failure
from abuse_intake.guard.process import ReaderDied, ReaderProcess
from abuse_intake.guard.tasks import READ_FULL_VIEW, READ_MAIL, TASKS
from parsers.values import ReadMail

T = TypeVar("T")
Frame = Future[list[Any]]

MAX_PROCESSES = 4
FRAMES_AHEAD = 2
"""A process has its next frame waiting when it is done with one."""


class Work(Generic[T]):
    """What is under way for some mails."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = frames

    def results(self) -> list[T | Failure]:
        """Wait; what each mail led to, in order. GuardError when no process can be started."""
        return [result for frame in self._frames for result in frame.result()]


class Guard:
    """A reader process for each core, but `most` at most; started when they are needed. Use as a context manager."""

    def __init__(self, most: int = MAX_PROCESSES) -> None:
        self._count = max(1, min(os.cpu_count() or 1, MAX_PROCESSES, most))
        self._threads = ThreadPoolExecutor(self._count, thread_name_prefix="guard")
        self._idle: SimpleQueue[ReaderProcess | None] = SimpleQueue()
        for _ in range(self._count):
            self._idle.put(None)

    def __enter__(self) -> "Guard":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the processes now, so that they get ready while we do other things."""
        for _ in range(self._count):
            process = self._idle.get()
            with suppress(GuardError):  # who needs one will be told
                process = process or ReaderProcess()
            self._idle.put(process)

    def begin_reading(self, raws: Sequence[bytes]) -> Work[ReadMail]:
        """Have these mails read; returns at once."""
        return Work([self._begin(READ_MAIL, frame) for frame in split_frames(raws)])

    def read_each(self, raws: Iterable[bytes]) -> Iterator[ReadMail | Failure]:
        """Read mails as they come, in order; a bounded number of them is held in memory."""
        waiting: deque[Frame] = deque()
        for frame in split_frames(raws):
            waiting.append(self._begin(READ_MAIL, frame))
            if len(waiting) > FRAMES_AHEAD * self._count:
                yield from waiting.popleft().result()
        for begun in waiting:
            yield from begun.result()

    def read_full_view(self, raw: bytes, sha256: str) -> dict[str, Any] | Failure | None:
        """All of one message in a mail, or None where the mail has none of that hash."""
        view: dict[str, Any] | Failure | None
        (view,) = self._begin(READ_FULL_VIEW, [sha256.encode("ascii") + raw]).result()
        return view

    def close(self) -> None:
        """End the processes, when they have finished what they have in hand."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            if process := self._idle.get():
                process.close()

    def _begin(self, task: int, frame: Sequence[bytes]) -> Frame:
        return self._threads.submit(self._work, task, frame)

    def _work(self, task: int, inputs: Sequence[bytes]) -> list[Any]:
        """What to answer for each input, by as many processes as it takes."""
        results: list[Any] = []
        process = self._idle.get()
        try:
            while len(results) < len(inputs):
                process = process or ReaderProcess()
                try:
                    for reply in process.work(task, inputs[len(results) :]):
                        results.append(_unpack(task, reply))  # noqa: PERF401 - what came before a death stays
                except ReaderDied as death:
                    failure = _judge(death, process)
                    results += [failure] if failure else []
                    process.close()
                    process = None
        except BaseException:
            if process:
                process.close()
            process = None
            raise
        finally:
            self._idle.put(process)
        return results


def _judge(death: ReaderDied, process: ReaderProcess) -> Failure | None:
    """Whether the mail in hand is to blame, or None: it is read once more, by a new process."""
    if death.is_by_time or process.is_fresh:
        return Failure("too_costly" if death.is_costly else "kills_the_reader")
    return None


def _unpack(task: int, reply: wire.Reply) -> Any:
    if reply.kind != wire.ANSWER:
        return Failure("internal_error", reply.content.decode("utf-8", "replace"))
    try:
        return TASKS[task].unpack(reply.content)
    except Exception as error:  # noqa: BLE001 - an answer is trusted no more than the mail that it is about
        return Failure("internal_error", f"a reader gave no answer of ours: {error}")


def split_frames(inputs: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Frames of a bounded number of mails and of bytes; a larger mail goes alone."""
    frame: list[bytes] = []
    size = 0
    for one in inputs:
        if frame and (len(frame) >= limits.FRAME_MAILS or size + len(one) > limits.FRAME_BYTES):
            yield frame
            frame, size = [], 0
        frame.append(one)
        size += len(one)
    if frame:
        yield frame

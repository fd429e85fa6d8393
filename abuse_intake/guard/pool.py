"""The guard: spreads mails over reader processes, and answers for those that end a process.

1. Mails go to the processes in small frames, and are answered in their order.
2. A process that works until it runs into a limit of time costs the mail that it had in hand. So does one that runs
   out of memory, but only where it is new and had no other mail before: else that mail is read once more.
3. One that dies otherwise may have been ended or stopped from outside, and so may one that did not work: only the
   third such death in a row costs the mail.
4. What the process had not come to goes to a new one.
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
from abuse_intake.guard.process import ReaderDied, ReaderProcess, StartInterruptedError
from abuse_intake.guard.tasks import READ_FULL_VIEW, READ_MAIL, TASKS
from abuse_intake.steps import Job, beat
from parsers.values import ReadMail

T = TypeVar("T")
Begun = Future[list[Any]]

_UNKNOWN = object()

MAX_PROCESSES = 4
FRAMES_AHEAD = 2
"""A process has its next frame waiting when it is done with one."""


class Work(Generic[T]):
    """What is under way for some mails."""

    def __init__(self, frames: Sequence[Begun]) -> None:
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

    def make_ready(self) -> None:
        """Wait until the processes can read; what keeps one from it is told when it is needed."""
        self.start()
        for _ in range(self._count):
            process = self._idle.get()
            if process and not process.becomes_ready():
                process.close()
                process = None
            self._idle.put(process)

    def begin_reading(self, raws: Sequence[bytes]) -> Work[ReadMail]:
        """Have these mails read; returns at once."""
        return Work([self._begin(READ_MAIL, frame) for frame in split_frames(raws)])

    def read_each(self, raws: Iterable[bytes]) -> Iterator[ReadMail | Failure]:
        """Read mails as they come, in order; a bounded number of them is held in memory."""
        waiting: deque[Begun] = deque()
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

    def _begin(self, task: int, frame: Sequence[bytes]) -> Begun:
        try:
            return self._threads.submit(self._work, task, frame)
        except RuntimeError as error:
            raise GuardError(f"no thread to have mails read can be started: {error}") from None

    def _work(self, task: int, inputs: Sequence[bytes]) -> list[Any]:
        """What to answer for each input, by as many processes as it takes."""
        frame, starts = _Frame(task, inputs), 0
        process = self._idle.get()
        try:
            while todo := frame.find_todo():
                process = process or ReaderProcess()
                try:
                    frame.take(todo, process)
                except ReaderDied as death:
                    frame.judge(todo[death.in_hand], death)
                    process.close()
                    process = None
                except StartInterruptedError:
                    starts += 1
                    if starts >= limits.STARTS:
                        raise
                    process.close()
                    process = None
        except BaseException:
            if process:
                process.close()
            process = None
            raise
        finally:
            self._idle.put(process)
        return frame.results


class _Frame:
    """The inputs of one frame, and what is known of each."""

    def __init__(self, task: int, inputs: Sequence[bytes]) -> None:
        self.results: list[Any] = [_UNKNOWN] * len(inputs)
        self._task = task
        self._inputs = inputs
        self._suspect: int | None = None
        self._deaths = 0

    def find_todo(self) -> list[int]:
        """The places of those that are still to be worked on; a suspect alone."""
        if self._suspect is not None:
            return [self._suspect]
        return [place for place, result in enumerate(self.results) if result is _UNKNOWN]

    def take(self, todo: Sequence[int], process: ReaderProcess) -> None:
        """Have a process work on these."""
        replies = process.work(self._task, [self._inputs[place] for place in todo])
        for place, reply in zip(todo, replies, strict=False):
            self.results[place] = _unpack(self._task, reply)
            beat(Job.POLL)
        self._suspect, self._deaths = None, 0

    def judge(self, place: int, death: ReaderDied) -> None:
        """Blame the mail that the process had in hand, or have it read once more, by a new one."""
        beat(Job.POLL)
        self._deaths += 1
        if death.is_proof or self._deaths >= limits.DEATHS:
            self.results[place] = Failure("too_costly" if death.is_costly else "kills_the_reader")
            self._suspect, self._deaths = None, 0
        else:
            self._suspect = place


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

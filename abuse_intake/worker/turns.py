"""Work that is done in turns: at most one runs, and at most one more is asked for."""

import threading
import time
from collections.abc import Callable
from concurrent import futures

import structlog

from abuse_intake.stopping import LOOK_SECONDS

log = structlog.get_logger()


class Hold:
    """Keeps a kind of work from beginning its next turn, until it is over."""

    def __init__(self) -> None:
        self.is_reached = threading.Event()
        """No turn runs from here on."""
        self._is_over = threading.Event()

    def end(self) -> None:
        """Let the work go on."""
        self._is_over.set()

    def keep(self) -> None:
        """Wait in the place of a turn."""
        self.is_reached.set()
        self._is_over.wait()


class Turns:
    """One kind of work, in a thread of its own, so that nobody who asks for it waits, and no two turns overlap.

    What happens while a turn runs is found by that turn, or by the next one, which may be asked for at any time.
    """

    def __init__(self, name: str, take_turn: Callable[[], None]) -> None:
        self._name = name
        self._take_turn = take_turn
        self._thread = futures.ThreadPoolExecutor(1, thread_name_prefix=name)
        self._thread.submit(lambda: None).result()  # started now: later there may be no thread to be had
        self._asking = threading.Lock()
        self._is_asked = False
        self._running = threading.Lock()
        self._is_over = False

    def ask(self) -> "futures.Future[None] | None":
        """Have a turn taken after the one that runs; None where that is asked for already, or all is over."""
        with self._asking:
            if self._is_asked:
                return None
            self._is_asked = True
            try:
                return self._thread.submit(self._run)
            except RuntimeError:  # ended
                return None

    def hold(self) -> Hold:
        """Let no turn begin after the one that runs."""
        hold = Hold()
        self._thread.submit(hold.keep)
        return hold

    def end(self, seconds: float) -> bool:
        """Begin no turn any more; whether the one that runs ended in that time."""
        self._is_over = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        ends = time.monotonic() + seconds
        while not self._running.acquire(timeout=min(LOOK_SECONDS, max(0.0, ends - time.monotonic()))):
            if time.monotonic() >= ends:
                return False
        self._running.release()
        return True

    def _run(self) -> None:
        with self._running:
            if self._is_over:
                return
            with self._asking:
                self._is_asked = False
            try:
                self._take_turn()
            except Exception as fault:
                # The last resort of the worker: a fault of ours costs one turn.
                log.error("fault in a job", job=self._name, exc_info=fault)

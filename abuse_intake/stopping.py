"""Asking a long run to stop or to reload, from a signal or from another thread."""

import os
import select
import signal
import sys
import time
from contextlib import suppress
from enum import Enum, auto
from queue import Empty, SimpleQueue

from abuse_intake.log import render_record

EXIT_FORCED = 1
"""The exit code of a process that ends before it has finished what it had in hand."""
LOOK_SECONDS = 0.5
"""So often a main thread that waits comes back to Python, which runs a signal's handler only then: a signal that comes
just before the wait begins, or to another thread, does not end the wait."""
LOG_SECONDS = 1.0
"""So long a log that takes nothing any more is waited for."""


class Wish(Enum):
    """What is asked of a run."""

    STOP = auto()
    RELOAD = auto()


class Stopping:
    """A request to stop. Made of what may be used in a signal handler: no lock that the handler could wait for."""

    def __init__(self) -> None:
        self.is_requested = False
        self.requested_at: float | None = None
        """On the monotonic clock."""
        self._bell: SimpleQueue[Wish] = SimpleQueue()

    def request(self) -> None:
        """Ask to stop; asking again changes nothing."""
        if not self.is_requested:
            self.requested_at = time.monotonic()
        self.is_requested = True
        self._bell.put(Wish.STOP)

    def request_reload(self) -> None:
        """Ask for the configuration to be read again."""
        self._bell.put(Wish.RELOAD)

    def wait(self) -> Wish:
        """What is asked next."""
        while True:
            with suppress(Empty):
                return self._bell.get(timeout=LOOK_SECONDS)

    def on_signals(self) -> "Stopping":
        """Let SIGTERM and SIGINT request it; a second one ends the process at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: self._heed(number))
        return self

    def on_hangup(self) -> "Stopping":
        """Let SIGHUP ask for a reload; where the log goes to a terminal it is that terminal's end, and a stop."""
        heed = self.request if sys.stderr.isatty() else self.request_reload
        signal.signal(signal.SIGHUP, lambda *_: heed())
        return self

    def _heed(self, number: int) -> None:
        if self.is_requested:
            end_at_once("stopped at once by a second signal", signal=signal.Signals(number).name)
        self.request()

    def __call__(self) -> bool:
        """Whether a stop was requested, as a run asks between batches."""
        return self.is_requested


def end_at_once(event: str, **fields: object) -> None:
    """End the process now, whatever its threads wait for. The log is written past all locks, if it takes anything."""
    try:
        number = sys.stderr.fileno()
        if select.select([], [number], [], LOG_SECONDS)[1]:
            os.write(number, render_record("error", event, **fields).encode() + b"\n")
    except (OSError, ValueError):  # nobody reads it
        pass
    finally:
        os._exit(EXIT_FORCED)

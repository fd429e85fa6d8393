"""Asking a long run to stop, from a signal or from another thread."""

import signal
from queue import SimpleQueue


class Stopping:
    """A request to stop. Made of what may be used in a signal handler: no lock that the handler could wait for."""

    def __init__(self) -> None:
        self.is_requested = False
        self._bell: SimpleQueue[None] = SimpleQueue()

    def request(self) -> None:
        """Ask to stop; asking again changes nothing."""
        self.is_requested = True
        self._bell.put(None)

    def wait(self) -> None:
        """Return when a stop was requested."""
        self._bell.get()

    def on_signals(self) -> "Stopping":
        """Let SIGTERM and SIGINT request it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.request())
        return self

    def __call__(self) -> bool:
        """Whether a stop was requested, as a run asks between batches."""
        return self.is_requested

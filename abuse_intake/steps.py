"""The steps of the flow by their names, and who is told when one was reached.

A step is reached when what it names stands: committed in the database, or done on the server. A worker's watchdog
listens here to know that the work goes on.
"""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """What was just done. Those of one mail's way come in this order."""

    LISTED = "listed"
    FETCHED = "fetched"
    KEPT = "kept"
    CLAIMED = "claimed"
    READ = "read"
    RECORDED = "recorded"
    COPIED = "copied"
    """Copied into its folder and not yet expunged, on a server that cannot MOVE."""
    MOVED = "moved"
    FILED = "filed"
    ANSWER_CLAIMED = "answer_claimed"
    ANSWER_BEGUN = "answer_begun"
    """The server has accepted MAIL, RCPT and the data; nothing is committed of it."""
    DATA_SENT = "data_sent"
    """Committed; the final dot is not sent yet."""
    ANSWERED = "answered"
    """The server has taken the acknowledgement; that is not committed yet."""
    ANSWER_NOTED = "answer_noted"


Listener = Callable[[Step], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Have `listener` told of each step, in the thread that reached it; what is returned ends that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def reached(step: Step) -> None:
    """Tell all who listen."""
    for listener in tuple(_listeners):
        listener(step)

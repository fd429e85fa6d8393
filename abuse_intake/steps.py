"""The steps of the flow by their names, and who is told when one was reached.

A step is reached when what it names stands: committed in the database, or done on the server. Between two steps that
lie far apart, work tells by a beat that it goes on. A worker's watchdog listens here.
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


class Job(StrEnum):
    """What goes on by itself, beside the other."""

    POLL = "poll"
    DELIVERY = "deliver"


Listener = Callable[[Step], None]
BeatListener = Callable[[Job], None]
_listeners: list[Listener] = []
_beat_listeners: list[BeatListener] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Have `listener` told of each step, in the thread that reached it; what is returned ends that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def listen_to_beats(listener: BeatListener) -> Callable[[], None]:
    """Have `listener` told of each sign of life, steps among them; what is returned ends that."""
    _beat_listeners.append(listener)
    return lambda: _beat_listeners.remove(listener)


def reached(step: Step) -> None:
    """Tell all who listen."""
    for listener in tuple(_listeners):
        listener(step)
    beat(Job.DELIVERY if step in _OF_A_DELIVERY else Job.POLL)


def beat(job: Job) -> None:
    """Tell that this job goes on, within a step that may take long: a mail of many was read, a piece has come."""
    for listener in tuple(_beat_listeners):
        listener(job)


_OF_A_DELIVERY = frozenset(
    {Step.ANSWER_CLAIMED, Step.ANSWER_BEGUN, Step.DATA_SENT, Step.ANSWERED, Step.ANSWER_NOTED}
)

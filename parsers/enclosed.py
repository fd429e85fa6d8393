"""The messages that a mail brings, read: attached ones, and those pasted into its text."""

from parsers.attached import contents_of, find_attached
from parsers.inline import find_pasted
from parsers.message import Reported, read_reported
from parsers.mime import Budget, Part


def read_attached(root: Part, budget: Budget, limit: int | None = None) -> list[Reported]:
    """The attached messages, of so many parts; a mailbox file holds several."""
    found: list[Reported] = []
    for part in find_attached(root)[:limit]:
        read = (read_reported(raw, budget) for raw in contents_of(part)[:limit])
        found += _of_one_receiver([reported for reported in read if reported])
    return found


def read_pasted(root: Part, budget: Budget) -> list[Reported]:
    """The pasted messages; where some have a route, the others are what programs put above them."""
    read = [reported for raw in find_pasted(root) if (reported := read_reported(raw, budget))]
    return _of_one_receiver([reported for reported in read if reported.is_routed] or read)


def _of_one_receiver(messages: list[Reported]) -> list[Reported]:
    """Those that the first one's servers received: the text of junk can hold what looks like another message."""
    receivers = messages[0].receivers if messages else set()
    return [message for message in messages if not receivers or message.receivers & receivers]

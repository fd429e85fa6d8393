"""The messages that a mail brings, read: attached ones, and those pasted into its text."""

from parsers.attached import contents_of, find_attached
from parsers.inline import find_pasted
from parsers.message import Reported, read_reported
from parsers.mime import Budget, Part
from parsers.outside import Outside
from parsers.recipients import find_recipients
from parsers.subjects import strip_prefixes


def read_attached(root: Part, budget: Budget, limit: int | None = None) -> list[Reported]:
    """The attached messages, of so many parts; a mailbox file holds several."""
    found: list[Reported] = []
    for part in find_attached(root)[:limit]:
        read = (read_reported(raw, budget) for raw in contents_of(part)[:limit])
        found += _of_one_receiver([reported for reported in read if reported])
    return found


def read_pasted(outside: Outside, budget: Budget) -> list[Reported]:
    """The pasted messages; of one whose route is pasted too, without what a program put above it."""
    read = [reported for raw in find_pasted(outside.root) if (reported := read_reported(raw, budget))]
    parties = find_recipients(outside.root) | {outside.sender}
    read = [one for one in read if not _is_of(one, parties)] or read
    if not any(one.is_routed for one in read) or read[0].is_routed:
        return _of_one_receiver([one for one in read if one.is_routed] or read)
    return [one for one in read if one.is_routed and _is_same(one, read[0])] or read[:1]


def is_any_routed(messages: list[Reported]) -> bool:
    """Whether a route shows of one of them that it came from elsewhere."""
    return any(message.is_routed for message in messages)


def _is_of(one: Reported, parties: set[str]) -> bool:
    """What the reporter wrote before, or was answered, is quoted without a route."""
    return not one.is_routed and (one.message.from_address or "").lower() in parties


def _is_same(one: Reported, shown: Reported) -> bool:
    """Whether it can be the message that a program shows above it; what else junk holds is not believed."""
    subjects = (strip_prefixes(message.message.subject or "") for message in (one, shown))
    return len(set(subjects)) == 1


def _of_one_receiver(messages: list[Reported]) -> list[Reported]:
    """Those that the first one's servers received: the text of junk can hold what looks like another message."""
    receivers = messages[0].receivers if messages else set()
    return [message for message in messages if not receivers or message.receivers & receivers]

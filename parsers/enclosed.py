"""The messages that a mail brings, read: attached ones, and those pasted into its text."""

from itertools import chain

from parsers.attached import find_attached
from parsers.budget import MESSAGES, Budget
from parsers.inline import find_pasted
from parsers.message import Reported, read_reported
from parsers.mime import Part
from parsers.outside import Outside
from parsers.packed import is_outlook, is_packed, unpack
from parsers.recipients import find_addressed, find_noted, find_recipients
from parsers.wording.replies import ANSWERS


def read_attached(root: Part, budget: Budget, limit: int | None = None) -> list[Reported]:
    """The attached messages, of so many parts; a mailbox file or an archive holds several.

    With a limit it is a reported message that they are attached to: archives in it are not opened.
    """
    found: list[Reported] = []
    opens_archives = limit is None
    parts = find_attached(root, is_packed if opens_archives else is_outlook)
    if limit is not None and len(parts) > limit:
        budget.warn(MESSAGES.sentence)
    for group in chain.from_iterable(unpack(part, opens_archives, budget) for part in parts[:limit]):
        if not budget.allow(MESSAGES):
            budget.warn(MESSAGES.sentence)
            break
        read = (read_reported(one.raw, budget, one.form) for one in group[:limit])
        found += _of_one_receiver([reported for reported in read if reported])
    return found


def read_pasted(outside: Outside, budget: Budget) -> list[Reported]:
    """The pasted messages, but for what the reporter wrote before, or was answered."""
    read = [reported for raw in find_pasted(outside.root) if (reported := read_reported(raw, budget))]
    if not read:
        return []
    parties = find_recipients(outside.root) | {outside.sender}
    others = [one for one in read if not _is_of(one, parties)]
    return others or [one for one in read if not _is_of(one, _find_answered(outside))]


def _find_answered(outside: Outside) -> set[str]:
    """Who wrote what an answer quotes: its own sender, and those that got this copy of it."""
    if outside.is_forward or not (outside.has("in-reply-to") or ANSWERS.is_in(outside.subject)):
        return set()
    addressed = find_addressed(outside.root)
    return find_noted(outside.root) | {outside.sender} | (addressed if len(addressed) == 1 else set())


def find_believed(pasted: list[Reported]) -> list[Reported]:
    """Those that are reported beside each other; what stands below one without a route may be part of it."""
    routed = [one for one in pasted if one.is_routed]
    if routed and not pasted[0].is_routed:
        return pasted[:1]
    return _of_one_receiver(routed or pasted)


def find_below(pasted: list[Reported]) -> list[Reported]:
    """Those with a route that the first one may show; what went to the same people came beside it."""
    people = find_recipients(pasted[0].root) if pasted and pasted[0].is_routed else set()
    return [one for one in pasted[1:] if one.is_routed and not people & find_recipients(one.root)]


def _is_of(one: Reported, parties: set[str]) -> bool:
    """What the reporter wrote before, or was answered, is quoted without a route."""
    return not one.is_routed and (one.message.from_address or "").lower() in parties


def _of_one_receiver(messages: list[Reported]) -> list[Reported]:
    """Those that the first one's servers received: the text of junk can hold what looks like another message."""
    if len(messages) < 2:
        return messages
    receivers = messages[0].receivers
    return [message for message in messages if not receivers or message.receivers & receivers]

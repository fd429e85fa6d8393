"""Whether a message that encloses another is junk, or complains about what it encloses.

Whoever sends junk can enclose a message in it, with any route, and so have an innocent tenant blamed by honest
reporters. So signs are weighed. What the reporter says, and what the receiving side noted, the junk's sender
cannot write: these add up. Of its words, marks and recipients, which the junk's sender can copy from complaints,
only the best counts, so that however many do not outweigh a link, a file or a way to unsubscribe, as junk has
them that wants to sell. Three things do, and can be copied too: a desk named at the house that it was delivered
to, the form of a feedback report, and a route of what is enclosed that leads to its own sender. So what rests on
copies alone is hearsay.
"""

from collections.abc import Callable

from parsers import signs
from parsers.signs import Nested

DECIDES = 20
"""Alone, whatever it holds."""
STRONG = 7
"""Though it has a link or a file: what people write to desks is full of them."""
ENOUGH = 4
"""What makes a complaint. A sign of this weight does so alone, where nothing speaks against it."""
HINT = 2


def is_complaint(nested: Nested) -> bool:
    """Whether it complains about what it encloses, or passes a complaint on."""
    return sum(_weigh(row, nested) for row in SIGNS) >= ENOUGH


def is_hearsay(nested: Nested) -> bool:
    """Whether nothing but what its sender wrote speaks for a complaint: junk can be made to read like that."""
    others = [row for row in SIGNS if row not in (SENDERS_WRITING, LINKAGE) and row[0][0] > 0]
    return not any(_weigh(row, nested) > 0 for row in others)


def _weigh(row: tuple["Sign", ...], nested: Nested) -> int:
    return next((points for points, holds in row if holds(nested)), 0)


Sign = tuple[int, Callable[[Nested], bool]]

SENDERS_WRITING: tuple[Sign, ...] = (
    (STRONG, signs.calls_itself_feedback),
    (STRONG, signs.names_desk_there),
    (ENOUGH, signs.names_desk),
    (ENOUGH, signs.names_enclosed),
    (ENOUGH, signs.says_complaint),
    (HINT, signs.passes_on),
    (HINT, signs.is_ticket),
    (HINT, signs.went_to_role),
)
"""Its words, its marks, and the recipients that only its sender names: junk can be made to have them as well."""

LINKAGE: tuple[Sign, ...] = ((HINT, signs.sender_received_enclosed),)
"""A route of what is enclosed that leads to its sender: it can be made to fit, but few will take that trouble."""

SIGNS: tuple[tuple[Sign, ...], ...] = (
    ((DECIDES, signs.is_wrapped_again),),
    ((DECIDES, signs.reporter_names_enclosed),),
    ((-DECIDES, signs.reporter_names_it),),
    ((ENOUGH, signs.reporter_got_complaint),),
    ((STRONG, signs.went_to_desk),),
    ((STRONG, signs.is_saved), (ENOUGH, signs.is_local)),
    SENDERS_WRITING,
    LINKAGE,
    ((-HINT, signs.holds_link),),
    ((-HINT, signs.is_feedback_with_page),),
    ((-HINT, signs.brings_file),),
    ((-ENOUGH, signs.can_be_unsubscribed),),
)
"""What each sign weighs; of each row the first that holds."""

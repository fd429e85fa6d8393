"""Enclosed messages: which parts of a mail are messages, or headers of messages, that somebody attached."""

from collections.abc import Iterator

from parsers.budget import MESSAGES
from parsers.message import begins_like_message
from parsers.mime import Part
from parsers.saved import split_mailbox

ATTACHED = MESSAGES.of_all
"""Parts that are read as messages; whoever reports more sends more mails."""

ENCLOSING_TYPES = frozenset(
    {
        "message/rfc822",
        "message/global",  # RFC 6532
        "message/rfc-822",
        "message/rfc822-headers",
        "message/global-headers",
        "text/rfc822-headers",  # RFC 6522
        "text/rfc822-header",
        "text/rfc822",
    }
)
TEXT_TYPES = frozenset({"text/plain", "text/html"})


def find_attached(root: Part) -> list[Part]:
    """The parts that enclose a message, in the order of the mail; what these enclose is not looked at."""
    found = [part for part in root.leaves if _encloses(part)]
    if len(found) > ATTACHED:
        root.budget.warn(MESSAGES.sentence)
    return found[:ATTACHED]


def find_unmarked(root: Part) -> Iterator[Part]:
    """Texts that begin like a message though nothing says so, as some feedback reports have them."""
    for part in root.parts:
        if part is not root and part.type in TEXT_TYPES and _begins_like_message(part):
            yield part


def contents_of(part: Part) -> list[bytes]:
    """The messages that a part encloses: one, or all of a mailbox file, whatever a message's own file is named."""
    content = part.message_content()
    is_named = part.type not in ENCLOSING_TYPES and part.filename.lower().endswith(".mbox")
    is_mailbox = part.type == "application/mbox" or is_named
    return split_mailbox(content) if is_mailbox else [content]


def _encloses(part: Part) -> bool:
    """By its type; else a file, of any name and any type, that begins like a message."""
    if part.type in ENCLOSING_TYPES:
        return True
    if part.type.startswith(("multipart/", "image/", "audio/", "video/")):
        return False
    is_file = part.filename or part.disposition.name == "attachment" or part.type not in TEXT_TYPES
    return bool(is_file) and _begins_like_message(part)


def _begins_like_message(part: Part) -> bool:
    if part.begins_like_message is None:
        part.begins_like_message = begins_like_message(part.beginning)
    return part.begins_like_message

"""Enclosed messages: which parts of a mail are messages, or headers of messages, that somebody attached."""

from collections.abc import Callable, Iterator

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


def find_attached(root: Part, is_opened: Callable[[Part], bool] | None = None) -> list[Part]:
    """The parts that enclose a message, in the order of the mail; what these enclose is not looked at.

    Those that `is_opened` accepts count too: files that hold messages in a form of their own (`parsers.packed`).
    """
    found = [part for part in root.leaves if _encloses(part) or (is_opened and is_opened(part))]
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
    return split_content(part.message_content(), part.type, part.filename)


def split_content(content: bytes, media_type: str, name: str) -> list[bytes]:
    """The same of a file, by its type and its name."""
    is_named = media_type not in ENCLOSING_TYPES and name.lower().endswith(".mbox")
    is_mailbox = media_type == "application/mbox" or is_named
    return split_mailbox(content) if is_mailbox else [content]


def _encloses(part: Part) -> bool:
    """By its type; else a file, of any name and any type, that begins like a message."""
    return part.type in ENCLOSING_TYPES or (is_file(part) and _begins_like_message(part))


def is_file(part: Part) -> bool:
    """Whether it can be the file of a message: no picture, sound, or text to be read."""
    if part.type.startswith(("multipart/", "image/", "audio/", "video/")):
        return False
    return bool(part.filename) or part.disposition.name == "attachment" or part.type not in TEXT_TYPES


def _begins_like_message(part: Part) -> bool:
    if part.begins_like_message is None:
        part.begins_like_message = begins_like_message(part.beginning)
    return part.begins_like_message

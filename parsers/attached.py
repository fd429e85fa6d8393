"""Enclosed messages: which parts of a mail are messages, or headers of messages, that somebody attached."""

from collections.abc import Iterator

from parsers.message import begins_like_message
from parsers.mime import Part

ATTACHED = 100
LOOKED_AT = 12 * 1024

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
MESSAGE_FILES = (".eml", ".mht", ".rfc822", ".emlx")
OPAQUE_TYPES = frozenset(
    {"application/octet-stream", "application/x-eml", "application/eml", "binary/octet-stream"}
)
_UNMARKED = ("text/", "message/", "application/")


def find_attached(root: Part) -> list[Part]:
    """The parts that enclose a message, in the order of the mail; what these enclose is not looked at."""
    return [part for part in root.walk() if not part.children and _encloses(part)][:ATTACHED]


def find_unmarked(root: Part) -> Iterator[Part]:
    """Parts that begin like a message though nothing says so, as some feedback reports have them."""
    for part in root.walk():
        if part is not root and part.type.startswith(_UNMARKED) and _begins_like_message(part):
            yield part


def _encloses(part: Part) -> bool:
    if part.type in ENCLOSING_TYPES:
        return True
    if part.type.startswith(("multipart/", "image/", "audio/", "video/")):
        return False
    name = part.filename.lower().strip()
    if name.endswith(MESSAGE_FILES) or part.type in OPAQUE_TYPES or part.disposition.name == "attachment":
        return _begins_like_message(part)
    return False


def _begins_like_message(part: Part) -> bool:
    """Looks at the first bytes only: an attachment can be large."""
    end = min(part.end, part.body_start + LOOKED_AT)
    head = Part(part.source, part.header, part.body_start, end, part.content_type)
    return begins_like_message(head.message_content())

"""How programs save messages in files: as UTF-16 text, in base64, in Apple's `.emlx`, several in an mbox."""

import re
from itertools import islice, pairwise

from parsers.content import clean_text, decode_base64

MESSAGES = 100
FALSE_LINES = 5_000
"""Lines that begin like a `From ` line and are looked at; of a mailbox, so many messages."""
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_COUNT = re.compile(rb"\s{0,10}\d{1,10}[ \t]{0,20}\r?\n")
_BASE64_LINE = re.compile(rb"\s{0,10}[A-Za-z0-9+/]{56,}+={0,2}+\s")
_FROM_LINE = re.compile(rb"(?:\A|\n\r?\n)(?=From ([^\r\n]{1,250}+)\r?\n)")
_CLOCK = re.compile(rb".\d\d:\d\d.{1,40}\Z")


def unwrap(content: bytes) -> bytes:
    """The message without what its file puts around it; the end of `content` may be missing."""
    if content.startswith(UTF_16_MARKS):  # as Notepad saves
        return _decode_utf_16(content)
    if counted := _COUNT.match(content):
        return _cut_properties(content[counted.end() :])
    if _BASE64_LINE.match(content):  # some gateways lose the field that declares it
        return decode_base64(content)
    return content


def _decode_utf_16(content: bytes) -> bytes:
    """Up to what is none, or is cut."""
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError as error:
        text = content[: error.start].decode("utf-16")
    return clean_text(text).encode("utf-8")


def _cut_properties(content: bytes) -> bytes:
    """Apple Mail writes the length before the message, and a property list behind it."""
    start = content.rfind(b"<?xml")
    return content[:start] if start > 0 and b"<plist" in content[start:] else content


def split_mailbox(content: bytes) -> list[bytes]:
    """The messages of an mbox (RFC 4155), which each begin with a `From ` line behind an empty one.

    What begins otherwise is one message: a `From ` line further on stands in its text.
    """
    lines = islice(_FROM_LINE.finditer(content), FALSE_LINES)
    starts = [found.end() for found in islice((one for one in lines if _CLOCK.search(one[1])), MESSAGES + 1)]
    if not starts or content[: starts[0]].strip():
        return [content]
    return [content[start:end] for start, end in pairwise([*starts, len(content)])]

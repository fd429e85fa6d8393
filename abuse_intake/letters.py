"""The finished bytes of an acknowledgement, read once more and held against what may stand in one.

Asked when it is written and again when it is delivered: the row may be an older version's or another program's.
Servers disagree about where a mail with a bare CR or LF ends (SMTP smuggling), so none leaves us; nor does a folded
field, which no field of ours needs.
"""

import re

from parsers.addresses import strict_addr_spec

ALLOWED_HEADERS = frozenset(
    """from to subject date message-id in-reply-to references auto-submitted x-auto-response-suppress precedence
    x-loop mime-version content-type content-transfer-encoding""".split()
)
NEEDED_HEADERS = ("from", "to", "message-id")
MAX_LINE = 998
"""Octets of a line without its end (RFC 5322, section 2.1.1)."""

_FIELD = re.compile(rb"([A-Za-z][A-Za-z-]*): ([!-~](?:[ -~]*[!-~])?)")
"""A field on one line, in visible ASCII: what cannot be folded, encoded away or taken for another field."""


class LetterRefused(ValueError):  # noqa: N818 - it reads as what it says
    """The letter would carry what it must not; says what."""


def check_letter(content: bytes, to: str, message_id: str) -> bytes:
    """The bytes, if they are a letter of ours to that strict address, under that id; else LetterRefused."""
    if strict_addr_spec(to) is None:
        raise LetterRefused("its recipient is no strict address")
    _check_lines(content)
    fields = _read_fields(content.partition(b"\r\n\r\n")[0])
    if fields["to"] != to:
        raise LetterRefused("its To is not its recipient")
    if fields["message-id"] != message_id:
        raise LetterRefused("its Message-ID is not the one that is recorded")
    return content


def _check_lines(content: bytes) -> None:
    """ASCII without NUL, in CRLF lines of bounded length: every server sees the same lines, and the same end."""
    if not content.isascii() or b"\0" in content:
        raise LetterRefused("it holds a byte that is no ASCII, or NUL")
    if not content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n"):
        raise LetterRefused("it holds a bare CR or LF")
    if any(len(line) > MAX_LINE for line in content.split(b"\r\n")):
        raise LetterRefused(f"it holds a line of more than {MAX_LINE} octets")
    if not content.endswith(b"\r\n"):
        raise LetterRefused("its last line does not end")


def _read_fields(head: bytes) -> dict[str, str]:
    """The fields by name: only allowed ones, each once, with what is needed."""
    fields: dict[str, str] = {}
    for line in head.split(b"\r\n"):
        found = _FIELD.fullmatch(line)
        name = found[1].decode().lower() if found else ""
        if found is None or name not in ALLOWED_HEADERS or name in fields:
            raise LetterRefused(f"its header holds {line[:60]!r}")
        fields[name] = found[2].decode()
    if missing := [name for name in NEEDED_HEADERS if name not in fields]:
        raise LetterRefused(f"its header lacks {', '.join(missing)}")
    return fields

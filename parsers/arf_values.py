"""Readers of the values of a feedback report's fields: each text → its value, or None. Bounded; none raises."""

import re

from parsers.addresses import parse_ip
from parsers.headers import parse_mailboxes, strip_comments
from parsers.values import IPAddress

INCIDENTS = 1_000_000_000
IP_CHARACTERS = 1000

_TYPED = re.compile(r"(?:rfc822|utf-?8)[ \t]{0,20};", re.IGNORECASE)
_QUOTED = r'"(?>(?:[^"\\]|\\.)*)"'
_ANGLE = re.compile(rf'(?>(?:{_QUOTED}|[^<>"])*)<((?>(?:{_QUOTED}|[^<>"])*))>[^<>]*+')

_ADDRESS = r"\[?(?:IPv[46]:)?[0-9a-f:.]{2,45}\]?(?::\d{1,5})?"
_STATED = tuple(
    re.compile(
        rf"{before}[\"'<]?({_ADDRESS})[\"'>]?(/\d{{1,3}})?(?=[\s,;]|$)(?!\s{{1,9}}[/-])", re.IGNORECASE
    )
    for before in (
        r"",
        r"[a-z][a-z0-9-]{0,20}\s{0,5};\s{0,5}",  # a type, as RFC 3464 has it before names
        r"[a-z0-9_.-]{1,253}\s{0,5}(?=\[)",  # the host's name, as in a Received line
        r"(?:[a-z0-9_.-]{0,253}[a-z])?/",  # Java writes an address so, behind the host's name if it knows one
    )
)
"""How an address is stated. What goes on behind it (`/24`, `.xxx`, `-20`) masks it: then it is none."""
_IN_COMMENT = re.compile(rf"[a-z0-9_.-]{{0,253}}\s{{0,5}}\(({_ADDRESS})\)", re.IGNORECASE)
_WHOLE = {4: "/32", 6: "/128"}


def read_text(text: str) -> str | None:
    """The text as it stands; an empty one says nothing."""
    return text or None


def read_plain(text: str) -> str | None:
    """The text without comments."""
    return strip_comments(text) or None


def read_keyword(text: str) -> str | None:
    """Lower case, without quotes, comments, and punctuation around it."""
    return strip_comments(text).partition(";")[0].strip(" \t\"'<>.,").lower()[:100] or None


def read_ip(text: str) -> IPAddress | None:
    """The address that is stated whole, in front of or behind a comment, or in one behind a host's name."""
    text = text[:IP_CHARACTERS]
    plain = strip_comments(text)
    for form in _STATED:
        found = form.match(plain)
        ip = parse_ip(found[1]) if found else None
        if found and ip:
            return ip if found[2] in (None, _WHOLE[ip.version]) else None
    commented = _IN_COMMENT.fullmatch(text)
    return parse_ip(commented[1]) if commented else None


def read_address(text: str) -> str | None:
    """A mail address as `read_sender` has it; the null sender is none."""
    return read_sender(text) or None


def read_sender(text: str) -> str | None:
    """The address without comments, name, angle brackets and SMTP's parameters; the empty text is `<>`.

    Some write the address type before it, as RFC 3464 does.
    """
    text = strip_comments(text)
    typed = _TYPED.match(text)
    text = text[typed.end() :].strip() if typed else text
    angle = _ANGLE.fullmatch(text)
    address = angle[1].strip() if angle else text.removeprefix("<").removesuffix(">").strip()
    return address if address or angle else None


def read_recipients(text: str) -> list[str]:
    """The address, or all of a list of them, which some write into one field."""
    if text.count("@") > 1:
        boxes = parse_mailboxes(text.encode("utf-8", "replace"))
        addresses = [box.address for box in boxes if "@" in box.address]
        if len(addresses) > 1:
            return addresses
    address = read_address(text)
    return [address] if address else []


def read_host(text: str) -> str | None:
    """The name of an MTA without its type (`dns;`) and comments."""
    text = strip_comments(text)
    kind, semicolon, rest = text.partition(";")
    return (rest.strip() if semicolon and kind.strip().replace("-", "").isalnum() else text) or None


def read_uri(text: str) -> str | None:
    """A URI without the angle brackets that some put around it."""
    return (text[1:-1].strip() if text[:1] == "<" and text[-1:] == ">" else text) or None


def read_count(text: str) -> int | None:
    """A number from one on, bounded."""
    digits = strip_comments(text).split(" ")[0][:12]
    return min(int(digits), INCIDENTS) if digits.isascii() and digits.isdigit() and int(digits) > 0 else None

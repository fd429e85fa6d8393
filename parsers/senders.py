"""Who a reported message says it is from: read as generously as a mail program shows it, and believed by nobody."""

import re
from typing import NamedTuple

from parsers.headers import (
    ADDRESS_CHARACTERS,
    ADDRESSES_BYTES,
    NAME_CHARACTERS,
    Mailbox,
    decode_raw,
    decode_text,
    parse_mailboxes,
)

LOOKED_AT = 4000

_ATOM = r"[^\s<>\[\]()\"',;:@]"
_ADDRESS = re.compile(rf"(?<!{_ATOM}){_ATOM}{{1,200}}+@{_ATOM}{{1,200}}")
_AROUND_AT = re.compile(r"\s{1,20}@\s{0,20}|@\s{1,20}")
_AROUND_NAME = " \t<>[]()\"',;:"


class Sender(NamedTuple):
    """The address alone, and the decoded display name."""

    address: str | None
    name: str | None


def read_sender(value: bytes | None, charset: str | None) -> Sender:
    """The first mailbox of a From field that has an address; `charset` reads raw 8-bit text.

    Some programs encode a mailbox as a whole, its address too: then it is looked for in the decoded text.
    """
    value = (value or b"")[:ADDRESSES_BYTES]
    plain = decode_raw(value, charset).encode("utf-8", "replace")
    decoded = (decode_text(value, charset) or "").encode("utf-8", "replace")
    for text in (plain, decoded):
        boxes = parse_mailboxes(text)
        for index, box in enumerate(boxes):
            if "@" in box.address:
                return _read_mailbox(box, [before.address for before in boxes[:index]])
    return _find_sender(decoded.decode()) or Sender(None, _cut(decode_text(_name_alone(plain))))


def _find_sender(text: str) -> Sender | None:
    """An address that its brackets do not close around."""
    found = _ADDRESS.search(text[:LOOKED_AT])
    return Sender(found[0], _cut(text[: found.start()].strip(_AROUND_NAME))) if found else None


def _name_alone(text: bytes) -> bytes:
    """The name where there is no address; a single word is an address without its domain."""
    box = next(iter(parse_mailboxes(text)), Mailbox(b"", ""))
    if box.name or (" " not in box.address and '"' not in box.address):
        return box.name
    return box.address.encode("utf-8", "replace")


def _read_mailbox(box: Mailbox, before: list[str]) -> Sender:
    """An unquoted comma in a name makes mailboxes without an address of the words `before` it."""
    address = _AROUND_AT.sub("@", box.address)
    name = decode_text(box.name) or ""
    found = None if address.startswith('"') else _ADDRESS.search(address)
    if found:
        name = name or address[: found.start()].removesuffix("mailto:").strip(_AROUND_NAME)
        address = found[0]
    named = ", ".join([*before, name]) if name else ""
    return Sender(address[:ADDRESS_CHARACTERS], _cut(named))


def _cut(name: str | None) -> str | None:
    return (name or "")[:NAME_CHARACTERS].strip(' \t"') or None

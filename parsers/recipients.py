"""Who got a message: whom its sender names, and whom the servers noted that it was delivered to."""

import re

from parsers.mime import Part

ADDRESSED = ("to", "cc", "resent-to")
NOTED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")
"""Where senders write recipients, and where servers note them."""
VALUE_BYTES = 4 * 1024
VALUES = 3
ADDRESSES = 50

_FOR = re.compile(rb"\bfor <([^<>\s]{1,254}>)")
_TO_BLANKS = bytes(32 if chr(code) in "<>,;:\"'()[] \t\r\n" else code for code in range(256))


def find_recipients(root: Part) -> set[str]:
    """Addresses that a message went to, lower case: named in its header, or noted by the last servers."""
    return find_addressed(root) | find_noted(root)


def find_addressed(root: Part) -> set[str]:
    """Addresses that its header names as recipients, lower case."""
    return _addresses_in(root, ADDRESSED)


def find_noted(root: Part) -> set[str]:
    """Addresses that the last servers noted: those that it was delivered to, whoever else got it."""
    lines = root.header.every("received")[:VALUES]
    return _addresses_in(root, NOTED) | {address for line in lines for address in _find_for(line)}


def find_noted_down_to(root: Part, last: int) -> set[str]:
    """Those noted above the Received line of this index, or in it: what stands below, the sender may have written."""
    found: set[str] = set()
    lines = 0
    for name, value in root.header.fields:
        if name.lower() == "received":
            found.update(_find_for(value))
            lines += 1
        elif name.lower() in NOTED:
            found.update(_find_addresses(value))
        if lines > last or len(found) > ADDRESSES:
            break
    return found


def find_last_noted(root: Part) -> set[str]:
    """Those that the last server noted that noted any: below it stands whom it was passed on from."""
    return next((found for last in range(VALUES) if (found := find_noted_down_to(root, last))), set())


def _addresses_in(root: Part, names: tuple[str, ...]) -> set[str]:
    values = (value for name in names for value in root.header.every(name)[:VALUES])
    return {address for value in values for address in _find_addresses(value)}


def _find_for(line: bytes) -> list[str]:
    found = _FOR.search(line)
    return _find_addresses(found[1]) if found else []


def _find_addresses(value: bytes) -> list[str]:
    """What stands around each at sign, near enough: names and comments may be among it."""
    words = value[:VALUE_BYTES].translate(_TO_BLANKS).split()
    found = [word for word in words if b"@" in word][:ADDRESSES]
    return [word.decode("latin-1").lower() for word in found]

"""Lists of properties in winmail.dat (MS-OXTNEF, section 2.1.3.4): their sizes are all that tells one from the next."""

from parsers.budget import OUTLOOK_ENTRIES, Budget
from parsers.mapi import BINARY, OBJECT, STRING_8, UNICODE, Properties

MANY = 0x1000
"""Of this type there are several values; the first is read."""
FIRST_NAMED = 0x8000
"""From here on a property has a name, or a number in a set."""
NAMED_BY_TEXT = 1


class DamageError(ValueError):
    """A list ends before its end, or has a property of a type that nobody knows, or is longer than is read."""


class Cursor:
    """Bytes that are read from the start to the end."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._place = 0

    def number(self, size: int = 4) -> int:
        """The next number, of so many bytes."""
        return int.from_bytes(self.take(size), "little")

    def take(self, size: int) -> bytes:
        """The next bytes, so many; DamageError if there are fewer."""
        start, self._place = self._place, self._place + size
        if self._place > len(self._raw):
            raise DamageError
        return self._raw[start : self._place]

    def align(self) -> None:
        """Go on to the next multiple of four."""
        self._place += -self._place % 4


class Values:
    """The properties of one thing, as they are met; of two with one number the first is kept."""

    def __init__(self) -> None:
        self.texts: dict[int, tuple[int, bytes]] = {}
        self.fixed: dict[int, bytes] = {}

    def add(self, number: int, kind: int, raw: bytes) -> None:
        """One more."""
        if kind in _VARIABLE:
            self.texts.setdefault(number, (kind, raw))
        else:
            self.fixed.setdefault(number, raw)

    def seal(self, code_page: int | None) -> Properties:
        """What is read of them."""
        texts = self.texts

        def find(number: int, types: tuple[int, ...]) -> tuple[int, bytes] | None:
            found = texts.get(number)
            return found if found and found[0] in types else None

        return Properties(find, self.fixed, code_page)


def read_properties(cursor: Cursor, values: Values, budget: Budget) -> None:
    """The next list; what stands before its damage is in `values`."""
    for _ in range(cursor.number()):
        _count(budget)
        kind, number = cursor.number(2), cursor.number(2)
        if number >= FIRST_NAMED:
            _skip_name(cursor)
        content = _read_content(cursor, kind, budget)
        values.add(number, kind & ~MANY, content)


def _skip_name(cursor: Cursor) -> None:
    cursor.take(16)
    is_text, size = cursor.number() == NAMED_BY_TEXT, cursor.number()
    if is_text:
        cursor.take(size)
        cursor.align()


def _read_content(cursor: Cursor, kind: int, budget: Budget) -> bytes:
    is_many, kind = bool(kind & MANY), kind & ~MANY
    size = _FIXED.get(kind)
    if size is not None:
        return _read_fixed(cursor, size, cursor.number() if is_many else 1)
    if kind not in _VARIABLE:
        raise DamageError
    return _read_first(cursor, cursor.number(), budget)


def _read_fixed(cursor: Cursor, size: int, count: int) -> bytes:
    content = cursor.take(size * count)
    cursor.align()
    return content[:size]


def _read_first(cursor: Cursor, count: int, budget: Budget) -> bytes:
    first = b""
    for index in range(count):
        _count(budget)
        content = cursor.take(cursor.number())
        cursor.align()
        first = content if index == 0 else first
    return first


def _count(budget: Budget) -> None:
    if not budget.take(OUTLOOK_ENTRIES, 1):
        raise DamageError


_VARIABLE = (OBJECT, STRING_8, UNICODE, BINARY)
_FIXED = {
    0x02: 2,  # a short number
    0x03: 4,  # a number
    0x04: 4,  # a fraction
    0x05: 8,  # a fraction
    0x06: 8,  # money
    0x07: 8,  # a time of programs
    0x0A: 4,  # an error
    0x0B: 2,  # yes or no
    0x14: 8,  # a long number
    0x40: 8,  # a time
    0x48: 16,  # an identifier
}
"""The sizes of types that all values have the same size of."""

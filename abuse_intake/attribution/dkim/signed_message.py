"""A reported message as its signer saw it: line ends restored, header fields strictly split, body hashes."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from abuse_intake.attribution.dkim.canonical import Form, canonicalize_body, canonicalize_field
from abuse_intake.attribution.dkim.problems import Problem, Unproven
from parsers import budget
from parsers.header_block import skip_prologue

HEADER_BYTES = budget.HEADER_BYTES.of_one
"""Of a longer header the parser does not read the end either."""
_FIELD = re.compile(rb"([!-9;-~]{1,200}):([^\r\n\0]*+(?:\r\n[ \t][^\r\n\0]*+)*)\r\n")
"""A field with its folds: nothing else may stand in a header block whose signature counts."""


class SignedField(NamedTuple):
    """One header field as it stands, without the line end after it."""

    name: bytes
    value: bytes

    @property
    def key(self) -> str:
        """Its name, lower case."""
        return self.name.decode("ascii").lower()


class SignedMessage:
    """The fields, topmost first, and the body. Unproven where the header is not strictly well-formed, or too long."""

    def __init__(self, raw: bytes) -> None:
        text = restore_line_ends(raw[skip_prologue(raw, 0, len(raw)) :])
        end = text.find(b"\r\n\r\n")
        header = text[: end + 2] if end >= 0 else text
        if len(header) > HEADER_BYTES:
            raise Unproven(Problem.LONG_HEADER)
        self.is_whole = end >= 0
        """Whether its header ends; the body of a message whose header does not was not reported."""
        self.fields = _split_header(header if self.is_whole or header.endswith(b"\n") else header + b"\r\n")
        self._by_key: dict[str, list[SignedField]] = defaultdict(list)
        for field in self.fields:
            self._by_key[field.key].append(field)
        self.counts = Counter({key: len(fields) for key, fields in self._by_key.items()})
        self._canonical: dict[tuple[SignedField, Form], bytes] = {}
        self._body = text[end + 4 :] if end >= 0 else b""
        self._body_hashes: dict[Form, bytes] = {}

    @property
    def has_body(self) -> bool:
        """Whether anything stands below the header."""
        return bool(self._body.strip())

    def every(self, key: str) -> list[SignedField]:
        """The fields of a lower-case name, topmost first."""
        return list(self._by_key.get(key, ()))

    def hash_body(self, form: Form) -> bytes:
        """SHA-256 of the body in a canonical form; worked out once."""
        if form not in self._body_hashes:
            self._body_hashes[form] = hashlib.sha256(canonicalize_body(self._body, form)).digest()
        return self._body_hashes[form]

    def canonicalize_signed(self, names: tuple[str, ...], form: Form, *, without: SignedField) -> bytes:
        """The fields that a signature signs: of each name the lowest first, then the next one up (section 5.4.2).

        The signature itself (`without`) is none of them.
        """
        left = {name: self._from_below(name, without) for name in names}
        chosen = (next(left[name], None) for name in names)
        return b"".join([self.canonicalize(field, form) for field in chosen if field])

    def _from_below(self, name: str, without: SignedField) -> Iterator[SignedField]:
        return (field for field in reversed(self._by_key.get(name, ())) if field is not without)

    def canonicalize(self, field: SignedField, form: Form) -> bytes:
        """One of its fields in a canonical form; worked out once, however many signatures sign it."""
        if (field, form) not in self._canonical:
            self._canonical[field, form] = canonicalize_field(field.name, field.value, form)
        return self._canonical[field, form]


def restore_line_ends(raw: bytes) -> bytes:
    """Every LF that stands alone becomes CRLF, as on the wire."""
    if raw.count(b"\n") == raw.count(b"\r\n"):
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _split_header(header: bytes) -> tuple[SignedField, ...]:
    fields = []
    position = 0
    while position < len(header):
        match = _FIELD.match(header, position)
        if match is None:
            raise Unproven(Problem.MALFORMED_HEADER)
        fields.append(SignedField(match[1], match[2]))
        position = match.end()
    return tuple(fields)

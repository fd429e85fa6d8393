"""The MIME tree of a mail: our own splitter over the bytes, linear in time, exact about what is enclosed.

Every limit here *cuts* what is read and says so in `Budget.warnings`; what was found stands.
See docs/decisions/0001-mime.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from parsers import budget as limits
from parsers.budget import Budget
from parsers.content import decode_charset, decode_transfer, is_quoted_printable
from parsers.content_type import VALUE_BYTES, ContentType, parse_content_type, without_parameters
from parsers.header_block import (
    GLANCE_FIELDS,
    PART_FIELDS,
    Header,
    skip_prologue,
    split_header,
)

DEPTH = 20
BOUNDARY = 200
GUESSED = 8 * 1024
"""Where a boundary that is not declared is looked for."""
LOOKED_AT = 12 * 1024
"""What is decoded of a part to tell what it is."""

NO_DISPOSITION = ContentType("")

_GUESSED_BOUNDARY = re.compile(rb"--(?<![^\r\n]--)([!-~]{2,200}+)[ \t]{0,20}+[\r\n]")


@dataclass
class Part:
    """One node of the tree: a header and a body within `source`, and the parts in that body."""

    source: bytes = field(repr=False)
    header: Header
    body_start: int
    end: int
    content_type: ContentType
    budget: Budget = field(repr=False)
    disposition: ContentType = NO_DISPOSITION
    """The Content-Disposition: `attachment`, `inline`, or the empty text, with its parameters."""
    children: list["Part"] = field(default_factory=list)
    begins_like_message: bool | None = None
    """Whether its content does; None until somebody asked."""

    @property
    def type(self) -> str:
        """The media type, lower case."""
        return self.content_type.name

    @property
    def report_type(self) -> str:
        """The report-type of a multipart/report (RFC 6522), lower case."""
        return self.content_type.parameters.get("report-type", "").strip().lower()

    @cached_property
    def encoding(self) -> str:
        """The transfer encoding, lower case."""
        value = self.header.first("content-transfer-encoding")
        return value[:40].decode("latin-1").strip(" \t\"';").lower() if value else ""

    @property
    def filename(self) -> str:
        """The name that the sender gave it, or the empty text."""
        return self.disposition.parameters.get("filename") or self.content_type.parameters.get("name") or ""

    def head(self, size: int) -> "Part":
        """The part as if its body ended after so many bytes: one can be large."""
        if self.end - self.body_start <= size:
            return self
        end = self.body_start + size
        return Part(
            self.source, self.header, self.body_start, end, self.content_type, self.budget, self.disposition
        )

    def body(self) -> bytes:
        """The bytes as they stand in the mail."""
        return self.source[self.body_start : self.end]

    def content(self) -> bytes:
        """The bytes without their transfer encoding."""
        return decode_transfer(self.body(), self.encoding)

    def message_content(self) -> bytes:
        """The bytes of an enclosed message; encodings that are declared but not applied are left alone."""
        if self.encoding == "base64":
            start = skip_prologue(self.source, self.body_start, self.end)
            plain, _ = split_header(self.source, start, min(self.end, start + 4096), GLANCE_FIELDS)
            return self.body() if plain.count_known() else self.content()
        if self.encoding == "quoted-printable" and not is_quoted_printable(self.body()):
            return self.body()
        return self.content()

    @cached_property
    def beginning(self) -> bytes:
        """The first bytes of an enclosed message or of the content, by which one tells what a part is."""
        return self.head(LOOKED_AT).message_content()

    def text(self) -> str:
        """The content as text, cut at a length that no report needs."""
        return self._text

    @cached_property
    def _text(self) -> str:
        size = self.budget.take(limits.TEXT_BYTES, self.end - self.body_start)
        return decode_charset(self.head(size).content(), self.content_type.parameters.get("charset"))

    @property
    def parts(self) -> tuple["Part", ...]:
        """The part and all below it, in the order of the mail; what messages enclose is not theirs."""
        return (self, *self._below)

    @property
    def leaves(self) -> list["Part"]:
        """Those of them that hold no others."""
        return [part for part in self._below if not part.children] or [self]

    @cached_property
    def _below(self) -> tuple["Part", ...]:
        """Without the part itself, which would keep itself, and the mail, in memory."""
        found: list[Part] = []
        waiting = self.children[::-1]
        while waiting:
            part = waiting.pop()
            found.append(part)
            waiting.extend(reversed(part.children))
        return tuple(found)


def parse_message(source: bytes, budget: Budget) -> Part:
    """The tree of one message that is all of `source`."""
    start = skip_prologue(source, 0, len(source))
    root = _read_part(source, start, len(source), budget, "text/plain", limits.FIELDS.of_one)
    waiting = [(root, 1)]
    while waiting:
        part, depth = waiting.pop()
        if not part.type.startswith("multipart/"):
            continue
        if depth > DEPTH:
            budget.warn("The parts are nested too deep; the innermost were not read.")
            continue
        part.children = _read_children(part, budget)
        waiting.extend((child, depth + 1) for child in part.children)
    return root


def _read_part(source: bytes, start: int, end: int, budget: Budget, default: str, limit: int) -> Part:
    size, limit = budget.allow(limits.HEADER_BYTES), min(limit, budget.allow(limits.FIELDS))
    header, body_start = split_header(source, start, end, limit, size)
    budget.spend(limits.HEADER_BYTES, min(body_start - start, size))
    budget.spend(limits.FIELDS, len(header.fields))
    for sentence in header.cuts:
        budget.warn(sentence)
    content_type = _read_type(header.first("content-type"), default, budget)
    disposition = _read_type(header.first("content-disposition"), "", budget)
    return Part(source, header, body_start, end, content_type, budget, disposition)


def _read_type(value: bytes | None, default: str, budget: Budget) -> ContentType:
    if value is None:
        return without_parameters(default)
    if len(value) > VALUE_BYTES:
        budget.warn(limits.PARAMETERS.sentence)
    granted = budget.take(limits.PARAMETERS, value.count(b"=", 0, VALUE_BYTES))
    return parse_content_type(value, default, granted)


def _read_children(part: Part, budget: Budget) -> list[Part]:
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    children = []
    for start, end in _split_body(part, budget):
        if not budget.take(limits.PARTS, 1):
            break
        children.append(_read_part(part.source, start, end, budget, default, PART_FIELDS))
    return children


def _split_body(part: Part, budget: Budget) -> Iterator[tuple[int, int]]:
    """Where each part between the delimiter lines begins and ends (RFC 2046, section 5.1.1)."""
    boundary = part.content_type.parameters.get("boundary", "").rstrip()[:BOUNDARY].encode("utf-8", "replace")
    spans = _split_by(part, boundary, budget) if boundary else iter(())
    first = next(spans, None)
    if first is None:
        end = min(part.end, part.body_start + GUESSED)
        guessed = _GUESSED_BOUNDARY.search(part.source, part.body_start, end)
        spans = _split_by(part, guessed[1], budget) if guessed else iter(())
        first = next(spans, None)
    if first is not None:
        yield first
        yield from spans


def _split_by(part: Part, boundary: bytes, budget: Budget) -> Iterator[tuple[int, int]]:
    begun: int | None = None
    for line_start, line_end, closes in _find_delimiters(part, b"--" + boundary, budget):
        if begun is not None:
            yield begun, max(begun, _before_line_end(part.source, line_start))
        begun = None if closes else line_end
        if closes:
            return
    if begun is not None:
        yield begun, part.end


def _find_delimiters(part: Part, delimiter: bytes, budget: Budget) -> Iterator[tuple[int, int, bool]]:
    """Each delimiter line: its start, the start of the next line, and whether it closes the multipart."""
    source, position = part.source, part.body_start
    end = position + budget.take(limits.SEARCHED_BYTES, part.end - position)
    for _ in range(budget.allow(limits.DELIMITERS)):
        found = source.find(delimiter, position, end)
        if found < 0:
            return
        budget.spend(limits.DELIMITERS, 1)
        position = found + len(delimiter)
        if found > part.body_start and source[found - 1] not in b"\r\n":
            continue
        closes = source.startswith(b"--", position, part.end)
        line_end = _end_of_delimiter(source, position + 2 * closes, part.end)
        if line_end is not None:
            yield found, line_end, closes
            position = line_end
    budget.warn(limits.DELIMITERS.sentence)


def _end_of_delimiter(source: bytes, position: int, end: int) -> int | None:
    """Where the next line begins, if only white space follows the boundary."""
    rest = source[position : min(position + 200, end)]
    stripped = rest.lstrip(b" \t")
    if not stripped:
        return end
    position += len(rest) - len(stripped)
    if stripped[:3] == b"\r\r\n":  # a gateway took CRLF for LF
        return position + 3
    if stripped[:2] == b"\r\n":
        return position + 2
    return position + 1 if stripped[:1] in (b"\r", b"\n") else None


def _before_line_end(source: bytes, position: int) -> int:
    """The line end before a delimiter belongs to the delimiter."""
    if source[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1 if source[position - 1 : position] in (b"\r", b"\n") else position

"""Pasted messages: headers that stand in the text of a mail, plain, indented or quoted with `>`."""

import re
from collections.abc import Iterator

from parsers import forwarded
from parsers.budget import PASTED, PASTED_LINES, Budget
from parsers.header_block import KNOWN_NAMES, Header, skip_prologue, split_header
from parsers.html_text import is_html, read_words
from parsers.local_dates import normalize_date
from parsers.message import is_message_header
from parsers.mime import Part

TEXTS = 5
BLOCKS = 20

_FIELD = re.compile(
    rf"({forwarded.QUOTE})"
    r"\*{0,2}([A-Za-z][A-Za-z0-9-]{1,60})(?:[ \t]{0,2}:\*{0,2}(?=([ \t]?))|\*{1,2}:|\t)"
)
"""A quote, and a name; some programs write asterisks for bold, and tables have a tab in place of the colon."""
_ROUTED = re.compile(rb"^Received:", re.MULTILINE | re.IGNORECASE)
_TEXT_FILES = (".txt", ".htm", ".html")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
"""Characters that editors leave in what is copied, and those that tell which way text runs."""
_SPACES = re.compile("[\xa0\u202f]")


def find_pasted(root: Part) -> list[bytes]:
    """Each pasted message as bytes, unquoted; HTML is read only where the plain texts hold no route."""
    texts = [part for part in root.leaves if _is_text(part)]
    plain = _blocks_of(root, [part.text() for part in texts if not is_html(part)][:TEXTS])
    if any(_ROUTED.search(block) for block in plain):
        return _cut_blocks(root, plain)
    rich = _blocks_of(root, [read_words(part) for part in texts if is_html(part)][:TEXTS])
    return _cut_blocks(root, rich if any(_ROUTED.search(block) for block in rich) else plain or rich)


def _cut_blocks(root: Part, blocks: list[bytes]) -> list[bytes]:
    if len(blocks) > BLOCKS:
        root.budget.warn(PASTED)
    return blocks[:BLOCKS]


def cut_pasted(text: str) -> tuple[str, bytes | None]:
    """What stands above the first pasted message, which is what the sender wrote; and that message."""
    lines = text.splitlines()[: PASTED_LINES.of_one]
    start, block = next(_find_blocks(lines), (len(lines), None))
    return "\n".join(lines[:start]), block


def _is_text(part: Part) -> bool:
    return part.type.startswith("text/") or part.filename.lower().endswith(_TEXT_FILES)


def _blocks_of(root: Part, texts: list[str]) -> list[bytes]:
    return [block for text in texts for _, block in _find_blocks(_cut_lines(text.splitlines(), root.budget))]


def _cut_lines(lines: list[str], budget: Budget) -> list[str]:
    return lines[: budget.take(PASTED_LINES, len(lines))]


def _find_blocks(lines: list[str]) -> Iterator[tuple[int, bytes]]:
    """The line that each pasted message begins at, and the message."""
    lines = [line if line.isascii() else _SPACES.sub(" ", _INVISIBLE.sub("", line)) for line in lines]
    index = count = 0
    while index < len(lines) and count <= BLOCKS:
        start = index
        found = _FIELD.match(lines[index])
        if found and found[2].lower() in KNOWN_NAMES:
            block, index = _read_block(lines, start, found[1])
        elif forwarded.begins_forwarded(lines[index]):
            block, index = _read_forwarded(lines, start, forwarded.find_quote(lines[index]))
        else:
            index += 1
            continue
        if block:
            count += 1
            yield start, block


def _read_block(lines: list[str], start: int, quote: str) -> tuple[bytes | None, int]:
    """The message that begins at a line, if its header is one, and the line to go on from."""
    header, end = _read_header(lines, start, quote)
    raw = "\r\n".join(map(_as_field, header)).encode("utf-8", "replace")
    found = split_header(raw, skip_prologue(raw, 0, len(raw)), len(raw))[0]
    if is_message_header(found) and _tells_source(found):
        return _add_body(raw, lines, end, quote)
    block, after = _read_forwarded(lines, start, quote)
    return block, after if block else end + 1


def _tells_source(header: Header) -> bool:
    """Forms and invitations have From, Date and Subject too, but neither an address there nor a route."""
    names = header.by_name.keys()
    return "received" in names or "message-id" in names or b"@" in (header.first("from") or b"")


def _read_forwarded(lines: list[str], start: int, quote: str) -> tuple[bytes | None, int]:
    """The same of a message that a program headed with a few labels."""
    header, end = _read_header(lines[: start + forwarded.LINES], start, quote)
    above = [_unquote(line, quote) for line in lines[max(0, start - forwarded.MARK_LINES) : start]]
    translated = forwarded.translate_header(header, above)
    if not translated:
        return None, start + 1
    fields, count = translated
    step = 2 if end - start > len(header) else 1
    return _add_body(
        "\r\n".join(fields).encode("utf-8", "replace"), lines, min(end, start + step * count), quote
    )


def _add_body(header: bytes, lines: list[str], end: int, quote: str) -> tuple[bytes, int]:
    body_end = _end_of_body(lines, end, quote)
    body = [_unquote(line, quote) for line in lines[end:body_end]]
    body = body if not body or not body[0].strip() else ["", *body]
    return header + b"\r\n" + "\r\n".join(body).encode("utf-8", "replace") + b"\r\n", max(body_end, end + 1)


def _read_header(lines: list[str], start: int, quote: str) -> tuple[list[str], int]:
    """The lines of a header up to an empty one; where paragraphs were copied, each line has one behind it."""
    every_second = [_unquote(line, quote).strip() for line in lines[start : start + 5]]
    is_doubled = [bool(line) for line in every_second] == [True, False, True, False, True]
    header: list[str] = []
    end = start
    while end < len(lines):
        line = _unquote(lines[end], quote)
        if line.strip():
            header.append(line)
        elif not is_doubled or not "".join(lines[end + 1 : end + 2]).strip(" \t>|"):
            break
        end += 1
    return header, end


def _as_field(line: str) -> str:
    """A field as it was before it was copied, or the rest of one: programs wrap lines, and drop indents."""
    found = _FIELD.match(line)
    if found and not found[1] and _is_name(found[2], found[3] != ""):
        value = line[found.end() :].lstrip()
        return f"{found[2]}: {normalize_date(value) if found[2].lower() == 'date' else value}"
    return line if line[0] in " \t" else f" {line}"


def _is_name(name: str, is_spaced: bool) -> bool:
    """The rest of a wrapped line can hold a colon as well: `https:`, an IPv6 address."""
    if name.lower() in KNOWN_NAMES or name.lower().startswith("x-"):
        return True
    return is_spaced and (name[0].isupper() or "-" in name)


def _end_of_body(lines: list[str], start: int, quote: str) -> int:
    """A quoted message ends with its quotes; another one with the text, or with the next pasted header."""
    mark = quote.strip()
    for index in range(start, len(lines)):
        if mark and lines[index].strip() and not lines[index].lstrip().startswith(mark):
            return index
        if not mark and index > start and lines[index].lstrip().startswith(("Received:", "Return-Path:")):
            return index
    return len(lines)


def _unquote(line: str, quote: str) -> str:
    """Some programs strip the blank behind the last `>` of an empty or a folded line."""
    if line.startswith(quote):
        return line[len(quote) :]
    mark = quote.rstrip()
    return line[len(mark) :] if mark and line.startswith(mark) else line

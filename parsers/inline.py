"""Pasted messages: headers that stand in the text of a mail, plain, indented or quoted with `>`."""

import re
from collections.abc import Iterator

from parsers.header_block import KNOWN_NAMES, skip_prologue, split_header
from parsers.message import is_message_header
from parsers.mime import Part

TEXTS = 5
BLOCKS = 20
LINES = 20_000

_FIELD = re.compile(r"([ \t]{0,20}(?:[>|][ \t]?){0,20})([A-Za-z][A-Za-z0-9-]{1,60}):")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/pre)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[/!a-z][^<>]{0,2000}>", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:#([0-9]{1,7}+)(?![0-9])|#[xX]([0-9a-fA-F]{1,6}+)(?![0-9a-fA-F])|([A-Za-z][A-Za-z0-9]{1,31}+));?"
)


def find_pasted(root: Part) -> list[bytes]:
    """Each pasted message as bytes, unquoted; HTML is read only where the plain texts hold none."""
    texts = [part for part in root.walk() if part.type.startswith("text/") and not part.children]
    plain = [part.text() for part in texts if part.type != "text/html"][:TEXTS]
    found = [block for text in plain for _, block in _find_blocks(text.splitlines()[:LINES])]
    if not found:
        rich = [strip_html(part.text()) for part in texts if part.type == "text/html"][:TEXTS]
        found = [block for text in rich for _, block in _find_blocks(text.splitlines()[:LINES])]
    return found[:BLOCKS]


def cut_pasted(text: str) -> tuple[str, bytes | None]:
    """What stands above the first pasted message, which is what the sender wrote; and that message."""
    lines = text.splitlines()[:LINES]
    start, block = next(_find_blocks(lines), (len(lines), None))
    return "\n".join(lines[:start]), block


def strip_html(text: str) -> str:
    """Text of HTML, near enough to find words and headers; only breaks end a line, except in `<pre>`."""
    if "<pre" not in text.lower():
        text = " ".join(text.splitlines())
    lines = _unescape(_TAG.sub("", _BREAK.sub("\n", text))).replace("\xa0", " ").split("\n")
    return "\n".join(line.strip(" ") for line in lines)


def _unescape(text: str) -> str:
    """Entities as their characters; what is none stays (`html.unescape` raises at 5,000 digits)."""
    from html.entities import html5  # rarely needed, and slow to import: the table of all entities

    def replace(found: re.Match[str]) -> str:
        number, base, name = (found[1] or found[2], 10 if found[1] else 16, found[3])
        if name:
            return html5.get(f"{name};", found[0])
        code = int(number, base)
        if 0x80 <= code < 0xA0:  # meant as Windows-1252, whatever the standard says
            return bytes([code]).decode("cp1252", "replace")
        return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"

    return _ENTITY.sub(replace, text)


def _find_blocks(lines: list[str]) -> Iterator[tuple[int, bytes]]:
    """The line that each pasted message begins at, and the message."""
    index = count = 0
    while index < len(lines) and count < BLOCKS:
        start = index
        found = _FIELD.match(lines[index])
        if not found or found[2].lower() not in KNOWN_NAMES:
            index += 1
            continue
        block, index = _read_block(lines, index, found[1])
        if block:
            count += 1
            yield start, block


def _read_block(lines: list[str], start: int, quote: str) -> tuple[bytes | None, int]:
    """The message that begins at a line, if its header is one, and the line to go on from."""
    end = start
    header: list[str] = []
    while end < len(lines) and (line := _unquote(lines[end], quote)).strip():
        header.append(line if _FIELD.match(line) or line[0] in " \t" else f" {line}")
        end += 1
    raw = "\r\n".join(header).encode("utf-8", "replace")
    if not is_message_header(split_header(raw, skip_prologue(raw, 0, len(raw)), len(raw))[0]):
        return None, end + 1
    body_end = _end_of_body(lines, end, quote)
    body = "\r\n".join(_unquote(line, quote) for line in lines[end:body_end])
    return raw + b"\r\n" + body.encode("utf-8", "replace") + b"\r\n", max(body_end, end + 1)


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

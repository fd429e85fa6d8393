"""The fields of X-ARF 0.1 and 0.2, a small part of YAML: names with a plain or quoted value, a block, or a list.

Tags, anchors and aliases are never followed: a value that begins with one is left out. Linear in time; nothing raises.
"""

import re
from collections.abc import Iterator

from parsers.xarf.json_documents import Document, Found

FIRST_NAMES = frozenset(
    "reported-from category report-type report-id schema-url source source-type version date user-agent".split()
)
"""A document begins with one of these, whatever words stand above it."""

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,60})[ \t]{0,20}:(?:[ \t]+(.*)|)$")
_ITEM = re.compile(r"[ \t]{0,20}-[ \t]+(.*)$")
_COMMENT = re.compile(r"[ \t]#.*$")
_QUOTED = re.compile(r"\"((?>(?:[^\"\\]|\\.)*))\"|'((?>(?:[^']|'')*))'")
_ESCAPE = re.compile(r"\\(.)")
_OPENING = "---"


def read_yaml(text: str, limit: int, lines: int) -> Found:
    """The documents up to a line that belongs to none, so many of them and of their lines."""
    found = Found()
    for block in _split(text, lines):
        if len(found.documents) == limit:
            break
        values = _read_fields(block, found)
        if values:
            found.documents.append(Document(values, "\n".join(block)))
    return found


def _split(text: str, limit: int) -> Iterator[list[str]]:
    """The lines of each document, without what stands above the first and below the last."""
    block: list[str] = []
    for line in text.splitlines()[:limit]:
        if line.startswith(_OPENING):
            yield block
            block = []
        elif block or _begins_document(line):
            if not _is_content(line):
                break
            block.append(line)
    yield block


def _begins_document(line: str) -> bool:
    named = _FIELD.match(line)
    return named is not None and named[1].lower() in FIRST_NAMES


def _is_content(line: str) -> bool:
    return not line.strip() or line[0] in " \t#" or bool(_FIELD.match(line) or _ITEM.match(line))


def _read_fields(block: list[str], found: Found) -> dict[str, object]:
    """The values of a block, by the name as written; of a doubled name none."""
    written: dict[str, list[str]] = {}
    doubled: set[str] = set()
    last: list[str] = []
    for line in block:
        named = _FIELD.match(line)
        if named:
            last = [named[2] or ""]
            doubled |= {named[1]} if named[1] in written else set()
            written[named[1]] = last
        elif line.strip() and not line.lstrip().startswith("#"):
            last.append(line)
    found.has_doubled = found.has_doubled or bool(doubled)
    read = {name: _read_value(lines) for name, lines in written.items() if name not in doubled}
    return {name: value for name, value in read.items() if value}


def _read_value(lines: list[str]) -> object:
    """A text, or a list of texts."""
    first, *more = lines
    if not first.strip() and more and all(_ITEM.match(line) for line in more):
        return [text for line in more if (text := _read_scalar(_ITEM.sub(r"\1", line)))]
    if first.strip() in ("|", ">", "|-", ">-"):
        return "\n".join(line.strip() for line in more)
    return _read_scalar(" ".join([first, *(line.strip() for line in more)]))


def _read_scalar(text: str) -> str:
    text = text.strip()
    if text.startswith(("!", "&", "*", "{", "[")):
        return ""
    quoted = _QUOTED.match(text)
    if not quoted:
        return _COMMENT.sub("", text).strip()
    double, single = quoted.groups()
    return single.replace("''", "'") if double is None else _ESCAPE.sub(r"\1", double)

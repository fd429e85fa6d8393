"""Text of HTML, near enough to find words and headers in it: breaks, cells, entities; linear in time."""

import re

from parsers.budget import PAGE_CHARACTERS, Budget
from parsers.mime import Part

MARKUP = 8
"""Characters of a page for one of its words, at the most, where only a beginning is wanted."""

OPEN = 1000
"""Of more tags that are never closed, none is looked at again and again."""
ENTITIES = 50_000
"""Characters written as entities in one page; the others stay as they are written."""

HEAD_BYTES = 200
"""What is read of a part that is no page by its type, to tell whether it begins like one."""

_HTML_FILES = (".htm", ".html")
_BEGINNING = re.compile(rb"[\s\xef\xbb\xbf]{0,100}<(?:html|!doctype|div|p)[\s>]", re.IGNORECASE)
_STYLE = re.compile(r"<(/?)style\b[^<>]{0,200}>?", re.IGNORECASE)
_PRESERVING = re.compile(r"<pre|<textarea|white-space:\s{0,3}pre", re.IGNORECASE)
_CELLS = re.compile(r"</t[dh]\s{0,3}>\s{0,20}<t[dh]\b[^<>]{0,500}>", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^<>]{0,500}>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|div|tr|li|h\d|pre|blockquote|textarea)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[/!a-z][^<>]{0,2000}>", re.IGNORECASE)
_NEVER_CLOSED = re.compile(r"(?:<(?![/!A-Za-z][^<>]{0,2000}+>)){1,5000}")
_BREAK_BEFORE_BLOCK = re.compile(r"(?<=[^\v\n \t])\n(?=\v)")
_BLOCK_EDGES = re.compile(r"\v[\v \t]*")
_CELL_EDGES = re.compile(r"[\v \t]{0,20}\x1f[\v \t]{0,20}")
_ENTITY = re.compile(
    r"&(?:#([0-9]{1,7}+)(?![0-9])|#[xX]([0-9a-fA-F]{1,6}+)(?![0-9a-fA-F])|([A-Za-z][A-Za-z0-9]{1,31}+));?"
)


def read_words(part: Part, characters: int | None = None) -> str:
    """The text of a part, or its beginning, as people see it."""
    text = part.text()
    if is_html(part):
        text = strip_html(_cut_page(text, part.budget, MARKUP * characters if characters else None))
    return text[: 2 * characters].replace("\r\n", "\n")[:characters] if characters else text


def is_html(part: Part) -> bool:
    """Whether a part is a page, by its type or its name, or by how it begins; a text that pastes one is none."""
    if part.type == "text/html" or part.filename.lower().endswith(_HTML_FILES):
        return True
    return _BEGINNING.match(part.head(HEAD_BYTES).content()) is not None


def strip_html(text: str) -> str:
    """Text of HTML; only breaks and blocks end a line, except where the page preserves its lines."""
    text = text.replace("\v", " ").replace("\x1f", " ")
    is_open = text.count("<") > text.count(">") + OPEN
    text = _NEVER_CLOSED.sub("\x1e", text.replace("\x1e", " ")) if is_open else text
    if not _PRESERVING.search(text):
        text = " ".join(text.splitlines())
    text = _BLOCK.sub("\v", _BREAK.sub("\n", _CELLS.sub("\x1f", text)))
    text = _BREAK_BEFORE_BLOCK.sub("", _TAG.sub("", text))
    text = _BLOCK_EDGES.sub("\n", _CELL_EDGES.sub("\t", text))
    text = text.replace("\x1e", "<") if is_open else text
    lines = _unescape(text).replace("\xa0", " ").split("\n")
    return "\n".join(line.strip(" ") for line in lines)


def _cut_page(text: str, budget: Budget, characters: int | None) -> str:
    """So much of a page, without its style sheets, as may be looked at."""
    page = _cut_styles(text[: budget.allow(PAGE_CHARACTERS)])[:characters]
    budget.take(PAGE_CHARACTERS, len(page) if characters else len(text))
    return page


def _cut_styles(text: str) -> str:
    """HTML without its style sheets, which stand before its words."""
    first, *others = _STYLE.split(text)
    return first + "".join(piece for slash, piece in zip(others[::2], others[1::2], strict=True) if slash)


def _unescape(text: str) -> str:
    """Entities as their characters; what is none stays (`html.unescape` raises at 5,000 digits)."""
    from html.entities import html5  # rarely needed, and slow to import: the table of all entities

    known: dict[str, str] = {}

    def replace(found: re.Match[str]) -> str:
        written = found[0]
        if written not in known:
            known[written] = read(found)
        return known[written]

    def read(found: re.Match[str]) -> str:
        number, base, name = (found[1] or found[2], 10 if found[1] else 16, found[3])
        if name:
            return html5.get(f"{name};", found[0])
        code = int(number, base)
        if 0x80 <= code < 0xA0:  # meant as Windows-1252, whatever the standard says
            return bytes([code]).decode("cp1252", "replace")
        return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"

    return _ENTITY.sub(replace, text, ENTITIES)

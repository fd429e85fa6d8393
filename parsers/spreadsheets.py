"""Tables of spreadsheets (`.xlsx`, ECMA-376; `.ods`, OpenDocument) as lines of text, with tabs between the cells.

Texts and numbers are read; what a program would work out, show or run is not. No more is unpacked than is read.
See docs/decisions/0018-spreadsheets.md.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from parsers.archives import Kind, Member, read_members
from parsers.budget import SHEET_TAGS, Budget
from parsers.mime import Part
from parsers.sources import DAMAGED, PIECE, Source

NAMES = (".xlsx", ".ods")
TYPES = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
COLUMNS = 100
"""The cells of a row that are read."""
STRINGS_CHARACTERS = 256 * 1024
"""What is read of the list of texts that the cells of `.xlsx` share."""

_STRINGS = re.compile(r"/?xl/sharedstrings\.xml", re.IGNORECASE)
_SHEET = re.compile(r"/?xl/worksheets/[^/]{1,100}\.xml", re.IGNORECASE)
_OPEN_TABLE = re.compile(r"content\.xml")
_PLACE = re.compile(r"([A-Z]{1,3})[0-9]", re.ASCII)
_CELL_END = re.compile(r"[;,|\s]+")
"""What is blank in a cell: it would end it."""


def is_spreadsheet(part: Part) -> bool:
    """Whether its type or its name says so, and it begins like one."""
    is_named = part.type in TYPES or part.filename.lower().endswith(NAMES)
    return is_named and part.beginning.startswith(Kind.ZIP.value)


def read_table(content: bytes, characters: int, budget: Budget) -> str:
    """A line for each row of all its sheets; up to so many characters."""
    members = list(read_members(Kind.ZIP, content, "", budget))
    texts, rows = _Texts(), _Rows(characters)
    for source in _find(_STRINGS, members):
        _parse(source, texts, budget)
    for source in _find(_SHEET, members):
        _parse(source, _Sheet(rows, texts.found), budget)
    for source in _find(_OPEN_TABLE, members):
        _parse(source, _OpenTable(rows), budget)
    return "\n".join(rows.lines)


def _find(name: re.Pattern[str], members: list[Member]) -> Iterator[Source]:
    return (one.source for one in members if name.fullmatch(one.name))


class _UnwantedError(Exception):
    """It declares what no spreadsheet declares."""


class _Handler:
    """Takes what a parser of XML finds."""

    is_full = False
    keeps = False
    """Whether the characters that come belong to a text."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def characters(self, text: str) -> None:
        """Some of the text in an element."""
        if self.keeps:
            self.pieces.append(text)

    def take_text(self) -> str:
        """All that was kept since the last time, on one line and in one cell."""
        text, self.pieces = "".join(self.pieces), []
        return _CELL_END.sub(" ", text).strip()


def _parse(source: Source, handler: _Handler, budget: Budget) -> None:
    """As far as it is well-formed, and until there is enough."""

    def refuse(*declared: Any) -> None:
        raise _UnwantedError(*declared)

    parser = expat.ParserCreate(
        "utf-8"
    )  # whatever it declares: of other encodings Python knows many, expat few
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: handler.start(_local(name), attributes)
    parser.EndElementHandler = lambda name: handler.end(_local(name))
    parser.CharacterDataHandler = handler.characters
    try:
        while not handler.is_full and (piece := source.read(PIECE)):
            tags = piece.count(b"<")
            if budget.take(SHEET_TAGS, tags) < tags:
                return
            parser.Parse(piece, False)
    except (expat.ExpatError, _UnwantedError):
        budget.warn(DAMAGED)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Texts(_Handler):
    """The texts that cells share, by their numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._left = STRINGS_CHARACTERS

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.keeps = name == "t"

    def end(self, name: str) -> None:
        self.keeps = False
        if name == "si" and not self.is_full:
            self.found.append(self.take_text())
            self._left -= len(self.found[-1]) + 1
            self.is_full = self._left <= 0


class _Rows:
    """Lines, up to so many characters."""

    def __init__(self, characters: int) -> None:
        self.lines: list[str] = []
        self._left = characters
        self._row: list[str] = []

    @property
    def is_full(self) -> bool:
        """Whether there is room for nothing more."""
        return self._left <= 0

    def put(self, column: int, text: str) -> None:
        """Put a text into a cell of the row that comes."""
        if text and column < COLUMNS and not self.is_full:
            self._row += [""] * (column + 1 - len(self._row))
            self._row[column] = text[: self._left]
            self._left -= len(text) + 1

    def end_row(self) -> None:
        """Add the row, if there is anything in it."""
        if self._row:
            self.lines.append("\t".join(self._row))
            self._left -= len(self._row)
        self._row = []


class _Sheet(_Handler):
    """A sheet of `.xlsx`: `<row><c r="B7" t="s"><v>3</v></c></row>`."""

    def __init__(self, rows: _Rows, texts: list[str]) -> None:
        super().__init__()
        self._rows = rows
        self._texts = texts
        self._column = -1
        self._is_shared = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.keeps = name in ("v", "t")
        if name == "row":
            self._column = -1
        elif name == "c":
            self._column = _find_column(attributes.get("r", ""), self._column + 1)
            self._is_shared = attributes.get("t") == "s"

    def end(self, name: str) -> None:
        self.keeps = False
        if name == "c":
            text = self.take_text()
            self._rows.put(self._column, self._look_up(text) if self._is_shared else text)
        elif name == "row":
            self._rows.end_row()
        self.is_full = self._rows.is_full

    def _look_up(self, number: str) -> str:
        is_one = len(number) <= 7 and number.isascii() and number.isdigit()
        return self._texts[int(number)] if is_one and int(number) < len(self._texts) else ""


class _OpenTable(_Handler):
    """The sheets of `.ods`: `<table:table-row><table:table-cell><text:p>a</text:p>`."""

    def __init__(self, rows: _Rows) -> None:
        super().__init__()
        self._rows = rows
        self._column = 0
        self._repeated = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table-row":
            self._column = 0
        elif name in ("table-cell", "covered-table-cell"):
            repeated = attributes.get("table:number-columns-repeated", "1")
            self._repeated = int(repeated) if re.fullmatch("[0-9]{1,3}", repeated) else COLUMNS
        elif name == "p":
            self.keeps = True
            self.pieces.append(" ")

    def end(self, name: str) -> None:
        if name == "p":
            self.keeps = False
        elif name in ("table-cell", "covered-table-cell"):
            self._rows.put(self._column, self.take_text())
            self._column += self._repeated
        elif name == "table-row":
            self._rows.end_row()
        self.is_full = self._rows.is_full


def _find_column(place: str, otherwise: int) -> int:
    """Of `AB12` the 27: columns are counted from none."""
    found = _PLACE.match(place)
    if not found:
        return otherwise
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column - 1

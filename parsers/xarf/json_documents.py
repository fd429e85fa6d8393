"""The objects in a JSON text: one, a line each, or in a list. What is hostile is cut or left out; nothing raises."""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from json import JSONDecoder
from typing import Any

NUMBER = 100
"""Characters of a number, which stays a text: nobody calculates with it."""

_BETWEEN = re.compile(r"[\s,\[\]\x1e\ufeff]*")
_STRUCTURE = re.compile(r"[{\[,]")


@dataclass(frozen=True, slots=True)
class Document:
    """One object, and the text that it was written as."""

    values: dict[str, Any]
    text: str


@dataclass(slots=True)
class Found:
    """The documents of a text, and what was wrong with it."""

    documents: list[Document] = field(default_factory=list)
    is_broken: bool = False
    """What stands behind them begins like one more, and is none."""
    has_doubled: bool = False
    """A name stood twice in an object."""


def cut_values(text: str, limit: int) -> tuple[str, int]:
    """The text up to so many values, and how many it has within them."""
    places = [found.start() for found in islice(_STRUCTURE.finditer(text), limit + 1)]
    return (text, len(places)) if len(places) <= limit else (text[: places[limit]], limit + 1)


def read_json(text: str, limit: int) -> Found:
    """The objects up to what is none, so many; numbers are texts, and a doubled name is left out with its values."""
    found, at = Found(), 0
    decoder = _build_decoder(found)
    while len(found.documents) < limit:
        start = _end_of_gap(text, at)
        if not text.startswith("{", start):
            break
        try:
            values, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            found.is_broken = True
            break
        found.documents.append(Document(values, text[start:at]))
    return found


def _end_of_gap(text: str, at: int) -> int:
    gap = _BETWEEN.match(text, at)
    return gap.end() if gap else at


def _build_decoder(found: Found) -> JSONDecoder:
    def without_doubled(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) == len(pairs):
            return values
        found.has_doubled = True
        counts = Counter(name for name, _ in pairs)
        return {name: value for name, value in values.items() if counts[name] == 1}

    return JSONDecoder(
        object_pairs_hook=without_doubled, parse_int=_cut, parse_float=_cut, parse_constant=_cut, strict=False
    )


def _cut(number: str) -> str:
    return number[:NUMBER]

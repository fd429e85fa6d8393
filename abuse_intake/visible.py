"""Strangers' text as people may be shown it: one line, nothing hidden, nothing steered, nothing reordered.

What steers or cannot be seen is shown as one �; marks do not pile up; and text in a script that runs from right to
left is isolated (UAX #9), so that it stays in its place. All other text stays as it is, to be copied.
"""

import re
import unicodedata

MAX_MARKS = 4
"""Characters in a row that take no room of their own; real text needs no more on one letter."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANK = frozenset({"Zs", "Zl", "Zp"})
_BREAKS = "\t\r\n\v\f\x1c\x1d\x1e\x85"
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that look like a blank and are none."""
_JOINING = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")
"""Letters of Korean syllables that join the one before."""
_UNMARKED = re.compile(
    "[ -~\xa1-\u02ff\u0370-\u0482\u048a-\u0590\u05d0-\u05ea\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*"
)
"""Letters and signs of the scripts that most mail is in, none of which goes on another or hides."""
_HIDDEN = "\ufffd"
_FSI, _PDI = "\u2068", "\u2069"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_RUN = re.compile("R(?:N*R)*")

_STEERING = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""All controls, formats and separators that JSON itself does not escape; in Unicode's words Cc, Cf, Zl, Zp."""


def clean(text: str) -> str:
    """The text on one line; what steers or hides is one � for each run of it, and marks are bounded."""
    if text.isprintable() and (text.isascii() or _UNMARKED.fullmatch(text)):
        return text
    shown = re.sub(f"{_HIDDEN}+", _HIDDEN, "".join(map(_show, text)))
    return "".join(_bound_marks(shown)) if not shown.isascii() else shown


def _show(character: str) -> str:
    if character in _BREAKS:
        return " "
    category = unicodedata.category(character)
    if category in _BLANK:
        return " "
    return _HIDDEN if category in _UNSEEN or character in _FILLERS else character


def _bound_marks(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for character in text:
        takes_no_room = unicodedata.category(character) in ("Mn", "Me") or bool(_JOINING.match(character))
        marks = marks + 1 if takes_no_room else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return kept


def isolate(text: str) -> str:
    """Clean text, isolated where it runs from right to left: all of it where it begins so, else each such run."""
    if text.isascii():
        return text
    shape = "".join(map(_direction, text))
    first = re.search("[LR]", shape)
    if first is None or "R" not in shape:
        return text
    if first[0] == "R":
        return f"{_FSI}{text}{_PDI}"
    return _isolate_runs(text, shape)


def _direction(character: str) -> str:
    if character == " ":
        return " "
    kind = unicodedata.bidirectional(character)
    return "R" if kind in _RIGHT_TO_LEFT else "L" if kind == "L" else "N"


def _isolate_runs(text: str, shape: str) -> str:
    """Words with letters from right to left, and what stands between them, but no word from left to right."""
    words = list(re.finditer("[^ ]+", shape))
    kinds = "".join("R" if "R" in word[0] else "L" if "L" in word[0] else "N" for word in words)
    pieces, position = [], 0
    for run in _RUN.finditer(kinds):
        start, end = words[run.start()].start(), words[run.end() - 1].end()
        pieces += [text[position:start], _FSI, text[start:end], _PDI]
        position = end
    return "".join([*pieces, text[position:]])


def escape(text: str) -> str:
    """The text for a log: what steers, hides, breaks or reorders a line stands there as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if _is_plain(one) else one.encode("unicode_escape").decode() for one in text)


def _is_plain(character: str) -> bool:
    return (
        character.isprintable()
        and character not in _FILLERS
        and unicodedata.category(character) not in ("Mn", "Me")
        and unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT
    )


def escape_json(line: str) -> str:
    """A line of JSON in which nothing steers a terminal; to a program it is the same."""
    if line.isprintable() and not _reaches_beyond_16_bits(line):
        return line
    return _STEERING.sub(lambda found: _json_escape(ord(found[0])), line)


def _reaches_beyond_16_bits(text: str) -> bool:
    """Up there some marks that cannot be seen count as printable."""
    return not text.isascii() and len(text.encode("utf-16-le")) > 2 * len(text)


def _json_escape(code: int) -> str:
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"

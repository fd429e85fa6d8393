"""Messages in files: Outlook's, those in archives, and the files that are messages themselves.

`.msg` and winmail.dat are read wherever a message can be attached; archives only where the mail to the desk brings
them: one that is attached to junk is not opened. See docs/decisions/0016-outlook-and-archives.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from parsers import archives, compound, tnef
from parsers.attached import contents_of, is_file, split_content
from parsers.budget import Budget
from parsers.mapi import File, Item
from parsers.message import begins_like_message
from parsers.mime import LOOKED_AT, Part
from parsers.outlook import is_routed, write_message
from parsers.outlook_msg import read_msg
from parsers.tnef import read_tnef
from parsers.values import ReportFormat

DEPTH = 4
"""Of archives, and of winmail.dat, in each other."""
TOO_DEEP = "Files are packed in each other too deep; the innermost were not opened."
_SIGNATURES = (compound.SIGNATURE, tnef.SIGNATURE)
_IN_BASE64 = b"0M8R4KGxGu"
"""How a `.msg` file begins there: pictures are not decoded to look."""


@dataclass(frozen=True, slots=True)
class Found:
    """A message that a file holds, and the form of the outermost file."""

    raw: bytes
    form: ReportFormat


def is_outlook(part: Part) -> bool:
    """Whether a part is a file of Outlook, by its first bytes, whatever its type and its name are."""
    if part.type.startswith(("image/", "audio/", "video/")):
        return part.source.startswith((*_SIGNATURES, _IN_BASE64), part.body_start)
    return is_file(part) and part.beginning.startswith(_SIGNATURES)


def is_packed(part: Part) -> bool:
    """Whether a part is a file of Outlook, or an archive."""
    return is_outlook(part) or (is_file(part) and archives.find_kind(part.beginning) is not None)


def unpack(part: Part, opens_archives: bool, budget: Budget) -> Iterator[list[Found]]:
    """The messages in a part, those of each file in it together."""
    if is_packed(part) if opens_archives else is_outlook(part):
        opener = _Opener(budget, opens_archives)
        yield from opener.open(File(part.filename, part.type, part.message_content()), None)
    else:
        yield [Found(raw, "attached") for raw in contents_of(part)]


class _Opener:
    """Opens files, and those in them, within one budget."""

    def __init__(self, budget: Budget, opens_archives: bool) -> None:
        self._budget = budget
        self._opens_archives = opens_archives

    def open(self, file: File, form: ReportFormat | None, depth: int = 1) -> Iterator[list[Found]]:
        """The messages in a file; none in one that holds none. `form` is that of the file around it."""
        beginning = file.content[:LOOKED_AT]
        if depth > DEPTH:
            self._budget.warn(TOO_DEEP)
        elif beginning.startswith(compound.SIGNATURE):
            yield from _write(read_msg(file.content, self._budget), form or "outlook_msg")
        elif beginning.startswith(tnef.SIGNATURE):
            yield from self._open_tnef(read_tnef(file.content, self._budget), form or "tnef", depth)
        elif kind := archives.find_kind(beginning):
            yield from self._open_archive(kind, file, form, depth) if self._opens_archives else ()
        elif begins_like_message(beginning):
            yield [
                Found(raw, form or "attached") for raw in split_content(file.content, file.type, file.name)
            ]

    def _open_tnef(self, item: Item, form: ReportFormat, depth: int) -> Iterator[list[Found]]:
        """What is attached to a mail in the format of Outlook; it is mostly the arriving mail itself."""
        has_found = False
        for attached in item.attached:
            for group in self._open_attached(attached, form, depth):
                has_found = True
                yield group
        if not has_found and is_routed(item):
            yield from _write(item, form)

    def _open_attached(self, attached: File | Item, form: ReportFormat, depth: int) -> Iterator[list[Found]]:
        if isinstance(attached, Item):
            return _write(attached, form)
        return self.open(attached, form, depth + 1)

    def _open_archive(
        self, kind: archives.Kind, file: File, form: ReportFormat | None, depth: int
    ) -> Iterator[list[Found]]:
        for member in archives.read_members(kind, file.content, file.name, self._budget):
            if _may_hold_message(member.source.peek(LOOKED_AT)):
                yield from self.open(File(member.name, "", member.read(self._budget)), form, depth + 1)


def _may_hold_message(beginning: bytes) -> bool:
    is_known = beginning.startswith(_SIGNATURES) or archives.find_kind(beginning) is not None
    return is_known or begins_like_message(beginning)


def _write(item: Item | None, form: ReportFormat) -> Iterator[list[Found]]:
    raw = write_message(item) if item else None
    if raw:
        yield [Found(raw, form)]

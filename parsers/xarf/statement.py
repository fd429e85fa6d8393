"""What a XARF document of any version states, in the words of v4."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from parsers.content import clean_text

VALUE_CHARACTERS = 4_000
LIST = 50
"""Values of one list that are read."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: its media type, and its content, without base64."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """The fields that have a place in a report; what else the document says is in `rest`."""

    version: str | None = None
    category: str | None = None
    type: str | None = None
    sources: tuple[str, ...] = ()
    """Where the abuse came from, or where it is: an address, a domain, an URL."""
    date: str | None = None
    mail_from: str | None = None
    rcpt_to: str | None = None
    uris: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    user_agent: str | None = None
    evidence: tuple[Evidence, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    """Fields that its version demands."""


class Fields:
    """The values of an object by name, in any case; what is taken is removed, what remains is the rest."""

    def __init__(self, values: object) -> None:
        self._values: dict[str, Any] = dict(values) if isinstance(values, dict) else {}
        self._names = {name.lower(): name for name in reversed(self._values)}

    def has(self, name: str) -> bool:
        """Whether it has a value of that name that says something."""
        return self._values.get(self._names.get(name.lower(), ""), None) not in (None, "", {}, [])

    def text(self, *names: str) -> str | None:
        """The first of these that is a text; the others stay."""
        for name in names:
            key = self._names.get(name.lower(), "")
            if (text := text_of(self._values.get(key))) is not None:
                del self._values[key]
                return text
        return None

    def texts(self, *names: str) -> tuple[str, ...]:
        """All of these that are texts, each once."""
        found = (self.text(name) for name in names)
        return tuple(dict.fromkeys(text for text in found if text))

    def take(self, name: str) -> Any:
        """The value, of whatever kind, or None."""
        return self._values.pop(self._names.get(name.lower(), ""), None)

    @property
    def rest(self) -> dict[str, Any]:
        """What nobody took."""
        return self._values


def text_of(value: object) -> str | None:
    """The text, trimmed and cut; anything else, and an empty one, is none. Numbers are texts here.

    A NUL leaves a mark: without it, what stands on both sides could be an address that nobody wrote.
    """
    if not isinstance(value, str):
        return None
    return clean_text(value[:VALUE_CHARACTERS].replace("\0", "\ufffd")).strip() or None


def objects_of(value: object) -> Iterator[dict[str, Any]]:
    """The objects of a list, so many; one that stands alone is a list of one."""
    values = value if isinstance(value, list) else [value]
    yield from (one for one in values[:LIST] if isinstance(one, dict))

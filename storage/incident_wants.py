"""A filter of incidents as the names of its conditions, and the values that they compare with.

Conditions and the statements made of them are the same for all filters that ask for the same, and are built once:
that takes longer than what they do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from storage.columns import lower_address, sortable_range, text_hash
from storage.grams import grams_of
from storage.tallies import MAX_SEARCH_CHARACTERS, bare_message_id, fold
from storage.values import IncidentFilter

Asked = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a filter wants."""

    names: tuple[str, ...]
    """Of its conditions, as `incident_filter.condition` knows them; the one first that mostly leaves least."""
    values: Mapping[str, Any]
    """Of their parameters."""
    terms: Mapping[str, tuple[str, ...]]
    """Of search and subject: folded texts that must stand in what is searched in, by whose trigrams incidents are
    found."""

    def terms_of(self, name: str) -> tuple[str, ...]:
        """Those of the condition of that name."""
        return self.terms.get(name.partition(" ")[0], ())


def read_filter(filter: IncidentFilter) -> Wanted | None:
    """What it wants; None when no incident can have it."""
    names, values, terms = list[str](), dict[str, Any](), dict[str, tuple[str, ...]]()
    for name, texts in (("search", _search(filter)), ("subject", _words(filter))):
        if sum(map(len, texts)) > MAX_SEARCH_CHARACTERS:
            return None
        terms[name] = tuple(text for text in texts if grams_of([text]))
    for name, given in _asked(filter):
        if not all(is_storable(value) for value in given.values() if isinstance(value, str)):
            return None
        names.append(name)
        values |= given
    return Wanted(tuple(names), values, terms)


def is_storable(text: str) -> bool:
    """Whether a stored text can be this one at all; PostgreSQL refuses to look for what it cannot hold."""
    return "\0" not in text and text.encode("utf-8", "replace").decode() == text


def _asked(filter: IncidentFilter) -> Iterator[Asked]:
    if filter.message_id is not None:
        bare = bare_message_id(filter.message_id) or ""
        yield "message_id", {"message_id": bare, "message_id_hash": text_hash(bare)}
    if filter.reporter is not None:
        lower = lower_address(filter.reporter)
        yield "reporter", {"reporter": lower, "reporter_hash": text_hash(lower)}
    yield from _asked_of_words(filter)
    if filter.network is not None:
        first, last = sortable_range(filter.network)
        yield "address" if first == last else "network", {"first_ip": first, "last_ip": last}
    if filter.corrected:
        yield "corrected", {}
    yield from _asked_of_columns(filter)
    yield "emptied" if filter.emptied else "reported", {}


def _asked_of_columns(filter: IncidentFilter) -> Iterator[Asked]:
    if filter.tenant is not None:
        yield "tenant", {"tenant": filter.tenant}
    if filter.feedback_type is not None:
        type_hash = text_hash(filter.feedback_type)
        yield "feedback_type", {"feedback_type": filter.feedback_type, "feedback_type_hash": type_hash}
    if filter.route is not None:
        yield "elsewhere" if filter.route == "elsewhere" else "route", {"route": filter.route}
    if filter.status is not None:
        yield "status", {"status": filter.status}
    if filter.confidence is not None:
        yield "confidence", {"confidence": filter.confidence}
    if filter.since is not None:
        yield "since", {"since": filter.since}
    if filter.until is not None:
        yield "until", {"until": filter.until}


def _asked_of_words(filter: IncidentFilter) -> Iterator[Asked]:
    for text in _search(filter):
        yield "search", {"search": text}
    words = _words(filter)
    if words:
        yield f"subject {len(words)}", {f"word{at}": word for at, word in enumerate(words)}


def _search(filter: IncidentFilter) -> tuple[str, ...]:
    return (fold(filter.search),) if filter.search else ()


def _words(filter: IncidentFilter) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(filter.subject or "").split()))

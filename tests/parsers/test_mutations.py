"""Each row of each table is needed: without it a sample is misread."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from golden import MAILS, find_differences, read_expected
from wording_tables import MODULES, TABLES, find_tables

NOTHING = re.compile(r"(?!)")

ASKED_FIRST = {
    "arf_values": ("arf",),
    "attached": ("arf",),
    "claims": ("inline", "outlook"),
    "content": ("text",),
    "dates": ("arf",),
    "feedback": ("arf",),
    "header_block": ("arf",),
    "houses": ("routes",),
    "inline": ("inline",),
    "mapi": ("outlook",),
    "origin": ("routes",),
    "packed": ("outlook",),
    "read": ("not_reports",),
    "received": ("routes",),
    "recipients": ("attached",),
    "saved": ("attached", "inline"),
    "statements": ("routes",),
    "signs": ("attached",),
    "weighing": ("attached",),
    "wording.complaint_subjects": ("attached",),
    "wording.complaint_texts": ("attached",),
    "wording.forwards": ("attached",),
    "wording.recipients": ("attached",),
    "wording.feedback": ("arf",),
    "wording.abuses": ("prose",),
    "wording.attacks": ("prose",),
    "wording.english_requests": ("prose",),
    "wording.forwarded": ("inline",),
    "wording.harmless": ("prose",),
    "wording.named": ("prose",),
    "wording.owners": ("prose",),
    "wording.requests": ("prose",),
    "xarf.complaints": ("xarf",),
    "xarf.documents": ("xarf",),
    "xarf.evidence": ("xarf",),
    "xarf.kinds": ("xarf",),
    "xarf.v4": ("xarf",),
    "xarf.yaml_documents": ("xarf",),
    "xarf_parts": ("xarf",),
}
"""Which samples are likely to miss a row of a module, to find one soon; others are missed by what is no report."""

EXCEPTIONS = {
    "addresses._FIRST_OCTETS": "how the networks of the next begin",
    "addresses._NETWORKS_4": "test_addresses asks for an address of each",
    "addresses._NETWORKS_6": "test_addresses asks for an address of each",
    "addresses._NEVER_ORIGIN": "what the two above are made of",
    "arf_fields.MESSAGE_NAMES": "test_arf asks for each",
    "authentication_results._ALIGNING": "test_authentication_results asks for each; `parse` names no server of ours",
    "claims._AUTHENTICATION": "rows of two wordings",
    "dates._FORMS": "what _PATTERNS is made of",
    "dates._MONTHS": "a month is its place among the twelve",
    "forwarded._FIELDS": "test_forwarded asks for a forward of each",
    "header_block._ESSENTIAL": "test_mime asks for each behind a flood of fields",
    "header_block.KNOWN_NAMES": "headers have several of them, so that none decides",
    "mapi._CHARSETS": "test_outlook asks for a text of each",
    "houses._INSIDE_NETWORKS": "test_houses asks for an address of each network",
    "houses._SECOND_LEVEL": "test_houses asks for a name below each",
    "local_dates._GERMAN": "test_forwarded asks for a time of each",
    "local_dates._NAMES": "a month is its place among the twelve",
    "local_dates._NUMBERS": "test_forwarded asks for a month of each",
    "logins.AUTHENTICATED": "test_logins asks for a line of each",
    "mail_programs.MARKS": "test_guides asks for the text beside each",
    "mail_programs._FIELDS": "what the marks name",
    "mail_programs._MESSAGE_ID": "fields of the marks",
    "mail_programs._NAMED": "fields of the marks",
    "prose.SIGNS": "test_prose asks for a mail that needs each",
    "prose._KINDS": "test_prose asks for complaints of each",
    "prose_texts._TABLES": "test_prose asks for a file of each",
    "prose_texts._TABLE_TYPES": "test_prose asks for a part of each",
    "prose_texts._TEXT_FILES": "test_prose asks for a file of each",
    "prose._WRITERS": "test_prose asks for a field of each",
    "received._FETCHED": "test_received asks for a line of each",
    "received._HANDED_OVER": "test_received asks for a line of each",
    "received._SAID": "test_received asks for a comment of each",
    "robots._DAEMONS": "rows of two wordings",
    "traces.PROVIDER_FIELDS": "test_traces asks for each; `parse` shows no traces",
    "traces.TRACE_FIELDS": "test_traces asks for each; `parse` shows no traces",
    "traces._OF_A_CUT_HEADER": "the rest of the two above",
    "tnef_properties._FIXED": "test_outlook asks for a property of each",
    "tnef_properties._VARIABLE": "test_outlook asks for a property of each",
    "wording.english_bounces.ENGLISH": "rows of a wording",
    "wording.forwarded.LABELS": "test_forwarded asks for a forward of each",
    "wording.forwarded.MONTHS": "test_forwarded asks for a month of each",
    "xarf.__all__": "what others import",
    "xarf.documents.YAML_WORDS": "a look before the fields are read, which decide",
    "xarf.kinds.CATEGORIES": "test_xarf asks for each type",
    "xarf.kinds.OLDER_TYPES": "test_xarf asks for each",
    "xarf.v0.DEMANDED": "test_xarf asks for each",
    "xarf.v0._MARKS": "test_xarf asks for each",
    "xarf.v4.DEMANDED": "test_xarf asks for each",
    "xarf.v4._MARKS": "test_xarf asks for each",
    "xarf.yaml_documents.FIRST_NAMES": "test_xarf asks for each",
}
"""Tables whose rows no sample has to miss, each with the reason."""

ALL = find_tables(tuple, frozenset, set, list, dict)


class Sample(NamedTuple):
    """A mail, as it is and in lower case, and what the JSON beside it says."""

    kind: str
    raw: bytes
    lower: bytes
    expected: dict[str, Any]


@cache
def read_samples() -> list[Sample]:
    """All of them."""
    mails = ((mail, mail.read_bytes()) for mail in MAILS)
    return [Sample(mail.parent.name, raw, raw.lower(), read_expected(mail)) for mail, raw in mails]


def is_misread(sample: Sample) -> bool:
    """Whether it is read otherwise than its JSON says, or not to the end."""
    try:
        return bool(find_differences(sample.raw, sample.expected))
    except KeyError:
        return True


def is_any_misread(place: str = "", words: tuple[bytes, ...] = ()) -> bool:
    """Whether any sample is; those that hold one of the words, and those that suit a module, are asked first."""
    kinds = ASKED_FIRST.get(place, ("not_reports",))
    samples = sorted(
        read_samples(),
        key=lambda sample: (not any(word in sample.lower for word in words), sample.kind not in kinds),
    )
    return any(is_misread(sample) for sample in samples)


def shorten(table: Any) -> Iterator[tuple[object, Any]]:
    """What is taken out of a table, a row or one of several in a row, and the rest."""
    if isinstance(table, dict):
        for key, value in table.items():
            yield key, {other: table[other] for other in table if other != key}
            if isinstance(value, tuple) and len(value) > 1:
                yield from (((key, out), {**table, key: rest}) for out, rest in shorten(value))
    elif isinstance(table, tuple | list):
        for index, row in enumerate(table):
            before, behind = table[:index], table[index + 1 :]
            yield row, before + behind
            if isinstance(row, tuple) and len(row) > 1 and all(isinstance(part, tuple) for part in row):
                yield from ((out, (*before, rest, *behind)) for out, rest in shorten(row))
    else:
        yield from ((row, table - {row}) for row in sorted(table))


def find_words(row: object) -> tuple[bytes, ...]:
    """What samples that need a row are likely to hold, lower case."""
    parts = row if isinstance(row, tuple) else (row,)
    texts = [part.replace("_", "-").encode() if isinstance(part, str) else part for part in parts]
    return tuple(text.lower() for text in texts if isinstance(text, bytes) and text)


def name_row(row: object) -> str:
    """A short name of a row, the same in every run: functions by their names, not by where they lie."""
    if isinstance(row, tuple):
        return ", ".join(map(name_row, row))[:60]
    return str(getattr(row, "__name__", row))


ROWS = [
    pytest.param(name, row, rest, id=f"{name}: {name_row(row)}")
    for name, table in ALL.items()
    if name not in EXCEPTIONS
    for row, rest in shorten(table)
]


def test_no_sample_is_misread_as_it_is() -> None:
    """Otherwise the other tests here would show nothing."""
    assert not is_any_misread()


@pytest.mark.parametrize(("name", "row", "rest"), ROWS)
def test_a_sample_needs_each_row(
    name: str, row: object, rest: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that no sample needs is of no use."""
    place, _, own = name.rpartition(".")
    for module in MODULES:
        if vars(module).get(own) is ALL[name]:
            monkeypatch.setattr(module, own, rest)

    assert is_any_misread(place, find_words(row))


@pytest.mark.parametrize("name", TABLES)
def test_a_sample_needs_each_wording(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole mails show that a table is asked at all; its rows have their own text beside them."""
    monkeypatch.setitem(TABLES[name].__dict__, "_pattern", NOTHING)

    assert is_any_misread(name.rpartition(".")[0])


def test_exceptions_are_tables() -> None:
    """The reason of a table that is gone excuses nothing."""
    assert EXCEPTIONS.keys() <= ALL.keys()

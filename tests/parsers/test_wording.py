"""The tables of wordings: each row and each alternative has text that needs it: none can be taken out unseen."""

from collections.abc import Iterable, Iterator

import pytest
from wording_tables import TABLES, drop_alternatives

from parsers.wording import Row, Wording

TEXTS = [
    pytest.param(name, row, text, id=f"{name}: {text}")
    for name, table in TABLES.items()
    for row in table.rows
    for text in row[1:]
]


def knowing_rows(table: Wording, text: str) -> list[Row]:
    """The rows of a table that know this text."""
    return [row for row in table.rows if Wording(row, start=table.start, end=table.end).is_in(text)]


def knows_its_texts(rows: Iterable[Row], start: str, end: str) -> bool:
    """Whether each row, between these, knows all texts beside it."""
    return all(Wording(row, start=start, end=end).is_in(text) for row in rows for text in row[1:])


def find_idle(table: Wording) -> Iterator[str]:
    """The alternatives of a table without which all texts are known as well."""
    for row in table.rows:
        for dropped, rest in drop_alternatives(row[0]):
            if knows_its_texts([(rest, row[1], *row[2:])], table.start, table.end):
                yield f"{dropped} in {row[0]}"
    for dropped, rest in drop_alternatives(table.start):
        if knows_its_texts(table.rows, rest, table.end):
            yield f"{dropped} at the start"
    for dropped, rest in drop_alternatives(table.end):
        if knows_its_texts(table.rows, table.start, rest):
            yield f"{dropped} at the end"


@pytest.mark.parametrize(("name", "row", "text"), TEXTS)
def test_a_row_alone_knows_the_text_beside_it(name: str, row: Row, text: str) -> None:
    """A row that another one covers, or that does not know its own text, is of no use."""
    found = knowing_rows(TABLES[name], text)

    assert found == [row]


@pytest.mark.parametrize("table", list(TABLES.values()), ids=list(TABLES))
def test_each_row_has_a_text(table: Wording) -> None:
    """Knowledge without an example cannot be judged."""
    assert all(isinstance(row, tuple) and len(row) > 1 and all(row) for row in table.rows)


@pytest.mark.parametrize("table", list(TABLES.values()), ids=list(TABLES))
def test_each_alternative_has_a_text(table: Wording) -> None:
    """An alternative that no text of its row needs is as idle as a row without one."""
    idle = list(find_idle(table))

    assert idle == []


def test_alternatives_are_found_in_nested_groups() -> None:
    """The loop above sees each of them, and none in classes or behind backslashes."""
    dropped = list(drop_alternatives(r"a(?:b|c(d|[|(]))e\||f"))

    assert dropped == [
        ("d", r"a(?:b|c([|(]))e\||f"),
        ("[|(]", r"a(?:b|c(d))e\||f"),
        ("b", r"a(?:c(d|[|(]))e\||f"),
        ("c(d|[|(])", r"a(?:b)e\||f"),
        (r"a(?:b|c(d|[|(]))e\|", "f"),
        ("f", r"a(?:b|c(d|[|(]))e\|"),
    ]

"""The tables of wordings: each row has text that needs it, so that none can be taken out unseen."""

import pytest
from wording_tables import TABLES

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


@pytest.mark.parametrize(("name", "row", "text"), TEXTS)
def test_a_row_alone_knows_the_text_beside_it(name: str, row: Row, text: str) -> None:
    """A row that another one covers, or that does not know its own text, is of no use."""
    found = knowing_rows(TABLES[name], text)

    assert found == [row]


@pytest.mark.parametrize("table", list(TABLES.values()), ids=list(TABLES))
def test_each_row_has_a_text(table: Wording) -> None:
    """Knowledge without an example cannot be judged."""
    assert all(len(row) > 1 and all(row[1:]) for row in table.rows)

"""The tables of wordings: each row has text that needs it, so that none can be taken out unseen."""

import pytest
from wording_tables import TABLES

from parsers.wording import Wording

ROWS = [
    pytest.param(name, row, id=f"{name}: {row[1]}") for name, table in TABLES.items() for row in table.rows
]


def knowing_rows(table: Wording, text: str) -> list[tuple[str, str]]:
    """The rows of a table that know this text."""
    alone = ((row, Wording(row, start=table.start, end=table.end)) for row in table.rows)
    return [row for row, wording in alone if wording.is_in(text)]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_a_row_alone_knows_the_text_beside_it(name: str, row: tuple[str, str]) -> None:
    """A row that another one covers, or that does not know its own text, is of no use."""
    found = knowing_rows(TABLES[name], row[1])

    assert found == [row]

"""Tables of spreadsheets: their cells in rows and columns, and what hostile ones cannot do."""

import random
from collections.abc import Callable

import pytest
from archive_builders import build_zip
from spreadsheet_builders import Rows, build_ods, build_sheet, build_xlsx

from parsers.budget import SHEET_TAGS, UNPACKED_BYTES, Budget
from parsers.sources import DAMAGED
from parsers.spreadsheets import COLUMNS, STRINGS_CHARACTERS, read_table

MANY = 100_000
TABLE: Rows = [
    ["time", "source", "destination"],
    ["10:00", "192.0.2.7", "198.51.100.9"],
    [None, "192.0.2.8", 7],
    [None, None, None],
    ["last", None, "end"],
]
LINES = "time\tsource\tdestination\n10:00\t192.0.2.7\t198.51.100.9\n\t192.0.2.8\t7\nlast\t\tend"


def read(content: bytes, characters: int = MANY, budget: Budget | None = None) -> str:
    """All that is read of it."""
    return read_table(content, characters, budget or Budget())


@pytest.mark.parametrize("build", [build_xlsx, build_ods])
def test_each_row_is_a_line(build: Callable[..., bytes]) -> None:
    """A cell stands in its column also where cells before it are empty."""
    assert read(build(TABLE)) == LINES


@pytest.mark.parametrize("build", [build_xlsx, build_ods])
def test_all_sheets_are_read(build: Callable[..., bytes]) -> None:
    """One after the other."""
    assert read(build([["a"]], [["b"]])) == "a\nb"


@pytest.mark.parametrize("build", [build_xlsx, build_ods])
def test_a_cell_has_one_line_and_no_mark_that_ends_it(build: Callable[..., bytes]) -> None:
    """Otherwise a text could move what stands beside it into another column."""
    assert read(build([["a\nb;c,d|e", "x"]])) == "a b c d e\tx"


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ('<c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="C1"><v>7</v></c>', "a\t\t7"),
        ("<c><v>1</v></c><c><v>2</v></c>", "1\t2"),
        ('<c r="B1" t="s"><v>0</v></c>', "\ta b"),
        ('<c t="s"><v>1</v></c><c t="s"><v>-1</v></c><c t="s"><v>²</v></c><c><v>9</v></c>', "\t\t\t9"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2"),
        (f'<c r="A1"><v>1</v></c><c r="ZZZ1"><v>{COLUMNS}</v></c>', "1"),
    ],
    ids=["text in the cell", "no places", "shared", "of no shared text", "formula", "far away"],
)  # fmt: skip
def test_cells_of_each_kind_are_read(cells: str, line: str) -> None:
    """As the programs that people use write them."""
    shared = "<si><r><t>a </t></r><r><t>b</t></r></si>"

    assert read(build_sheet(f"<row>{cells}</row>", shared)) == line


def test_names_of_elements_may_have_a_prefix() -> None:
    """As those of some programs have."""
    sheet = b'<x:worksheet xmlns:x="urn:x"><x:row><x:c><x:v>1</x:v></x:c></x:row></x:worksheet>'

    assert read(build_zip({"xl/worksheets/Sheet1.xml": sheet})) == "1"


def test_a_table_is_read_up_to_so_many_characters() -> None:
    """The rest is not even unpacked."""
    budget = Budget()
    content = build_sheet("<row><c><v>12345678</v></c></row>" * 100_000)

    assert len(read(content, 1_000, budget)) <= 1_000
    assert budget.take(UNPACKED_BYTES, 31 * 1024 * 1024) == 31 * 1024 * 1024


def test_a_shared_text_is_counted_each_time() -> None:
    """A long one that very many cells show takes no more room than others."""
    cells = '<row><c t="s"><v>0</v></c></row>' * 1_000

    assert len(read(build_sheet(cells, f"<si><t>{'x' * 50_000}</t></si>"))) <= MANY


def test_shared_texts_are_read_up_to_so_many_characters() -> None:
    """Cells that show a later one are empty."""
    shared = f"<si><t>x</t></si><si><t>{'y' * STRINGS_CHARACTERS}</t></si><si><t>z</t></si>"
    cells = "".join(f'<row><c t="s"><v>{at}</v></c></row>' for at in (0, 2))

    assert read(build_sheet(cells, shared)) == "x"


def test_tags_are_counted() -> None:
    """Very many of them would take long, and show nothing."""
    budget = Budget()

    assert read(build_sheet("<row/>" * SHEET_TAGS.of_all + "<row><c><v>1</v></c></row>"), budget=budget) == ""
    assert tuple(budget.warnings) == (SHEET_TAGS.sentence,)


def test_empty_columns_are_counted() -> None:
    """Cells in the last column of many rows take no more room than others."""
    cells = '<row><c r="CV1"><v>1</v></c></row>' * 10_000

    assert len(read(build_sheet(cells))) <= MANY + COLUMNS


def test_repeated_cells_of_an_open_table_take_no_room() -> None:
    """Programs repeat an empty cell up to the last column that there is."""
    cell = '<table:table-cell table:number-columns-repeated="{}"><text:p>{}</text:p></table:table-cell>'
    cells = cell.format(2, "a") + cell.format("9" * 4_000, "b") + cell.format(1, "c")
    content = f'<x xmlns:table="t" xmlns:text="x"><table:table-row>{cells}</table:table-row></x>'.encode()

    assert read(build_zip({"content.xml": content})) == "a\t\tb"


DECLARED = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "content",
    [
        build_sheet("<row><c><v>&b;</v></c></row>", head=DECLARED),
        build_sheet("<row><c><v>1</v></row>"),
        build_sheet("<row><c><v>\x01</v></c></row>"),
        build_sheet("<row><c><v>1</v></row>", head='<?xml version="1.0" encoding="utf-7"?>'),
        build_zip({"xl/worksheets/sheet1.xml": b"\xff\xfe<\x00" + b"\xd8" * 100}),
    ],
    ids=["declares entities", "not well-formed", "a control character", "unknown encoding", "no text"],
)
def test_what_no_program_writes_is_damaged(content: bytes) -> None:
    """It is read as far as that goes."""
    budget = Budget()

    assert read(content, budget=budget) == ""
    assert tuple(budget.warnings) == (DAMAGED,)


@pytest.mark.parametrize("build", [build_xlsx, build_ods])
@pytest.mark.timeout(60)
def test_damage_raises_nothing(build: Callable[..., bytes]) -> None:
    """Bytes turned, and an end that is missing."""
    dice, raw = random.Random(7), build(TABLE)
    for _ in range(300):
        damaged = bytearray(raw)
        damaged[dice.randrange(len(raw))] = dice.randrange(256)

        assert isinstance(read(bytes(damaged[: dice.choice((len(raw), dice.randrange(len(raw))))])), str)

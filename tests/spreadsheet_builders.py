"""Spreadsheets, written by the libraries that others write them with."""

from collections.abc import Sequence
from io import BytesIO

from archive_builders import build_zip
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

Rows = Sequence[Sequence[str | float | None]]


def build_xlsx(*sheets: Rows) -> bytes:
    """A workbook of Excel; cells without a value are not written."""
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def build_ods(*sheets: Rows) -> bytes:
    """A table of LibreOffice; what is empty is counted."""
    document = OpenDocumentSpreadsheet()
    for number, rows in enumerate(sheets):
        table = Table(name=f"Sheet {number}")
        for row in rows:
            line = TableRow()
            for value in row:
                cell = TableCell() if value is None else TableCell(valuetype="string")
                if value is not None:
                    cell.addElement(P(text=str(value)))
                line.addElement(cell)
            table.addElement(line)
        document.spreadsheet.addElement(table)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def build_sheet(rows: str, shared: str = "", head: str = "") -> bytes:
    """A workbook whose one sheet has these elements, and whose cells share these texts."""
    return build_zip(
        {
            "xl/worksheets/sheet1.xml": f"{head}<worksheet><sheetData>{rows}</sheetData></worksheet>".encode(),
            "xl/sharedStrings.xml": f"<sst>{shared}</sst>".encode(),
        }
    )

"""A roster as a spreadsheet. What people typed stays text: nothing in it is ever a formula or a link."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

Value = str | int | None

SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,  # the other way to save memory writes the names into temporary files
}
NARROWEST, WIDEST = 6, 40
WIDE_FROM = "\u1100"  # Hangul and what follows takes two columns' width a letter


def workbook(sheet: str, head: Sequence[str], rows: Iterable[Sequence[Value]], *, footer: str = "") -> bytes:
    """One sheet with a heading row and these rows; every text a text, whatever it begins with, every int a number.

    The head is repeated on each printed page, and `footer` stands under it.
    """
    file = io.BytesIO()
    listed = [list(row) for row in rows]
    with Workbook(file, SAFE) as book:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        for column, text in enumerate(head):
            page.write_string(0, column, text, bold)
            page.set_column(column, column, _width([text, *(row[column] for row in listed)]))
        plain = book.add_format({"num_format": "@", "quote_prefix": True})
        for number, row in enumerate(listed, 1):
            _write(page, number, row, plain)
        _lay_out(page, footer)
    return file.getvalue()


def _write(page: Worksheet, number: int, row: Sequence[Value], plain: Any) -> None:
    for column, value in enumerate(row):
        if isinstance(value, int):
            page.write_number(number, column, value)
        elif value is not None:
            page.write_string(number, column, value, plain)  # quoted, so that editing the cell runs nothing either


def _lay_out(page: Worksheet, footer: str) -> None:
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{footer.replace('&', '&&')}&R&P / &N")


def _width(values: Iterable[Value]) -> int:
    longest = max(sum(2 if letter >= WIDE_FROM else 1 for letter in str(value or "")) for value in values)
    return min(max(longest + 2, NARROWEST), WIDEST)

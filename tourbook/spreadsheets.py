"""Lines as CSV for spreadsheets, in which no text is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

USUAL_END = "\r\n"
UTF8_MARK = "\ufeff"
"""By this at a file's begin, spreadsheets know that it is UTF-8."""
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""By one of these at its begin, some spreadsheet takes a text for a formula; wide letters too, in East Asia."""


def csv_text(lines: Iterable[Sequence[object]], *, end: str = USUAL_END) -> str:
    """The lines as CSV, each with this `end`. Numbers stay numbers, None is empty, what may be a formula is quoted."""
    return "".join(f"{_line(one)}{end}" for one in lines)


def _line(cells: Sequence[object]) -> str:
    """Written with the usual end: another one leaves a carriage return unquoted, which ends lines too."""
    text = io.StringIO()
    csv.writer(text, lineterminator=USUAL_END).writerow(map(_cell, cells))
    return text.getvalue().removesuffix(USUAL_END)


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_MARKS) else value

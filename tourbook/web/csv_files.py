"""Figures as a file that spreadsheets open; its texts are never formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import make_response
from werkzeug.wrappers import Response

FORMULA = ("=", "+", "-", "@", "\t")


def csv_answer(lines: Iterable[Sequence[object]], name: str) -> Response:
    """The lines as a file of that name to be kept, with the mark by which spreadsheets know that it is UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    answer = make_response("\ufeff" + text.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def as_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text

"""Figures as a file that spreadsheets open; its texts are never formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import make_response
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from tourbook.web.forms import Form

FORMULA = ("=", "+", "-", "@", "\t")


def csv_answer(lines: Iterable[Sequence[object]], name: str) -> Response:
    """The lines as a file of that name to be kept, with the mark by which spreadsheets know that it is UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    answer = make_response("\ufeff" + text.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def asked_of(form: Form, args: MultiDict[str, str]) -> dict[str, str]:
    """What of the words of an address its form reads, so that a link to the file can say the same; nothing else that
    somebody wrote there goes into the making of an address.
    """
    return {field.name: args[field.name] for field in form if field.name in args}


def as_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text

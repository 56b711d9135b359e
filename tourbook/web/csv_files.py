"""Figures as a file that spreadsheets open."""

from collections.abc import Iterable, Iterator, Sequence

from flask import make_response
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from tourbook.spreadsheets import UTF8_MARK, csv_text
from tourbook.web.forms import Form


def csv_answer(lines: Iterable[Sequence[object]], name: str) -> Response:
    """The lines as a file of that name to be kept."""
    answer = make_response(UTF8_MARK + csv_text(lines))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def csv_stream(chunks: Iterable[Iterable[Sequence[object]]], name: str) -> Response:
    """The same of many lines, some at a time, each sent before the next are read.

    The server reads on when the request is over: whatever reads them brings the context that it needs.
    """

    def texts() -> Iterator[str]:
        yield UTF8_MARK
        yield from map(csv_text, chunks)

    answer = Response(texts(), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def asked_of(form: Form, args: MultiDict[str, str]) -> dict[str, str]:
    """What of the words of an address its form reads, so that a link to the file can say the same; nothing else that
    somebody wrote there goes into the making of an address.
    """
    return {field.name: args[field.name] for field in form if field.name in args}

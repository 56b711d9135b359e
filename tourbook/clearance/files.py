"""Replies of authorities as files: a sheet of CSV, or of XLSX, read as text and never as anything that runs.

The file with the names that was handed out comes back with its last two columns filled in, in either language: its
headings (tourbook/web/operator/clearance.py) are known here, and what it says of people is passed over.
"""

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from tourbook.applications import plain_reference
from tourbook.clearance.models import Standing
from tourbook.courses import cells
from tourbook.courses.files import Column, ImportRefused, Line, Problem, Sheet, Unreadable, read_sheet

XLSX_BEGINS = b"PK\x03\x04"
LARGEST_PART = 8 * 2**20  # bytes of one part of a file, unpacked: the names of a season fit in
MOST_COLUMNS = 100
MOST_ROWS = 20_000
ANSWERS = {
    Standing.CLEARED: ("cleared", "yes", "승인", "적합", "허가", "가능"),
    Standing.REFUSED: ("refused", "no", "불승인", "부적합", "불허", "불가"),
}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    ElementTree.ParseError,
    EOFError,  # packed content that ends too early
    LookupError,  # a part or a text that is not there, an encoding that nobody knows
    OSError,  # bzip2 calls its damage so
    RuntimeError,  # a password is needed, or a way of packing that is not known here
    ValueError,
)
"""All that a file which is no workbook, or a damaged one, can make the readers of ZIP and XML say."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL = re.compile(r"([A-Z]{1,3})[0-9]+")


@dataclass(frozen=True)
class Reply:
    """One line of an authority's answer: about whom, and what; `note` is its own word on it."""

    reference: str
    number: int
    answer: Standing
    note: str


def _answer(cell: str) -> Standing:
    for standing, words in ANSWERS.items():
        if cell.casefold() in words:
            return standing
    raise Unreadable("cell_not_answer")


REPLY_COLUMNS = {
    "reference": Column(cells.text, needed=True, also=("Reference", "신청번호")),
    "visitor": Column(cells.number, needed=True, also=("No. in party", "일행 중 번호")),
    "answer": Column(_answer, also=("Answer", "확인 결과")),
    "note": Column(cells.text, optional=True, empty="", also=("Note", "비고")),
}
OF_THE_NAMES = frozenset(
    {
        *("No. of list", "Change", "Name", "Date of birth", "Nationality", "Passport number"),
        *("명단 번호", "변경", "이름", "생년월일", "국적", "여권번호"),
    }
)
"""The other columns of the file with the names, which tell the authority who somebody is, and us nothing."""


def read_replies(content: bytes | str) -> Sheet[Reply]:
    """Read a file of replies. Refuses a file that cannot be read as one; faults of lines are in the sheet. Who has no
    answer yet, or was taken out of a list, is passed over with a warning.
    """
    read = read_sheet(as_text(content), REPLY_COLUMNS, lambda values: _reply(**values), passed_over=OF_THE_NAMES)
    open_still = [Problem(line.number, "reply_still_open") for line in read.lines if line.draft is None]
    answered = [Line(line.number, line.draft) for line in read.lines if line.draft]
    return Sheet(answered, read.columns, read.problems, [*read.warnings, *open_still])


def plain_replies(content: bytes | str) -> str:
    """What a file answers as CSV, and nothing that it says of people beside."""
    text = io.StringIO(newline="")
    written = csv.writer(text, lineterminator="\n")
    written.writerow(REPLY_COLUMNS)
    for line in read_replies(content).lines:
        reply = line.draft
        written.writerow([reply.reference, reply.number, reply.answer.value, reply.note])
    return text.getvalue()


def as_text(content: bytes | str) -> bytes | str:
    """The content of a file as CSV: that of the first sheet, where it is XLSX, line by line."""
    if isinstance(content, bytes) and content.startswith(XLSX_BEGINS):
        return _text_of_workbook(content)
    return content


def _reply(reference: str, visitor: int, answer: Standing | None, note: str) -> Reply | None:
    return Reply(plain_reference(reference), visitor, answer, note) if answer else None


def _text_of_workbook(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            rows = list(_rows(book))
    except _BROKEN as wrong:
        raise ImportRefused([Problem(0, "file_not_workbook")]) from wrong
    width = max(map(len, rows), default=0)  # empty cells at the end of a row are often left out
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(row + [""] * (width - len(row)) for row in rows)
    return text.getvalue()


def _rows(book: zipfile.ZipFile) -> Iterator[list[str]]:
    """The first sheet row by row, with empty ones where the file leaves them out, so that lines are counted as seen."""
    shared = _shared(book)
    first = min(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", name))
    line = 0
    for row in _part(book, first).iter(f"{_MAIN}row"):
        number = int(row.get("r", line + 1))
        if not line < number <= MOST_ROWS:
            raise ValueError("rows out of order, or far outside of any table of ours")
        yield from ([""] for _ in range(number - line - 1))
        line = number
        yield _cells(row, shared)


def _cells(row: ElementTree.Element, shared: list[str]) -> list[str]:
    found: dict[int, str] = {}
    for place, cell in enumerate(row.iter(f"{_MAIN}c")):
        address = _CELL.fullmatch(cell.get("r", ""))
        column = _column(address[1]) if address else place
        if column >= MOST_COLUMNS:
            raise ValueError("a cell far outside of any table of ours")
        found[column] = _value(cell, shared)
    return [found.get(column, "") for column in range(max(found, default=-1) + 1)]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    """What a cell shows: text from the shared ones or of its own, else the number as it is stored."""
    kind = cell.get("t")
    if kind == "inlineStr":
        return _joined(cell)
    stored = cell.findtext(f"{_MAIN}v") or ""
    text = _shared_text(int(stored), shared) if kind == "s" else stored.removesuffix(".0")
    return " ".join(text.split())


def _shared_text(index: int, shared: list[str]) -> str:
    if index < 0:
        raise ValueError("a shared text before the first")
    return shared[index]


def _shared(book: zipfile.ZipFile) -> list[str]:
    name = "xl/sharedStrings.xml"
    return [_joined(one) for one in _part(book, name).iter(f"{_MAIN}si")] if name in book.namelist() else []


def _joined(element: ElementTree.Element) -> str:
    return " ".join("".join(part.text or "" for part in element.iter(f"{_MAIN}t")).split())


def _part(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with book.open(name) as part:
        content = part.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART or b"<!DOCTYPE" in content or b"\0" in content:
        raise ValueError("no spreadsheet program writes this")
    return ElementTree.fromstring(content)  # noqa: S314 - without a document type there are no entities to expand

"""CSV files as people send them: read with every fault found and named by its line, or refused in one piece.

A file is UTF-8 (a byte order mark is passed over), or Korean as Excel saves "CSV" in Korea, with a heading. Its cells
are read by the declared columns; what cannot be read is a `Problem` of that line, so that all of them can be told at
once.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Generic, Protocol, TypeVar

from tourbook.characters import is_keepable
from tourbook.errors import Refused
from tourbook.resident_numbers import holds_resident_number
from tourbook.spreadsheets import csv_text

Draft = TypeVar("Draft")
Proposed = TypeVar("Proposed", contravariant=True)

BYTE_ORDER_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")
KOREAN_CODE = "CP949"
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
"""What our columns hold has none; a word of Hangul in UTF-8 begins with one, where it is read as CP949, so that a file
which is merely damaged is not taken for another.
"""
ALMOST_THE_SAME = 0.8


@dataclass(frozen=True)
class Problem:
    """What is wrong (or, as a warning, odd) with one line; line 0 is the file as a whole."""

    line: int
    code: str
    facts: dict[str, Any] = field(default_factory=dict)


class ImportRefused(Refused):
    """Nothing was entered; `facts["problems"]` lists (line, code, facts), in order of line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        in_order = sorted(problems, key=lambda problem: problem.line)
        super().__init__(
            "import_refused",
            field="file",
            problems=[(problem.line, problem.code, problem.facts) for problem in in_order],
        )


class Unreadable(Exception):
    """A cell that cannot be read as what its column holds: a code and facts, without the column and its text."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Column:
    """How a column's cells are read; whether each must be filled, and whether a file may lack the column. `example` is
    what a cell of it looks like; an optional one without any is left out of the example of a file. `also` are other
    names that it may have in a heading, as in a file that we hand out to be filled in.
    """

    read: Callable[[str], Any]
    needed: bool = False
    optional: bool = False
    empty: Any = None
    example: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnNames:
    """The names of the columns of a file: of those it must have, all and those that are filled in each line, and of
    those that it may leave out; and a small file as an example, made from the same list.
    """

    must_be_there: list[str]
    must_be_filled: list[str]
    may_be_left_out: list[str]
    example: list[str]


@dataclass(frozen=True)
class Line(Generic[Draft]):
    """One line of a file, by its number in it, as what it proposes."""

    number: int
    draft: Draft


@dataclass(frozen=True)
class Sheet(Generic[Draft]):
    """What a file proposes line by line, the columns that it has, and what was found wrong or odd on reading."""

    lines: list[Line[Draft]]
    columns: frozenset[str]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """What an import did: how many rows were entered, which lines were there already, and what was odd."""

    entered: int
    there: list[int]
    warnings: list[Problem]


def column_names(columns: Mapping[str, Column]) -> ColumnNames:
    """How to write a file of these columns."""
    shown = {name: column for name, column in columns.items() if column.example or not column.optional}
    written = csv_text([list(shown), [column.example for column in shown.values()]], end="\n")
    return ColumnNames(
        must_be_there=[name for name, column in columns.items() if not column.optional],
        must_be_filled=[name for name, column in columns.items() if column.needed],
        may_be_left_out=[name for name, column in columns.items() if column.optional],
        example=written.splitlines(),
    )


def read_sheet(
    content: bytes | str,
    columns: Mapping[str, Column],
    make: Callable[[dict[str, Any]], Draft],
    *,
    passed_over: Collection[str] = (),
) -> Sheet[Draft]:
    """Read a file by its columns; `make` turns a line's values into what it proposes. Columns with the names of
    `passed_over` are known to be there for other readers, and nothing is said of them.

    Refuses, as a whole, a file that is empty, neither UTF-8 nor Korean, not CSV, without the columns it needs, or with
    a resident registration number in it.
    """
    written, as_korean = (content, False) if isinstance(content, str) else decoded(content)
    text = _keepable(written)
    if holds_resident_number(text):
        raise ImportRefused([Problem(_line_of_a_resident_number(text), "resident_number")])
    records = _records(text)
    heading = _heading(_named_as_ours(next(records, (1, []))[1], columns), columns)
    odd = [Problem(0, "file_read_as_korean")] if as_korean else []
    unknown = _unknown_columns(heading, {*columns, *passed_over})
    sheet: Sheet[Draft] = Sheet([], frozenset(heading), warnings=[*odd, *unknown])
    for number, cells in records:
        if any(map(holds_resident_number, cells)):
            raise ImportRefused([Problem(number, "resident_number")])
        values = _values(number, cells, heading, columns, sheet.problems)
        if values is not None:
            sheet.lines.append(Line(number, make(values)))
    if not sheet.lines and not sheet.problems:
        raise ImportRefused([Problem(0, "file_without_rows")])
    return sheet


class Entering(Protocol[Proposed]):
    """How one kind of row gets from a file into the database."""

    def faults(self, draft: Proposed) -> Iterable[Refused]:
        """What stands against it."""

    def is_there(self, draft: Proposed) -> bool:
        """Is the very same there already? Refuses what is there with other content."""

    def enter(self, draft: Proposed) -> object:
        """Write it."""

    def oddities(self, draft: Proposed) -> Iterable[Refused]:
        """What is worth another look, though it is entered."""


def enter_lines(sheet: Sheet[Draft], entering: Entering[Draft]) -> Imported:
    """Enter what is not there yet, or refuse all of it with every problem. A step: the act's transaction undoes it."""
    problems, warnings = list(sheet.problems), list(sheet.warnings)
    there = []
    for line in sheet.lines:
        found = list(_faults(line, entering))
        if found:
            problems.extend(found)
        elif entering.is_there(line.draft):
            there.append(line.number)
        else:
            entering.enter(line.draft)
            warnings.extend(_problem(line, oddity) for oddity in entering.oddities(line.draft))
    if problems:
        raise ImportRefused(problems)
    return Imported(len(sheet.lines) - len(there), there, warnings)


def _faults(line: Line[Draft], entering: Entering[Draft]) -> Iterator[Problem]:
    found = [_problem(line, fault) for fault in entering.faults(line.draft)]
    yield from found
    if not found:
        try:
            entering.is_there(line.draft)
        except Refused as other_content:
            yield _problem(line, other_content)


def _problem(line: Line[Any], refusal: Refused) -> Problem:
    return Problem(line.number, refusal.code, {"field": refusal.field, **refusal.facts})


def _keepable(written: str) -> str:
    text = written.removeprefix("\ufeff")
    if not is_keepable(text):
        raise ImportRefused([Problem(_first_unkeepable(text), "file_not_text")])
    return text


def _first_unkeepable(text: str) -> int:
    lines = enumerate(text.split("\n"), start=1)
    return next(number for number, line in lines if not is_keepable(line))


def decoded(content: bytes) -> tuple[str, bool]:
    """What is written in a file, and whether in Korean as Excel saves "CSV" there unless told otherwise; else it is
    UTF-8. Refuses `file_not_utf8`.
    """
    if content.startswith(BYTE_ORDER_MARKS_16):
        raise ImportRefused([Problem(0, "file_not_utf8", {"looks_like": "UTF-16"})])
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError as wrong:
        korean = _korean(content)
        if korean is not None and not _IDEOGRAPH.search(korean):
            return korean, True
        line = content[: wrong.start].count(b"\n") + 1
        looks_like = None if korean is None else KOREAN_CODE
        raise ImportRefused([Problem(line, "file_not_utf8", {"looks_like": looks_like})]) from wrong


def _korean(content: bytes) -> str | None:
    try:
        return content.decode(KOREAN_CODE)
    except UnicodeDecodeError:
        return None


def _line_of_a_resident_number(text: str) -> int:
    """Where it stands; 0 where it goes over several lines."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if holds_resident_number(line)), 0)


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records with something in them, each with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as wrong:
        raise ImportRefused([Problem(number, "file_not_csv", {"reason": str(wrong)})]) from wrong


def _named_as_ours(cells: list[str], columns: Mapping[str, Column]) -> list[str]:
    """A heading with our own names for the columns, whatever it calls them."""
    ours = {_plain(other): name for name, column in columns.items() for other in column.also}
    return [cell if cell in columns else ours.get(_plain(cell), cell) for cell in cells]


def _plain(name: str) -> str:
    """Without what nobody means by it: where a word ends in Korean, and capitals."""
    return "".join(name.split()).casefold()


def _heading(cells: list[str], columns: Mapping[str, Column]) -> list[str]:
    if not cells:
        raise ImportRefused([Problem(0, "file_empty")])
    while cells and not cells[-1]:
        cells = cells[:-1]
    twice = sorted({name for name in cells if name and cells.count(name) > 1})
    missing = list(_missing(cells, columns))
    if missing:
        raise ImportRefused([Problem(1, "columns_missing", {"columns": missing, "found": cells})])
    if twice:
        raise ImportRefused([Problem(1, "columns_twice", {"columns": twice})])
    return cells


def _missing(heading: list[str], columns: Mapping[str, Column]) -> Iterator[str]:
    """The columns that a file lacks: those it needs, and those that it seems to mean by a name written otherwise.

    Passing over `partymax` would let large parties in where somebody had entered a limit.
    """
    strange = [name for name in heading if name not in columns]
    for name, column in columns.items():
        meant = [other.casefold() for other in strange if not other.startswith(f"{name}_")]
        if name not in heading and (not column.optional or get_close_matches(name, meant, cutoff=ALMOST_THE_SAME)):
            yield name


def _unknown_columns(heading: list[str], known: Collection[str]) -> Iterator[Problem]:
    unknown = [name for name in heading if name and name not in known]
    if unknown:
        yield Problem(1, "columns_unknown", {"columns": unknown})


def _values(
    number: int, cells: list[str], heading: list[str], columns: Mapping[str, Column], problems: list[Problem]
) -> dict[str, Any] | None:
    """The line's values by column, the empty ones too; None where something is wrong, which is then in `problems`."""
    if len(cells) < len(heading) or any(cells[len(heading) :]):
        problems.append(Problem(number, "cells_count", {"expected": len(heading), "found": len(cells)}))
        return None
    texts = dict(zip(heading, cells, strict=False))
    values: dict[str, Any] = {}
    wrong = []
    for name, column in columns.items():
        try:
            values[name] = _value(texts.get(name, ""), column, present=name in texts)
        except Unreadable as unreadable:
            wrong.append(
                Problem(number, unreadable.code, {"column": name, "value": texts.get(name), **unreadable.facts})
            )
    problems.extend(wrong)
    return None if wrong else values


def _value(text: str, column: Column, *, present: bool) -> Any:
    if text:
        return column.read(text)
    if column.needed and present:
        raise Unreadable("cell_empty")
    return column.empty

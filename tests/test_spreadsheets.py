"""What leaves as CSV is never a formula, and comes back as what it was."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.house.sources import sources
from tourbook.spreadsheets import FORMULA_MARKS, csv_text

CELLS = st.one_of(st.none(), st.integers(), st.floats(allow_nan=False), st.text(), st.sampled_from(FORMULA_MARKS))
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=5)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@example(lines=[[None, "\r"]], end="\n")
@given(lines=TABLES, end=st.sampled_from(["\r\n", "\n"]))
def test_every_number_stays_one_and_no_text_begins_a_formula(lines: list[list[object]], end: str) -> None:
    for line, found in zip(lines, read(csv_text(lines, end=end)), strict=True):
        for cell, said in zip(line, found, strict=True):
            if isinstance(cell, str):
                assert said in {cell, f"'{cell}"}
                assert not said.startswith(FORMULA_MARKS)
            else:
                assert said == ("" if cell is None else str(cell))


@pytest.mark.parametrize("odd", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠SUM(A1)"])
def test_what_spreadsheets_reckon_is_quoted(odd: str) -> None:
    assert read(csv_text([[odd, -1]])) == [[f"'{odd}", "-1"]]


def test_no_other_place_writes_csv() -> None:
    """The other writer turns a workbook that came in into lines to be read; nothing of it leaves."""
    writing = [
        one.name for one in sources(under=("tourbook/",)) if "csv.writer" in one.text or "DictWriter" in one.text
    ]

    assert sorted(writing) == ["tourbook/clearance/files.py", "tourbook/spreadsheets.py"]

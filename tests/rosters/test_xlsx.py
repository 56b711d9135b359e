"""A spreadsheet that runs nothing, whatever people typed."""

import io
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from tourbook.rosters.xlsx import workbook

ATTACKS = [
    '=HYPERLINK("http://evil.example","click")',
    "=1+1",
    "+821012345678",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "{=1}",
    "http://evil.example/",
    "mailto:a@b.kr",
    "00123",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_what_people_typed_stays_text(text: str) -> None:
    sheet = load_workbook(io.BytesIO(workbook("명단", ["이름"], [[text]])))["명단"]

    cell = sheet["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.hyperlink is None
    assert cell.quotePrefix


def test_no_formula_and_no_link_is_in_the_file() -> None:
    file = ZipFile(io.BytesIO(workbook("명단", ["이름"], [[text] for text in ATTACKS])))

    sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


def test_rows_stand_under_their_heads_and_numbers_are_numbers() -> None:
    sheet = load_workbook(io.BytesIO(workbook("명단", ["이름", "나이"], [["김하늘", 34], [None, 0]], footer="a&b")))[
        "명단"
    ]

    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["이름", "나이"], ["김하늘", 34], [None, 0]]
    assert sheet["B2"].data_type == "n"
    assert sheet.print_title_rows == "$1:$1"

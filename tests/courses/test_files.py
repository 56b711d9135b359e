"""Files as people send them: read, or refused in sentences that name the line."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tourbook.courses import ImportRefused, cells, read_regions
from tourbook.courses.files import Column, Unreadable, read_sheet
from tourbook.kst import parse_moment

HEADING = "code,parent,name_ko,name_en,valid_from,valid_until,successor"
KOREA = "KR,,대한민국,Republic of Korea,,,"


def refusal_of(content: bytes | str) -> list[tuple[int, str, dict[str, Any]]]:
    with pytest.raises(ImportRefused) as refused:
        read_regions(content)
    problems: list[tuple[int, str, dict[str, Any]]] = refused.value.facts["problems"]
    return problems


def test_a_file_is_read_line_by_line() -> None:
    sheet = read_regions(f"{HEADING}\n{KOREA}\n42,KR,강원도,Gangwon,,2023-06-10,51\n")

    assert [line.number for line in sheet.lines] == [2, 3]
    assert sheet.lines[1].draft.valid_until == date(2023, 6, 10)
    assert sheet.lines[0].draft.parent is None


def test_what_excel_adds_does_no_harm() -> None:
    """A byte order mark, Windows line ends, blank lines, spaces, and empty columns at the end."""
    plain = read_regions(f"{HEADING}\n{KOREA}\n")
    from_excel = read_regions(f"\ufeff{HEADING},,\r\n , ,,\r\n {KOREA},,\r\n\r\n".encode())

    assert [line.draft for line in from_excel.lines] == [line.draft for line in plain.lines]
    assert from_excel.lines[0].number == 3
    assert not from_excel.warnings


def test_cells_may_hold_commas_and_line_ends_and_the_next_line_keeps_its_number() -> None:
    sheet = read_regions(f'{HEADING}\nKR,,"대한\n민국","Korea, Republic of",,,\n41,KR,경기도,Gyeonggi,,,\n')

    assert sheet.lines[0].draft.name_en == "Korea, Republic of"
    assert [line.number for line in sheet.lines] == [2, 4]


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        (b"", 0, "file_empty"),
        (b"\n\n", 0, "file_empty"),
        ("\ufeff".encode(), 0, "file_empty"),
        (HEADING.encode(), 0, "file_without_rows"),
        (f"{HEADING}\n{KOREA}\nK\0R,,,,,,\n".encode(), 3, "file_not_text"),
        (f"{HEADING}\n{KOREA}\n".encode("utf-16"), 0, "file_not_utf8"),
        (f"{HEADING}\n{KOREA.replace('대한민국', '大韓民國')}\n".encode("cp949"), 2, "file_not_utf8"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", 1, "file_not_utf8"),
        (f'{HEADING}\n{KOREA}\n"KR,,,,,,\n'.encode(), 3, "file_not_csv"),
        (b"code,name_ko\nKR,Korea\n", 1, "columns_missing"),
        (f"{HEADING},code\n{KOREA},KR\n".encode(), 1, "columns_twice"),
        (f"{KOREA}\n{KOREA}\n".encode(), 1, "columns_missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(content: bytes, line: int, code: str) -> None:
    assert [(problem[0], problem[1]) for problem in refusal_of(content)] == [(line, code)]


def test_a_file_as_excel_saves_it_in_korea_is_read_and_said_to_have_been() -> None:
    sheet = read_regions(f"{HEADING}\n{KOREA}\n".encode("cp949"))

    assert [line.draft.name_ko for line in sheet.lines] == ["대한민국"]
    assert [(one.line, one.code) for one in sheet.warnings] == [(0, "file_read_as_korean")]
    assert read_regions(f"{HEADING}\n{KOREA}\n".encode()).warnings == []


HANGUL = st.text(st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣")), min_size=2, max_size=20)


@given(HANGUL, st.data())
def test_korean_in_utf_8_that_was_damaged_is_never_read_as_something_else(name: str, data: st.DataObject) -> None:
    whole = f"{HEADING}\nKR,,{name},Korea,,,\n".encode()
    damaged = bytearray(whole)
    korean = [place for place, byte in enumerate(whole) if byte > 127]
    del damaged[data.draw(st.sampled_from(korean))]

    assert refusal_of(bytes(damaged))[0][1] == "file_not_utf8"


def test_files_in_another_code_are_recognised() -> None:
    assert refusal_of(f"{HEADING}\n{KOREA.replace('대한민국', '大韓民國')}\n".encode("cp949"))[0][2] == {
        "looks_like": "CP949"
    }
    assert refusal_of(f"{HEADING}\n{KOREA}\n".encode("utf-16"))[0][2] == {"looks_like": "UTF-16"}
    assert refusal_of(b"\xff\x00\xff")[0][2] == {"looks_like": None}


def test_missing_columns_are_named_beside_those_that_are_there() -> None:
    facts = refusal_of("code;parent;name_ko\nKR;;x\n")[0][2]

    assert facts["columns"] == HEADING.split(",")
    assert facts["found"] == ["code;parent;name_ko"]


def test_columns_that_nobody_knows_are_passed_over_and_said_so() -> None:
    sheet = read_regions(f"{HEADING},colour\n{KOREA},red\n")

    assert [(odd.line, odd.code, odd.facts) for odd in sheet.warnings] == [
        (1, "columns_unknown", {"columns": ["colour"]})
    ]
    assert len(sheet.lines) == 1


def test_columns_without_a_name_keep_others_apart() -> None:
    sheet = read_regions(f",,{HEADING}\n,,{KOREA}\n")

    assert (len(sheet.lines), sheet.warnings) == (1, [])


def test_every_fault_of_every_line_is_noted() -> None:
    sheet = read_regions(f"{HEADING}\n,,,x,2021-13-01,soon,\n{KOREA}\nshort,row\n{KOREA},too,long\n")

    assert [(problem.line, problem.code, problem.facts.get("column")) for problem in sheet.problems] == [
        (2, "cell_empty", "code"),
        (2, "cell_empty", "name_ko"),
        (2, "cell_not_day", "valid_from"),
        (2, "cell_not_day", "valid_until"),
        (4, "cells_count", None),
        (5, "cells_count", None),
    ]
    assert [line.number for line in sheet.lines] == [3]


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cells.number, "0", 0),
        (cells.number, "0040", 40),
        (cells.kilometres, "7.9", 7.9),
        (cells.day, "2024-02-29", date(2024, 2, 29)),
        (cells.moment, "2021-11-22", parse_moment("2021-11-22T00:00+09:00")),
        (cells.moment, "2021-11-22T10:00", parse_moment("2021-11-22T01:00+00:00")),
        (cells.moment, "2021-11-22T10:00+00:00", parse_moment("2021-11-22T19:00")),
        (cells.clock_times, "14:00 10:00 10:00", ("10:00", "14:00")),
        (cells.weekdays, "sun Mon Mon", (0, 6)),
        (cells.yes_or_no, "Yes", True),
        (cells.yes_or_no, "no", False),
    ],
)
def test_cells_are_read(read: Callable[[str], Any], text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (cells.number, "-1", "cell_not_number"),
        (cells.number, "4.0", "cell_not_number"),
        (cells.number, "1e3", "cell_not_number"),
        (cells.number, "４０", "cell_not_number"),
        (cells.number, "99999999999999999999", "cell_not_number"),
        (cells.kilometres, "7,9", "cell_not_kilometres"),
        (cells.day, "2021-02-29", "cell_not_day"),
        (cells.day, "20210228", "cell_not_day"),
        (cells.day, "0001-01-01", "cell_year_out_of_range"),
        (cells.day, "9999-12-31", "cell_year_out_of_range"),
        (cells.moment, "2021-11-22T24:01", "cell_not_moment"),
        (cells.moment, "yesterday", "cell_not_moment"),
        (cells.moment, "20301212", "cell_not_moment"),
        (cells.moment, "2030-W10-2", "cell_not_moment"),
        (cells.moment, "20301212T10", "cell_not_moment"),
        (cells.moment, "0001-01-01T00:00", "cell_year_out_of_range"),
        (cells.clock_time, "25:00", "cell_not_time"),
        (cells.clock_times, "10:00,14:00", "cell_not_time"),
        (cells.weekdays, "Mon Someday", "cell_not_weekdays"),
        (cells.yes_or_no, "maybe", "cell_not_yes_no"),
    ],
)
def test_cells_are_refused(read: Callable[[str], Any], text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)

    assert refused.value.code == code


def test_an_optional_column_reads_as_its_default_where_the_file_lacks_it() -> None:
    columns = {"code": Column(cells.text, needed=True), "raises": Column(cells.yes_or_no, optional=True, empty=False)}

    assert read_sheet("code\nKR\n", columns, dict).lines[0].draft == {"code": "KR", "raises": False}

"""Rosters on paper and as spreadsheets: the columns of their purpose, nothing that runs, and an entry in the trail."""

import io

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from tests.ground.pages import words
from tests.rosters.gate import trail, visitors
from tests.web.operator.conftest import Desk
from tourbook.db import transaction
from tourbook.web.operator import files

ATTACK = '=HYPERLINK("http://evil.example","이름")'


def sheet(desk: Desk, query: str = "") -> tuple[Worksheet, str]:
    answer = desk.client.get(f"{desk.address}/roster.xlsx{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return load_workbook(io.BytesIO(answer.data)).worksheets[0], answer.headers["Content-Disposition"]


def rows(page: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in page.iter_rows()]


@pytest.fixture
def maria(desk: Desk) -> str:
    """A party of two: somebody with a hostile name and a passport, and her companion."""
    first, _ = visitors(desk.gate.apply(2))
    with transaction() as session:
        row = session.get_one(type(first), first.id)
        row.name, row.nationality, row.document = ATTACK, "IT", "YA1234567"
    return str(first.application_id)


def test_a_sheet_for_a_purpose_that_is_none_is_not_made(desk: Desk) -> None:
    assert desk.client.get(f"{desk.address}/roster.xlsx?for=anybody").status_code == 400


def test_the_gates_sheet_has_contacts_masked_and_no_identities(desk: Desk, maria: str) -> None:
    page, name = sheet(desk)

    head, first, second = rows(page)
    assert head == ["이름", "신청번호", "일행 중 번호", "나이", "국적", "연락처", "참가비", "상태", "접수 구분"]
    assert (first[0], first[2], first[3], first[4], first[6]) == (ATTACK, 1, 36, "이탈리아", "20,000원 미납")
    assert "***@example.kr" in str(first[5])
    assert second[6] is None or second[6] == ""
    assert "YA1234567" not in str(rows(page))
    assert "roster-walk-20260520-1000-gate_file.xlsx" in name


def test_the_sheet_to_send_has_identities_and_neither_contacts_nor_money(desk: Desk, maria: str) -> None:
    page, name = sheet(desk, "?for=submission")

    head, first, second = rows(page)
    assert head == ["이름", "생년월일", "국적", "여권번호", "신청번호"]
    assert first[:4] == [ATTACK, "1990-01-01", "이탈리아", "YA1234567"]
    assert second[3] in {None, ""}
    assert "example.kr" not in str(rows(page))
    assert "submission" in name


def test_nothing_in_a_sheet_is_a_formula_or_a_link(desk: Desk, maria: str) -> None:
    for query in ("", "?for=submission"):
        page, _ = sheet(desk, query)
        assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n"}
        assert page["A2"].data_type == "s"
        assert page["A2"].hyperlink is None


def test_each_export_is_written_down_with_its_purpose_and_count(desk: Desk, maria: str, session: Session) -> None:
    sheet(desk)
    sheet(desk, "?for=submission")

    assert [entry.facts for entry in trail(session, "roster_read")] == [
        {"purpose": "gate_file", "people": 2},
        {"purpose": "submission", "people": 2},
    ]


def test_the_printed_roster_has_a_box_for_each_person(desk: Desk, maria: str) -> None:
    page = desk.open("/print")

    assert words(page.mark("print-roster")).count("☐") == 2
    assert "YA1234567" not in page.text


def test_the_roster_as_a_pdf_is_written_down_like_the_printed_one(desk: Desk, maria: str, session: Session) -> None:
    answer = desk.client.get(f"{desk.address}/manifest.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert "roster-walk-20260520-1000.pdf" in answer.headers["Content-Disposition"]
    assert [entry.facts for entry in trail(session, "roster_read")] == [{"purpose": "print", "people": 2}]


def test_a_roster_that_is_too_long_for_paper_is_refused_in_a_sentence(
    desk: Desk, maria: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_ON_PAPER", 1)

    page = desk.open("/manifest.pdf")

    assert page.status == 422
    assert "엑셀 파일을 받아 주세요" in page.text

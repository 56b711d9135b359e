"""The figures of an organisation: plots with the same numbers in tables, narrowed by the address, and no others'."""

import pytest

from tests.applications.scene import settle_all
from tests.ground.pages import Page, visit, words
from tests.rosters.gate import another_course, run_by, visitors
from tests.web.admin.deciding import errors, rows
from tests.web.operator.conftest import Desk
from tourbook.applications.models import Attendance
from tourbook.courses.models import Course
from tourbook.db import db
from tourbook.rosters import mark_attendance, rates


@pytest.fixture
def busy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Eight of ten places taken; of two parties four people came and one did not; nobody waits."""
    monkeypatch.setattr(rates, "FEWEST_PARTIES", 1.5)
    for number, seats in enumerate((4, 4)):
        for turn, visitor in enumerate(visitors(desk.gate.apply(seats))):
            mark = Attendance.NO_SHOW if (number, turn) == (1, 1) else Attendance.ARRIVED
            mark_attendance(visitor.id, mark, actor=desk.gate.operator, now=desk.gate.now)
    settle_all(desk.gate.scene)
    for moment in ("2026-05-20T09:45", "2026-05-20T10:00"):  # whoever does nothing for long is signed out
        desk.stand_at(moment)
        desk.open()
    return desk


def page_of(desk: Desk, query: str = "") -> Page:
    return visit(desk.client, f"/en/operator/figures{query}")


def test_each_figure_stands_in_a_plot_and_in_a_table(busy: Desk) -> None:
    page = page_of(busy)

    assert rows(page, "table-fill-course") == [["Walk", "10", "8", "80 %"]]
    assert rows(page, "table-demand-weekday") == [["Wednesday", "8", "0", "0"]]
    assert rows(page, "table-missed-month") == [["May 2026", "8", "1", "12.5 %"]]
    assert "8 of 10 places were taken, 80 %" in words(page.mark("fill"))
    assert "80 %" in words(page.mark("plot-fill-course"))


def test_few_parties_give_no_share(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "FEWEST_PARTIES", 20)

    assert rows(page_of(busy), "table-missed-course") == [["Walk", "8", "1", "too few to say"]]


@pytest.mark.parametrize("query", ["?first=2026-06-01&last=2026-06-30", "?last=2026-05-01"])
def test_the_address_narrows_the_figures(busy: Desk, query: str) -> None:
    assert page_of(busy, query).has("nothing-used")


def test_other_organisations_are_neither_counted_nor_offered(busy: Desk) -> None:
    elsewhere = another_course(db.session())
    run_by("goseong", elsewhere)
    code = db.session.get_one(Course, elsewhere).code

    page = page_of(busy, f"?course={code}")

    assert page.status == 422
    assert code not in [option.get("value") for option in page.form(mark="period").element.iter("option")]
    assert [row[0] for row in rows(page, "table-fill-course")] == ["Walk"]


@pytest.mark.parametrize("query", ["?first=soon", "?last=04/05/26"])
def test_a_day_that_is_none_is_said_at_its_field(busy: Desk, query: str) -> None:
    page = page_of(busy, query)

    assert page.status == 422
    assert "Enter the day" in errors(page)

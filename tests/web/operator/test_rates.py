"""No-show rates as operators and administrators see them: a table that says how sure it is, and the same as a file."""

import csv
import io

import pytest
from flask import Flask

from tests.ground.pages import Page, visit, words
from tests.rosters.gate import visitors
from tests.web.operator.conftest import Desk
from tests.web.signing import signed_in
from tourbook.actor import Role
from tourbook.applications.models import Attendance
from tourbook.courses.models import Course
from tourbook.db import transaction
from tourbook.rosters import mark_attendance, rates


@pytest.fixture
def looked_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Three people came and one did not; two parties are enough to be shown."""
    monkeypatch.setattr(rates, "FEWEST_PARTIES", 1.9)
    for number in range(2):
        for turn, visitor in enumerate(visitors(desk.gate.apply(2))):
            mark = Attendance.NO_SHOW if (number, turn) == (1, 1) else Attendance.ARRIVED
            mark_attendance(visitor.id, mark, actor=desk.gate.operator, now=desk.gate.now)
    desk.gate.apply(1)
    for moment in ("2026-05-20T09:45", "2026-05-20T10:00"):  # whoever does nothing for long is signed out
        desk.stand_at(moment)
        desk.open()
    return desk


def page_of(desk: Desk, path: str = "") -> Page:
    return visit(desk.client, f"/en/operator/no-shows{path}")


def test_each_class_says_its_rate_its_interval_and_what_it_rests_on(looked_back: Desk) -> None:
    page = page_of(looked_back)

    assert "25 % (2.7 to 80.2 %)" in words(page.mark("rates-whole"))
    assert "Wednesday" in words(page.mark("rates-weekday"))
    assert "party of 2" in words(page.mark("rates-size"))
    assert "8 to 14 days" in words(page.mark("rates-lead"))
    assert "Walk" in words(page.mark("rates-course"))
    assert "1 person is without a mark" in words(page.mark("unmarked"))


def test_too_few_parties_are_given_as_numbers_and_not_as_a_rate(
    looked_back: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "FEWEST_PARTIES", 20)

    text = words(page_of(looked_back).mark("rates-whole"))

    assert "too few to say: 1 of 4" in text
    assert "%" not in text


def test_other_days_have_nothing_to_show(looked_back: Desk) -> None:
    assert page_of(looked_back, "?first=2026-05-01&last=2026-05-19").has("nothing-seen")
    wrong = page_of(looked_back, "?first=yesterday")
    assert wrong.status == 422
    assert "Enter the day as year, month and day" in wrong.text


def test_the_file_has_the_same_figures_and_no_formulas(looked_back: Desk) -> None:
    with transaction() as session:
        session.get_one(Course, looked_back.gate.scene.course_id).name_en = "=cmd()"

    answer = looked_back.client.get("/en/operator/no-shows.csv")
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))

    assert answer.mimetype == "text/csv"
    assert lines[0][:4] == ["Kind", "Class", "People", "Did not come"]
    assert lines[1] == ["All together", "All together", "4", "1", "25.0", "2.7", "80.2", "2", "yes"]
    assert [line[1] for line in lines if line[0] == "By course"] == ["'=cmd()"]


def test_administrators_see_all_courses_and_operators_their_own(app: Flask, looked_back: Desk) -> None:
    admin = signed_in(app, Role.ADMINISTRATOR)

    assert "25 %" in visit(admin, "/en/admin/no-shows").text
    assert admin.get("/en/admin/no-shows.csv").status_code == 200
    assert page_of(looked_back, "?first=2020-01-01").has("rates-whole")


@pytest.mark.parametrize("word", ["_method", "_external", "endpoint", "values"])
def test_words_of_the_address_that_mean_nothing_here_do_no_harm(looked_back: Desk, word: str) -> None:
    page = page_of(looked_back, f"?{word}=x&first=2026-05-01")

    assert page.status == 200
    assert "first=2026-05-01" in page.mark("csv").get("href", "")
    assert word not in page.mark("csv").get("href", "")

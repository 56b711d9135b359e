"""Courses, their calendar and their departures; public holidays."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.pages import words
from tests.web.admin.deciding import NEW_COURSE, Administrator, errors, rows
from tourbook.courses import course_by_code, figures_now, schedules_of
from tourbook.courses.models import Break, Course, Departure, Holiday
from tourbook.kst import parse_moment


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_course_is_added_with_its_figures_and_schedule(admin: Administrator, scene: Scene, session: Session):
    page = admin.fill_in("/courses/new", "course-form", **NEW_COURSE)

    course = course_by_code(session, "yanggu")
    assert page.heading == "Yanggu"
    assert (course.opens_days_before, course.minutes, course.policy.value) == (14, 180, "cancel_all")
    assert figures_now(session, course.id).capacity == 30
    assert [(one.weekdays, one.times) for one in schedules_of(session, course.id)] == [([1, 5], ["10:00", "14:00"])]


@pytest.mark.parametrize("place", ["/courses/new", "/courses/walk/edit"])
def test_a_course_is_not_offered_what_would_be_refused_and_leads_to_the_draws(
    admin: Administrator, scene: Scene, place: str
):
    page = admin.open(place)

    assert "mode" not in page.form(mark="course-form" if place.endswith("new") else "terms-form").values
    assert "/en/admin/draws" in str(page.mark("draws-apart").find(".//a").get("href"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"code": "walk"}, "code walk already"), ({"minutes": "long"}, "not a whole number"), ({"name_en": ""}, "Fill")],
)
def test_a_course_that_cannot_be_is_refused(admin: Administrator, scene: Scene, typed: dict[str, str], said: str):
    page = admin.fill_in("/courses/new", "course-form", **{**NEW_COURSE, **typed})

    assert page.status == 422
    assert said in errors(page)


def test_only_what_was_changed_is_changed(admin: Administrator, scene: Scene, session: Session):
    session.get_one(Course, scene.course_id)
    page = admin.fill_in("/courses/walk/edit", "terms-form", offer_hours="12", policy="keep_earliest")

    course = session.get_one(Course, scene.course_id, populate_existing=True)
    assert page.heading == "Walk"
    assert (course.offer_hours, course.policy.value, course.minutes, course.fee_krw) == (
        12,
        "keep_earliest",
        120,
        10000,
    )


@pytest.mark.parametrize(("until", "warned"), [("14", True), ("3", False)])
def test_terms_under_which_nobody_can_ever_be_exchanged_are_saved_with_a_warning(
    admin: Administrator, scene: Scene, session: Session, until: str, warned: bool
):
    page = admin.fill_in("/courses/walk/edit", "terms-form", roster_due_days="14", amend_until_days=until)

    assert session.get_one(Course, scene.course_id, populate_existing=True).amend_until_days == int(until)
    assert ("nobody could go in place of a visitor" in page.text) is warned


def test_schedules_give_departures_and_the_count_is_shown(admin: Administrator, scene: Scene, session: Session):
    admin.fill_in("/courses/walk/schedules", "schedule-form", weekdays=["0"], times="10:00")
    admin.fill_in(
        "/courses/walk/breaks",
        "break-form",
        first_day="2026-05-18",
        last_day="2026-05-18",
        reason_ko="점검",
        reason_en="Maintenance",
    )

    days = {"first_day": "2026-05-11", "last_day": "2026-05-31"}
    page = admin.fill_in("/courses/walk/departures", "generate-form", **days)
    again = admin.fill_in("/courses/walk/departures", "generate-form", **days)

    assert "2 departures were made. Days left out: break 1." in page.text
    assert "0 departures were made. 2 were there already." in again.text
    assert [words(row)[:15] for row in page.marked("departure")] == ["Mon 11 May 2026", "Mon 25 May 2026"]


def test_the_page_says_up_to_when_departures_are_made_and_whether_it_goes_on(admin: Administrator, scene: Scene):
    admin.fill_in("/courses/walk/schedules", "schedule-form", weekdays=["0"], times="10:00")
    before = admin.open("/courses/walk/departures")

    days = {"first_day": "2026-05-11", "last_day": "2026-05-31"}
    after = admin.fill_in("/courses/walk/departures", "generate-form", **days)

    assert "Nothing is made by itself" in words(before.mark("planned"))
    assert "Made up to Sun 31 May 2026" in words(after.mark("planned"))


def test_a_schedule_and_a_break_are_taken_out(admin: Administrator, scene: Scene, session: Session):
    admin.fill_in("/courses/walk/schedules", "schedule-form", weekdays=["0"], times="10:00")
    page = admin.open("/courses/walk")

    page = page.form(to="/remove").submit(admin.client)

    assert "was taken out" in page.text
    assert schedules_of(session, scene.course_id) == []
    assert count(session, Break) == 0


def test_one_departure_is_added_once(admin: Administrator, scene: Scene, session: Session):
    typed = {"start": "2026-05-14 10:00", "capacity": "12"}
    page = admin.fill_in("/courses/walk/departures", "add-form", **typed)
    again = admin.fill_in("/courses/walk/departures", "add-form", **typed)

    departure = session.scalars(select(Departure)).one()
    assert "Added: Thu 14 May 2026, 10:00 KST" in page.text
    assert "was there already" in again.text
    assert (departure.starts_at, departure.own_capacity) == (parse_moment("2026-05-14T10:00"), 12)


def test_days_in_the_wrong_order_are_refused(admin: Administrator, scene: Scene):
    page = admin.fill_in("/courses/walk/departures", "generate-form", first_day="2026-05-31", last_day="2026-05-01")

    assert page.status == 422
    assert "lies before the first" in errors(page)
    assert page.form(mark="generate-form").values["first_day"] == "2026-05-31"


def test_a_temporary_holiday_is_added_and_taken_out(admin: Administrator, scene: Scene, session: Session):
    page = admin.fill_in("/holidays", "holiday-form", day="2026-05-29", name_ko="임시공휴일", name_en="Temporary")

    assert rows(page, "holidays")[0][:2] == ["Fri 29 May 2026", "Temporary"]
    assert session.scalars(select(Holiday.day)).one() == date(2026, 5, 29)
    page.form(to="/holidays/remove").submit(admin.client)
    assert count(session, Holiday) == 0


@pytest.mark.parametrize("year", ["9" * 5000, "²", "-2026", "2026.0", "1066"])
def test_a_year_that_is_none_shows_this_years_holidays(admin: Administrator, scene: Scene, year: str):
    assert "2026" in words(admin.open(f"/holidays?year={year}").body)


def test_a_holiday_needs_its_name_in_both_languages(admin: Administrator, scene: Scene):
    page = admin.fill_in("/holidays", "holiday-form", day="2026-05-29", name_ko="임시공휴일")

    assert page.status == 422
    assert "both languages" in errors(page)

"""A course's calendar in one form, and what another one does to its departures, before it is done."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all
from tests.ground.pages import Page, words
from tests.web.admin.deciding import Administrator, errors, rows
from tourbook.actor import COMMAND
from tourbook.courses import add_break, breaks_of, schedules_of
from tourbook.courses.models import Course, Departure
from tourbook.kst import civil_day

PLACE = "/courses/walk/calendar"
TWELVE = " ".join(f"{hour}:{minute}" for hour in range(10, 16) for minute in ("00", "30"))
MONDAYS = {"schedules-0-weekdays": ["0"], "schedules-0-times": "10:00", "until": "2026-06-30"}


def look(admin: Administrator, **typed: Any) -> Page:
    return admin.fill_in(PLACE, "calendar-form", **typed)


def apply(admin: Administrator, page: Page) -> Page:
    return page.form(mark="apply-form").submit(admin.client, button="stage")


def figures(page: Page) -> list[str]:
    marks = ("made", "kept", "resized", "taken-out", "left-alone")
    return [words(page.mark(mark).find("dd")) for mark in marks]


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Departure)) or 0


def test_the_preview_shows_month_by_month_what_the_act_then_does(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    page = look(admin, **MONDAYS)

    assert figures(page) == ["8", "0", "0", "0", "0"]
    assert rows(page, "months") == [
        ["May 2026", "3", "0", "0", "0", "0", "–"],
        ["June 2026", "5", "0", "0", "0", "0", "–"],
    ]
    assert count(session) == 0
    done = apply(admin, page)
    assert done.heading == "Departures"
    assert "The calendar was changed." in done.text
    assert count(session) == 8


def test_a_departure_with_people_on_it_is_named_and_stays(admin: Administrator, scene: Scene, session: Session) -> None:
    apply(admin, look(admin, **MONDAYS))
    settle_all(scene)
    first = session.scalars(select(Departure).order_by(Departure.starts_at)).first()
    scene.apply(first.id, 3)

    page = look(admin, **{"schedules-0-weekdays": [], "schedules-0-times": ""})

    assert figures(page) == ["0", "0", "0", "7", "1"]
    assert rows(page, "left-alone-list") == [["Mon 11 May 2026, 10:00 KST", "somebody has applied for it", "3"]]
    assert "7 departures taken out" in words(page.mark("apply"))
    apply(admin, page)
    assert count(session) == 1
    assert schedules_of(session, scene.course_id) == []


def test_a_preview_that_is_out_of_date_is_shown_anew_and_nothing_is_done(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    apply(admin, look(admin, **MONDAYS))
    settle_all(scene)
    page = look(admin, **{"schedules-0-times": "14:00"})
    scene.apply(session.scalars(select(Departure.id).order_by(Departure.starts_at)).first(), 1)

    again = apply(admin, page)

    assert again.status == 409
    assert again.has("calendar-stale")
    assert figures(again) == ["8", "0", "0", "7", "1"]
    assert count(session) == 8
    assert apply(admin, again).heading == "Departures"
    assert count(session) == 9


def test_back_to_the_form_keeps_what_was_typed(admin: Administrator, scene: Scene) -> None:
    page = look(admin, **MONDAYS, **{"breaks-0-first_day": "2026-05-18", "breaks-0-reason_ko": "점검",
                                     "breaks-0-reason_en": "Repairs"})  # fmt: skip

    back = page.form(mark="apply-form").submit(admin.client, stage="edit")

    kept = back.form(mark="calendar-form").values
    assert (kept["schedules-0-weekdays"], kept["schedules-0-times"]) == ("0", "10:00")
    assert kept["breaks-0-reason_en"] == "Repairs"


def test_breaks_that_are_over_stay_and_those_ahead_are_edited(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    for first in ("2026-02-01", "2026-05-18"):
        day = civil_day(scene.now).fromisoformat(first)
        add_break(scene.course_id, day, day, reason_ko="점검", reason_en="Repairs", actor=COMMAND, now=scene.now)

    form = admin.open(PLACE).form(mark="calendar-form")
    page = form.submit(admin.client, **MONDAYS, **{"breaks-0-first_day": "2026-05-25", "breaks-0-last_day": ""})
    apply(admin, page)

    assert rows(page, "months")[0][-1] == "break 1"
    assert [f"{one.first_day:%m-%d}" for one in breaks_of(session, scene.course_id)] == ["02-01", "05-25"]


def test_a_course_can_rest_on_public_holidays(admin: Administrator, scene: Scene, session: Session) -> None:
    day = {"day": "2026-05-25", "name_ko": "부처님오신날", "name_en": "Buddha's birthday"}
    admin.fill_in("/holidays", "holiday-form", **day)

    page = look(admin, **MONDAYS, runs_on_holidays=None)
    apply(admin, page)

    assert rows(page, "months")[0] == ["May 2026", "2", "0", "0", "0", "0", "public holiday 1"]
    assert not session.get_one(Course, scene.course_id, populate_existing=True).runs_on_holidays


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"schedules-0-times": ""}, "weekdays but no times"),
        ({"schedules-0-weekdays": []}, "times but no weekdays"),
        ({"schedules-0-capacity": "0"}, "enter a number"),
        ({"schedules-0-runs_from": "2026-06-01", "schedules-0-runs_until": "2026-05-01"}, "lies before the first"),
        ({"breaks-0-reason_en": "Repairs"}, "first day of this break"),
        ({"breaks-0-first_day": "2026-05-18"}, "in both languages"),
        ({"until": ""}, "Enter the last day"),
        ({"until": "2030-01-01"}, "at most 400 days"),
        ({"until": "soon"}, "soon"),
        (
            {"schedules-0-weekdays": list("0123456"), "schedules-0-times": TWELVE, "until": "2027-06-01"},
            "more than 4,000 departures",
        ),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    admin: Administrator, scene: Scene, session: Session, typed: dict[str, Any], said: str
) -> None:
    page = look(admin, **{**MONDAYS, **typed})

    assert page.status == 422
    assert said in errors(page)
    assert "#" in str(page.mark("error-summary").find(".//a").get("href"))
    assert count(session) == 0


def test_the_page_costs_the_same_for_a_week_and_for_a_year(admin: Administrator, scene: Scene) -> None:
    page = look(admin, **{**MONDAYS, "schedules-0-weekdays": list("0123456"), "until": "2027-06-01"})

    assert int(figures(page)[0]) > 350
    assert len(page.mark("made-list").findall(".//tbody/tr")) == 200

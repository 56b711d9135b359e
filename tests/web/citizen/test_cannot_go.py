"""Not this time: who cannot go, why, and what else there is; what was typed goes along everywhere."""

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.pages import Page, words
from tests.rosters.gate import another_course, build_gate
from tests.rosters.test_allotments import aside
from tests.web.citizen.people import Citizen, page_visitors
from tests.web.citizen.test_refusals import change_course
from tourbook.actor import COMMAND
from tourbook.applications.allotments import filled
from tourbook.applications.models import Allotment
from tourbook.courses import add_departure
from tourbook.db import db
from tourbook.kst import parse_moment

STARTS = "2026-05-20T10:00"
CHILD, GROWN_UP = "2016-05-21", "1990-03-21"


@pytest.fixture
def typed(scene: Scene, citizen: Citizen) -> Page:
    """The page on which a grown-up and a child that is ten a day too late were refused."""
    change_course(scene, min_age=10)
    page = citizen.ask(scene.add_departure(STARTS), 2)
    return citizen.name_visitors(
        page, "김어린", "김어른", **{"visitors-0-birth_date": CHILD, "visitors-1-birth_date": GROWN_UP}
    )


def not_this_time(page: Page, citizen: Citizen) -> Page:
    """Press the button that leads there."""
    form = page.form(mark="visitors")
    form.action = page.mark("cannot-go").get("formaction", "")
    return form.submit(citizen.client)


def press(page: Page, mark: str, citizen: Citizen) -> Page:
    """Press the button with that mark."""
    (form,) = [one for one in page.forms if page.mark(mark) in one.element.iter("button")]
    return form.submit(citizen.client)


def test_a_refused_party_is_led_to_the_page_that_says_who_and_why(typed: Page, citizen: Citizen) -> None:
    page = not_this_time(typed, citizen)

    assert typed.status == 422
    assert typed.has("not-everybody")
    assert page.status == 200
    assert "김어린" in words(page.mark("kept-out"))
    assert "만 10세" in words(page.mark("kept-out"))
    assert "2026년 5월 21일" in words(page.mark("kept-out"))
    assert "김어른" not in words(page.mark("kept-out"))


def test_going_back_has_everything_as_it_was_typed(typed: Page, citizen: Citizen) -> None:
    back = press(not_this_time(typed, citizen), "back-to-form", citizen)

    assert back.status == 200
    assert back.form(mark="visitors").values["visitors-0-name"] == "김어린"
    assert back.form(mark="visitors").values["visitors-0-birth_date"] == CHILD
    assert back.form(mark="visitors").values["visitors-1-name"] == "김어른"


def test_going_without_who_cannot_keeps_the_others_and_leads_on(typed: Page, citizen: Citizen) -> None:
    went_on = press(not_this_time(typed, citizen), "without", citizen)
    check = citizen.give_contact(went_on)

    assert went_on.has("contact-form")
    assert "김어른" in words(check.mark("answers-visitors"))
    assert "김어린" not in words(check.mark("answers-visitors"))


def test_later_dates_and_other_courses_that_fit_are_offered_and_take_along_what_was_typed(
    typed: Page, scene: Scene, citizen: Citizen
) -> None:
    too_early, late_enough = scene.add_departure("2026-05-19T10:00"), scene.add_departure("2026-05-21T10:00")

    page = not_this_time(typed, citizen)
    taken = press(page, f"take-{late_enough}", citizen)

    assert not page.has(f"take-{too_early}")
    assert taken.has("contact-form")


def test_another_course_is_offered_where_nationality_keeps_somebody_out(scene: Scene, citizen: Citizen) -> None:
    other = another_course(db.session())
    there = add_departure(other, parse_moment("2026-05-22T10:00"), actor=COMMAND, now=scene.now).departure_id
    change_course(scene, who="nationals")
    here_later = scene.add_departure("2026-05-23T10:00")

    page = citizen.ask(scene.add_departure(STARTS), 1)
    page = citizen.name_visitors(page, "Anna Berg", **{"visitors-0-nationality": "SE"})
    page = not_this_time(page, citizen)

    assert page.has(f"take-{there}")
    assert not page.has(f"take-{here_later}")
    assert not page.has("without")


def test_where_nobody_is_kept_out_the_page_says_who_can_go(scene: Scene, citizen: Citizen) -> None:
    change_course(scene, min_age=10)
    page = not_this_time(citizen.ask(scene.add_departure(STARTS), 2), citizen)

    assert page.status == 200
    assert not page.has("kept-out")
    assert "만 10세" in words(page.mark("who-can-go"))
    assert len(page_visitors(press(page, "back-to-form", citizen))) == 2


@pytest.mark.parametrize(("lang", "said"), [("ko", "대한민국 국민"), ("en", "Korean nationals")])
def test_a_course_says_who_can_go_before_anything_is_typed(
    scene: Scene, citizen: Citizen, lang: str, said: str
) -> None:
    change_course(scene, who="nationals")
    citizen.lang = lang

    page = citizen.open("/courses/walk")

    assert said in words(page.mark("who-can-go"))
    assert page.has("who-cannot-go")


def test_a_party_of_a_group_that_goes_without_somebody_keeps_to_the_places_of_its_group(
    session: Session, citizen: Citizen
) -> None:
    gate = build_gate()
    gate.scene.now = parse_moment("2026-05-10T14:00")
    change_course(gate.scene, min_age=10)
    group = aside(gate, 6)
    gate.apply(4)  # nothing is free but what is set aside
    link = session.get_one(Allotment, group).token
    page = citizen.open(f"/groups/{link}").form(mark="group-party").submit(citizen.client, seats="2")
    named = citizen.name_visitors(page, "김어린", "김어른", **{"visitors-0-birth_date": CHILD})

    going = press(not_this_time(named, citizen), "without", citizen)

    assert going.has("contact-form")
    session.rollback()
    stands = filled(session, session.get_one(Allotment, group))
    assert [one.seats for one in stands.parties] == [1]
    assert stands.left == 5

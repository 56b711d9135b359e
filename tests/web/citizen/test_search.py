"""Looking for places: by days, people, place, walking and access; what is full, not open yet, or not known."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all
from tests.applications.test_statements import statements
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen
from tourbook.courses.models import Course
from tourbook.db import db, transaction
from tourbook.web.citizen.found import MOST_FREE, MOST_OTHERS, find_places, fits
from tourbook.web.citizen.search_form import Wish

MAY = "first_day=2026-05-10&last_day=2026-05-31"


@pytest.fixture
def reader(citizen: Citizen) -> Citizen:
    citizen.lang = "en"
    return citizen


def listed(page: Page, part: str) -> list[str]:
    """The ids of the departures in a part of the answer, in order."""
    if not page.has(part):
        return []
    marks = (element.get("data-test") or "" for element in page.mark(part).iter("a"))
    return [mark.removeprefix("departure-") for mark in marks if mark.startswith("departure-")]


def set_course(scene: Scene, **changed: Any) -> None:
    with transaction() as session:
        course = session.get_one(Course, scene.course_id)
        for name, value in changed.items():
            setattr(course, name, value)


def wish(**changed: Any) -> Wish:
    usual = {"people": 1, "region": "", "levels": frozenset(), "weekdays": frozenset()}
    return Wish(**{"first": None, "last": None, "wheelchair": False, "toilets": False, **usual, **changed})


def test_an_address_without_wishes_shows_the_next_four_weeks(scene: Scene, reader: Citizen) -> None:
    walk, later = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-06-01T10:00")

    page = reader.open("/search")

    assert listed(page, "free") == [str(walk)]
    assert str(later) not in page.html
    assert page.form(mark="search-form").values["first_day"] == "2026-05-04"
    assert page.mark("nav-search").get("aria-current") == "page"


def test_only_what_has_places_for_all_of_them_counts_as_places(scene: Scene, reader: Citizen) -> None:
    tight, wide = scene.add_departure("2026-05-20T10:00", 5), scene.add_departure("2026-05-21T10:00")
    scene.apply(tight, 2)
    settle_all(scene)

    found = reader.open(f"/search?{MAY}&people=3")
    for_more = reader.open(f"/search?{MAY}&people=4")

    assert listed(found, "free") == [str(tight), str(wide)]
    assert listed(for_more, "free") == [str(wide)]
    assert listed(for_more, "full") == [str(tight)]


def test_a_party_that_is_too_large_for_any_day_is_told_so_and_sent_to_no_waiting_list(
    scene: Scene, reader: Citizen
) -> None:
    scene.add_departure("2026-05-20T10:00")

    page = reader.open(f"/search?{MAY}&people=6")

    assert "5 people at most" in words(page.mark("too-large"))
    assert not page.has("full")


def test_whoever_looked_for_two_finds_two_chosen_on_the_page_of_a_departure(scene: Scene, reader: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00", 5)
    found = reader.open(f"/search?{MAY}&people=2").mark(f"departure-{walk}")

    assert found.get("href") == f"/en/departures/{walk}?seats=2"
    assert reader.open(f"/departures/{walk}?seats=2").form(mark="party").values.get("seats") == "2"


@pytest.mark.parametrize("asked", ["", "?seats=99", "?seats=-1", "?seats=two"])
def test_a_number_of_people_that_cannot_be_chosen_is_not(scene: Scene, reader: Citizen, asked: str) -> None:
    walk = scene.add_departure("2026-05-20T10:00", 5)

    assert "seats" not in reader.open(f"/departures/{walk}{asked}").form(mark="party").values


def test_days_of_the_week_and_the_place_narrow_the_answer(scene: Scene, reader: Citizen) -> None:
    wednesday, saturday = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-23T10:00")

    assert listed(reader.open(f"/search?{MAY}&weekday=5&weekday=6"), "free") == [str(saturday)]
    assert listed(reader.open(f"/search?{MAY}&region=41480"), "free") == [str(wednesday), str(saturday)]


def test_what_is_full_offers_its_waiting_list_and_the_three_nearest(scene: Scene, reader: Citizen) -> None:
    days = [f"2026-05-{day}T10:00" for day in (12, 18, 19, 21, 28)]
    near = [scene.add_departure(day) for day in days]
    full = scene.add_departure("2026-05-20T10:00", 2)
    scene.apply(full, 2)
    settle_all(scene)

    page = reader.open(f"/search?{MAY}&people=2")

    assert listed(page, "full") == [str(full)]
    assert str(page.mark(f"wait-{full}").get("href")).endswith(f"/departures/{full}?seats=2")
    instead = [str(one.get("href")).rsplit("/", 1)[1] for one in page.marked("instead")]
    assert instead == [f"{one}?seats=2" for one in near[1:4]]


def test_what_is_not_open_yet_shows_its_minute(scene: Scene, reader: Citizen) -> None:
    walk = scene.add_departure("2026-06-10T10:00")

    page = reader.open("/search?first_day=2026-06-01&last_day=2026-06-20")

    assert listed(page, "later") == [str(walk)]
    assert "Applications open on Wed 13 May 2026, 10:00 KST." in words(page.mark("later"))
    assert not listed(page, "free")


def test_an_empty_answer_leads_on_to_the_nearest_days_that_fit(scene: Scene, reader: Citizen) -> None:
    walks = [scene.add_departure(f"2026-05-{day}T10:00") for day in (12, 14, 15, 26)]

    page = reader.open("/search?first_day=2026-05-18&last_day=2026-05-19")
    nothing = reader.open("/search?first_day=2026-05-18&last_day=2026-05-19&weekday=0")

    assert page.has("no-places")
    assert listed(page, "nearest") == [str(one) for one in walks[:3]]
    assert words(page.mark("no-places")).startswith("There are no places on these days These days come nearest")
    assert "suit your wishes" in words(nothing.mark("no-places"))
    assert nothing.has("calendar-link")


@pytest.mark.parametrize("settled", [True, False])
def test_a_course_on_which_nobody_may_go_says_why_and_nobody_is_told_to_become_fewer(
    scene: Scene, reader: Citizen, settled: bool
) -> None:
    for day in ("2026-05-20", "2026-05-21", "2026-06-20"):
        scene.add_departure(f"{day}T10:00")
    scene.add_measure("2026-05-20", reason_en="swine fever")
    if settled:
        settle_all(scene)

    page = reader.open(f"/search?{MAY}&people=2")

    told = words(page.mark("stopped"))
    assert told == "Walk No visits from Wed 20 May 2026 until further notice: Suspended: swine fever"
    assert "fewer people" not in words(page.mark("no-places"))
    assert not page.has("free")


def test_a_course_that_has_places_on_other_wished_days_is_not_told_as_one_on_which_nobody_may_go(
    scene: Scene, reader: Citizen
) -> None:
    walk, _stopped = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00")
    scene.add_measure("2026-05-21", reason_en="swine fever")

    page = reader.open(f"/search?{MAY}&people=2")

    assert listed(page, "free") == [str(walk)]
    assert not page.has("stopped")


def test_fewer_people_are_advised_where_they_might_fit(scene: Scene, reader: Citizen) -> None:
    full = scene.add_departure("2026-05-20T10:00", 2)
    scene.apply(full, 1)
    settle_all(scene)

    assert "fewer people" in words(reader.open(f"/search?{MAY}&people=2").mark("no-places"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("first_day=soon", "Enter the day as year"),
        ("first_day=2026-05-20&last_day=2026-05-10", "lies before the first"),
        ("first_day=2026-04-01&last_day=2026-04-10", "These days are over"),
        ("first_day=2026-05-20&last_day=2026-12-10", "at most 100 days"),
        ("first_day=9999-12-01&last_day=9999-12-31", "next twelve months"),
        ("people=many", "in digits"),
        ("people=0", "in digits"),
        ("region=99999", "Choose from the list"),
        ("level=steep", "Choose from the list"),
        ("weekday=7", "Choose from the list"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence_and_nothing_is_lost(
    scene: Scene, reader: Citizen, query: str, said: str
) -> None:
    page = reader.open(f"/search?{query}&toilets=y")

    assert page.status == 422
    assert said in words(page.mark("error-summary"))
    assert page.form(mark="search-form").values["toilets"] == "y"
    assert not page.has("found")


def test_strange_names_in_the_address_do_no_harm(scene: Scene, reader: Citizen) -> None:
    for number in range(MOST_FREE + 4):
        scene.add_departure(f"2026-05-20T{8 + number // 4:02}:{number % 4 * 15:02}")

    page = reader.open(f"/search?{MAY}&_scheme=x&_external=1&endpoint=y&lang=ko&people=2&weekday=2")

    more = str(page.mark("more").get("href"))
    assert len(listed(page, "free")) == MOST_FREE
    assert more.startswith("/en/search?")
    assert "people=2" in more
    assert "weekday=2" in more
    assert "_scheme" not in more


def test_what_is_not_known_of_a_course_is_neither_promised_nor_hidden(scene: Scene, reader: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    set_course(scene, walk_km=1.4, details={"legs": [{"by": "walk", "km": 1.4, "ko": "길", "en": "way"}]})

    unsure = reader.open(f"/search?{MAY}&wheelchair=y")
    easy = reader.open(f"/search?{MAY}&level=easy")
    hard = reader.open(f"/search?{MAY}&level=hard")

    assert not listed(unsure, "free")
    assert str(unsure.mark("unsure").get("href")).endswith("/courses/walk#way")
    assert listed(easy, "free") == [str(walk)]
    assert not listed(hard, "free")
    assert not hard.has("unsure")


@pytest.mark.parametrize(("wheelchair", "answer"), [(True, True), (False, False), (None, None)])
def test_a_course_fits_a_wheelchair_as_far_as_that_is_known(wheelchair: bool | None, answer: bool | None) -> None:
    legs = [{"by": "walk", "km": None, "ko": "길", "en": "way", "wheelchair": wheelchair}]
    course = Course(code="walk", region_code="41480", details={"legs": legs})

    assert fits(course, wish(wheelchair=True)) is answer
    assert fits(course, wish(wheelchair=True, region="42780")) is False


def hourly(scene: Scene, count: int, day: str) -> list[UUID]:
    return [scene.add_departure(f"{day}T{6 + at // 12:02}:{at % 12 * 5:02}", 2) for at in range(count)]


def test_a_season_of_hundreds_takes_as_many_statements_as_a_few(scene: Scene, session: Session, app: Flask) -> None:
    asked = wish(first=scene.now.date(), last=scene.now.date().replace(month=6), people=2)
    sent = []
    for day, more in (("2026-05-20", MOST_OTHERS), ("2026-05-21", 150)):
        for walk in hourly(scene, more, day)[:MOST_OTHERS]:
            scene.apply(walk, 2)
        settle_all(scene)
        db.session.expire_all()
        with app.test_request_context("/en/search"), statements(db.session()) as found:
            answer = find_places(db.session(), asked, scene.now)
        sent.append([one for one in found if one.startswith("SELECT")])
    assert len(answer.full) == MOST_OTHERS
    assert len(answer.free) == MOST_FREE
    assert len(sent[0]) == len(sent[1]) <= 8, "\n".join(sent[1])

"""The overview, the trail, and why a departure has its size."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all
from tests.ground.pages import Page, words
from tests.web.admin.deciding import Administrator, rows
from tourbook.actor import COMMAND
from tourbook.applications.models import Application
from tourbook.audit import record
from tourbook.courses.models import Course
from tourbook.db import transaction
from tourbook.kst import parse_moment


def value(page: Page, mark: str) -> str:
    """The number in a marked figure."""
    return words(next(page.mark(mark).iter("dd")))


def test_the_overview_says_what_holds_today(admin: Administrator, scene: Scene):
    scene.add_order("half", "2026-05-01", party_max=4)

    assert rows(admin.open("/"), "today")[0][:5] == ["Walk", "Level half", "10", "4 people", "By an order"]


def test_the_overview_says_what_comes_next(admin: Administrator, scene: Scene):
    scene.add_order("half", "2026-05-01", "2026-05-31")
    scene.add_order("closed", "2026-05-14", "2026-05-20")
    admin.apply(admin.preview_measure(announced_at="2026-05-06 10:00", effective_from="2026-06-01"))

    coming = words(admin.open("/").mark("coming"))

    assert "Thu 14 May 202610 people, parties of up to 5 → closed" in coming
    assert "Wed 6 May 2026, 10:00 KST" in coming


def test_the_overview_counts_sizes_and_parties_in_people(admin: Administrator, scene: Scene):
    scene.add_order("half", "2026-05-01", "2026-05-31", party_max=4)
    scene.add_order("closed", "2026-05-14", "2026-05-20")
    admin.lang = "ko"

    assert "정원 10명, 일행 4명까지" in words(admin.open("/").mark("coming"))


def test_the_overview_says_how_many_changes_it_leaves_out(admin: Administrator, scene: Scene):
    for day in range(10, 22):  # twelve announcements, and the days on which the walk closes and opens again
        scene.add_measure(f"2026-05-{day}", f"2026-05-{day}", known_at=parse_moment(f"2026-05-{day - 3:02}T09:00"))

    overview = admin.open("/")

    assert len(list(overview.mark("coming").iter("li"))) == 8
    assert words(overview.mark("more-coming")) == "6 more changes are known for these 60 days."


def test_the_overview_reminds_of_an_order_that_ends_without_a_successor(admin: Administrator, scene: Scene):
    scene.add_order("half", "2026-05-01", "2026-05-10")

    assert "Walk: the order ends on Sun 10 May 2026, and none follows it." in words(admin.open("/").mark("lapse"))


@pytest.mark.parametrize("changed", [{"ends_by_itself": True}, {}])
def test_there_is_no_reminder_where_the_end_is_provided_for(
    admin: Administrator, scene: Scene, changed: dict[str, bool]
):
    scene.add_order("half", "2026-05-01", "2026-05-10", **changed)
    if not changed:
        scene.add_order("half", "2026-05-11")

    assert not admin.open("/").has("lapse")


def test_the_overview_warns_where_nobody_has_decided_since(admin: Administrator, scene: Scene):
    scene.add_order("half", "2026-04-01", "2026-04-30")

    assert "has ended and nobody has decided since" in words(admin.open("/").mark("lapse"))


def test_the_overview_counts_what_needs_somebody(admin: Administrator, scene: Scene):
    scene.apply(scene.add_departure("2026-05-14T10:00"), 5)
    scene.apply(scene.add_departure("2026-05-15T10:00"), 5)
    admin.apply(admin.preview_order(level="s/open", party_max="2", planned_until="2026-05-14"))
    admin.apply(admin.preview_order(level="s/closed", effective_from="2026-05-15"))

    before = admin.open("/")
    settle_all(scene)
    page = admin.open("/")

    assert before.has("applying")
    assert not page.has("applying")
    assert (value(page, "must-shrink"), value(page, "displaced"), value(page, "over-capacity")) == ("1", "1", "0")


def test_the_trail_is_searched(admin: Administrator, scene: Scene, session: Session):
    departure = scene.add_departure("2026-05-14T10:00")
    first = scene.apply(departure, 2)
    scene.apply(scene.add_departure("2026-05-15T10:00"), 2)
    admin.apply(admin.preview_order())
    reference = session.get_one(Application, first).reference

    def found(query: str) -> list[list[str]]:
        return [[words(cell) for cell in entry] for entry in admin.open(f"/trail?{query}").marked("entry")]

    there = f"Application {reference}, walk Thu 14 May 2026, 10:00 KST"
    assert {entry[2] for entry in found(f"subject={reference}")} == {there}
    assert {entry[2] for entry in found(f"subject={departure}")} >= {there}
    full_width = "".join(chr(ord(letter) + 0xFEE0) for letter in reference.lower().replace("-", ""))
    assert found(f"subject={full_width}") == found(f"subject={reference}")
    assert {entry[1] for entry in found("act=application_confirmed")} == {"Application confirmed"}
    assert {entry[3] for entry in found("actor=administrator")} == {"Administrator 김하늘"}
    assert found("first=2026-05-05") == []
    assert len(found(f"first=2026-05-04&last=2026-05-04&subject={first}&act=application_held")) == 1


def test_the_trail_has_pages(admin: Administrator, scene: Scene, session: Session):
    seconds = count()
    with transaction() as writing:
        course = writing.get_one(Course, scene.course_id)
        for _ in range(60):
            now = scene.now + timedelta(seconds=next(seconds))
            record(writing, "course_edited", subject=course, actor=COMMAND, now=now, facts={"minutes": [90, 120]})

    page = admin.open("/trail?act=course_edited&page=2")

    assert words(page.mark("count")) == "60 entries"
    assert len(page.marked("entry")) == 10
    assert "Length in minutes: 90 → 120" in page.text


@pytest.mark.parametrize("name", ["_method", "_external", "_scheme", "_anchor", "endpoint", "lang", "values"])
def test_what_else_stands_in_the_trails_address_leads_nowhere_else(
    admin: Administrator, scene: Scene, session: Session, name: str
):
    with transaction() as writing:
        course = writing.get_one(Course, scene.course_id)
        for _ in range(60):
            record(writing, "course_edited", subject=course, actor=COMMAND, now=scene.now, facts={"minutes": [90, 120]})

    page = admin.open(f"/trail?act=course_edited&{name}=javascript")

    assert page.status == 200
    assert page.link("2").endswith("/en/admin/trail?act=course_edited&page=2")


def test_a_day_that_is_none_is_said_in_the_search(admin: Administrator, scene: Scene):
    page = admin.open("/trail?first=yesterday")

    assert page.status == 422
    assert "is not a day" in page.text


def test_why_answers_for_now_and_for_any_past_moment(admin: Administrator, scene: Scene):
    scene.add_departure("2026-05-14T10:00")
    scene.add_order("half", "2026-05-14", party_max=4)

    now = admin.open("/why?course=walk&start=2026-05-14 10:00")
    before = admin.open("/why?course=walk&start=2026-05-14 10:00&as_of=2026-05-03 10:00")

    assert now.heading == "Why is it 10?"
    assert "4 people" in words(now.mark("party-max"))
    assert "order no." in words(now.mark("why"))
    assert before.heading == "Why is it 20?"
    assert not now.has("not-planned")


def test_why_leads_from_a_departure_to_its_answer(admin: Administrator, scene: Scene):
    departure = scene.add_departure("2026-05-14T10:00", capacity=7)

    assert admin.open(f"/why?departure={departure}").heading == "Why is it 7?"
    assert admin.open("/why?departure=none").status == 404
    assert admin.open("/why?course=walk&start=2026-05-16 10:00").has("not-planned")

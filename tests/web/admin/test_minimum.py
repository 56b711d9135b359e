"""What administrators declare of a minimum to run, and decide of single departures."""

from datetime import time

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, departure
from tests.ground.pages import visit, words
from tests.web.admin.conftest import Administrator
from tourbook.courses.models import Course

DECLARED = {"runs_from_people": "4", "decided_days_before": "4", "decided_at": "10:00"}


def the_course(scene: Scene, session: Session) -> Course:
    return session.get_one(Course, scene.course_id, populate_existing=True)


def test_a_minimum_is_declared_with_the_other_terms_and_taken_out_again(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    page = admin.fill_in("/courses/walk/edit", "terms-form", **DECLARED)

    course = the_course(scene, session)
    assert (course.runs_from_people, course.decided_days_before, course.decided_at) == (4, 4, time(10))
    assert course.minimum_since is not None
    assert "runs from 4 people" in page.text
    admin.fill_in("/courses/walk/edit", "terms-form", **dict.fromkeys(DECLARED, ""))
    assert the_course(scene, session).runs_from_people is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"decided_at": ""}, "decided_at"),
        ({"runs_from_people": ""}, "runs_from_people"),
        ({"runs_from_people": "1"}, "runs_from_people"),
        ({"decided_days_before": "2"}, "decided_days_before"),
        ({"decided_days_before": "28"}, "decided_days_before"),
        ({"decided_at": "25:00"}, "decided_at"),
    ],
)
def test_a_minimum_that_cannot_work_is_refused_at_its_field(
    admin: Administrator, scene: Scene, session: Session, changed: dict[str, str], field: str
) -> None:
    page = admin.fill_in("/courses/walk/edit", "terms-form", **{**DECLARED, **changed})

    assert page.status == 422
    assert f"#{field}" in {link.get("href") for link in page.mark("error-summary").iter("a")}
    assert the_course(scene, session).runs_from_people is None


def test_an_administrator_sees_and_decides_single_departures(
    admin: Administrator, scene: Scene, session: Session
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 3)
    look = admin.fill_in("/courses/walk/edit", "terms-form", **DECLARED)
    look.form(mark="terms-check-form").submit(admin.client, button="stage")
    listed = admin.open("/courses/walk/departures")
    assert "3 confirmed, runs from 4" in words(listed.mark("departure"))

    page = admin.open(f"/departures/{walk}/minimum")
    assert page.has("decide")
    refused = page.form(mark="keep").submit(admin.client)
    done = page.form(mark="keep").submit(admin.client, reason_ko="단체", reason_en="A class")

    assert refused.status == 422
    assert done.status == 200
    assert departure(walk).kept_running_en == "A class"
    assert not admin.open("/courses/walk/departures").has("minimum-link")


def test_an_administrator_calls_off_early(admin: Administrator, scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    admin.fill_in("/courses/walk/edit", "terms-form", **DECLARED)
    admin.open(f"/departures/{walk}/minimum").form(mark="decide").submit(admin.client)
    assert departure(walk).called_off_at is not None


def test_the_trail_says_in_words_what_was_decided(admin: Administrator, scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    admin.fill_in("/courses/walk/edit", "terms-form", **DECLARED)
    page = admin.open(f"/departures/{walk}/minimum")
    page.form(mark="keep").submit(admin.client, reason_ko="단체", reason_en="A class")
    assert "Departure runs although few people want it" in visit(admin.client, "/en/admin/trail").text

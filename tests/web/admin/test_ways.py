"""Describing the way of a course: what is entered is read, and what is left open is not known."""

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator, errors
from tourbook.courses import way_of
from tourbook.courses.models import Course
from tourbook.db import transaction

LEG = {"legs-0-ko": "강변길", "legs-0-en": "Along the river", "legs-0-km": "1.4"}


def course(scene: Scene, session: Session) -> Course:
    return session.get_one(Course, scene.course_id, populate_existing=True)


def test_what_is_entered_of_a_way_is_what_people_read(admin: Administrator, scene: Scene, session: Session) -> None:
    page = admin.fill_in(
        "/courses/walk/way",
        "way-form",
        **LEG,
        **{"legs-0-wheelchair": "y", "legs-0-path": "126.7404 37.8896 12\n126.75, 37.885, 30", "level": "hard"},
        bring_ko="신분증\n\n물",
        bring_en="ID\nwater",
    )

    session.rollback()
    way = way_of(course(scene, session))
    assert "The way was described." in page.text
    assert (way.level, way.wheelchair, way.toilets) == ("hard", True, None)
    assert [(point.lon, point.lat, point.height) for point in way.points] == [(126.74, 37.89, 12), (126.75, 37.885, 30)]
    assert course(scene, session).details["bring_ko"] == ["신분증", "물"]


def test_a_form_begins_with_what_is_known_and_keeps_it(admin: Administrator, scene: Scene, session: Session) -> None:
    leg = {"by": "vehicle", "km": 7.0, "ko": "길", "en": "way", "toilets": False, "path": [[126.74, 37.89]]}
    details = {
        "legs": [leg],
        "level": "easy",
        "summary_ko": "요약",
        "dress_en": ["No slippers."],
        "path_invented": True,
    }
    with transaction() as writing:
        writing.get_one(Course, scene.course_id).details = details

    admin.fill_in("/courses/walk/way", "way-form")

    session.rollback()
    assert course(scene, session).details == details


def test_a_leg_without_words_is_taken_out(admin: Administrator, scene: Scene, session: Session) -> None:
    admin.fill_in("/courses/walk/way", "way-form", **LEG)
    admin.fill_in("/courses/walk/way", "way-form", **{"legs-0-ko": "", "legs-0-en": ""})

    session.rollback()
    assert course(scene, session).details["legs"] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"legs-0-en": ""}, "in both languages"),
        ({"legs-0-path": "37.89 126.74"}, "does not lie in Korea"),
        ({"legs-0-path": "here and there"}, "on a line of its own"),
        ({"legs-0-path": "nan nan"}, "on a line of its own"),
        ({"legs-0-path": "126.740 37.890\n" * 101}, "at most 100 points"),
        ({"legs-0-km": "far"}, "not a length"),
    ],
)
def test_a_way_that_cannot_be_read_is_refused_and_kept_in_the_form(
    admin: Administrator, scene: Scene, session: Session, typed: dict[str, str], said: str
) -> None:
    page = admin.fill_in("/courses/walk/way", "way-form", **{**LEG, **typed})

    session.rollback()
    assert page.status == 422
    assert said in errors(page)
    assert page.form(mark="way-form").values["legs-0-ko"] == "강변길"
    assert "legs" not in (course(scene, session).details or {})


def test_the_trail_names_what_was_described(admin: Administrator, scene: Scene) -> None:
    admin.fill_in("/courses/walk/way", "way-form", **LEG)

    (entry,) = admin.open("/trail?act=course_described").marked("entry")
    assert "Way of a course described" in words(entry)

"""Where volunteers are asked first, the preview shows both: who is asked, and who goes if nobody comes forward."""

from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator, rows
from tourbook.applications.models import Application
from tourbook.courses.models import Course, Policy
from tourbook.db import transaction


def test_the_preview_names_who_is_asked_and_who_would_go_if_nobody_gave_way(
    scene: Scene, session: Session, admin: Administrator, clock: StandingClock
) -> None:
    with transaction() as acting:
        acting.get_one(Course, scene.course_id).policy = Policy.VOLUNTEERS_FIRST
    walk = scene.add_departure("2026-05-20T10:00", capacity=9)
    parties = [scene.apply(walk, 3) for _ in range(3)]
    clock.stand_at(scene.now)
    references = [session.get_one(Application, one).reference for one in parties]

    page = admin.preview_measure(
        kind="override", capacity="7", effective_from="2026-05-20", effective_until="2026-05-20"
    )

    named = [(row[0], row[4]) for row in rows(page, "parties")]
    assert named[0] == (references[2], "displaced if nobody gives way")
    assert sorted(named[1:]) == sorted((one, "asked to give way") for one in references)
    assert "people displaced if nobody gives way" in page.text
    assert len(named) == 4
    assert "Parties (3)" in page.text, "a party to which two things happen is one party"


def test_the_button_says_how_many_people_must_give_way_and_by_when(
    scene: Scene, admin: Administrator, clock: StandingClock
) -> None:
    with transaction() as acting:
        acting.get_one(Course, scene.course_id).policy = Policy.VOLUNTEERS_FIRST
    walk = scene.add_departure("2026-05-20T10:00", capacity=9)
    for _ in range(3):
        scene.apply(walk, 3)
    clock.stand_at(scene.now)

    page = admin.preview_measure(
        kind="override", capacity="7", effective_from="2026-05-20", effective_until="2026-05-20"
    )

    button, until = words(page.mark("apply")), rows(page, "parties")[0][5]
    assert "3 people must give way by" in button
    assert until in button
    assert f"decided on {until}" in page.text


def test_every_notice_that_a_preview_counts_has_its_party_in_the_list(
    scene: Scene, admin: Administrator, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=5)
    scene.apply(walk, 5)
    scene.apply(walk, 4, wait=True)
    clock.stand_at(scene.now)

    page = admin.preview_measure(
        kind="override", capacity="3", effective_from="2026-05-20", effective_until="2026-05-20"
    )

    assert sorted(row[4] for row in rows(page, "parties")) == [
        "displaced",
        "set aside until it takes a party of that size again",
    ]
    assert "set aside until it takes a party of that size again: 1 party" in page.text


def test_a_party_that_waits_for_a_closed_departure_is_not_called_too_large(
    scene: Scene, admin: Administrator, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=5)
    scene.apply(walk, 5)
    scene.apply(walk, 2, wait=True)
    clock.stand_at(scene.now)

    page = admin.preview_measure(
        kind="override", capacity="0", effective_from="2026-05-20", effective_until="2026-05-20"
    )

    assert "set aside until it takes a party of that size again: 1 party" in page.text
    assert "larger than" not in page.text

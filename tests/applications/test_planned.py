"""A departure that the timetable makes serves those who lost their places first, before anybody else can apply."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, open_offer, refusal, settle_all, state
from tests.courses.drafts import schedule_draft
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.courses import add_schedule, departures_between, plan_ahead
from tourbook.courses.models import Course
from tourbook.db import transaction
from tourbook.errors import Conflict
from tourbook.kst import parse_moment


@pytest.fixture
def displaced(scene: Scene) -> list[UUID]:
    """Four parties of five, all that a departure takes, who lost their places to a suspension."""
    lost = scene.add_departure("2026-05-13T10:00")
    parties = [scene.apply(lost, 5) for _ in range(4)]
    scene.add_measure("2026-05-13", "2026-05-13")
    settle_all(scene)
    assert {state(one) for one in parties} == {State.DISPLACED}
    return parties


def plan(scene: Scene, session: Session, day: date) -> UUID:
    """The course departs on Fridays, on that one for the first time; the timetable makes it."""
    with transaction() as writing:
        writing.get_one(Course, scene.course_id).planned_until = date(2026, 5, 24)
    schedule = schedule_draft(weekdays=(4,), runs_from=day, runs_until=day)
    add_schedule(scene.course_id, schedule, actor=COMMAND, now=scene.now)
    assert plan_ahead(now=scene.now)
    return departures_between(session, day, day)[0].id


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        pytest.param(date(2026, 5, 29), None, id="open-at-once"),
        pytest.param(date(2026, 7, 3), "2026-06-05T10:00", id="opens-later"),
    ],
)
def test_the_displaced_are_asked_before_the_first_applicant(
    scene: Scene, displaced: list[UUID], session: Session, day: date, opens: str | None
) -> None:
    new = plan(scene, session, day)
    scene.now = parse_moment(opens) if opens else scene.now

    with pytest.raises(Conflict) as refused:
        scene.hold(new, 1)

    assert refusal(refused) == "full"
    offers = [open_offer(one) for one in displaced]
    assert {offer.departure_id for offer in offers if offer} == {new}
    assert all(offers)
    assert_sound(scene, session)

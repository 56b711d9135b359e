"""A quiet week in June: two walks of one day that few people want become one, by the timetable alone."""

from collections.abc import Iterator
from datetime import time
from uuid import UUID

import pytest

from tests.flows.stage import Stage
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer
from tourbook.applications.models import State
from tourbook.courses import course_by_code, edit_course, terms_of
from tourbook.courses.drafts import CourseTerms
from tourbook.courses.models import TOO_FEW_PEOPLE, Departure
from tourbook.db import db


@pytest.fixture
def stage(seeded: Ground, clock: StandingClock) -> Iterator[Stage]:
    clock.stand_at("2026-05-20T09:00")
    with seeded.app.app_context():
        yield Stage(seeded, clock)
        db.session.remove()


def declare(stage: Stage, least: int) -> None:
    course = course_by_code(db.session(), "panmunjeom")
    terms = vars(terms_of(db.session(), course))
    changed = {"runs_from_people": least, "decided_days_before": 10, "decided_at": time(10)}
    edit_course(course.id, CourseTerms(**{**terms, **changed}), actor=COMMAND, now=stage.now)


def as_it_is(stage: Stage, departure: UUID) -> Departure:
    """Read anew: on SQLite a reader sees what it saw first, for as long as it reads."""
    db.session.rollback()
    return stage.departure(departure)


def test_two_small_departures_become_one_and_a_third_runs(stage: Stage) -> None:
    declare(stage, 8)
    morning, noon, full = stage.depart("2026-06-16T10:00", "2026-06-16T13:00", "2026-06-15T10:00")
    stage.move_to("2026-06-02T10:00")
    first, second = stage.apply(morning), stage.apply(noon, seats=3)
    others = [stage.apply(full), stage.apply(full)]

    stage.move_to("2026-06-06T09:59")
    assert as_it_is(stage, noon).called_off_at is None
    stage.move_to("2026-06-06T10:00")

    assert as_it_is(stage, noon).called_off_cause == TOO_FEW_PEOPLE
    assert stage.states([first, second]) == [State.CONFIRMED, State.CALLED_OFF]
    assert stage.told(second)[-1] == "called_off"
    (offer,) = stage.offers([second])
    assert offer.departure_id == morning
    stage.assert_sound()

    accept_offer(offer.id, actor=GUEST, now=stage.now)
    stage.move_to("2026-06-07T10:00")
    assert as_it_is(stage, morning).runs_since is not None
    assert as_it_is(stage, full).runs_since is not None
    assert stage.states(others) == [State.CONFIRMED] * 2
    stage.assert_sound()


def test_where_nobody_answers_the_other_ends_too_and_all_keep_their_rights(stage: Stage) -> None:
    declare(stage, 8)
    morning, noon = stage.depart("2026-06-16T10:00", "2026-06-16T13:00")
    stage.move_to("2026-06-02T10:00")
    parties = [stage.apply(morning), stage.apply(noon, seats=3)]

    stage.move_to("2026-06-06T10:00")
    stage.move_to("2026-06-07T12:00")

    assert [as_it_is(stage, one).called_off_cause for one in (morning, noon)] == [TOO_FEW_PEOPLE] * 2
    assert stage.states(parties) == [State.CALLED_OFF] * 2
    assert stage.offers(parties) == []
    stage.assert_sound()

"""What falls due next, and living through it: each moment in its turn, as if the time had passed."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from tests.draws.lottery import build_lottery
from tests.notices.outbox import waiting
from tests.practice.conftest import BEGAN_AT, Practice
from tourbook import clock, jobs, practice
from tourbook.applications.models import PriorityRight
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.kst import parse_moment
from tourbook.practice import Due, What

MORNING = Due(parse_moment("2026-05-05T09:00"), What.MORNING)
HOUR = timedelta(hours=1)


def ahead(most: int = 20, *, now=None) -> list[Due]:
    return practice.due_ahead(db.session(), most=most, now=now or BEGAN_AT)


def test_where_nothing_else_falls_due_there_is_the_next_morning(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        assert ahead() == [MORNING]
        assert ahead(now=BEGAN_AT - timedelta(minutes=1)) == [Due(BEGAN_AT, What.MORNING)]


def test_letters_that_wait_are_named_with_their_number_and_moment(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        for hours in (2, 2, 1, 0):
            waiting(now=BEGAN_AT + hours * HOUR)

        assert ahead() == [Due(BEGAN_AT + HOUR, What.LETTER), Due(BEGAN_AT + 2 * HOUR, What.LETTER, 2), MORNING]
        assert ahead(1) == [Due(BEGAN_AT + HOUR, What.LETTER)]


def test_the_moments_of_a_draw_are_named_until_they_are_done(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        lottery = rehearsal.another_world(build_lottery)
        kinds = [one.what for one in ahead()]

        assert {What.DRAW_CLOSES, What.VALUE, What.LEFT_OVERS} <= set(kinds)
        lottery.enter(*lottery.departures[:1], seats=2)
        lottery.close()
        assert What.DRAW_CLOSES not in {one.what for one in ahead()}


def test_the_end_of_a_right_is_named_and_two_weeks_before_it_the_reminder(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        walk = rehearsal.scene.add_departure("2026-05-20T10:00")
        party = rehearsal.scene.apply(walk, 2)
        ends = BEGAN_AT + timedelta(days=30)
        course_id = rehearsal.scene.course_id
        db.session.add(PriorityRight(application_id=party, course_id=course_id, granted_at=BEGAN_AT, lasts_until=ends))
        db.session.commit()
        found = {one.what: one.at for one in ahead()}

        assert found[What.RIGHT_ENDS] == ends
        assert found[What.RIGHT_NEARLY_ENDS] == ends - timedelta(days=14)


def test_when_it_is_decided_whether_departures_run_is_named(rehearsal: Practice) -> None:
    with rehearsal.app.app_context():
        walk = rehearsal.scene.add_departure("2026-05-20T10:00")
        later = rehearsal.scene.add_departure("2026-05-22T10:00")
        db.session.execute(update(Departure).where(Departure.id == walk).values(runs_since=BEGAN_AT))
        terms = {"runs_from_people": 5, "decided_days_before": 5, "decided_at": time(17)}
        db.session.execute(update(Course).values(**terms))
        db.session.commit()

        assert [one.at for one in ahead() if one.what is What.DECIDE] == [parse_moment("2026-05-17T17:00")]
        db.session.execute(update(Departure).where(Departure.id == later).values(called_off_at=BEGAN_AT))
        assert not [one for one in ahead() if one.what is What.DECIDE]


def test_what_lies_between_is_done_at_its_own_moment(rehearsal: Practice) -> None:
    """A hold that ends in a quarter of an hour ends then, and not two hours later."""
    with rehearsal.app.app_context():
        walk = rehearsal.scene.add_departure("2026-05-20T10:00")
        rehearsal.scene.hold(walk, 2)
        ends = db.session.scalar(select(Departure.next_due_at).where(Departure.id == walk))
        db.session.remove()
    seen: list[object] = []
    run_due = jobs.run_due
    patch = pytest.MonkeyPatch()
    patch.setattr(jobs, "run_due", lambda app: seen.append(clock.now()) or run_due(app))

    shown = jobs.live_through(rehearsal.app, BEGAN_AT + 2 * HOUR, seconds=60)

    patch.undo()
    assert timedelta(0) <= shown - (BEGAN_AT + 2 * HOUR) < timedelta(seconds=1)
    assert any(timedelta(0) <= one - ends < timedelta(seconds=1) for one in seen)
    with rehearsal.app.app_context():
        assert db.session.get_one(Departure, walk).seats_taken == 0


def test_it_gives_up_in_time_and_says_how_far_it_came(rehearsal: Practice) -> None:
    to = BEGAN_AT + timedelta(days=9)

    shown = jobs.live_through(rehearsal.app, to, seconds=-1)

    assert BEGAN_AT <= shown < to

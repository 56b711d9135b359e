"""The terms that every installation starts from leave time for an answer, and for an exchange after it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.clearance.office import UNC
from tourbook.clearance.models import ClearanceDemand, Standing
from tourbook.clearance.rules import check_exchange, deadlines
from tourbook.courses import course_by_code, courses
from tourbook.kst import parse_moment

pytestmark = pytest.mark.usefixtures("seeded")

ANSWERS_TAKE = timedelta(days=3)
STARTS = parse_moment("2026-05-20T15:00")


def test_an_answer_of_three_days_comes_before_names_freeze_on_every_course(session: Session) -> None:
    found = list(courses(session))

    assert len(found) == 4
    for course in found:
        when = deadlines(course, [ClearanceDemand(authority=UNC, due_days=course.roster_due_days)], STARTS)
        day_of_the_answer = when.first_due + ANSWERS_TAKE - timedelta(hours=12)
        check_exchange(when, Standing.REFUSED, earlier=0, others_from_the_start=1, now=day_of_the_answer)


def test_at_panmunjeom_nobody_joins_after_the_names_have_gone_and_they_are_final_three_days_before(
    session: Session,
) -> None:
    tour = course_by_code(session, "panmunjeom")

    assert tour.closes_days_before >= tour.roster_due_days
    assert tour.amend_until_days == 3

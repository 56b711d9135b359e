"""At which minute people are forgotten: when a day ends in Korea, whatever ends with it there or in UTC."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import build_scene
from tests.operations.test_forgetting import application, sent
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.kst import parse_moment
from tourbook.operations import forget_due

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("starts", "forgotten"),
    [
        ("2026-05-31T23:30", "2026-06-06T00:00"),
        ("2026-06-01T00:30", "2026-06-07T00:00"),  # in UTC this day is still May
        ("2026-12-31T08:59", "2027-01-06T00:00"),  # in UTC the day before
        ("2028-02-29T10:00", "2028-03-06T00:00"),
    ],
)
def test_the_fifth_day_after_the_visit_ends_in_korea(session: Session, starts: str, forgotten: str) -> None:
    visit, end = parse_moment(starts), parse_moment(forgotten)
    scene = build_scene(f"{visit - timedelta(days=10):%Y-%m-%d}T12:00")
    party = scene.apply(scene.add_departure(starts), 2)
    sent()

    assert forget_due(now=end - MINUTE) == 0
    assert forget_due(now=end) == 1
    assert application(session, party).forgotten_at == end


@pytest.mark.parametrize("cancelled", ["2026-05-04T00:00", "2026-05-04T23:59"])
def test_who_cancelled_is_forgotten_by_the_day_on_which_that_was(session: Session, cancelled: str) -> None:
    scene = build_scene("2026-05-03T12:00")
    party = scene.apply(scene.add_departure("2026-05-28T10:00"), 2)
    cancel(party, actor=GUEST, now=parse_moment(cancelled))
    sent()

    assert forget_due(now=parse_moment("2026-05-09T23:59")) == 0
    assert forget_due(now=parse_moment("2026-05-10T00:00")) == 1

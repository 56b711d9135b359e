"""A party that cannot apply for a while, as nobody of it came, is told once: on the day after, by day."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, told
from tests.applications.test_closures import NAMES, stayed_away
from tests.notices.outbox import settings
from tests.rosters.gate import run_by, visitors
from tourbook.actor import Actor
from tourbook.applications import tell_of_closures
from tourbook.applications.models import Attendance
from tourbook.kst import parse_moment
from tourbook.notices import Notice
from tourbook.rosters import mark_attendance

DAY_OF_THE_VISIT, DAY_AFTER, NIGHT_AFTER = "2026-05-20T18:00", "2026-05-21T09:00", "2026-05-21T03:00"


@pytest.fixture
def operator(scene: Scene) -> Actor:
    return run_by("paju", scene.course_id)


@pytest.fixture(autouse=True)
def _ladder(app: Flask) -> Iterator[None]:
    with settings(app, closure_steps="1:1,2:3"):
        yield


def tell_all(moment: str) -> int:
    return sum(iter(lambda: tell_of_closures(now=parse_moment(moment)), 0))


def test_it_is_told_once_on_the_day_after_until_when_it_cannot_apply(
    scene: Scene, session: Session, operator: Actor
) -> None:
    party = stayed_away(scene, operator, "2026-05-20T10:00", NAMES)

    told_when = {moment: tell_all(moment) for moment in (DAY_OF_THE_VISIT, NIGHT_AFTER, DAY_AFTER, "2026-05-22T09:00")}

    assert told_when == {DAY_OF_THE_VISIT: 0, NIGHT_AFTER: 0, DAY_AFTER: 1, "2026-05-22T09:00": 0}
    assert told(session, party)[-1] == "closure_began"
    facts = session.scalars(select(Notice.facts).where(Notice.kind == "closure_began")).one()
    assert parse_moment(facts["closed_until"]) == parse_moment("2026-06-21T00:00")


def test_nobody_is_told_where_somebody_came_after_all(scene: Scene, session: Session, operator: Actor) -> None:
    party = stayed_away(scene, operator, "2026-05-20T10:00", NAMES)
    mark_attendance(visitors(party)[0].id, Attendance.ARRIVED, actor=operator, now=scene.now)

    assert tell_all(DAY_AFTER) == 0
    assert "closure_began" not in told(session, party)


def test_nobody_is_told_without_a_ladder(app: Flask, scene: Scene, operator: Actor) -> None:
    stayed_away(scene, operator, "2026-05-20T10:00", NAMES)

    with settings(app, closure_steps=""):
        assert tell_all(DAY_AFTER) == 0


def test_what_was_long_ago_when_the_ladder_is_turned_on_is_not_told(scene: Scene, operator: Actor) -> None:
    stayed_away(scene, operator, "2026-05-20T10:00", NAMES)

    assert tell_all("2026-05-28T09:00") == 0

"""What else there is for somebody who cannot go: looked for nearby, and not by planning a whole season."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, departure, settle_all
from tourbook.applications import queries
from tourbook.courses.models import Course
from tourbook.db import db
from tourbook.web.citizen.standing import LOOKED_AT, NEAREST, nearest

SEATS = 2


def around(scene: Scene, walk: UUID) -> list[UUID]:
    course = db.session.get_one(Course, scene.course_id)
    return [one.departure.id for one in nearest(db.session(), departure(walk), course, SEATS, scene.now)]


def hourly(scene: Scene, count: int, capacity: int | None = None) -> list[UUID]:
    return [
        scene.add_departure(f"2026-05-20T{8 + number // 4:02}:{number % 4 * 15:02}", capacity)
        for number in range(count)
    ]


def test_right_after_a_change_of_level_only_the_nearest_are_planned(
    scene: Scene, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks = hourly(scene, 3 * LOOKED_AT)
    settle_all(scene)
    scene.add_order("half", "2026-05-01")
    planned: list[UUID] = []
    plan = queries.plan

    def noted(of: Any, *rest: Any) -> Any:
        planned.append(of.departure_id)
        return plan(of, *rest)

    monkeypatch.setattr(queries, "plan", noted)

    found = around(scene, walks[0])

    assert found == walks[1 : 1 + NEAREST]
    assert set(planned) == set(walks[1 : 1 + LOOKED_AT])


def test_any_number_that_are_full_is_passed_over(scene: Scene, session: Session) -> None:
    full = hourly(scene, LOOKED_AT + 2, capacity=1)
    for walk in full:
        scene.apply(walk, 1)
    free = scene.add_departure("2026-05-29T10:00")
    settle_all(scene)

    assert around(scene, full[0]) == [free]


@pytest.mark.parametrize("day", ["2026-05-04T12:00", "2026-08-20T10:00"], ids=["closed today", "not open yet"])
def test_one_that_takes_no_applications_is_not_proposed(scene: Scene, session: Session, day: str) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.add_departure(day)

    assert around(scene, walk) == []


def test_a_party_larger_than_any_may_be_is_proposed_nothing(scene: Scene, session: Session) -> None:
    walk, _ = hourly(scene, 2)
    settle_all(scene)
    scene.add_order("open", "2026-05-01", party_max=1)
    settle_all(scene)

    assert around(scene, walk) == []


def test_what_was_left_of_a_place_is_as_the_next_applicant_would_find_it(scene: Scene, session: Session) -> None:
    """Closed when it was settled, and open again since: found before the timetable comes by."""
    full = scene.add_departure("2026-05-20T10:00", capacity=2)
    other = scene.add_departure("2026-05-21T10:00")
    scene.apply(full, 2)
    closing = scene.add_order("closed", "2026-05-21", "2026-05-21", ends_by_itself=True)
    settle_all(scene)
    assert around(scene, full) == []

    scene.withdraw(closing)

    assert around(scene, full) == [other]

"""Taking a change back leaves the facts as they were before it, whatever else was decided about them meanwhile."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, settle_all, state
from tests.operations.test_taking_back import change, close, undo
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.courses import ends_of_measures
from tourbook.courses.drafts import MeasureDraft
from tourbook.courses.models import Policy
from tourbook.courses.steps import end_measure, enter_measure
from tourbook.distancing import import_orders, withdraw_order
from tourbook.distancing.models import Order
from tourbook.errors import Conflict
from tourbook.kst import parse_moment

TOGETHER = """region_code,announced_on,effective_from,planned_until,scale,level
41,2026-05-03,2026-05-20,,s,closed
41,2026-05-03,2026-05-20,,s,open
"""
PLANNED = """region_code,announced_on,effective_from,planned_until,withdrawn_on,scale,level
41,2026-05-04T09:00,2026-05-05,,2026-05-10T00:00,s,half
"""


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


def first_order(session: Session) -> UUID:
    return session.scalars(select(Order.id).order_by(Order.entry)).first() or pytest.fail("no order was entered")


def withdraw_by_hand(scene: Scene, session: Session) -> UUID:
    return change(scene, withdraw_order, order_id=first_order(session))


def suspend(scene: Scene) -> UUID:
    """Closed from 18 until 22 May, an end that counts as decided on 6 May at 10:00."""
    draft = MeasureDraft(
        course="walk",
        kind="suspension",
        announced_at=scene.now,
        effective_from=date(2026, 5, 18),
        effective_until=date(2026, 5, 22),
        ended_at=parse_moment("2026-05-06T10:00"),
        reason_ko="비",
        reason_en="rain",
    )
    return change(scene, enter_measure, draft=draft)


def at(scene: Scene, moment: str) -> None:
    scene.now = parse_moment(moment)
    settle_all(scene)


def test_an_order_that_was_withdrawn_by_mistake_stands_where_it_stood_among_those_announced_with_it(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 3)
    import_orders(TOGETHER, actor=COMMAND, now=scene.now)
    settle_all(scene)
    assert departure(walk).allowed == 20

    undo(scene, withdraw_by_hand(scene, session))

    assert (departure(walk).allowed, state(party)) == (20, State.CONFIRMED)
    assert_sound(scene, session)


def test_an_order_that_came_back_with_its_withdrawal_ends_when_its_entry_is_taken_back(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 3)
    entry = close(scene)
    undo(scene, withdraw_by_hand(scene, session))
    assert departure(walk).allowed == 0

    undo(scene, entry)

    assert (departure(walk).allowed, state(party)) == (20, State.CONFIRMED)
    assert_sound(scene, session)


def test_a_withdrawal_is_not_taken_back_of_an_order_whose_entry_was(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    entry = close(scene)
    withdrawal = withdraw_by_hand(scene, session)
    undo(scene, entry)

    with pytest.raises(Conflict, match="changed_since"):
        undo(scene, withdrawal)

    assert departure(walk).allowed == 20


def test_an_order_is_withdrawn_when_it_was_planned_although_it_was_withdrawn_before_by_mistake(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure("2026-05-25T10:00")
    import_orders(PLANNED, actor=COMMAND, now=scene.now)
    undo(scene, withdraw_by_hand(scene, session))
    assert departure(walk).allowed == 10

    at(scene, "2026-05-10T00:00")

    assert departure(walk).allowed == 20


def test_a_suspension_that_was_taken_back_does_not_come_again_when_its_end_would_be_decided(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    mistake = suspend(scene)
    assert departure(walk).allowed == 0
    undo(scene, mistake)
    assert departure(walk).allowed == 20

    at(scene, "2026-05-06T10:00")

    assert departure(walk).allowed == 20


def test_the_end_of_a_suspension_is_taken_back_although_another_is_to_be_decided_later(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    suspend(scene)
    measure_id = next(iter(ends_of_measures(session)))
    mistake = change(scene, end_measure, measure_id=measure_id, until=date(2026, 5, 19))
    assert departure(walk).allowed == 20

    undo(scene, mistake)

    assert departure(walk).allowed == 0

"""Taking a change back leaves the facts as they were before it, whatever else was decided about them meanwhile."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, settle_all, state
from tests.operations.test_taking_back import change, close, letters, order, undo
from tests.operations.test_taking_back_while_typing import told_of_offers
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel
from tourbook.applications.models import Application, State
from tourbook.courses import ends_of_measures
from tourbook.courses.drafts import MeasureDraft
from tourbook.courses.models import Policy
from tourbook.courses.steps import end_measure, enter_measure
from tourbook.distancing import enter_order, import_orders, withdraw_order
from tourbook.distancing.models import Order
from tourbook.errors import Conflict
from tourbook.kst import parse_moment
from tourbook.notices import Notice

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


def test_who_was_offered_the_date_again_meanwhile_keeps_that_offer_alone(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=10)
    there = [scene.apply(walk, 5), scene.apply(walk, 5)]
    waiting = scene.apply(walk, 4, wait=True)
    for party in there:
        cancel(party, actor=GUEST, now=scene.now)
    settle_all(scene)
    revoked = open_offer(waiting)
    mistake = close(scene)
    withdraw_by_hand(scene, session)
    anew = open_offer(waiting)
    assert revoked
    assert anew

    undo(scene, mistake)

    assert revoked.id != anew.id
    assert (open_offer(waiting) or revoked).id == anew.id
    assert "offer_revoked" not in letters(scene, session, waiting), "it has a newer offer in hand, of which it knows"
    assert_sound(scene, session)
    accept_offer(anew.id, actor=GUEST, now=scene.now)
    assert state(waiting) == State.CONFIRMED


def limit_parties(scene: Scene, largest: int) -> UUID:
    return change(scene, enter_order, draft=order("open", announced_at=scene.now, party_max=largest))


def shrink_until(session: Session, party: UUID) -> object:
    return session.get_one(Application, party, populate_existing=True).shrink_until


def test_who_had_to_become_smaller_has_to_again_by_the_same_deadline(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    limit_parties(scene, 4)
    before = shrink_until(session, party)
    scene.now += timedelta(hours=1)
    assert letters(scene, session, party) == ["confirmed", "must_shrink"]
    mistake = change(scene, enter_order, draft=order("closed", announced_at=scene.now, party_max=4))
    assert (before is not None, state(party)) == (True, State.DISPLACED)

    undo(scene, mistake)

    assert (state(party), shrink_until(session, party)) == (State.MUST_SHRINK, before)
    assert letters(scene, session, party) == ["confirmed", "must_shrink"]
    assert_sound(scene, session)


def test_who_has_to_become_smaller_is_told_so_when_another_date_is_withdrawn(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 4)
    scene.add_departure("2026-05-24T10:00")
    change(
        scene, enter_order, draft=order("open", announced_at=scene.now, party_max=3, planned_until=date(2026, 5, 21))
    )
    mistake = change(
        scene,
        enter_order,
        draft=order(
            "closed", announced_at=scene.now, party_max=3, planned_until=date(2026, 5, 21), ends_by_itself=True
        ),
    )
    assert open_offer(party) is not None
    told_of_offers(session)

    undo(scene, mistake)

    assert state(party) == State.MUST_SHRINK
    assert letters(scene, session, party)[-1] == "put_back"
    facts = session.scalars(select(Notice.facts).where(Notice.kind == "put_back")).one()
    assert facts["deadline"] == shrink_until(session, party).isoformat()  # type: ignore[attr-defined]  # it has one
    assert_sound(scene, session)


def test_who_was_over_a_limit_that_stands_is_asked_to_shrink_and_keeps_the_places(
    scene: Scene, session: Session
) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    mistake = close(scene)
    limit_parties(scene, 4)
    assert state(party) == State.DISPLACED

    undo(scene, mistake)

    assert state(party) == State.MUST_SHRINK
    assert letters(scene, session, party) == ["confirmed", "must_shrink"]
    assert_sound(scene, session)

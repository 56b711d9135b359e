"""Who was let in at the gate by a mistaken relaxation is there; nobody who has places is moved for that on the spot."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, settle_all, state
from tests.operations.test_taking_back import change, letters, undo
from tests.rosters.gate import STARTS, Gate, build_gate
from tourbook.applications.models import State
from tourbook.audit import TrailEntry
from tourbook.courses.models import Policy
from tourbook.courses.steps import set_figures
from tourbook.distancing import withdraw_order
from tourbook.kst import parse_moment
from tourbook.rosters import undo_admission

LEAD = timedelta(days=12)


def halved(seats: int, policy: Policy = Policy.KEEP_EARLIEST) -> tuple[Gate, UUID, list[UUID]]:
    """Half an hour before the start of a departure of which ten of twenty may go, and two parties do."""
    gate = build_gate(20, policy=policy)
    gate.scene.now -= LEAD
    half = gate.scene.add_order("half", STARTS[:10])
    settle_all(gate.scene)
    parties = [gate.scene.apply(gate.departure_id, seats) for _ in range(2)]
    gate.scene.now = parse_moment("2026-05-20T09:30")
    settle_all(gate.scene)
    return gate, half, parties


def a_mistake_lets_in(gate: Gate, half: UUID, people: int, session: Session) -> None:
    """The order is withdrawn for two minutes."""
    made = change(gate.scene, withdraw_order, order_id=half)
    gate.scene.now += timedelta(minutes=1)
    gate.admit(people)
    session.rollback()
    undo(gate.scene, made)


@pytest.mark.parametrize("policy", list(Policy))
def test_nobody_who_has_places_is_moved_for_them(session: Session, policy: Policy) -> None:
    gate, half, parties = halved(5, policy)

    a_mistake_lets_in(gate, half, 3, session)

    for minutes in (0, 1, 20):
        gate.scene.now += timedelta(minutes=minutes)
        settle_all(gate.scene)
        found = departure(gate.departure_id)
        assert (found.seats_taken, found.allowed, found.over_capacity) == (13, 10, True)
        assert (found.volunteers_until, found.draws_held) == (None, 0)
        assert [state(one) for one in parties] == [State.CONFIRMED] * 2
        assert_sound(gate.scene, session)
    assert letters(gate.scene, session, parties[1]) == ["confirmed"]
    resized = select(TrailEntry.facts).where(TrailEntry.act == "departure_resized").order_by(TrailEntry.number)
    assert session.scalars(resized).all()[-1]["let_in_by_mistake"] == 3  # why there are too many


def test_a_size_that_is_smaller_in_earnest_moves_whom_it_would_have_moved_without_them(session: Session) -> None:
    gate, half, parties = halved(5)
    a_mistake_lets_in(gate, half, 3, session)

    gate.scene.add_measure(STARTS[:10], STARTS[:10], kind="override", capacity=5)
    settle_all(gate.scene)

    assert [state(one) for one in parties] == [State.CONFIRMED, State.DISPLACED]
    assert departure(gate.departure_id).seats_taken == 8
    assert_sound(gate.scene, session)


def test_who_was_let_in_while_a_change_stood_that_made_no_room_has_places_like_any_other(session: Session) -> None:
    gate, _half, parties = halved(3)
    other = change(gate.scene, set_figures, course_id=gate.scene.course_id, capacity=19, party_limit=5)
    gate.scene.now += timedelta(minutes=1)
    gate.admit(3)
    session.rollback()
    undo(gate.scene, other)

    gate.scene.add_measure(STARTS[:10], STARTS[:10], kind="override", capacity=6)
    settle_all(gate.scene)

    assert [state(one) for one in parties] == [State.CONFIRMED, State.DISPLACED]
    assert departure(gate.departure_id).seats_taken == 6
    assert_sound(gate.scene, session)


def test_who_is_sent_away_again_makes_room_for_nobody_else_before_it_fits(session: Session) -> None:
    gate, half, parties = halved(5)
    made = change(gate.scene, withdraw_order, order_id=half)
    gate.scene.now += timedelta(minutes=1)
    let_in = gate.admit(3)
    session.rollback()
    undo(gate.scene, made)

    undo_admission(let_in.application_id, actor=gate.operator, now=gate.now)

    found = departure(gate.departure_id)
    assert (found.seats_taken, found.allowed, found.over_capacity) == (10, 10, False)
    assert [state(one) for one in parties] == [State.CONFIRMED] * 2
    assert_sound(gate.scene, session)

"""A draw among the booked whose change is taken back in time was none: its value decides the next one."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, state
from tests.operations.test_taking_back import change, letters, order, undo
from tourbook.actor import GUEST
from tourbook.applications import accept_offer
from tourbook.applications.drawn import lots_drawn, pledged
from tourbook.applications.models import State
from tourbook.courses.models import Policy
from tourbook.distancing import enter_order


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.DRAW_AMONG_BOOKED)


def booked(scene: Scene) -> tuple[UUID, list[UUID]]:
    """A departure of ten places on which five parties of two go."""
    walk = scene.add_departure("2026-05-20T10:00", capacity=10)
    return walk, [scene.apply(walk, 2) for _ in range(5)]


def halve(scene: Scene) -> UUID:
    scene.now += timedelta(seconds=20)
    return change(scene, enter_order, draft=order("half", announced_at=scene.now))


def displaced(parties: list[UUID]) -> list[UUID]:
    return [one for one in parties if state(one) == State.DISPLACED]


def test_a_cut_that_is_made_taken_back_and_made_again_names_the_same_parties(scene: Scene, session: Session) -> None:
    walk, parties = booked(scene)
    named = []
    for _ in range(3):
        mistake = halve(scene)
        named.append(displaced(parties))
        undo(scene, mistake, after=0.5)
        assert displaced(parties) == []

    assert named == [named[0]] * 3
    assert departure(walk).draws_held == 0
    assert_sound(scene, session)


def test_its_value_is_shown_when_its_letters_leave_and_not_at_all_where_it_is_taken_back(
    scene: Scene, session: Session
) -> None:
    walk, _ = booked(scene)
    pledge = pledged(departure(walk), 0)
    undo(scene, halve(scene))
    halve(scene)

    assert lots_drawn(session, departure(walk), scene.now) == []
    (draw,) = lots_drawn(session, departure(walk), scene.now + timedelta(minutes=5))
    assert draw.pledge == pledge


def test_a_draw_by_which_somebody_has_gone_to_another_date_counts(scene: Scene, session: Session) -> None:
    walk, parties = booked(scene)
    scene.add_departure("2026-05-12T10:00")
    mistake = halve(scene)
    gone = displaced(parties)[0]
    offer = open_offer(gone)
    assert offer
    accept_offer(offer.id, actor=GUEST, now=scene.now)

    undo(scene, mistake)

    assert departure(walk).draws_held == 1
    assert len(lots_drawn(session, departure(walk), scene.now + timedelta(minutes=5))) == 1
    assert "displaced" not in letters(scene, session, gone)
    assert_sound(scene, session)

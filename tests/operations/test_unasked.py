"""Volunteers are asked for a change that is taken back: who came forward sits again, and nobody is written to."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, state, told
from tests.operations.test_taking_back import change, letters, order, undo
from tourbook.actor import GUEST
from tourbook.applications import volunteer
from tourbook.applications.models import State
from tourbook.courses.models import Policy
from tourbook.distancing import enter_order


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.VOLUNTEERS_FIRST)


def booked(scene: Scene) -> tuple[UUID, list[UUID]]:
    """A departure of eight places on which four parties of two go."""
    walk = scene.add_departure("2026-05-20T10:00", capacity=8)
    return walk, [scene.apply(walk, 2) for _ in range(4)]


def halve(scene: Scene) -> UUID:
    return change(scene, enter_order, draft=order("half", announced_at=scene.now))


def test_who_came_forward_and_went_sits_again_and_the_others_never_hear_that_they_were_asked(
    scene: Scene, session: Session
) -> None:
    walk, parties = booked(scene)
    mistake = halve(scene)
    for party in parties[:2]:
        volunteer(party, actor=GUEST, now=scene.now)
    assert [state(one) for one in parties] == [State.DISPLACED] * 2 + [State.CONFIRMED] * 2

    undo(scene, mistake)

    assert [state(one) for one in parties] == [State.CONFIRMED] * 4
    assert [letters(scene, session, one) for one in parties] == [["confirmed"]] * 4
    assert departure(walk).volunteers_until is None
    assert_sound(scene, session)


def test_who_came_forward_and_had_not_gone_is_told_that_nobody_needs_to(scene: Scene, session: Session) -> None:
    _, parties = booked(scene)
    mistake = halve(scene)
    volunteer(parties[0], actor=GUEST, now=scene.now)

    undo(scene, mistake)

    assert letters(scene, session, parties[0]) == ["confirmed", "volunteer_kept"]
    assert_sound(scene, session)


def test_where_another_change_still_makes_it_too_full_they_are_asked_anew(scene: Scene, session: Session) -> None:
    walk, parties = booked(scene)
    mistake = halve(scene)
    scene.now += timedelta(seconds=20)
    halve(scene)
    before = departure(walk).volunteers_until

    undo(scene, mistake)

    assert before
    assert (departure(walk).volunteers_until or before) > before
    assert [told(session, one).count("volunteers_asked") for one in parties] == [2] * 4
    assert [letters(scene, session, one) for one in parties] == [["confirmed", "volunteers_asked"]] * 4
    assert_sound(scene, session)

"""Whoever was asked to give way hears once that the question is over, and nobody else does (decision 84)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, settle_all, state, told
from tests.operations.test_taking_back import GRACE, change, letters, order, undo
from tourbook.actor import GUEST
from tourbook.applications import cancel, volunteer
from tourbook.applications.models import State
from tourbook.courses.models import Policy
from tourbook.distancing import CellDraft, enter_order, set_cell

ASKED = ["confirmed", "volunteers_asked"]
HEARD_THE_END = [*ASKED, "question_over"]


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.VOLUNTEERS_FIRST)


def asked(scene: Scene, session: Session) -> tuple[UUID, list[UUID]]:
    """A departure of eight places that is halved, and its four parties of two, who have read the question."""
    walk = scene.add_departure("2026-05-20T10:00", capacity=8)
    parties = [scene.apply(walk, 2) for _ in range(4)]
    change(scene, enter_order, draft=order("half", announced_at=scene.now))
    scene.now += GRACE + timedelta(minutes=1)
    assert [letters(scene, session, one) for one in parties] == [ASKED] * 4
    return walk, parties


def test_when_the_time_to_answer_is_over_whoever_stays_hears_so_once(scene: Scene, session: Session) -> None:
    walk, parties = asked(scene, session)
    scene.now = departure(walk).volunteers_until or scene.now
    settle_all(scene)
    scene.now += timedelta(minutes=1)
    settle_all(scene)

    assert [state(one) for one in parties] == [State.CONFIRMED] * 2 + [State.DISPLACED] * 2
    assert [letters(scene, session, one) for one in parties[:2]] == [HEARD_THE_END] * 2
    assert "question_over" not in letters(scene, session, parties[2])
    assert_sound(scene, session)


def test_who_came_forward_goes_or_is_thanked_and_the_others_hear_that_they_stay(scene: Scene, session: Session) -> None:
    _, parties = asked(scene, session)
    for one in parties[2:]:
        volunteer(one, actor=GUEST, now=scene.now)

    assert [letters(scene, session, one) for one in parties] == [
        HEARD_THE_END,
        HEARD_THE_END,
        [*ASKED, "volunteer_released"],
        [*ASKED, "volunteer_released"],
    ]


def test_where_others_cancel_nobody_has_to_give_way_and_all_hear_so(scene: Scene, session: Session) -> None:
    _, parties = asked(scene, session)
    for one in parties[2:]:
        cancel(one, actor=GUEST, now=scene.now)

    assert [letters(scene, session, one) for one in parties[:2]] == [HEARD_THE_END] * 2
    assert [letters(scene, session, one) for one in parties[2:]] == [[*ASKED, "cancelled"]] * 2


def test_where_the_end_is_taken_back_those_who_had_heard_of_it_are_asked_again(scene: Scene, session: Session) -> None:
    walk, (willing, *others) = asked(scene, session)
    volunteer(willing, actor=GUEST, now=scene.now)
    until = departure(walk).volunteers_until
    six = CellDraft(scale="s", level="half", measure="people", amount=6, kind="trail")
    mistake = change(scene, set_cell, draft=six)
    assert [told(session, one) for one in others] == [HEARD_THE_END] * 3
    assert (state(willing), departure(walk).volunteers_until) == (State.DISPLACED, None)

    undo(scene, mistake)

    assert (state(willing), departure(walk).volunteers_until) == (State.CONFIRMED, until)
    assert letters(scene, session, willing) == ASKED
    assert [letters(scene, session, one) for one in others] == [[*HEARD_THE_END, "volunteers_asked"]] * 3
    assert_sound(scene, session)


def test_who_has_not_heard_of_a_second_question_hears_nothing_of_its_end(scene: Scene, session: Session) -> None:
    walk, parties = asked(scene, session)
    scene.now = departure(walk).volunteers_until or scene.now
    settle_all(scene)
    tighter = CellDraft(scale="s", level="half", measure="people", amount=3, kind="trail")
    mistake = change(scene, set_cell, draft=tighter)
    assert departure(walk).volunteers_until

    undo(scene, mistake)

    assert [letters(scene, session, one) for one in parties[:2]] == [HEARD_THE_END] * 2
    assert_sound(scene, session)

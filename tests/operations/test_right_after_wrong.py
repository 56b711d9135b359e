"""A wrong level is taken back and the right one entered at once: as if the wrong one had never been there."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, settle_all, state
from tests.operations.test_as_before import row
from tests.operations.test_taking_back import change, close, letters, order, undo
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.courses.models import Policy
from tourbook.distancing import enter_order
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import take_back

START = "2026-05-20T10:00"

settled_between = pytest.mark.parametrize("settled_between", [True, False], ids=["settled between", "at once"])


def mistake_then_right(scene: Scene, session: Session, *, settled_between: bool) -> None:
    wrong = close(scene)
    session.rollback()
    scene.now += timedelta(minutes=1)
    take_back(wrong, actor=COMMAND, now=scene.now)
    session.rollback()
    if settled_between:
        settle_all(scene)
    scene.now += timedelta(seconds=2)
    change(scene, enter_order, draft=order("half", announced_at=scene.now))
    session.rollback()


def booked(scene: Scene) -> tuple[UUID, list[UUID]]:
    walk = scene.add_departure(START)
    return walk, [scene.apply(walk, 5) for _ in range(4)]


@settled_between
def test_lots_decide_where_lots_are_declared(session: Session, settled_between: bool) -> None:
    scene = build_scene(policy=Policy.DRAW_AMONG_BOOKED)
    walk, parties = booked(scene)

    mistake_then_right(scene, session, settled_between=settled_between)

    assert departure(walk).draws_held == 1
    assert [state(one) for one in parties].count(State.CONFIRMED) == 2
    assert_sound(scene, session)


@settled_between
def test_volunteers_are_looked_for_where_that_is_declared(session: Session, settled_between: bool) -> None:
    scene = build_scene(policy=Policy.VOLUNTEERS_FIRST)
    walk, parties = booked(scene)

    mistake_then_right(scene, session, settled_between=settled_between)

    assert departure(walk).volunteers_until
    assert [state(one) for one in parties] == [State.CONFIRMED] * 4
    assert [letters(scene, session, one) for one in parties] == [["confirmed", "volunteers_asked"]] * 4
    assert_sound(scene, session)


@settled_between
def test_the_letter_and_the_page_name_the_right_level(session: Session, settled_between: bool) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    _, parties = booked(scene)

    mistake_then_right(scene, session, settled_between=settled_between)

    assert [state(one) for one in parties] == [State.CONFIRMED] * 2 + [State.DISPLACED] * 2
    assert [letters(scene, session, one)[1:] for one in parties] == [[], [], ["displaced"], ["displaced"]]
    assert "half" in loss_of(session, parties[3]).facts["cause_en"]
    assert "half" in (row(parties[3]).cause_en or "")
    assert_sound(scene, session)


def loss_of(session: Session, party: UUID) -> Notice:
    sent = (Notice.subject_id == party, Notice.kind == "displaced", Notice.state == NoticeState.SENT)
    return session.scalars(select(Notice).where(*sent)).one()


def test_of_two_changes_the_letter_names_the_one_that_stays(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    _, parties = booked(scene)
    half = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    session.rollback()
    scene.now += timedelta(minutes=1)
    close(scene)

    undo(scene, half)

    assert [letters(scene, session, one) for one in parties] == [["confirmed", "displaced"]] * 4
    assert all("closed" in loss_of(session, one).facts["cause_en"] for one in parties)
    assert_sound(scene, session)


def test_who_stays_moved_for_lack_of_room_does_not_read_of_the_level_that_was_taken_back(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    walk = scene.add_departure(START, capacity=8)
    _, second = scene.apply(walk, 3), scene.apply(walk, 5)
    mistake = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    scene.hold(walk, 1)

    undo(scene, mistake)

    assert (state(second), letters(scene, session, second)) == (State.DISPLACED, ["confirmed", "displaced"])
    assert "half" not in loss_of(session, second).facts["cause_en"]
    assert row(second).cause_en == loss_of(session, second).facts["cause_en"]
    assert_sound(scene, session)

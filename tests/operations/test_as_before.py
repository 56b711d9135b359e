"""What is taken back is as it was before: who was passed by, until when volunteers are looked for, who has places."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, settle_all, state
from tests.operations.test_taking_back import change, close, letters, order, undo
from tests.rosters.gate import run_by, visitors
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel, cancel_visitor, confirm
from tourbook.applications.acts.exceptions import keep_by_exception
from tourbook.applications.acts.volunteers import volunteer
from tourbook.applications.models import Allotment, Application, State
from tourbook.courses.models import Policy
from tourbook.db import db
from tourbook.distancing import enter_order, withdraw_order
from tourbook.rosters import GroupPlaces, set_aside

START = "2026-05-20T10:00"


def row(party: UUID) -> Application:
    return db.session.get_one(Application, party, populate_existing=True)


def accept(party: UUID, now: datetime) -> None:
    offer = open_offer(party)
    assert offer
    accept_offer(offer.id, actor=GUEST, now=now)


# -- who was passed by -----------------------------------------------------------------------------------------------


def test_who_sits_again_has_passed_again_whom_it_had_passed(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST, skip_bound=1)
    walk = scene.add_departure(START, capacity=8)
    scene.apply(walk, 4)
    large = scene.apply(walk, 5, wait=True)
    first = scene.apply(walk, 3)
    small = scene.apply(walk, 1, wait=True)
    assert (row(large).passed_by, open_offer(small)) == (1, None)  # the bound is reached: the last place is kept
    session.rollback()

    mistake = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    assert (state(first), row(large).passed_by) == (State.DISPLACED, 0)
    session.rollback()
    undo(scene, mistake)

    assert (state(first), row(large).passed_by, open_offer(small)) == (State.CONFIRMED, 1, None)
    assert row(first).passes == [str(large)]
    assert_sound(scene, session)


def test_who_has_its_offer_again_has_passed_again_whom_it_had_passed(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST, skip_bound=1)
    walk = scene.add_departure(START, capacity=8)
    seated, _other = scene.apply(walk, 5), scene.apply(walk, 3)
    large, small = scene.apply(walk, 5, wait=True), scene.apply(walk, 2, wait=True)
    session.rollback()
    for one in visitors(seated)[-2:]:
        cancel_visitor(one.id, actor=GUEST, now=scene.now)
    settle_all(scene)
    assert open_offer(small)
    assert row(large).passed_by == 1
    session.rollback()

    mistake = close(scene)
    assert open_offer(small) is None
    session.rollback()
    undo(scene, mistake)

    assert open_offer(small)
    assert row(large).passed_by == 1
    assert_sound(scene, session)


def test_who_holds_places_again_has_passed_again_whom_it_had_passed(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST, skip_bound=1)
    walk = scene.add_departure(START, capacity=8)
    scene.apply(walk, 4)
    large = scene.apply(walk, 5, wait=True)
    typing = scene.hold(walk, 3)
    small = scene.apply(walk, 1, wait=True)
    assert (row(large).passed_by, open_offer(small)) == (1, None)  # the bound is reached: the last place is kept
    session.rollback()

    mistake = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    assert (state(typing), row(large).passed_by) == (State.EXPIRED, 0)
    session.rollback()
    undo(scene, mistake)

    assert (state(typing), row(large).passed_by, open_offer(small)) == (State.HELD, 1, None)
    assert row(typing).passes == [str(large)]
    assert_sound(scene, session)


# -- until when volunteers are looked for ----------------------------------------------------------------------------


def test_volunteers_are_looked_for_until_the_moment_that_was_told(session: Session) -> None:
    scene = build_scene(policy=Policy.VOLUNTEERS_FIRST)
    walk = scene.add_departure(START, capacity=12)
    gladly, ready, *_, last = parties = [scene.apply(walk, 2) for _ in range(5)]
    scene.add_order("half", "2026-05-20")
    settle_all(scene)  # six of ten may go
    until = departure(walk).volunteers_until
    assert until
    session.rollback()
    scene.now += timedelta(hours=1)
    volunteer(ready, actor=GUEST, now=scene.now)
    came_forward = row(ready).volunteered_at
    session.rollback()

    undo(scene, close(scene))

    assert [state(one) for one in parties] == [State.CONFIRMED] * 5
    assert (departure(walk).volunteers_until, row(ready).volunteered_at) == (until, came_forward)
    assert letters(scene, session, last) == ["confirmed", "volunteers_asked"]  # neither asked twice nor told of a loss
    assert_sound(scene, session)

    session.rollback()
    scene.now += timedelta(hours=1)
    volunteer(gladly, actor=GUEST, now=scene.now)
    settle_all(scene)
    assert [state(one) for one in parties] == [State.DISPLACED] * 2 + [State.CONFIRMED] * 3
    assert_sound(scene, session)


def test_a_question_that_facts_ended_for_good_is_not_put_by_a_later_mistake(session: Session) -> None:
    scene = build_scene(policy=Policy.VOLUNTEERS_FIRST)
    walk = scene.add_departure(START, capacity=12)
    parties = [scene.apply(walk, 2) for _ in range(4)]
    half = scene.add_order("half", "2026-05-20")
    settle_all(scene)
    scene.withdraw(half)
    settle_all(scene)
    scene.now += timedelta(minutes=1)

    undo(scene, close(scene))

    assert departure(walk).volunteers_until is None
    assert [state(one) for one in parties] == [State.CONFIRMED] * 4
    assert_sound(scene, session)


# -- who has places --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", list(Policy))
def test_who_came_by_what_is_taken_back_goes_before_all_others(session: Session, policy: Policy) -> None:
    scene = build_scene(policy=policy)
    half = scene.add_order("half", "2026-05-20")
    settle_all(scene)
    walk = scene.add_departure(START)
    parties = [scene.apply(walk, 5), scene.apply(walk, 5)]
    waits = scene.apply(walk, 2, wait=True)
    session.rollback()
    mistake = change(scene, withdraw_order, order_id=half)
    accept(waits, scene.now)

    undo(scene, mistake)

    assert ([state(one) for one in parties], state(waits)) == ([State.CONFIRMED] * 2, State.DISPLACED)
    assert (departure(walk).volunteers_until, departure(walk).draws_held) == (None, 0)
    assert_sound(scene, session)


def test_of_those_who_came_as_many_stay_as_there_would_have_been_places_for(session: Session) -> None:
    scene = build_scene(policy=Policy.CANCEL_ALL)
    half = scene.add_order("half", "2026-05-20")
    settle_all(scene)
    walk = scene.add_departure(START)
    before = scene.apply(walk, 5)
    session.rollback()
    mistake = change(scene, withdraw_order, order_id=half)
    scene.now += timedelta(seconds=1)
    first, second = scene.apply(walk, 5), scene.apply(walk, 5)

    undo(scene, mistake)

    assert [state(one) for one in (before, first, second)] == [State.CONFIRMED] * 2 + [State.DISPLACED]
    assert_sound(scene, session)


def test_who_had_lost_its_places_before_and_took_them_by_the_mistake_has_come_by_it_too(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    walk = scene.add_departure(START)
    stays, goes = scene.apply(walk, 5), scene.apply(walk, 4)
    also = scene.apply(walk, 3)
    half = scene.add_order("half", "2026-05-20")
    settle_all(scene)
    assert [state(one) for one in (stays, goes, also)] == [State.CONFIRMED] * 2 + [State.DISPLACED]
    session.rollback()
    scene.now += timedelta(hours=1)
    mistake = change(scene, withdraw_order, order_id=half)
    accept(also, scene.now)
    scene.now += timedelta(minutes=1)

    undo(scene, mistake)

    assert [state(one) for one in (stays, goes, also)] == [State.CONFIRMED] * 2 + [State.DISPLACED]
    assert_sound(scene, session)


@pytest.fixture
def halved(session: Session) -> tuple[Scene, UUID, UUID]:
    """A departure of which ten of twenty may go and eight do, and the order by which it is so."""
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    half = scene.add_order("half", "2026-05-20")
    settle_all(scene)
    walk = scene.add_departure(START)
    scene.apply(walk, 4)
    scene.apply(walk, 4)
    return scene, half, walk


@pytest.mark.parametrize("sends", [True, False])
def test_who_was_typing_before_goes_before_who_came_by_the_mistake(
    session: Session, halved: tuple[Scene, UUID, UUID], *, sends: bool
) -> None:
    scene, half, walk = halved
    typing = scene.hold(walk, 2)
    scene.fill_in(typing)
    session.rollback()
    mistake = change(scene, withdraw_order, order_id=half)
    came = scene.apply(walk, 2)
    if sends:  # sending it in is not coming: the places were its own
        confirm(typing, form_id="sent", actor=GUEST, now=scene.now)
    session.rollback()

    undo(scene, mistake)

    assert (state(typing), state(came)) == (State.CONFIRMED if sends else State.HELD, State.DISPLACED)
    assert_sound(scene, session)


@pytest.mark.parametrize("accepts", [True, False])
def test_who_was_offered_places_before_keeps_them_before_who_came_by_the_mistake(
    session: Session, halved: tuple[Scene, UUID, UUID], *, accepts: bool
) -> None:
    scene, half, walk = halved
    goes = scene.apply(walk, 2)
    waits = scene.apply(walk, 2, wait=True)
    session.rollback()
    cancel(goes, actor=GUEST, now=scene.now)
    assert letters(scene, session, waits) == ["waiting_joined", "offer"]
    session.rollback()
    mistake = change(scene, withdraw_order, order_id=half)
    came = scene.apply(walk, 2)
    if accepts:
        accept(waits, scene.now)
    session.rollback()

    undo(scene, mistake)

    assert (bool(open_offer(waits)), state(waits)) == (not accepts, State.CONFIRMED if accepts else State.WAITING)
    assert state(came) == State.DISPLACED
    assert "offer_revoked" not in letters(scene, session, waits)
    assert_sound(scene, session)


def test_who_was_offered_places_of_another_date_than_its_own_before_keeps_them_too(
    session: Session, halved: tuple[Scene, UUID, UUID]
) -> None:
    scene, half, walk = halved
    lost = scene.add_departure("2026-05-25T10:00")
    moved = scene.apply(lost, 2)
    scene.add_measure("2026-05-25", "2026-05-25")
    settle_all(scene)
    session.rollback()
    mistake = change(scene, withdraw_order, order_id=half)
    came = scene.apply(walk, 2)
    accept(moved, scene.now)
    session.rollback()

    undo(scene, mistake)

    new = session.scalars(select(Application).where(Application.replaces_id == moved)).one()
    assert (new.departure_id, new.state, state(came)) == (walk, State.CONFIRMED, State.DISPLACED)
    assert_sound(scene, session)


def test_who_is_typing_since_the_mistake_goes_before_who_was_typing_before(
    session: Session, halved: tuple[Scene, UUID, UUID]
) -> None:
    scene, half, walk = halved
    before = scene.hold(walk, 2)
    session.rollback()
    mistake = change(scene, withdraw_order, order_id=half)
    since = scene.hold(walk, 2)
    session.rollback()

    undo(scene, mistake)

    assert (state(before), state(since)) == (State.HELD, State.EXPIRED)
    assert_sound(scene, session)


def test_who_came_by_the_mistake_goes_before_places_that_were_set_aside_for_a_group(
    session: Session, halved: tuple[Scene, UUID, UUID]
) -> None:
    scene, half, walk = halved
    places = GroupPlaces("학교", 2, scene.now + timedelta(days=3))
    group = set_aside(walk, places, form_id="group", actor=run_by("paju", scene.course_id), now=scene.now)
    session.rollback()
    mistake = change(scene, withdraw_order, order_id=half)
    came = scene.apply(walk, 2)
    session.rollback()

    undo(scene, mistake)

    assert (session.get_one(Allotment, group, populate_existing=True).seats, state(came)) == (2, State.DISPLACED)
    assert_sound(scene, session)


def test_who_came_stays_by_an_exception(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    half = scene.add_order("half", "2026-05-20")
    settle_all(scene)
    walk = scene.add_departure(START)
    first, second = scene.apply(walk, 5), scene.apply(walk, 5)
    waits = scene.apply(walk, 2, wait=True)
    session.rollback()
    mistake = change(scene, withdraw_order, order_id=half)
    accept(waits, scene.now)
    keep_by_exception(waits, reason="a guide dog", actor=COMMAND, now=scene.now)

    undo(scene, mistake)

    assert [state(one) for one in (first, second, waits)] == [State.CONFIRMED, State.DISPLACED, State.CONFIRMED]
    assert_sound(scene, session)

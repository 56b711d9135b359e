"""What is true no more before its letter left is told to nobody; what is true then is."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, settle_all, state
from tests.operations.test_as_before import row
from tests.operations.test_taking_back import change, close, letters, order, sent_by, undo
from tourbook.actor import GUEST
from tourbook.applications import decline_offer, volunteer
from tourbook.applications.models import State
from tourbook.courses.models import Policy
from tourbook.distancing import enter_order, withdraw_order
from tourbook.notices.models import Notice, NoticeState

START = "2026-05-20T10:00"


def limit(scene: Scene, party_max: int) -> UUID:
    return change(scene, enter_order, draft=order("open", announced_at=scene.now, party_max=party_max))


def halve(scene: Scene) -> UUID:
    return change(scene, enter_order, draft=order("half", announced_at=scene.now))


def lift(scene: Scene) -> UUID:
    return change(scene, enter_order, draft=order("open", announced_at=scene.now))


def limited(scene: Scene, session: Session) -> tuple[UUID, UUID]:
    """A party of five that was told two hours ago that four may go, and the order that says so."""
    party = scene.apply(scene.add_departure(START), 5)
    limiting = scene.add_order("open", "2026-05-20", party_max=4)
    settle_all(scene)
    assert letters(scene, session, party) == ["confirmed", "must_shrink"]
    session.rollback()
    scene.now += timedelta(hours=2)
    return party, limiting


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


def booked(scene: Scene, seats: int = 5) -> tuple[UUID, list[UUID]]:
    walk = scene.add_departure(START)
    return walk, [scene.apply(walk, seats) for _ in range(4)]


# -- a limit, and places -----------------------------------------------------------------------------------------------


def test_who_loses_its_places_before_it_was_asked_to_become_smaller_is_never_asked(
    scene: Scene, session: Session
) -> None:
    party = scene.apply(scene.add_departure(START), 5)
    begun = scene.now
    limit(scene, 4)
    scene.now += timedelta(minutes=2)

    close(scene)

    assert state(party) == State.DISPLACED
    assert sent_by(session, party, begun + timedelta(minutes=6)) == ["confirmed"]
    assert letters(scene, session, party) == ["confirmed", "displaced"]
    assert_sound(scene, session)


def test_if_that_is_taken_back_it_is_asked_to_become_smaller_after_all(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure(START), 5)
    limit(scene, 4)
    scene.now += timedelta(minutes=2)
    mistake = close(scene)

    undo(scene, mistake)

    assert state(party) == State.MUST_SHRINK
    assert letters(scene, session, party) == ["confirmed", "must_shrink"]
    assert told_last(session, party).facts["deadline"] == (row(party).shrink_until or scene.now).isoformat()
    assert_sound(scene, session)


def told_last(session: Session, party: UUID) -> Notice:
    sent = select(Notice).where(Notice.subject_id == party, Notice.state == NoticeState.SENT)
    return session.scalars(sent.order_by(Notice.sent_at.desc(), Notice.id.desc())).all()[0]


def test_of_two_limits_in_one_grace_time_only_the_second_is_told(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure(START), 5)
    limit(scene, 4)
    scene.now += timedelta(minutes=2)

    limit(scene, 3)

    assert letters(scene, session, party) == ["confirmed", "must_shrink"]
    assert told_last(session, party).facts["party_max"] == 3
    assert_sound(scene, session)


def test_who_is_asked_again_before_it_heard_that_it_need_not_become_smaller_never_hears_that(
    scene: Scene, session: Session
) -> None:
    party, limiting = limited(scene, session)
    change(scene, withdraw_order, order_id=limiting)
    assert state(party) == State.CONFIRMED
    session.rollback()
    scene.now += timedelta(minutes=2)

    limit(scene, 4)

    assert letters(scene, session, party) == ["confirmed", "must_shrink", "must_shrink"]
    assert_sound(scene, session)


@pytest.mark.parametrize("lifts", [undo, lambda scene, _: lift(scene)])
def test_and_if_it_need_not_in_the_end_it_hears_of_that(
    scene: Scene, session: Session, lifts: Callable[[Scene, UUID], object]
) -> None:
    party, limiting = limited(scene, session)
    change(scene, withdraw_order, order_id=limiting)
    session.rollback()
    scene.now += timedelta(minutes=2)
    again = limit(scene, 4)

    lifts(scene, again)

    assert state(party) == State.CONFIRMED
    assert letters(scene, session, party) == ["confirmed", "must_shrink", "restored"]
    assert_sound(scene, session)


def test_who_has_its_places_again_hears_that_it_need_not_become_smaller_if_it_was_asked_before(
    scene: Scene, session: Session
) -> None:
    party, limiting = limited(scene, session)
    change(scene, withdraw_order, order_id=limiting)
    session.rollback()
    scene.now += timedelta(minutes=2)
    mistake = close(scene)

    undo(scene, mistake)

    assert state(party) == State.CONFIRMED
    assert letters(scene, session, party) == ["confirmed", "must_shrink", "restored"]
    assert_sound(scene, session)


def test_who_is_set_aside_again_before_it_heard_that_it_was_in_line_never_hears_that(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure(START, capacity=6)
    scene.apply(walk, 5)
    waits = scene.apply(walk, 5, wait=True)
    limiting = scene.add_order("open", "2026-05-20", party_max=4)
    settle_all(scene)
    assert letters(scene, session, waits) == ["waiting_joined", "set_aside"]
    session.rollback()
    scene.now += timedelta(hours=2)
    change(scene, withdraw_order, order_id=limiting)
    session.rollback()
    scene.now += timedelta(minutes=2)

    limit(scene, 4)

    assert letters(scene, session, waits) == ["waiting_joined", "set_aside", "set_aside"]
    assert_sound(scene, session)


# -- the question to volunteers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ends", "told"), [(close, ["displaced"]), (lift, [])])
def test_a_question_that_ends_before_it_was_put_is_put_to_nobody(
    session: Session, ends: Callable[[Scene], UUID], told: list[str]
) -> None:
    scene = build_scene(policy=Policy.VOLUNTEERS_FIRST)
    walk, parties = booked(scene)
    halve(scene)
    assert departure(walk).volunteers_until
    session.rollback()
    scene.now += timedelta(minutes=2)

    ends(scene)

    assert departure(walk).volunteers_until is None
    assert [letters(scene, session, one) for one in parties] == [["confirmed", *told]] * 4
    assert_sound(scene, session)


def test_a_question_that_a_mistake_ended_before_it_was_put_is_put_once_that_is_taken_back(session: Session) -> None:
    scene = build_scene(policy=Policy.VOLUNTEERS_FIRST)
    walk, parties = booked(scene)
    halve(scene)
    session.rollback()
    scene.now += timedelta(minutes=2)
    mistake = close(scene)

    undo(scene, mistake)

    assert departure(walk).volunteers_until
    assert [state(one) for one in parties] == [State.CONFIRMED] * 4
    assert [letters(scene, session, one) for one in parties] == [["confirmed", "volunteers_asked"]] * 4
    assert_sound(scene, session)


def test_if_enough_come_forward_before_the_letter_left_nobody_is_asked(session: Session) -> None:
    scene = build_scene(policy=Policy.VOLUNTEERS_FIRST)
    _, parties = booked(scene)
    halve(scene)
    scene.now += timedelta(minutes=1)

    for one in parties[:2]:
        volunteer(one, actor=GUEST, now=scene.now)

    told = [letters(scene, session, one) for one in parties]
    assert told == [["confirmed", "volunteer_released"]] * 2 + [["confirmed"]] * 2
    assert_sound(scene, session)


def test_who_has_come_forward_is_not_asked_any_more(session: Session) -> None:
    scene = build_scene(policy=Policy.VOLUNTEERS_FIRST)
    _, parties = booked(scene)
    halve(scene)
    scene.now += timedelta(minutes=1)

    volunteer(parties[0], actor=GUEST, now=scene.now)

    assert [letters(scene, session, one)[1:] for one in parties[:2]] == [[], ["volunteers_asked"]]
    assert_sound(scene, session)


# -- lost places with an offer -----------------------------------------------------------------------------------------


def offered_at_once(session: Session) -> tuple[Scene, UUID]:
    """A party that lost its places and is offered some of them in one letter, which has not left."""
    scene = build_scene(policy=Policy.CANCEL_ALL)
    _, parties = booked(scene)
    halve(scene)
    assert open_offer(parties[0])
    session.rollback()
    scene.now += timedelta(minutes=2)
    return scene, parties[0]


def test_an_offer_that_ends_before_the_letter_left_is_not_in_it(session: Session) -> None:
    scene, party = offered_at_once(session)

    close(scene)

    assert open_offer(party) is None
    assert letters(scene, session, party) == ["confirmed", "displaced"]
    facts = told_last(session, party).facts
    assert "deadline" not in facts
    assert facts["right_until"]
    assert_sound(scene, session)


def test_an_offer_that_was_declined_on_the_page_is_not_in_the_letter(session: Session) -> None:
    scene, party = offered_at_once(session)
    offer = open_offer(party)
    assert offer

    decline_offer(offer.id, actor=GUEST, now=scene.now)

    assert letters(scene, session, party) == ["confirmed", "displaced"]
    assert_sound(scene, session)


def test_taken_back_nobody_hears_of_the_loss_nor_of_the_offer(session: Session) -> None:
    scene = build_scene(policy=Policy.CANCEL_ALL)
    _, parties = booked(scene)

    undo(scene, halve(scene))

    assert [state(one) for one in parties] == [State.CONFIRMED] * 4
    assert [letters(scene, session, one) for one in parties] == [["confirmed"]] * 4
    assert_sound(scene, session)

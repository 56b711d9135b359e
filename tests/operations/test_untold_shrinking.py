"""Who was asked to become smaller hears what is true by then: that it need not, only where a limit was relaxed."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, settle_all, state
from tests.operations.test_taking_back import GRACE, change, order, sent_by, undo
from tourbook.actor import GUEST
from tourbook.applications import cancel, cancel_visitor, release
from tourbook.applications.models import Application, State, Visitor
from tourbook.courses.models import Policy
from tourbook.distancing import enter_order, withdraw_order
from tourbook.distancing.models import Order
from tourbook.notices.models import Notice


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


def limit(scene: Scene, party_max: int) -> UUID:
    draft = order("open", announced_at=scene.now, party_max=party_max)
    return change(scene, enter_order, draft=draft)


def later(scene: Scene, minutes: float = 10) -> None:
    scene.now += timedelta(minutes=minutes)
    settle_all(scene)


def one_leaves(scene: Scene, session: Session, party: UUID) -> None:
    leaver = session.scalars(
        select(Visitor.id).where(Visitor.application_id == party, Visitor.cancelled_at.is_(None))
    ).all()[-1]
    cancel_visitor(leaver, actor=GUEST, now=scene.now)
    settle_all(scene)


def one_is_given_back(scene: Scene, session: Session, party: UUID) -> None:
    leaver = session.scalars(select(Visitor.id).where(Visitor.application_id == party)).all()[-1]
    release(party, [leaver], actor=GUEST, now=scene.now)
    settle_all(scene)


@pytest.mark.parametrize(
    ("leave", "told"),
    [(one_leaves, "visitor_cancelled"), (one_is_given_back, "released")],
    ids=["cancels", "gives back"],
)
def test_who_becomes_smaller_as_asked_hears_of_no_relaxed_limit(
    scene: Scene, session: Session, leave: Callable[..., None], told: str
) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    limit(scene, 4)
    later(scene)
    assert sent_by(session, party, scene.now) == ["confirmed", "must_shrink"]

    leave(scene, session, party)

    assert state(party) == State.CONFIRMED
    assert sent_by(session, party, scene.now + timedelta(days=1)) == ["confirmed", "must_shrink", told]
    assert_sound(scene, session)


@pytest.mark.parametrize(("party_max", "fits"), [(4, True), (3, False)])
def test_the_letter_of_who_left_says_whether_the_party_is_within_the_limit(
    scene: Scene, session: Session, party_max: int, fits: bool
) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    limit(scene, party_max)
    later(scene)

    one_leaves(scene, session, party)

    (letter,) = session.scalars(select(Notice).where(Notice.kind == "visitor_cancelled"))
    assert letter.facts["fits"] is fits
    assert (state(party) == State.CONFIRMED) is fits


def test_whose_party_fits_before_the_request_left_never_gets_it(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    limit(scene, 4)

    one_leaves(scene, session, party)

    assert sent_by(session, party, scene.now + timedelta(days=1)) == ["confirmed", "visitor_cancelled"]
    assert_sound(scene, session)


def test_a_limit_that_is_relaxed_before_the_request_left_is_told_to_nobody(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    limit(scene, 4)

    change(scene, withdraw_order, order_id=order_id(session))

    assert state(party) == State.CONFIRMED
    assert sent_by(session, party, scene.now + timedelta(days=1)) == ["confirmed"]


def order_id(session: Session) -> UUID:
    return session.scalars(select(Order.id).order_by(Order.entry.desc()).limit(1)).one()


def test_who_cancels_before_the_request_left_never_gets_it(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    limit(scene, 4)

    cancel(party, actor=GUEST, now=scene.now)

    assert sent_by(session, party, scene.now + timedelta(days=1)) == ["confirmed", "cancelled"]


def test_a_relaxed_limit_that_is_taken_back_changes_nothing_for_who_was_asked(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    limit(scene, 4)
    later(scene)
    assert sent_by(session, party, scene.now) == ["confirmed", "must_shrink"]
    until = session.get_one(Application, party, populate_existing=True).shrink_until
    relaxed = change(scene, withdraw_order, order_id=order_id(session))
    assert state(party) == State.CONFIRMED

    undo(scene, relaxed)

    assert state(party) == State.MUST_SHRINK
    assert session.get_one(Application, party, populate_existing=True).shrink_until == until
    assert sent_by(session, party, scene.now + timedelta(hours=12)) == ["confirmed", "must_shrink"]
    assert_sound(scene, session)


def test_a_relaxed_limit_that_stays_is_told_after_the_grace(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 5)
    limit(scene, 4)
    later(scene)
    sent_by(session, party, scene.now)
    change(scene, withdraw_order, order_id=order_id(session))

    before = sent_by(session, party, scene.now + timedelta(minutes=4))
    after = sent_by(session, party, scene.now + GRACE)

    assert before == ["confirmed", "must_shrink"]
    assert after == ["confirmed", "must_shrink", "restored"]


def test_who_waits_is_in_line_again_only_where_that_stays(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=5)
    scene.apply(walk, 5)
    waiting = scene.apply(walk, 5, wait=True)
    limit(scene, 4)
    later(scene)
    told = sent_by(session, waiting, scene.now)
    assert told == ["waiting_joined", "set_aside"]
    relaxed = change(scene, withdraw_order, order_id=order_id(session))

    undo(scene, relaxed)

    assert session.get_one(Application, waiting, populate_existing=True).set_aside_at is not None
    assert sent_by(session, waiting, scene.now + timedelta(hours=12)) == told
    assert_sound(scene, session)


def test_who_was_set_aside_and_is_in_line_again_before_it_was_told_hears_of_neither(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=5)
    scene.apply(walk, 5)
    waiting = scene.apply(walk, 5, wait=True)
    limit(scene, 4)

    change(scene, withdraw_order, order_id=order_id(session))

    assert session.get_one(Application, waiting, populate_existing=True).set_aside_at is None
    assert sent_by(session, waiting, scene.now + timedelta(hours=12)) == ["waiting_joined"]
    assert_sound(scene, session)

"""Who is larger than the party limit is told how many may go, also where that changes, and has time for it.

A limit of which nothing was said costs nobody any places; who stays by exception is bound by none.
"""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, settle_all, state, told
from tests.operations.test_taking_back import change, order, undo
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel_visitor
from tourbook.applications.acts.exceptions import end_exception, keep_by_exception
from tourbook.applications.models import Application, State, Visitor
from tourbook.courses.models import Policy
from tourbook.db import db
from tourbook.distancing import enter_order
from tourbook.notices.models import Notice

DAY = "2026-05-20"


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


@pytest.fixture
def walk(scene: Scene) -> UUID:
    return scene.add_departure(f"{DAY}T10:00")


def limit(scene: Scene, people: int) -> None:
    scene.add_order("open", DAY, party_max=people)
    settle_all(scene)


def one_less(scene: Scene, party: UUID) -> None:
    going = select(Visitor.id).where(Visitor.application_id == party, Visitor.cancelled_at.is_(None))
    last = db.session.scalars(going.order_by(Visitor.place.desc())).first()
    db.session.rollback()
    assert last
    cancel_visitor(last, actor=GUEST, now=scene.now)
    settle_all(scene)


def deadline(party: UUID) -> datetime:
    until = db.session.get_one(Application, party, populate_existing=True).shrink_until
    db.session.rollback()
    assert until
    return until


def asked(session: Session, party: UUID) -> list[tuple[int, datetime]]:
    """What the letters say that ask it to become smaller: to how many, and by when."""
    letters = select(Notice).where(Notice.subject_id == party, Notice.kind == "must_shrink").order_by(Notice.id)
    facts = [one.facts for one in session.scalars(letters)]
    return [(one["party_max"], datetime.fromisoformat(one["deadline"])) for one in facts]


def test_of_a_smaller_limit_it_is_told_and_has_its_time_anew(scene: Scene, walk: UUID, session: Session) -> None:
    party = scene.apply(walk, 5)
    limit(scene, 4)
    first = deadline(party)
    scene.now = first - timedelta(minutes=30)
    limit(scene, 3)
    one_less(scene, party)
    scene.now = first
    settle_all(scene)

    assert state(party) is State.MUST_SHRINK
    assert asked(session, party) == [(4, first), (3, deadline(party))]
    assert deadline(party) >= first + timedelta(hours=23)
    assert_sound(scene, session)

    one_less(scene, party)
    assert state(party) is State.CONFIRMED


def test_of_a_larger_limit_it_is_told_too_and_keeps_its_time(scene: Scene, walk: UUID, session: Session) -> None:
    party = scene.apply(walk, 5)
    limit(scene, 2)
    first = deadline(party)
    scene.now += timedelta(hours=1)
    limit(scene, 4)

    assert asked(session, party) == [(2, first), (4, first)]
    scene.now = first
    settle_all(scene)
    assert told(session, party)[-1] == "shrink_lapsed"
    assert_sound(scene, session)


def test_of_the_same_limit_by_another_order_nothing_is_said(scene: Scene, walk: UUID, session: Session) -> None:
    party = scene.apply(walk, 5)
    limit(scene, 4)
    scene.now += timedelta(hours=1)
    limit(scene, 4)

    assert len(asked(session, party)) == 1


def test_a_limit_that_is_taken_back_before_it_was_told_is_never_told(
    scene: Scene, walk: UUID, session: Session
) -> None:
    party = scene.apply(walk, 5)
    limit(scene, 4)
    scene.now += timedelta(hours=1)
    mistake = change(scene, enter_order, draft=order("open", party_max=3, announced_at=scene.now))
    undo(scene, mistake)

    letters = select(Notice).where(Notice.subject_id == party, Notice.kind == "must_shrink").order_by(Notice.id)
    said = [(one.facts["party_max"], one.state.value) for one in session.scalars(letters)]
    assert said == [(4, "waiting"), (3, "withdrawn"), (4, "waiting")]
    assert_sound(scene, session)


def test_who_stays_by_exception_is_bound_by_no_party_limit(scene: Scene, walk: UUID, session: Session) -> None:
    party = scene.apply(walk, 5)
    keep_by_exception(party, reason="a wheelchair and its carers", actor=COMMAND, now=scene.now)
    limit(scene, 4)
    scene.now += timedelta(days=3)
    settle_all(scene)

    assert (state(party), asked(session, party), departure(walk).seats_taken) == (State.CONFIRMED, [], 5)
    assert_sound(scene, session)


def test_an_exception_ends_the_question_and_its_end_puts_it_anew(scene: Scene, walk: UUID, session: Session) -> None:
    party = scene.apply(walk, 5)
    limit(scene, 4)
    keep_by_exception(party, reason="a wheelchair and its carers", actor=COMMAND, now=scene.now)
    assert (state(party), told(session, party)[-1]) == (State.CONFIRMED, "restored")

    session.rollback()
    scene.now += timedelta(hours=5)
    end_exception(party, actor=COMMAND, now=scene.now)
    assert (state(party), asked(session, party)[-1]) == (State.MUST_SHRINK, (4, deadline(party)))
    assert_sound(scene, session)

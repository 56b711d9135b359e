"""Where two rules of an application's life meet: each of these once went wrong."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, departure, open_offer, settle_all, state, told
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import (
    NotSettled,
    accept_offer,
    cancel,
    cancel_visitor,
    confirm,
    hold_again,
    settle,
    settle_due,
)
from tourbook.applications.models import Application, State, Visitor
from tourbook.applications.parties import Situation
from tourbook.courses import edit_course, terms_of
from tourbook.courses.models import Course, Policy
from tourbook.db import db, transaction
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.operations import check


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


def assert_sound(scene: Scene, session: Session) -> None:
    session.rollback()
    session.expire_all()
    assert not check(session, now=scene.now).findings


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        act()
    return error.value.code


def companion(session: Session, application_id: UUID) -> UUID:
    there = select(Visitor.id).where(Visitor.application_id == application_id, Visitor.cancelled_at.is_(None))
    return session.scalars(there.order_by(Visitor.place.desc())).first()


def test_an_offer_that_still_fits_after_a_cut_is_not_taken_back_and_made_again(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=12)
    parties = [scene.apply(walk, seats) for seats in (5, 1, 5, 1)]
    large, small = scene.apply(walk, 5, wait=True), scene.apply(walk, 1, wait=True)
    cancel(parties[0], actor=GUEST, now=scene.now)
    cancel(parties[1], actor=GUEST, now=scene.now + timedelta(minutes=1))
    scene.now += timedelta(minutes=2)

    scene.add_measure("2026-05-01", kind="override", capacity=8)
    settle_all(scene)

    assert told(session, large) == ["waiting_joined", "offer", "offer_revoked"]
    assert told(session, small) == ["waiting_joined", "offer"]
    assert_sound(scene, session)


def test_a_displaced_party_that_has_become_smaller_is_offered_what_fits_now(scene: Scene, session: Session) -> None:
    walk, other = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00", capacity=5)
    party = scene.apply(walk, 3)
    scene.apply(other, 3)
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    assert open_offer(party) is None

    cancel_visitor(companion(session, party), actor=GUEST, now=scene.now)
    settle_all(scene)

    assert open_offer(party).departure_id == other
    assert_sound(scene, session)


def test_who_came_from_the_waiting_list_is_asked_again_when_displaced(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    first, party = scene.apply(walk, 2), scene.apply(walk, 2, wait=True)
    cancel(first, actor=GUEST, now=scene.now)
    accept_offer(open_offer(party).id, actor=GUEST, now=scene.now)

    order = scene.add_order("closed", "2026-05-10", "2026-05-31")
    settle_all(scene)
    assert state(party) == State.DISPLACED
    scene.now += timedelta(days=1)
    scene.withdraw(order)
    settle_all(scene)

    assert open_offer(party) is not None
    assert_sound(scene, session)


def test_a_party_keeps_its_turn_when_it_moves_and_is_displaced_again(scene: Scene, session: Session) -> None:
    walk, next_walk = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-22T10:00", capacity=6)
    first, second = scene.apply(walk, 3), scene.apply(next_walk, 3)
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    first = accept_offer(open_offer(first).id, actor=GUEST, now=scene.now)

    scene.add_measure("2026-05-22", "2026-05-22")
    scene.add_departure("2026-05-24T10:00", capacity=3)
    settle_all(scene)

    assert open_offer(first) is not None
    assert open_offer(second) is None
    assert_sound(scene, session)


def test_who_did_not_shrink_goes_before_a_cut_moves_others(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    walk = scene.add_departure("2026-05-20T10:00", capacity=9)
    large, other = scene.apply(walk, 5), scene.apply(walk, 4)
    scene.add_order("open", "2026-05-10", "2026-05-31", party_max=4)
    settle_all(scene)

    scene.now += timedelta(hours=24)
    scene.add_measure("2026-05-01", kind="override", capacity=5)
    settle_all(scene)

    assert [state(large), state(other)] == [State.DISPLACED, State.CONFIRMED]
    assert_sound(scene, session)


def test_a_party_that_had_to_shrink_until_the_start_goes_as_it_was_and_is_done(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 4)
    scene.now = parse_moment("2026-05-19T15:00")
    scene.add_order("open", "2026-05-20", party_max=2)
    settle_all(scene)
    assert state(party) == State.MUST_SHRINK

    scene.now = departure(walk).starts_at
    settle_all(scene)

    assert state(party) == State.CONFIRMED
    assert session.get_one(Application, party).shrink_until is None
    assert told(session, party) == ["confirmed", "must_shrink"]
    assert_sound(scene, session)


def test_the_recount_finds_a_party_that_must_shrink_after_it_has_left(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 4)
    scene.now = departure(walk).starts_at
    settle_all(scene)
    with transaction() as writing:
        writing.get_one(Application, party).state = State.MUST_SHRINK

    found = check(writing, now=scene.now).findings

    assert "has left, yet keep is due" in " ".join(one.sentence for one in found)


def test_a_name_that_is_typed_over_no_longer_keeps_a_displaced_party_out(scene: Scene, session: Session) -> None:
    walk, other = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00")
    party = scene.apply(walk, 1, names=["김하늘"])
    typing = scene.hold(other, 1)
    scene.fill_in(typing, names=["김하늘"])
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    assert open_offer(party) is None

    scene.fill_in(typing, names=["이서준"])

    assert open_offer(party) is not None
    assert_sound(scene, session)


def test_the_same_person_is_not_offered_one_departure_in_two_parties(scene: Scene, session: Session) -> None:
    walks = [scene.add_departure(f"2026-05-20T{hour}:00") for hour in (10, 14)]
    first, second = (scene.apply(walk, 1, names=["김하늘"]) for walk in walks)
    scene.add_departure("2026-05-22T10:00")

    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)

    assert open_offer(first) is not None
    assert open_offer(second) is None
    assert_sound(scene, session)


def test_one_browser_holds_once_also_when_it_asks_again(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    first = scene.hold(walk, browser="mine")
    scene.now += timedelta(minutes=20)
    scene.hold(walk, browser="mine")

    assert refused(lambda: hold_again(first, actor=GUEST, now=scene.now)) == "hold_exists"


def test_nobody_leaves_a_party_that_is_still_typed(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=3)
    scene.apply(walk, 3)
    waiting = scene.hold(walk, 2, wait=True)
    scene.fill_in(waiting)

    answer = refused(lambda: cancel_visitor(companion(session, waiting), actor=GUEST, now=scene.now))

    assert answer == "state_changed"
    assert confirm(waiting, form_id="once", actor=GUEST, now=scene.now).state == State.WAITING


def test_nobody_joins_a_waiting_list_that_is_no_longer_served(scene: Scene, session: Session) -> None:
    with transaction() as changing:
        course = changing.get_one(Course, scene.course_id)
        course.closes_days_before, course.amend_until_days = 0, 3
    walk = scene.add_departure("2026-05-07T10:00", capacity=3)
    scene.apply(walk, 3)
    scene.now = parse_moment("2026-05-06T09:00")

    assert refused(lambda: scene.hold(walk, 2, wait=True)) == "full"


def test_changed_terms_count_at_once(session: Session) -> None:
    scene = build_scene(skip_bound=1)
    walk = scene.add_departure("2026-05-20T10:00", capacity=5)
    parties = [scene.apply(walk, 1) for _ in range(5)]
    scene.apply(walk, 3, wait=True)
    cancel(parties[0], actor=GUEST, now=scene.now)
    scene.hold(walk, 1)
    cancel(parties[1], actor=GUEST, now=scene.now)
    assert refused(lambda: scene.hold(walk, 1)) == "full"
    session.rollback()

    terms = terms_of(session, session.get_one(Course, scene.course_id))
    terms = type(terms)(**{**vars(terms), "skip_bound": 2})
    edit_course(scene.course_id, terms, actor=COMMAND, now=scene.now)

    assert state(scene.hold(walk, 1)) == State.HELD
    assert_sound(scene, session)


def fail_at(broken: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody plan for this departure."""

    def foresee(situation: Situation, *rest: object, **how: bool) -> object:
        if situation.departure_id == broken:
            raise ZeroDivisionError
        return foreseen(situation, *rest, **how)

    foreseen = settle.foresee
    monkeypatch.setattr(settle, "foresee", foresee)


def test_one_departure_that_cannot_be_settled_keeps_no_other_waiting(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00")
    fail_at(broken, monkeypatch)

    with pytest.raises(NotSettled) as fault:
        settle_due(now=scene.now)
    settled = settle_due(now=scene.now, passing_over={fault.value.departure_id})

    assert fault.value.departure_id == broken
    assert settled.departure_ids == (sound,)
    assert departure(broken).version < departure(sound).version


def test_seats_kept_for_the_waiting_are_free_for_all_once_nobody_is_offered_any(session: Session) -> None:
    scene = build_scene(skip_bound=0)
    walk = scene.add_departure("2026-05-12T10:00", capacity=6)
    scene.apply(walk, 3)
    leaves = scene.apply(walk, 3)
    large = scene.apply(walk, 4, wait=True)
    cancel(leaves, actor=GUEST, now=scene.now)
    assert refused(lambda: scene.hold(walk, 1)) == "full"

    scene.now = parse_moment("2026-05-10T23:00")  # amended until 24:00, and no offer is shorter than an hour
    scene.hold(walk, 2)

    assert (departure(walk).seats_taken, departure(walk).public_free) == (5, 1)
    assert db.session.get_one(Application, large, populate_existing=True).passed_by == 0  # the bound holds, always
    assert refused(lambda: scene.hold(walk, 2, wait=True)) == "full"  # nor does anybody begin to wait
    assert_sound(scene, session)

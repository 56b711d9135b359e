"""The skip rule: a larger party that waits is passed by at most so many who have their seats in the end."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, refusal, settle_all, state
from tourbook.actor import GUEST
from tourbook.applications import cancel, confirm, decline_offer, give_up
from tourbook.applications.models import Application, State
from tourbook.db import db, transaction
from tourbook.errors import Refused
from tourbook.operations import check


def beside_a_larger_party(free: int, *, skip_bound: int = 3) -> tuple[Scene, UUID, UUID]:
    """A departure with so many free seats, and a party of five that waits for them; gives both."""
    scene = build_scene(skip_bound=skip_bound)
    walk = scene.add_departure("2026-05-20T10:00", capacity=8)
    leaving = [scene.apply(walk, 1) for _ in range(4)]
    scene.apply(walk, 4)
    large = scene.apply(walk, 5, wait=True)
    for one in leaving[:free]:
        cancel(one, actor=GUEST, now=scene.now)
    assert departure(walk).public_free == free
    return scene, walk, large


def times_passed(large: UUID) -> int:
    return db.session.get_one(Application, large, populate_existing=True).passed_by


def test_three_clicks_close_no_seats(session: Session) -> None:
    scene, walk, large = beside_a_larger_party(2)

    for _ in range(3):
        give_up(scene.hold(walk, 1), actor=GUEST, now=scene.now)
    for _ in range(3):
        scene.hold(walk, 1)
        scene.now += timedelta(minutes=16)
        settle_all(scene)

    assert (times_passed(large), departure(walk).public_free) == (0, 2)
    assert_sound(scene, session)


def test_a_hold_beyond_the_bound_is_refused_while_the_others_may_still_be_confirmed(session: Session) -> None:
    scene, walk, large = beside_a_larger_party(4)
    first, *_ = [scene.hold(walk, 1) for _ in range(3)]

    with pytest.raises(Refused) as beyond:
        scene.hold(walk, 1)
    give_up(first, actor=GUEST, now=scene.now)
    scene.hold(walk, 1)

    assert refusal(beyond) == "full"
    assert times_passed(large) == 3
    assert_sound(scene, session)


def test_who_was_confirmed_and_cancels_has_passed_nobody(session: Session) -> None:
    scene, walk, large = beside_a_larger_party(1, skip_bound=1)
    passing = scene.apply(walk, 1)
    assert times_passed(large) == 1

    cancel(passing, actor=GUEST, now=scene.now)

    assert (times_passed(large), departure(walk).public_free) == (0, 1)
    assert_sound(scene, session)


def test_who_loses_seats_to_a_cut_has_passed_nobody(session: Session) -> None:
    scene, walk, large = beside_a_larger_party(1, skip_bound=1)
    passing = scene.apply(walk, 1)

    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)

    assert state(passing) == State.DISPLACED
    assert times_passed(large) == 0
    assert_sound(scene, session)


def test_who_waits_and_declines_has_passed_nobody(session: Session) -> None:
    scene = build_scene(skip_bound=1)
    walk = scene.add_departure("2026-05-20T10:00", capacity=5)
    leaving, _ = scene.apply(walk, 1), scene.apply(walk, 4)
    large, small, next_small = (scene.apply(walk, seats, wait=True) for seats in (4, 1, 1))
    cancel(leaving, actor=GUEST, now=scene.now)
    assert (times_passed(large), open_offer(next_small)) == (1, None)

    decline_offer(open_offer(small).id, actor=GUEST, now=scene.now)

    assert open_offer(next_small) is not None
    assert times_passed(large) == 1
    assert_sound(scene, session)


def test_an_offer_that_lapses_or_is_taken_back_has_passed_nobody(session: Session) -> None:
    scene = build_scene(skip_bound=3)
    walk = scene.add_departure("2026-05-20T10:00", capacity=6)
    leaving, _ = scene.apply(walk, 2), scene.apply(walk, 4)
    large, small, other = (scene.apply(walk, seats, wait=True) for seats in (4, 1, 1))
    cancel(leaving, actor=GUEST, now=scene.now)
    assert times_passed(large) == 2

    scene.add_measure("2026-05-01", kind="override", capacity=5)
    settle_all(scene)
    kept, lost = sorted((small, other), key=lambda one: open_offer(one) is None)
    assert (open_offer(lost), times_passed(large)) == (None, 1)
    scene.now += timedelta(hours=25)
    settle_all(scene)

    assert state(kept) == State.EXPIRED
    assert open_offer(lost) is not None
    assert times_passed(large) == 1
    assert_sound(scene, session)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_held_given_up_left_and_confirmed_few_pass_who_are_seated_in_the_end(
    session: Session, seed: int
) -> None:
    scene, walk, large = beside_a_larger_party(4, skip_bound=2)
    random, holds, seated, told = Random(seed), [], set(), set()

    for _ in range(40):
        act = random.choice(["hold", "hold", "give up", "confirm", "wait", "cancel"])
        if act == "hold":
            try:
                holds.append(scene.hold(walk, random.choice([1, 2])))
            except Refused as refused:
                told.add(refused.code)
        elif act == "wait":
            scene.now += timedelta(minutes=random.choice([1, 16]))
            settle_all(scene)
        elif act == "cancel" and seated:
            cancel(seated.pop(), actor=GUEST, now=scene.now)
        elif act in {"give up", "confirm"} and holds:
            one = holds.pop(random.randrange(len(holds)))
            if state(one) == State.HELD:
                _finish(scene, one, act, seated)
        assert len(seated) <= 2

    assert told == {"full"}
    assert state(large) == State.WAITING
    assert_sound(scene, session)


def _finish(scene: Scene, one: UUID, act: str, seated: set[UUID]) -> None:
    if act == "give up":
        give_up(one, actor=GUEST, now=scene.now)
        return
    scene.fill_in(one)
    confirm(one, form_id=f"confirm {one}", actor=GUEST, now=scene.now)
    seated.add(one)


def test_the_recount_finds_a_party_that_was_passed_by_more_than_it_counts(session: Session) -> None:
    scene, walk, large = beside_a_larger_party(2)
    scene.apply(walk, 1)
    with transaction() as writing:
        writing.execute(update(Application).where(Application.id == large).values(passed_by=0))

    found = check(session, now=scene.now).findings

    reference = session.scalar(select(Application.reference).where(Application.id == large))
    assert [(one.invariant, one.subject) for one in found] == [(2, reference)]

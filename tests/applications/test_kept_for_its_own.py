"""While a party that lost its places is being offered another date, its own keeps seats for it, in its turn."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import (
    Scene,
    assert_sound,
    departure,
    open_offer,
    refusal,
    settle_all,
    state,
)
from tests.applications.test_own_date import end, offered_elsewhere
from tourbook.actor import GUEST
from tourbook.applications import (
    accept_offer,
    cancel,
    cancel_visitor,
    decline_offer,
    settle_departure,
    take_own_date,
    tell_of_own_dates,
)
from tourbook.applications.models import State
from tourbook.applications.queries import visitors_of
from tourbook.errors import Refused

LAST = "2026-05-20T10:00"


def free_for_all(scene: Scene, departure_id: UUID) -> int:
    settle_all(scene)
    return departure(departure_id).public_free


def answered(scene: Scene, party_id: UUID, *, accepts: bool) -> None:
    offer = open_offer(party_id)
    assert offer is not None
    (accept_offer if accepts else decline_offer)(offer.id, actor=GUEST, now=scene.now)


def test_what_it_needs_is_nobodys_until_it_has_answered(scene: Scene, session: Session) -> None:
    own, _, measure, (lost,) = offered_elsewhere(scene, 4)
    end(measure, scene)

    assert free_for_all(scene, own) == 16
    for _ in range(3):
        scene.apply(own, 5)
    with pytest.raises(Refused) as full:
        scene.hold(own, 5)

    assert refusal(full) == "full"
    assert departure(own).public_free == 1
    take_own_date(lost, actor=GUEST, now=scene.now)
    assert (departure(own).seats_taken, departure(own).public_free) == (19, 1)
    assert_sound(scene, session)


def test_who_goes_on_the_other_date_leaves_them_to_the_next(scene: Scene, session: Session) -> None:
    own, _, measure, (lost,) = offered_elsewhere(scene, 4)
    end(measure, scene)
    scene.apply(own, 5)

    answered(scene, lost, accepts=True)

    assert free_for_all(scene, own) == 15
    assert_sound(scene, session)


def test_who_waits_is_offered_what_is_beyond_and_the_rest_as_soon_as_it_is_given_on(
    scene: Scene, session: Session
) -> None:
    own, _, measure, (lost,) = offered_elsewhere(scene, 4)
    end(measure, scene)
    for seats in (5, 5, 5):
        scene.apply(own, seats)
    waits = scene.apply(own, 5, wait=True)
    settle_all(scene)
    assert open_offer(waits) is None

    answered(scene, lost, accepts=True)
    settle_all(scene)

    offered = open_offer(waits)
    assert offered is not None
    assert offered.seats == 5
    assert_sound(scene, session)


@pytest.mark.parametrize("lapses", [False, True])
def test_who_does_not_take_the_other_is_offered_its_own(scene: Scene, session: Session, lapses: bool) -> None:
    own, _, measure, (lost,) = offered_elsewhere(scene, 4)
    end(measure, scene)
    offer = open_offer(lost)
    assert offer is not None

    if lapses:
        scene.now = offer.deadline
    else:
        answered(scene, lost, accepts=False)
    settle_all(scene)

    again = open_offer(lost)
    assert again is not None
    assert again.departure_id == own
    assert_sound(scene, session)


def test_who_gives_up_altogether_leaves_them_to_the_next(scene: Scene, session: Session) -> None:
    own, _, measure, (lost,) = offered_elsewhere(scene, 4)
    end(measure, scene)

    cancel(lost, actor=GUEST, now=scene.now)

    assert departure(own).public_free == 20
    assert_sound(scene, session)


def test_who_becomes_fewer_needs_fewer(scene: Scene, session: Session) -> None:
    own, _, measure, (lost,) = offered_elsewhere(scene, 4)
    end(measure, scene)

    cancel_visitor(visitors_of(session, lost)[0].id, actor=GUEST, now=scene.now)

    assert free_for_all(scene, own) == 17
    assert_sound(scene, session)


def test_who_has_let_its_own_date_go_keeps_nobody_from_it(scene: Scene, session: Session) -> None:
    own, _, measure, (lost,) = offered_elsewhere(scene, 4)
    answered(scene, lost, accepts=False)
    end(measure, scene)
    answered(scene, lost, accepts=False)  # that is its own
    scene.add_departure("2026-05-23T10:00")
    settle_all(scene)
    assert open_offer(lost) is not None

    assert free_for_all(scene, own) == 20
    assert_sound(scene, session)


def test_who_comes_first_has_its_seats_kept_though_somebody_behind_is_asked_now(scene: Scene, session: Session) -> None:
    """Six lost theirs; four may go again. The first is asked elsewhere, the second is not, and waits."""
    own = scene.add_departure(LAST)
    first, second = scene.apply(own, 4), scene.apply(own, 2)
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    scene.add_departure("2026-05-22T10:00", capacity=4)
    settle_all(scene)
    assert open_offer(first)
    assert open_offer(second) is None
    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=4, entry=77)

    settle_all(scene)

    assert open_offer(second) is None
    assert_sound(scene, session)


def test_nobody_takes_its_own_date_before_who_comes_first(scene: Scene, session: Session) -> None:
    own, _, measure, (first, second) = offered_elsewhere(scene, 4, 4)
    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=5, entry=78)
    end(measure, scene)

    with pytest.raises(Refused) as before_its_turn:
        take_own_date(second, actor=GUEST, now=scene.now)

    assert refusal(before_its_turn) == "own_date_full"
    assert departure(own).public_free == 1
    assert tell_of_own_dates(now=scene.now) == 1
    take_own_date(first, actor=GUEST, now=scene.now)
    assert state(first) == State.CONFIRMED
    assert_sound(scene, session)


def test_nothing_is_kept_once_no_offers_are_made_any_more(scene: Scene, session: Session) -> None:
    own, _other, measure, (_lost,) = offered_elsewhere(scene, 4)
    end(measure, scene)
    assert free_for_all(scene, own) == 16

    scene.now = departure(own).starts_at - timedelta(hours=12)
    settle_departure(own, actor=GUEST, now=scene.now)

    assert departure(own).public_free == 20

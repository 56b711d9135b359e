"""What a party answered under an earlier right says nothing of where it would go under a later one."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, open_offer, settle_all, state
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import decline_offer
from tourbook.applications.acts.back_by_exception import put_back_by_exception
from tourbook.applications.acts.exchange import take_own_date
from tourbook.applications.models import State
from tourbook.courses.models import Policy

DAY = "2026-05-20"


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


def lose(scene: Scene, party: UUID) -> UUID:
    """Its day is closed; gives the order."""
    scene.now += timedelta(hours=1)
    closed = scene.add_order("closed", DAY, DAY)
    settle_all(scene)
    assert state(party) is State.DISPLACED
    return closed


def reopen(scene: Scene, closed: UUID) -> None:
    scene.now += timedelta(hours=1)
    scene.withdraw(closed)
    settle_all(scene)


def offered(party: UUID) -> UUID | None:
    offer = open_offer(party)
    return offer.departure_id if offer else None


def test_another_date_that_was_left_for_the_own_one_is_offered_anew(scene: Scene, session: Session) -> None:
    own, other = scene.add_departure(f"{DAY}T10:00"), scene.add_departure("2026-05-21T10:00")
    party = scene.apply(own, 3)
    scene.add_order("open", "2026-05-21")
    closed = lose(scene, party)
    assert offered(party) == other
    reopen(scene, closed)
    take_own_date(party, actor=GUEST, now=scene.now)
    settle_all(scene)

    lose(scene, party)

    assert offered(party) == other
    assert_sound(scene, session)


def test_the_own_date_that_was_declined_before_an_exception_is_offered_anew(scene: Scene, session: Session) -> None:
    own = scene.add_departure(f"{DAY}T10:00")
    party = scene.apply(own, 3)
    reopen(scene, lose(scene, party))
    offer = open_offer(party)
    assert offer
    decline_offer(offer.id, actor=GUEST, now=scene.now)
    put_back_by_exception(party, reason="they misread the letter", actor=COMMAND, now=scene.now)

    reopen(scene, lose(scene, party))

    assert offered(party) == own
    assert_sound(scene, session)


def test_what_was_declined_under_this_right_is_not_offered_again(scene: Scene, session: Session) -> None:
    party = scene.apply(scene.add_departure(f"{DAY}T10:00"), 3)
    reopen(scene, lose(scene, party))
    offer = open_offer(party)
    assert offer
    decline_offer(offer.id, actor=GUEST, now=scene.now)
    settle_all(scene)
    reopen(scene, scene.add_order("closed", DAY, DAY))

    assert offered(party) is None
    assert_sound(scene, session)

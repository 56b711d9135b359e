"""A party that has lost its places has them again by exception: for a reason, where seats are free."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import (
    Scene,
    assert_sound,
    build_scene,
    departure,
    open_offer,
    refusal,
    settle_all,
    state,
    told,
)
from tourbook.actor import COMMAND
from tourbook.applications import decide_exception
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.applications.queries import outlooks
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure, Policy
from tourbook.errors import Conflict, Refused


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


@pytest.fixture
def walk(scene: Scene) -> UUID:
    return scene.add_departure("2026-05-20T10:00", capacity=6)


@pytest.fixture
def lost(scene: Scene, walk: UUID) -> UUID:
    """The last of three parties, which lost its places, and let the offer pass that it was made when there were
    some again.
    """
    parties = [scene.apply(walk, 2) for _ in range(3)]
    order = scene.add_order("half", "2026-05-20")
    settle_all(scene)
    scene.withdraw(order)
    settle_all(scene)
    scene.now += timedelta(days=2)
    settle_all(scene)
    assert (state(parties[1]), state(parties[2])) == (State.DISPLACED, State.DISPLACED)
    return parties[2]


def put_back(scene: Scene, party: UUID, reason: str = "a wheelchair user") -> bool:
    return decide_exception(party, reason=reason, actor=COMMAND, now=scene.now)


def test_it_has_its_places_again_and_counts_among_the_exceptions_of_the_departure(
    scene: Scene, session: Session, walk: UUID, lost: UUID
) -> None:
    assert open_offer(lost) is None

    assert put_back(scene, lost)

    assert state(lost) == State.CONFIRMED
    assert departure(walk).seats_taken == 4
    course, there = session.get_one(Course, scene.course_id), session.get_one(Departure, walk)
    assert outlooks(session, [there], course, scene.now)[walk].exempt == 1
    entry = session.scalars(select(TrailEntry).where(TrailEntry.act == "exempted")).one()
    assert entry.facts["reason_given"] == "a wheelchair user"
    assert told(session, lost)[-1] == "confirmed"
    assert_sound(scene, session)


def test_twice_does_no_harm(scene: Scene, session: Session, lost: UUID) -> None:
    put_back(scene, lost)
    put_back(scene, lost)

    assert state(lost) == State.CONFIRMED
    assert_sound(scene, session)


def test_an_offer_of_another_departure_ends_with_it(scene: Scene, session: Session, walk: UUID, lost: UUID) -> None:
    other = scene.add_departure("2026-05-27T10:00")
    scene.apply(other, 1)
    settle_all(scene)
    offered = session.scalars(select(Offer).where(Offer.application_id == lost, Offer.departure_id == other)).one()

    put_back(scene, lost)

    assert session.get_one(Offer, offered.id, populate_existing=True).state == OfferState.DECLINED
    assert state(lost) == State.CONFIRMED
    assert_sound(scene, session)


def test_where_seats_are_not_free_it_is_refused(scene: Scene, session: Session, walk: UUID, lost: UUID) -> None:
    scene.hold(walk, 2)
    scene.hold(walk, 1)

    with pytest.raises(Conflict) as error:
        put_back(scene, lost)

    assert refusal(error) == "no_seats_to_put_back"
    assert session.get_one(Application, lost, populate_existing=True).exempt_since is None


def test_it_needs_a_reason(scene: Scene, lost: UUID) -> None:
    with pytest.raises(Refused, match="exception_reason_missing"):
        put_back(scene, lost, " ")

"""A displaced party that is being offered another date may take its own instead, as soon as that is open again."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.applications.scene import (
    Scene,
    assert_sound,
    departure,
    open_offer,
    refusal,
    settle_all,
    state,
    told,
)
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, decline_offer, take_own_date
from tourbook.applications.models import Offer, PriorityRight, State
from tourbook.courses.models import SiteMeasure
from tourbook.db import transaction
from tourbook.distancing import raise_version
from tourbook.errors import Refused


def end(measure: UUID, scene: Scene) -> None:
    """The suspension ends the day before it began: everybody may go again."""
    with transaction() as session:
        found = session.get_one(SiteMeasure, measure)
        found.planned_until = found.effective_from - timedelta(days=1)
        raise_version(session)
    settle_all(scene)


def offered_elsewhere(scene: Scene, *sizes: int) -> tuple[UUID, UUID, UUID, list[UUID]]:
    """Parties that lost their day and are offered another: both departures, the measure, the parties."""
    own = scene.add_departure("2026-05-20T10:00")
    parties = [scene.apply(own, seats) for seats in sizes]
    measure = scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    other = scene.add_departure("2026-05-22T10:00")
    settle_all(scene)
    assert all(open_offer(party) for party in parties)
    return own, other, measure, parties


def test_its_own_date_is_confirmed_and_the_other_goes_to_the_next(scene: Scene, session: Session) -> None:
    own, other, measure, (party, behind) = offered_elsewhere(scene, 4, 4)
    scene.hold(other, 5)
    end(measure, scene)

    taken = take_own_date(party, actor=GUEST, now=scene.now)

    assert taken == party
    assert state(party) == State.CONFIRMED
    assert (departure(own).seats_taken, departure(other).seats_taken) == (4, 9)
    assert told(session, party)[-1] == "confirmed"
    assert open_offer(behind) is not None
    offers = session.scalars(select(Offer).where(Offer.application_id == party).order_by(Offer.id)).all()
    assert [(one.departure_id, one.state) for one in offers] == [(other, "declined"), (own, "accepted")]
    right = session.scalars(select(PriorityRight).where(PriorityRight.application_id == party)).one()
    assert right.used_at == scene.now
    assert_sound(scene, session)


def test_taking_it_twice_does_no_harm(scene: Scene, session: Session) -> None:
    own, _, measure, (party,) = offered_elsewhere(scene, 4)
    end(measure, scene)

    assert take_own_date(party, actor=GUEST, now=scene.now) == take_own_date(party, actor=GUEST, now=scene.now)
    assert departure(own).seats_taken == 4
    assert_sound(scene, session)


def test_the_other_offer_stays_where_the_own_date_is_full_or_closed(scene: Scene, session: Session) -> None:
    _own, other, measure, (party,) = offered_elsewhere(scene, 4)

    with pytest.raises(Refused) as closed:
        take_own_date(party, actor=GUEST, now=scene.now)
    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=3, entry=79)
    end(measure, scene)
    with pytest.raises(Refused) as full:
        take_own_date(party, actor=GUEST, now=scene.now)

    assert [refusal(error) for error in (closed, full)] == ["own_date_full"] * 2
    offer = open_offer(party)
    assert offer is not None
    assert offer.departure_id == other
    assert accept_offer(offer.id, actor=GUEST, now=scene.now)
    assert_sound(scene, session)


def test_seats_that_are_kept_for_the_waiting_list_are_free_for_it(scene: Scene, session: Session) -> None:
    """Whoever lost places comes before all who wait."""
    own, _, measure, (party,) = offered_elsewhere(scene, 2)
    end(measure, scene)
    for seats in (5, 5, 5, 3):
        scene.apply(own, seats)
    waits = scene.apply(own, 5, wait=True)
    assert (departure(own).seats_taken, state(waits)) == (18, State.WAITING)

    take_own_date(party, actor=GUEST, now=scene.now)

    assert departure(own).seats_taken == 20
    assert_sound(scene, session)


def test_there_must_be_an_offer_that_is_open_and_for_another_date(scene: Scene, session: Session) -> None:
    own, _, measure, (party,) = offered_elsewhere(scene, 4)
    offer = open_offer(party)
    assert offer is not None
    end(measure, scene)
    ended = offer.deadline

    with pytest.raises(Refused) as late:
        take_own_date(party, actor=GUEST, now=ended)
    decline_offer(offer.id, actor=GUEST, now=scene.now)
    with pytest.raises(Refused) as declined:
        take_own_date(party, actor=GUEST, now=scene.now)

    assert refusal(late) == "offer_lapsed"
    assert refusal(declined) == "state_changed"
    again = open_offer(party)
    assert again is not None
    assert again.departure_id == own
    assert_sound(scene, session)


def test_a_right_that_is_about_to_end_takes_nothing_any_more(scene: Scene) -> None:
    _, _, measure, (party,) = offered_elsewhere(scene, 4)
    end(measure, scene)
    with transaction() as session:
        session.execute(update(PriorityRight).values(lasts_until=scene.now + timedelta(minutes=59)))

    with pytest.raises(Refused) as error:
        take_own_date(party, actor=GUEST, now=scene.now)

    assert refusal(error) == "own_date_full"

"""What a party does that has places, or is offered some."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from tests.applications.scene import Scene, build_scene, open_offer, settle_all
from tests.applications.test_own_date import end
from tests.crashes.deeds.applying import STARTS, a_walk
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tourbook.actor import GUEST
from tourbook.applications import (
    accept_offer,
    cancel,
    cancel_visitor,
    correct_name,
    decline_offer,
    release,
    take_own_date,
    transfer,
    wait_for_more,
)
from tourbook.applications.models import Visitor
from tourbook.db import db


@deed()
def cancels(_: Ground) -> Doing:
    """The places are offered to somebody who waits."""
    scene, walk = a_walk()
    party = scene.apply(walk, 4)
    scene.apply(walk, 2)
    scene.apply(walk, 3, wait=True)
    return Doing(lambda: cancel(party, actor=GUEST, now=scene.now), scene.now)


@deed()
def one_visitor_stays_at_home(_: Ground) -> Doing:
    """A party that had to shrink fits again, and the place is offered to somebody who waits."""
    scene, walk = a_walk()
    party = scene.apply(walk, 3)
    scene.apply(walk, 3)
    scene.apply(walk, 1, wait=True)
    scene.add_order("open", "2026-05-20", party_max=2)
    settle_all(scene)
    visitor = db.session.scalars(select(Visitor.id).where(Visitor.application_id == party)).first()
    return Doing(lambda: cancel_visitor(visitor, actor=GUEST, now=scene.now), scene.now)


@deed()
def puts_a_name_right(_: Ground) -> Doing:
    """Whoever was kept out by the name that stood there may go: the departure is settled in the same act."""
    scene, walk = a_walk()
    party = scene.apply(walk, 2)
    visitor = db.session.scalars(select(Visitor.id).where(Visitor.application_id == party)).first()
    return Doing(lambda: correct_name(visitor, "김하늘", actor=GUEST, now=scene.now), scene.now)


def giving_back(scene: Scene, party: UUID, leaving: Sequence[UUID]) -> Doing:
    """Asked again, nobody of them is there any more, so how many went is no answer to compare."""

    def act() -> None:
        release(party, leaving, actor=GUEST, now=scene.now)

    return Doing(act, scene.now)


@deed()
def gives_some_places_back(_: Ground) -> Doing:
    """They are offered to somebody who waits."""
    scene, walk = a_walk()
    party = scene.apply(walk, 4)
    scene.apply(walk, 2)
    scene.apply(walk, 2, wait=True)
    leaving = db.session.scalars(select(Visitor.id).where(Visitor.application_id == party).limit(2)).all()
    return giving_back(scene, party, leaving)


@deed()
def gives_all_places_back(_: Ground) -> Doing:
    scene, walk = a_walk()
    party = scene.apply(walk, 4)
    scene.apply(walk, 2)
    scene.apply(walk, 4, wait=True)
    leaving = db.session.scalars(select(Visitor.id).where(Visitor.application_id == party)).all()
    return giving_back(scene, party, leaving)


def waits_for_two(scene: Scene, walk: UUID) -> tuple[UUID, UUID, list[UUID]]:
    """Somebody who waits for the departure; another departure that is full; and who has the places of the two."""
    there = scene.apply(walk, 4)
    scene.apply(walk, 2)
    other = scene.add_departure("2026-05-22T10:00", capacity=4)
    owner = scene.apply(other, 4)
    return scene.apply(walk, 2, wait=True), other, [there, owner]


@deed()
def waits_for_another_date_too(_: Ground) -> Doing:
    scene, walk = a_walk()
    party, other, _owners = waits_for_two(scene, walk)
    return Doing(partial(wait_for_more, party, [other], form_id="more", actor=GUEST, now=scene.now), scene.now)


@deed()
def accepts_one_of_several_dates(_: Ground) -> Doing:
    """It leaves the queue of the other, whose places go to whoever waits behind."""
    scene, walk = a_walk()
    party, other, (there, owner) = waits_for_two(scene, walk)
    wait_for_more(party, [other], form_id="more", actor=GUEST, now=scene.now)
    scene.apply(other, 4, wait=True)
    cancel(there, actor=GUEST, now=scene.now)
    offer = open_offer(party)
    assert offer is not None
    cancel(owner, actor=GUEST, now=scene.now)
    return Doing(partial(accept_offer, offer.id, actor=GUEST, now=scene.now), scene.now)


def offered_a_place() -> tuple[Scene, UUID]:
    """Somebody who waited is offered places of the departure; another one waits behind."""
    scene, walk = a_walk()
    party = scene.apply(walk, 4)
    scene.apply(walk, 2)
    waiting = scene.apply(walk, 3, wait=True)
    scene.apply(walk, 2, wait=True)
    cancel(party, actor=GUEST, now=scene.now)
    return scene, open_offer(waiting).id


def offered_another_day() -> tuple[Scene, UUID]:
    """A displaced party is offered places of a later departure."""
    scene = build_scene()
    walk = scene.add_departure(STARTS, 6)
    settle_all(scene)
    party = scene.apply(walk, 4)
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    scene.add_departure("2026-05-27T10:00", 6)
    settle_all(scene)
    return scene, open_offer(party).id


def accepting(scene: Scene, offer: UUID) -> Doing:
    return Doing(lambda: accept_offer(offer, actor=GUEST, now=scene.now), scene.now)


def declining(scene: Scene, offer: UUID) -> Doing:
    return Doing(lambda: decline_offer(offer, actor=GUEST, now=scene.now), scene.now)


@deed()
def takes_its_own_date(_: Ground) -> Doing:
    """A displaced party takes its own day, which has opened again, and not the other; somebody waits for that."""
    scene = build_scene()
    walk = scene.add_departure(STARTS, 6)
    settle_all(scene)
    party = scene.apply(walk, 4)
    measure = scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    other = scene.add_departure("2026-05-27T10:00", 6)
    settle_all(scene)
    scene.apply(other, 5, wait=True)
    end(measure, scene)
    return Doing(lambda: take_own_date(party, actor=GUEST, now=scene.now), scene.now)


@deed()
def accepts(_: Ground) -> Doing:
    return accepting(*offered_a_place())


@deed()
def accepts_another_day(_: Ground) -> Doing:
    return accepting(*offered_another_day())


@deed()
def declines(_: Ground) -> Doing:
    return declining(*offered_a_place())


@deed()
def declines_another_day(_: Ground) -> Doing:
    return declining(*offered_another_day())


@deed(transactions=1)
def accepts_too_late(_: Ground) -> Doing:
    """The offer lapses first, in a transaction of its own, and goes to the next; the answer is refused."""
    scene, offer = offered_a_place()
    late = scene.now + timedelta(days=4)
    return Doing(lambda: accept_offer(offer, actor=GUEST, now=late), late)


@deed()
def goes_on_another_date(_: Ground) -> Doing:
    """The places that it leaves are offered to somebody who waits."""
    scene, walk = a_walk()
    other = scene.add_departure("2026-05-23T10:00", 4)
    party = scene.apply(walk, 4)
    scene.apply(walk, 2)
    scene.apply(walk, 3, wait=True)
    settle_all(scene)  # nothing is due that would come first, in a transaction of its own
    told = {"form_id": "a transfer", "actor": GUEST, "now": scene.now}
    return Doing(lambda: transfer(party, other, **told), scene.now)

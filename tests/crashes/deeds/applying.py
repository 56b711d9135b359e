"""From asking for places to sending the application in."""

from datetime import date, timedelta
from uuid import UUID

from tests.applications.scene import Scene, build_scene, settle_all
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tourbook.actor import GUEST
from tourbook.applications import (
    Asked,
    VisitorDetails,
    confirm,
    describe_party,
    extend_hold,
    give_contact,
    give_up,
    hold,
    hold_again,
)

STARTS = "2026-05-20T10:00"
CONSENTS = {"personal_data", "conduct"}


def a_walk(capacity: int = 6) -> tuple[Scene, UUID]:
    """A departure of a few places, settled."""
    scene = build_scene()
    walk = scene.add_departure(STARTS, capacity)
    settle_all(scene)
    return scene, walk


def asking(scene: Scene, walk: UUID, seats: int = 2, *, wait: bool = False) -> Doing:
    """Somebody new asks for places."""
    asked = Asked(seats, wait, "a new browser", "192.0.2.9", "ko", None)
    return Doing(lambda: hold(walk, asked, form_id="the form", actor=GUEST, now=scene.now), scene.now)


@deed()
def holds_places(_: Ground) -> Doing:
    """Beside a party that is passed by."""
    scene, walk = a_walk()
    scene.apply(walk, 4)
    scene.apply(walk, 3, wait=True)
    return asking(scene, walk, 1)


@deed()
def asks_to_wait(_: Ground) -> Doing:
    scene, walk = a_walk()
    scene.apply(walk, 5)
    return asking(scene, walk, 2, wait=True)


@deed(transactions=2)
def holds_places_after_a_cut(_: Ground) -> Doing:
    """The cut is settled first, in a transaction of its own: parties are displaced whatever becomes of the asking."""
    scene, walk = a_walk(8)
    scene.apply(walk, 5)
    scene.apply(walk, 2)
    scene.add_order("half", "2026-05-20")
    return asking(scene, walk, 2)


def left_behind() -> tuple[Scene, UUID]:
    """An application whose time has run out while its visitors were typed."""
    scene, walk = a_walk()
    application = scene.hold(walk, 2)
    scene.fill_in(application)
    scene.now += timedelta(minutes=16)
    return scene, application


@deed(transactions=2)
def takes_places_again(_: Ground) -> Doing:
    """First the time is let run out, then the places are taken anew."""
    scene, application = left_behind()
    return Doing(lambda: hold_again(application, actor=GUEST, now=scene.now), scene.now)


def typing(seats: int = 2, *, wait: bool = False) -> tuple[Scene, UUID]:
    """An application that is being typed."""
    scene, walk = a_walk()
    scene.apply(walk, 5 if wait else 3)
    return scene, scene.hold(walk, seats, wait=wait)


@deed()
def asks_for_more_time(_: Ground) -> Doing:
    scene, application = typing()
    later = scene.now + timedelta(minutes=10)
    return Doing(lambda: extend_hold(application, form_id="more time", actor=GUEST, now=later), later)


@deed()
def names_the_party(_: Ground) -> Doing:
    """Anew: who was named before is replaced."""
    scene, application = typing()
    scene.fill_in(application)
    people = [VisitorDetails(f"다른 사람 {turn}", date(1980, 1, 1), "KR") for turn in range(2)]
    return Doing(lambda: describe_party(application, people, actor=GUEST, now=scene.now), scene.now)


@deed()
def leaves_a_contact(_: Ground) -> Doing:
    scene, application = typing()
    scene.fill_in(application)

    def act() -> None:
        give_contact(application, contact="new@example.kr", way="mail", consents=CONSENTS, actor=GUEST, now=scene.now)

    return Doing(act, scene.now)


def confirming(scene: Scene, application: UUID) -> Doing:
    scene.fill_in(application)
    return Doing(lambda: confirm(application, form_id="confirm", actor=GUEST, now=scene.now), scene.now)


@deed()
def sends_the_application_in(_: Ground) -> Doing:
    return confirming(*typing())


@deed()
def joins_the_waiting_list(_: Ground) -> Doing:
    return confirming(*typing(wait=True))


@deed(transactions=2)
def sends_in_after_a_cut_that_spares_it(_: Ground) -> Doing:
    """The cut is settled first; a party above its new limit must shrink."""
    scene, walk = a_walk(10)
    scene.apply(walk, 3)
    application = scene.hold(walk, 1)
    scene.fill_in(application)
    scene.add_order("half", "2026-05-20", party_max=2)
    return Doing(lambda: confirm(application, form_id="confirm", actor=GUEST, now=scene.now), scene.now)


@deed()
def gives_up(_: Ground) -> Doing:
    """What is given up is offered to somebody who waits."""
    scene, walk = a_walk()
    scene.apply(walk, 4)
    application = scene.hold(walk, 2)
    scene.apply(walk, 2, wait=True)
    return Doing(lambda: give_up(application, actor=GUEST, now=scene.now), scene.now)

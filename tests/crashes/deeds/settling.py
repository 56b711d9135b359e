"""What the timetable does to departures when a fact, the clock or the queue has moved."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from tests.applications.scene import Scene, build_scene, settle_all
from tests.crashes.deeds.applying import a_walk
from tests.crashes.deeds.registry import Doing, deed
from tests.ground.application import Ground
from tourbook.actor import GUEST
from tourbook.applications import cancel, end_rights, remind_of_rights, settle_due
from tourbook.applications.models import PriorityRight
from tourbook.courses.models import Policy
from tourbook.db import db

DAYS = ("2026-05-20T10:00", "2026-05-27T10:00")


def settling(scene: Scene) -> Doing:
    """All that is due is settled, one departure after the other."""

    def act() -> None:
        while settle_due(now=scene.now):
            pass

    return Doing(act, scene.now)


def two_walks(policy: Policy = Policy.CANCEL_ALL) -> tuple[Scene, list[UUID]]:
    scene = build_scene(policy=policy)
    walks = [scene.add_departure(day, 8) for day in DAYS]
    settle_all(scene)
    return scene, walks


def a_right(days_before_its_end: int) -> Scene:
    """A party that lost its day, so long before its right ends."""
    scene, (walk, _other) = two_walks()
    scene.apply(walk, 3)
    scene.add_measure("2026-05-20", "2026-05-31")
    settle_all(scene)
    ends = db.session.scalars(select(PriorityRight.lasts_until)).one()
    scene.now = ends - timedelta(days=days_before_its_end)
    db.session.rollback()
    return scene


def of_the_timetable(act: Callable[..., int], scene: Scene) -> Doing:
    """How much was done is for the log alone: asked again, there is nothing left to do."""

    def once() -> None:
        act(now=scene.now)

    return Doing(once, scene.now)


@deed()
def ends_a_right(_: Ground) -> Doing:
    scene = a_right(0)
    return of_the_timetable(end_rights, scene)


@deed()
def reminds_of_a_right(_: Ground) -> Doing:
    scene = a_right(10)
    return of_the_timetable(remind_of_rights, scene)


# The last transaction of each finds nothing that is due any more.


@deed(transactions=2)
def settles_a_cut(_: Ground) -> Doing:
    """An offer is taken back, a hold released, parties displaced and offered the other day; then that is settled."""
    scene, (walk, _other) = two_walks(Policy.KEEP_EARLIEST)
    scene.apply(walk, 3)
    scene.apply(walk, 2)
    gone = scene.apply(walk, 2)
    scene.apply(walk, 2, wait=True)
    cancel(gone, actor=GUEST, now=scene.now)
    scene.hold(walk, 1)
    scene.add_order("half", "2026-05-20", "2026-05-20", party_max=4)
    return settling(scene)


@deed(transactions=2)
def settles_a_closure_of_all(_: Ground) -> Doing:
    scene, walks = two_walks()
    for walk in walks:
        scene.apply(walk, 3)
        scene.apply(walk, 2)
    scene.add_order("closed", "2026-05-20")
    return settling(scene)


@deed(transactions=3)
def settles_a_raise(_: Ground) -> Doing:
    """The displaced are offered places of their own date first; then others are, and those who wait."""
    scene, walks = two_walks()
    scene.apply(walks[0], 5)
    scene.apply(walks[1], 3)
    scene.apply(walks[1], 5)
    scene.apply(walks[1], 2, wait=True)
    order = scene.add_order("closed", "2026-05-20")
    settle_all(scene)
    scene.withdraw(order)
    return settling(scene)


@deed(transactions=2)
def settles_what_ran_out(_: Ground) -> Doing:
    """An offer lapses and a hold ends; both go to the next."""
    scene, walk = a_walk()
    party = scene.apply(walk, 4)
    scene.apply(walk, 2)
    scene.apply(walk, 3, wait=True)
    scene.apply(walk, 2, wait=True)
    cancel(party, actor=GUEST, now=scene.now)
    scene.hold(walk, 1)
    scene.now += timedelta(days=4)
    return settling(scene)


@deed(transactions=2)
def settles_a_party_limit(_: Ground) -> Doing:
    scene, walk = a_walk()
    scene.apply(walk, 4)
    scene.apply(walk, 2)
    scene.apply(walk, 4, wait=True)
    scene.add_order("open", "2026-05-20", party_max=2)
    return settling(scene)


@deed(transactions=2)
def settles_who_did_not_shrink(_: Ground) -> Doing:
    scene, walk = a_walk()
    scene.apply(walk, 4)
    scene.add_order("open", "2026-05-20", party_max=2)
    settle_all(scene)
    scene.now += timedelta(days=8)
    return settling(scene)

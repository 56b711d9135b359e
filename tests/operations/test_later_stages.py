"""The later moments of a preview show what the change makes happen then, and nothing that comes without it."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tests.operations.test_preview import order, propose
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Offer, OfferState
from tourbook.courses.models import SiteMeasure
from tourbook.distancing.models import Order
from tourbook.kst import parse_moment
from tourbook.operations import Stage, preview

DAY = timedelta(days=1)


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


def closing(scene: Scene, moment: datetime, **changed: Any) -> Order:
    """An order of the province, announced at that moment, that closes the days from 14 May on."""
    return order(scene, "closed", 20, announced_at=moment, known_at=moment, **changed)


def stage_at(scene: Scene, moment: datetime, *rows: Any) -> Stage:
    """What the preview of these rows shows for that moment."""
    return next(stage for stage in preview(propose(scene, *rows), now=scene.now).stages if stage.moment == moment)


def kinds(stage: Stage) -> list[str]:
    return sorted(move.kind for move in stage.moves)


def full_with_an_offer(scene: Scene, starts: str) -> None:
    """A departure of 2 places that were offered just now, for a day, to the first of two waiting parties."""
    walk = scene.add_departure(starts, capacity=2)
    first = scene.apply(walk, 2)
    for _ in range(2):
        scene.apply(walk, 2, wait=True)
    cancel(first, actor=GUEST, now=scene.now)


def suspended(scene: Scene, day: str, moment: datetime) -> SiteMeasure:
    """A suspension of one day, announced at that moment."""
    return SiteMeasure(
        entry=1_000_900,
        course_id=scene.course_id,
        kind="suspension",
        announced_at=moment,
        known_at=moment,
        effective_from=date.fromisoformat(day),
        planned_until=date.fromisoformat(day),
        reason_ko="이유",
        reason_en="a reason",
    )


def test_what_lapses_or_expires_until_then_is_not_the_doing_of_the_change(scene: Scene) -> None:
    full_with_an_offer(scene, "2026-05-26T10:00")
    scene.hold(scene.add_departure("2026-05-27T10:00", capacity=2), 2)
    closed = scene.add_departure("2026-05-20T10:00")
    scene.apply(closed, 3)
    later = scene.now + 3 * DAY

    stage = stage_at(scene, later, suspended(scene, "2026-05-20", later))

    assert [touched.departure_id for touched in stage.touched] == [closed]
    assert kinds(stage) == ["displace"]
    assert stage.notices == Counter({"displaced": 1})


def test_an_offer_that_lapses_at_that_very_moment_is_not_shown_with_it(scene: Scene, session: Session) -> None:
    full_with_an_offer(scene, "2026-05-26T10:00")
    deadline = session.scalars(select(Offer.deadline).where(Offer.state == OfferState.OPEN)).one()
    closed = scene.add_departure("2026-05-20T10:00", capacity=3)
    scene.apply(closed, 3)

    stage = stage_at(scene, deadline, suspended(scene, "2026-05-20", deadline))

    assert kinds(stage) == ["displace"]
    assert stage.notices == Counter({"displaced": 1})


def test_a_wait_that_ends_at_that_very_moment_is_not_shown_with_it(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-10T10:00", capacity=2)
    scene.apply(walk, 2)
    scene.apply(walk, 2, wait=True)
    closed = scene.add_departure("2026-05-20T10:00")
    scene.apply(closed, 3)
    no_more_amended = parse_moment("2026-05-09T00:00")

    stage = stage_at(scene, no_more_amended, suspended(scene, "2026-05-20", no_more_amended))

    assert kinds(stage) == ["displace"]


def test_what_an_earlier_decision_moves_until_then_is_not_shown(scene: Scene) -> None:
    walks = [scene.add_departure(f"2026-05-{day}T10:00") for day in (15, 20)]
    for walk in walks:
        scene.apply(walk, 3)
    soon, later = scene.now + DAY, scene.now + 3 * DAY
    scene.add_measure("2026-05-15", "2026-05-15", announced_at=soon, known_at=soon)

    stage = stage_at(scene, later, suspended(scene, "2026-05-20", later))

    assert [(touched.departure_id, touched.before.capacity) for touched in stage.touched] == [(walks[1], 20)]
    assert kinds(stage) == ["displace"]


def test_what_another_decision_does_at_the_same_moment_is_told_apart(scene: Scene) -> None:
    walks = [scene.add_departure(f"2026-05-{day}T10:00", capacity=3) for day in (15, 20)]
    for walk in walks:
        scene.apply(walk, 3)
    later = scene.now + 3 * DAY
    scene.add_measure("2026-05-15", "2026-05-15", announced_at=later, known_at=later)

    stage = stage_at(scene, later, suspended(scene, "2026-05-20", later))

    assert [touched.departure_id for touched in stage.touched] == [walks[1]]
    assert kinds(stage) == ["displace"]


def test_an_offer_of_the_change_itself_is_followed_to_the_later_moment(scene: Scene) -> None:
    """Seats are cut now; whoever is asked again does not answer; later the rest closes, and nobody is left to move."""
    walk = scene.add_departure("2026-05-20T10:00")
    for _ in range(3):
        scene.apply(walk, 5)
    later = scene.now + 8 * DAY

    shown = preview(propose(scene, order(scene, "half", 20), closing(scene, later, entry=1_001_001)), now=scene.now)
    (then,) = (stage for stage in shown.stages if stage.moment == later)

    assert kinds(shown.now) == ["displace"] * 3 + ["offer"] * 2
    assert [(touched.before.capacity, touched.after.capacity) for touched in then.touched] == [(10, 0)]
    assert kinds(then) == []

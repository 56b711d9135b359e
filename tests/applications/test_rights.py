"""A priority right lasts as long as the course says; its holder is told before it ends, and `check` sees to it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.applications.scene import (
    Scene,
    assert_sound,
    build_scene,
    departure,
    open_offer,
    settle_all,
    state,
    told,
)
from tests.applications.test_plan import DAY, HERE, HOUR, NOW, party, situation
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, cancel, end_rights, remind_of_rights
from tourbook.applications.deadlines import right_ends
from tourbook.applications.decided import Limit
from tourbook.applications.models import Offer, PriorityRight, State
from tourbook.applications.plan import plan
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course
from tourbook.db import transaction
from tourbook.kst import parse_moment
from tourbook.operations.recount_rights import deadline_findings, right_findings

OPEN = Limit(20, None)
MICROSECOND = timedelta(microseconds=1)


def displaced(scene: Scene, *, seats: int = 4) -> UUID:
    """A party whose day was suspended; there is no other departure yet."""
    walk = scene.add_departure("2026-05-20T10:00")
    lost = scene.apply(walk, seats)
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    return lost


def right_of(session: Session, application_id: UUID) -> PriorityRight:
    session.expire_all()
    return session.scalars(select(PriorityRight).where(PriorityRight.application_id == application_id)).one()


def at(scene: Scene, moment: datetime | None) -> datetime:
    assert moment is not None
    scene.now = moment
    return moment


# -- how long it lasts -----------------------------------------------------------------------------------------------


def test_a_right_lasts_to_the_end_of_a_day_so_many_days_on() -> None:
    assert right_ends(parse_moment("2026-05-04T00:10"), 365) == parse_moment("2027-05-05T00:00")
    assert right_ends(parse_moment("2026-05-04T23:50"), 30) == parse_moment("2026-06-04T00:00")


def test_whoever_loses_places_has_a_right_as_long_as_the_course_says(scene: Scene, session: Session) -> None:
    session.get_one(Course, scene.course_id).right_days = 30
    session.commit()

    party_ = displaced(scene)

    assert right_of(session, party_).lasts_until == parse_moment("2026-06-04T00:00")


# -- offers under it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "deadline"),
    [
        (None, NOW + DAY),
        (NOW + 2 * DAY, NOW + DAY),
        (parse_moment("2026-05-05T00:00"), parse_moment("2026-05-04T21:00")),
        (NOW + 3 * HOUR, NOW + 3 * HOUR),
    ],
)
def test_no_offer_outlasts_the_right_that_it_is_made_under(until: datetime | None, deadline: datetime) -> None:
    (move,) = plan(situation(party(1, "displaced", 2, right_until=until)), OPEN, NOW).moves

    assert (move.kind, move.until) == ("offer", deadline)


@pytest.mark.parametrize("until", [NOW + HOUR, NOW, NOW - DAY])
def test_a_right_that_is_about_to_end_gets_no_offer_and_leaves_the_seats_to_the_next(until: datetime) -> None:
    of = situation(party(1, "displaced", 2, right_until=until), party(2, "displaced", 2))

    (move,) = plan(of, Limit(2, None), NOW).moves

    assert move.party.reference == "R002"


def test_whoever_loses_places_is_asked_again_within_its_new_right() -> None:
    of = situation(party(1, "confirmed", 2), party(2, "confirmed", 3), right_days=30, departure_id=HERE)

    moves = plan(of, Limit(3, None), NOW).moves

    assert {move.party.right_until for move in moves if move.kind == "offer"} == {right_ends(NOW, 30)}


# -- its end ---------------------------------------------------------------------------------------------------------


def test_the_holder_is_told_once_two_weeks_before(scene: Scene, session: Session) -> None:
    party_ = displaced(scene)
    ends = at(scene, right_of(session, party_).lasts_until)

    early = remind_of_rights(now=ends - 14 * DAY - MICROSECOND)
    in_time, again = (remind_of_rights(now=ends - 14 * DAY) for _ in range(2))

    assert (early, in_time, again) == (0, 1, 0)
    assert told(session, party_) == ["confirmed", "displaced", "right_ends"]


def test_a_right_ends_by_the_clock_and_its_holder_is_asked_no_more(scene: Scene, session: Session) -> None:
    party_ = displaced(scene)
    ends = at(scene, right_of(session, party_).lasts_until)

    assert end_rights(now=ends - MICROSECOND) == 0
    assert (end_rights(now=ends), end_rights(now=ends)) == (1, 0)
    other = scene.add_departure("2027-05-20T10:00")
    settle_all(scene)

    assert right_of(session, party_).ended_at == ends
    assert state(party_) == State.DISPLACED
    assert open_offer(party_) is None
    assert departure(other).seats_taken == 0
    assert "right_ended" in session.scalars(select(TrailEntry.act).where(TrailEntry.subject_id == party_)).all()
    assert_sound(scene, session)


def test_a_right_of_which_an_offer_is_open_is_left_until_that_is_answered(scene: Scene, session: Session) -> None:
    party_ = displaced(scene)
    scene.add_departure("2026-05-22T10:00")
    settle_all(scene)
    with transaction() as inside:
        inside.execute(update(PriorityRight).values(lasts_until=scene.now))

    assert end_rights(now=scene.now) == 0

    offer = open_offer(party_)
    assert offer is not None
    accept_offer(offer.id, actor=GUEST, now=scene.now)
    right = right_of(session, party_)
    assert (end_rights(now=scene.now), right.used_at, right.ended_at) == (0, scene.now, None)


def test_a_right_from_before_rights_had_an_end_has_none(scene: Scene, session: Session) -> None:
    party_ = displaced(scene)
    with transaction() as inside:
        inside.execute(update(PriorityRight).values(lasts_until=None))
    much_later = scene.now + 5000 * DAY

    assert (remind_of_rights(now=much_later), end_rights(now=much_later)) == (0, 0)
    assert right_of(session, party_).ended_at is None


def test_a_right_that_was_given_up_neither_reminds_nor_ends_again(scene: Scene, session: Session) -> None:
    party_ = displaced(scene)
    ends = right_of(session, party_).lasts_until
    assert ends is not None

    cancel(party_, actor=GUEST, now=scene.now)

    assert (remind_of_rights(now=ends - DAY), end_rights(now=ends)) == (0, 0)
    assert right_of(session, party_).ended_at == scene.now


# -- the recount -----------------------------------------------------------------------------------------------------


def spoil_right(**columns: Any) -> Callable[[Session, Scene], Any]:
    return lambda session, scene: session.execute(
        update(PriorityRight).values(**{name: value(scene) for name, value in columns.items()})
    )


def spoil_offer(**columns: Any) -> Callable[[Session, Scene], Any]:
    return lambda session, scene: session.execute(
        update(Offer).values(**{name: value(scene) for name, value in columns.items()})
    )


@pytest.mark.parametrize(
    ("spoiling", "found"),
    [
        (spoil_right(used_at=lambda scene: scene.now), "has used its right without accepting an offer"),
        (spoil_right(used_at=lambda scene: scene.now, ended_at=lambda scene: scene.now), "is over as well"),
        (spoil_right(ended_at=lambda scene: scene.now), "is displaced and has 0 unused rights"),
        (spoil_right(ended_at=lambda scene: scene.now), "has an open offer without a right"),
        (spoil_right(lasts_until=lambda scene: scene.now), "has an open offer that outlasts its right"),
    ],
)
def test_the_recount_finds_rights_that_do_not_hold(
    scene: Scene, session: Session, spoiling: Callable[[Session, Scene], Any], found: str
) -> None:
    displaced(scene)
    scene.add_departure("2026-05-22T10:00")
    settle_all(scene)
    assert list(right_findings(session)) == []

    with transaction() as inside:
        spoiling(inside, scene)

    session.expire_all()
    assert any(found in sentence for _, sentence in right_findings(session))


def test_the_recount_finds_an_offer_that_runs_out_at_night_unless_it_is_from_before(session: Session) -> None:
    scene = build_scene()
    displaced(scene)
    scene.add_departure("2026-05-22T10:00")
    settle_all(scene)
    assert list(deadline_findings(session)) == []

    found = []
    for by_day in (True, False):
        with transaction() as inside:
            spoil_offer(deadline=lambda _: parse_moment("2026-05-06T03:00"), by_day=lambda _, said=by_day: said)(
                inside, scene
            )
        session.expire_all()
        found.append(len(list(deadline_findings(session))))

    assert found == [1, 0]

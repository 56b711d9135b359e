"""Playing recorded demand again: what was comes out as it was, and something else where something else holds."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, open_offer, settle_all
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel, cancel_visitor, decline_offer
from tourbook.applications.models import Application, State
from tourbook.applications.queries import visitors_of
from tourbook.courses.models import Course, Policy
from tourbook.db import db
from tourbook.distancing.models import Order
from tourbook.errors import Refused
from tourbook.operations import call_off_departure
from tourbook.reports import AS_IT_WAS, Alternative, OrderChanged, Period, Replay, play, read_alternative, recorded
from tourbook.reports.compare import replayed
from tourbook.reports.demand import Demand

WALK, NEXT_WALK = "2026-05-25T10:00", "2026-05-26T10:00"
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
HOLD = timedelta(minutes=15)
KEEP = Alternative(policy=Policy.KEEP_EARLIEST)


def demand_of(session: Session, scene: Scene) -> Demand:
    session.rollback()
    session.expire_all()
    course = session.get_one(Course, scene.course_id)
    return recorded(session, course, MAY, now=scene.now, hold_for=HOLD)


def replay(session: Session, scene: Scene, *alternatives: Alternative) -> Replay:
    return replayed(demand_of(session, scene), alternatives)


def assert_as_it_was(session: Session, scene: Scene) -> None:
    demand = demand_of(session, scene)
    outcome = play(demand, AS_IT_WAS)

    assert outcome.stays == {party: demand.ended[party] for party in demand.askers}
    assert outcome.lost == demand.lost


def answer(application_id: UUID, scene: Scene, *, accepts: bool = True) -> None:
    offer = open_offer(application_id)
    assert offer is not None
    (accept_offer if accepts else decline_offer)(offer.id, actor=GUEST, now=scene.now)


def halved(scene: Scene) -> list[UUID]:
    """Twelve places, of which two parties have ten, then an order that leaves six."""
    walk = scene.add_departure(WALK, 12)
    parties = [scene.apply(walk, 5), scene.apply(walk, 5)]
    scene.add_order("half", "2026-05-20")
    settle_all(scene)
    scene.now += timedelta(hours=1)
    return parties


def test_a_season_without_changes_comes_out_as_it_was(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(WALK, 5)
    first = scene.apply(walk, 3)
    waits = scene.apply(walk, 3, wait=True)
    scene.hold(walk, 2)
    scene.now += timedelta(hours=3)
    settle_all(scene)
    cancel(first, actor=GUEST, now=scene.now)
    scene.now += timedelta(hours=1)
    answer(waits, scene)

    assert_as_it_was(session, scene)
    (was,) = replay(session, scene).played
    assert (was.places, was.seated, was.promoted) == (5, 3, 1)
    assert was.median_wait == pytest.approx(4 / 24, abs=0.01)


def test_under_another_policy_fewer_lose_their_places(scene: Scene, session: Session) -> None:
    halved(scene)

    found = replay(session, scene, KEEP)

    assert (found.parties, found.differing, found.lost_differing) == (2, 0, 0)
    assert [(one.parties_lost, one.people_lost, one.seated) for one in found.played] == [(2, 10, 0), (1, 5, 5)]


def test_without_the_order_nobody_loses_anything(scene: Scene, session: Session) -> None:
    halved(scene)
    entry = session.scalars(select(Order.entry)).one()

    found = replay(session, scene, Alternative(order=OrderChanged(entry, "never")))

    assert [one.people_lost for one in found.played] == [10, 0]


def test_an_order_that_ends_before_the_day_touches_nobody(scene: Scene, session: Session) -> None:
    halved(scene)
    entry = session.scalars(select(Order.entry)).one()
    ends = Alternative(order=OrderChanged(entry, "until", date(2026, 5, 24)))

    assert [one.people_lost for one in replay(session, scene, ends).played] == [10, 0]


def test_an_order_that_was_announced_earlier_turns_away_instead_of_moving(scene: Scene, session: Session) -> None:
    scene.now += timedelta(days=1)
    halved(scene)
    entry = session.scalars(select(Order.entry)).one()
    earlier = Alternative(order=OrderChanged(entry, "announced", date(2026, 5, 4)))

    was, other = replay(session, scene, earlier).played

    assert (was.parties_lost, was.waiting) == (2, 2)
    assert (other.parties_lost, other.seated, other.waiting) == (0, 5, 1)


def test_what_follows_from_a_change_comes_out_as_it_was(scene: Scene, session: Session) -> None:
    first, second = halved(scene)
    scene.add_departure(NEXT_WALK, 6)
    settle_all(scene)
    scene.now += timedelta(hours=1)
    answer(first, scene, accepts=False)
    scene.now += timedelta(minutes=30)
    answer(second, scene)
    cancel(first, actor=GUEST, now=scene.now)
    scene.now += timedelta(days=2)
    settle_all(scene)

    assert_as_it_was(session, scene)


def test_becoming_smaller_and_calling_off_come_out_as_they_were(scene: Scene, session: Session) -> None:
    walk, other = scene.add_departure(WALK, 12), scene.add_departure(NEXT_WALK, 6)
    large = scene.apply(walk, 5)
    scene.apply(walk, 2)
    scene.apply(other, 2)
    scene.add_order("open", "2026-05-20", party_max=4)
    settle_all(scene)
    scene.now += timedelta(hours=1)
    cancel_visitor(visitors_of(session, large)[0].id, actor=GUEST, now=scene.now)
    scene.now += timedelta(hours=1)
    call_off_departure(walk, reason_ko="폭우", reason_en="Heavy rain", actor=COMMAND, now=scene.now)
    settle_all(scene)
    scene.now += timedelta(hours=2)

    assert_as_it_was(session, scene)
    assert replay(session, scene).played[0].asked_to_shrink == 1


def test_where_the_timetable_stood_still_it_does_so_again(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(WALK, 12)
    scene.apply(walk, 5)
    scene.apply(scene.add_departure(NEXT_WALK, 12), 5)
    scene.add_measure("2026-05-25", "2026-05-25")
    scene.now += timedelta(hours=10)
    settle_all(scene)

    demand = demand_of(session, scene)

    assert [until - since > timedelta(hours=9) for since, until in demand.idle] == [True]
    assert_as_it_was(session, scene)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.sqlite_only("what people do does not depend on the database")
def test_generated_seasons_come_out_as_they_were(scene: Scene, session: Session, seed: int) -> None:
    chance = Random(seed)
    walks = [scene.add_departure(f"2026-05-{day}T10:00", 8) for day in (25, 26, 27)]
    parties: list[UUID] = []
    for _ in range(24):
        _something_happens(chance, scene, walks, parties)
        scene.now += timedelta(minutes=chance.randrange(5, 400))
        settle_all(scene)

    assert_as_it_was(session, scene)


def _something_happens(chance: Random, scene: Scene, walks: list[UUID], parties: list[UUID]) -> None:
    what = chance.choices(("ask", "cancel", "answer", "order", "withdraw"), (10, 3, 5, 1, 1))[0]
    if what == "ask":
        parties.append(scene.apply(chance.choice(walks), chance.randint(1, 4), wait=True))
    elif what == "order":
        scene.add_order("half", "2026-05-20")
    elif what == "withdraw":
        for order_id in db.session.scalars(select(Order.id).where(Order.withdrawn_at.is_(None)).limit(1)).all():
            scene.withdraw(order_id)
    else:
        _one_of_them(chance, scene, parties, what)


def _one_of_them(chance: Random, scene: Scene, parties: list[UUID], what: str) -> None:
    offered = [one for one in parties if open_offer(one)]
    if what == "answer" and offered:
        answer(chance.choice(offered), scene, accepts=chance.random() < 0.7)
    elif what == "cancel" and parties:
        party = chance.choice(parties)
        if db.session.get_one(Application, party, populate_existing=True).state is State.CONFIRMED:
            cancel(party, actor=GUEST, now=scene.now)


def test_the_same_demand_comes_out_the_same_each_time(scene: Scene, session: Session) -> None:
    halved(scene)
    demand = demand_of(session, scene)
    lots = Alternative(policy=Policy.DRAW_AMONG_BOOKED)

    assert play(demand, lots) == play(demand, lots)


def test_no_key_of_a_person_is_in_what_is_played(scene: Scene, session: Session) -> None:
    halved(scene)

    numbers = {number for asker in demand_of(session, scene).askers.values() for number in asker.persons}

    assert numbers == {str(number) for number in range(10)}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("keep_earliest", KEEP),
        ("never:12", Alternative(order=OrderChanged(12, "never"))),
        ("until:12=2026-05-24", Alternative(order=OrderChanged(12, "until", date(2026, 5, 24)))),
        (
            "keep_earliest+announced:3=2026-05-01",
            Alternative(Policy.KEEP_EARLIEST, OrderChanged(3, "announced", date(2026, 5, 1))),
        ),
    ],
)
def test_an_alternative_can_be_written(text: str, meant: Alternative) -> None:
    assert read_alternative(text) == meant


@pytest.mark.parametrize("text", ["", "keep_latest", "never:x", "until:12", "never:12=2026-05-24", "until:1=May"])
def test_what_is_no_alternative_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="alternative_unreadable"):
        read_alternative(text)


def test_an_order_that_there_is_not_is_refused(scene: Scene, session: Session) -> None:
    halved(scene)

    with pytest.raises(Refused, match="no_such_order"):
        replay(session, scene, Alternative(order=OrderChanged(999_999, "never")))

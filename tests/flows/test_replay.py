"""Panmunjeom from December 2020 to July 2022, on real history: with the timetable, and by applicants acts alone."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.flows.stage import Stage
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, cancel
from tourbook.applications.models import Application, State
from tourbook.audit import TrailEntry
from tourbook.courses import course_by_code
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.notices import Kind
from tourbook.notices.models import Notice


@pytest.fixture(params=[True, False], ids=["timetable", "acts-alone"])
def stage(request: pytest.FixtureRequest, seeded: Ground, clock: StandingClock) -> Iterator[Stage]:
    clock.stand_at("2020-11-01T09:00")
    with seeded.app.app_context():
        made = Stage(seeded, clock, timetable=request.param)
        made.import_history()
        _open_far_ahead()
        yield made
        db.session.remove()


def _open_far_ahead() -> None:
    """In December 2020 the days were released in a block, more than 14 days ahead of the last of them."""
    course = course_by_code(db.session(), "panmunjeom")
    db.session.get_one(Course, course.id).opens_days_before = 30
    db.session.commit()


@pytest.mark.long
def test_the_tours_of_december_2020_until_they_run_again_at_full_size(stage: Stage) -> None:
    kept, displaced = _december_2020(stage)
    _november_2021(stage, displaced)
    _january_2022(stage)
    assert stage.states(kept) == [State.CONFIRMED] * len(kept)


def _december_2020(stage: Stage) -> tuple[list[UUID], list[UUID]]:
    """Full departures; the level announced on 6 December displaces those from the 15th on, and nothing is bookable."""
    stage.move_to("2020-12-01T10:00")
    days = stage.depart(*(f"2020-12-{day:02}T15:00" for day in (9, 12, 15, 16)))
    stage.clock.move(hours=1)
    parties = stage.fill(*days)
    kept, displaced = parties[:16], parties[16:]
    assert [stage.departure(day).seats_taken for day in days] == [40] * 4
    stage.assert_sound()

    stage.move_to("2020-12-05T23:59")
    stage.look_in(*days)
    assert stage.states(parties) == [State.CONFIRMED] * 32

    stage.move_to("2020-12-06T00:00")
    answers = stage.look_in(*days)
    assert stage.states(kept) == [State.CONFIRMED] * 16
    assert stage.states(displaced) == [State.DISPLACED] * 16
    assert all(stage.told(party) == ["confirmed", "displaced"] for party in displaced)
    assert set(answers) <= {"full", "window_closed", "suspended"}
    assert answers[2:] == ["suspended", "suspended"]
    stage.assert_sound()
    return kept, displaced


def _november_2021(stage: Stage, displaced: list[UUID]) -> None:
    """At 10:00 on 22 November 2021 the 20 seats of each new departure go to the displaced, the waiting, the public."""
    stage.move_to("2021-11-22T09:59")
    days = stage.depart("2021-11-30T15:00", "2021-12-01T15:00", "2021-12-03T15:00")
    assert stage.look_in(*days) == ["suspended"] * 3
    assert stage.offers(displaced) == []

    stage.move_to("2021-11-22T10:00")
    assert stage.look_in(*days) == ["full"] * 3
    offers = stage.offers(displaced)
    assert [offer.application_id for offer in offers] == displaced[:12]
    assert [offer.departure_id for offer in offers] == [day for day in days for _ in range(4)]
    assert [stage.departure(day).seats_taken for day in days] == [20] * 3
    stage.assert_sound()

    waiting = [stage.apply(days[0], wait=True) for _ in range(2)]
    accepted = [accept_offer(offer.id, actor=GUEST, now=stage.now) for offer in offers[1:]]
    for party in displaced[12:]:
        cancel(party, actor=GUEST, now=stage.now)
    stage.assert_sound()
    stage.rest(hours=24)
    assert stage.look_in(*days) == ["full"] * 3
    assert stage.offers(waiting) == stage.offers(waiting[:1])
    assert stage.offers(waiting)[0].departure_id == days[0]
    accepted.append(accept_offer(stage.offers(waiting)[0].id, actor=GUEST, now=stage.now))
    stage.assert_sound()

    cancel(accepted[-2], actor=GUEST, now=stage.now)
    (last_chance,) = stage.offers(displaced[:1])
    assert last_chance.departure_id == days[2]
    cancel(displaced[0], actor=GUEST, now=stage.now)
    assert stage.departure(days[2]).public_free == 5
    public = stage.apply(days[2])
    assert stage.states([public]) == [State.CONFIRMED]
    stage.assert_sound()


def _january_2022(stage: Stage) -> None:
    """18 January 2022 is suspended by the decision of the 17th; on 1 July 2022, 10:00, tours of 40 reopen likewise."""
    stage.move_to("2022-01-10T10:00")
    days = stage.depart("2022-01-18T15:00", "2022-01-19T15:00")
    parties = [stage.apply(day, seats=4) for day in days for _ in range(5)]
    assert stage.look_in(*days) == ["full"] * 2
    stage.assert_sound()

    stage.move_to("2022-01-17T00:00")
    stage.look_in(*days)
    assert stage.states(parties) == [State.DISPLACED] * len(parties)
    assert all(stage.told(party)[-1] == "displaced" for party in parties)
    stage.assert_sound()

    stage.move_to("2022-07-01T09:59")
    (july,) = stage.depart("2022-07-12T15:00")
    assert stage.look_in(july) == ["suspended"]
    stage.move_to("2022-07-01T10:00")
    assert stage.refused(july) == "full"
    offers = stage.offers(parties)
    assert [offer.application_id for offer in offers] == parties
    assert stage.departure(july).seats_taken == stage.departure(july).allowed == 40
    stage.assert_sound()

    confirmed = [accept_offer(offer.id, actor=GUEST, now=stage.now) for offer in offers[:9]]
    cancel(parties[9], actor=GUEST, now=stage.now)
    public = stage.apply(july, seats=4)
    assert stage.states([*confirmed, public]) == [State.CONFIRMED] * 10
    stage.assert_sound()


def test_the_level_announced_for_july_2021_and_withdrawn_leaves_only_the_trail(stage: Stage) -> None:
    """Announced on 27 June 2021 for 1 July, withdrawn on the 30th: nobody is moved, nobody hears of it."""
    stage.move_to("2021-06-20T10:00")
    days = stage.depart("2021-07-02T15:00", "2021-07-03T15:00")
    stage.clock.move(minutes=1)
    parties = [stage.apply(day, seats=4) for day in days for _ in range(5)]
    before = _everything()

    for moment in ("2021-06-26T23:59", "2021-06-27T00:00", "2021-06-29T12:00", "2021-06-30T00:00", "2021-07-01T00:00"):
        stage.move_to(moment)
        stage.look_in(*days)
        stage.assert_sound()

    assert stage.states(parties) == [State.CONFIRMED] * 10
    assert _everything() == before


def _everything() -> tuple[object, ...]:
    """All that could show a trace, but the trail; the reminder of a journey comes in any case."""
    db.session.rollback()
    db.session.expire_all()
    figures = select(Departure.id, Departure.seats_taken, Departure.allowed, Departure.party_max, Departure.public_free)
    moved = (
        select(func.count()).select_from(TrailEntry).where(TrailEntry.act.in_(("application_displaced", "offer_made")))
    )
    return (
        db.session.execute(select(Application.id, Application.state).order_by(Application.id)).all(),
        db.session.execute(figures.order_by(Departure.id)).all(),
        db.session.scalars(select(Notice.kind).where(Notice.kind != Kind.REMINDER).order_by(Notice.id)).all(),
        db.session.scalar(moved),
    )

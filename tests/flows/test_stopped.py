"""Courses stopped from outside, on what happened: swine fever 2019, missiles 2022, and cuts that come upon each other.

With the timetable, and with nothing but draws and letters done by it, so that applicants' acts do all settling.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from tests.flows.stage import Stage
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook import jobs
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import Asked, VisitorDetails, accept_offer, confirm, describe_party, enter, give_contact
from tourbook.applications.models import Application, Fee, PriorityRight, State
from tourbook.courses import course_by_code, course_by_id
from tourbook.courses.departures import add_departure
from tourbook.courses.models import Course, Round
from tourbook.db import db, transaction
from tourbook.draws import RoundTerms, announce_round, give_value
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import (
    Preview,
    Proposal,
    StopDraft,
    apply_change,
    end_of_stop_proposal,
    preview,
    progress,
    stop_proposal,
    stops,
)

ALL_BUT_SETTLING = tuple(job for job in jobs.JOBS if job.name not in {"settle departures", "plan departures ahead"})
LAST_STATES = {State.CONFIRMED, State.DISPLACED, State.NOT_DRAWN, State.MOVED, State.WAITING, State.EXPIRED}

_number = count(1)


@pytest.fixture(params=[True, False], ids=["timetable", "acts-alone"])
def stage(request: pytest.FixtureRequest, seeded: Ground, clock: StandingClock) -> Iterator[Stage]:
    clock.stand_at("2019-08-01T09:00")
    with seeded.app.app_context():
        yield Stage(seeded, clock, timetable=request.param)
        db.session.remove()


def go_on(stage: Stage, moment: str, *departures: UUID) -> None:
    """Let the time pass; somebody looks in at each of these departures, where no timetable settles them."""
    stage.move_to(moment)
    if not stage.timetable:
        _look_in(stage, departures)
        jobs.run_due(stage.ground.app, ALL_BUT_SETTLING)
        _look_in(stage, departures)
    db.session.rollback()  # what was read before is not how it stands now


def _look_in(stage: Stage, departures: Iterable[UUID]) -> None:
    """More people than any departure takes ask for places: an act that settles, and is refused."""
    for one in departures:
        stage.refused(one, seats=99)


def depart(stage: Stage, course: str, *starts: str) -> list[UUID]:
    course_id = course_by_code(db.session(), course).id
    added = [add_departure(course_id, parse_moment(one), actor=COMMAND, now=stage.now) for one in starts]
    return [one.departure_id for one in added]


def draw_of(stage: Stage, course: str, code: str, first: date, last: date, closes: str) -> UUID:
    """A draw that closes then; its value is known a day later, what is left over is free after another."""
    closes_at = parse_moment(closes)
    terms = RoundTerms(
        code=code,
        first_day=first,
        last_day=last,
        opens_at=stage.now + timedelta(minutes=1),
        closes_at=closes_at,
        value_at=closes_at + timedelta(days=1),
        left_overs_at=closes_at + timedelta(days=2),
        source_ko="로또 당첨 번호",
        source_en="the numbers of a lottery",
        fallback_ko="다음 회차의 번호",
        fallback_en="those of the next draw",
    )
    course_id = course_by_code(db.session(), course).id
    return announce_round(course_id, terms, form_id=code, actor=COMMAND, now=stage.now)


def entered(stage: Stage, round_id: UUID, *choices: UUID, seats: int = 5) -> UUID:
    """A party enters the draw; a second passes."""
    number = next(_number)
    asked = Asked(seats, False, f"entrant {number}", f"entrant's address {number}", "ko", None)
    form = f"entry {number}"
    entry = enter(round_id, choices, asked, form_id=form, actor=GUEST, now=stage.now).application_id
    people = [VisitorDetails(f"응모자 {number} {place}", date(1980, 1, 1), "KR") for place in range(seats)]
    describe_party(entry, people, actor=GUEST, now=stage.now)
    agreed = {"personal_data", "conduct"}
    give_contact(entry, contact=f"e{number}@example.kr", way="mail", consents=agreed, actor=GUEST, now=stage.now)
    confirm(entry, form_id=f"entered {number}", actor=GUEST, now=stage.now)
    stage.clock.move(seconds=1)
    return entry


def done(stage: Stage, proposal: Proposal, *departures: UUID) -> Preview:
    """Look at a change, apply it, and let it be settled everywhere; it did what was shown."""
    shown = preview(proposal, now=stage.now)
    change_id = apply_change(
        proposal, foreseen=shown.foreseen, expected_version=shown.version, actor=COMMAND, now=stage.now
    )
    go_on(stage, (stage.now + timedelta(seconds=1)).isoformat(), *departures)
    found = progress(db.session(), change_id, now=stage.now)
    assert (found.missing, found.unforeseen) == ((), ())
    return shown


def stopped(stage: Stage, *departures: UUID, **what: object) -> Preview:
    draft = StopDraft(**what)  # type: ignore[arg-type]  # fields by name
    return done(stage, stop_proposal(db.session(), draft, actor=COMMAND, now=stage.now), *departures)


def ended(stage: Stage, last_day: date, *departures: UUID) -> Preview:
    (stop, *_) = stops(db.session())
    proposal = end_of_stop_proposal(db.session(), stop.id, last_day, actor=COMMAND, now=stage.now)
    return done(stage, proposal, *departures)


def given(stage: Stage, round_id: UUID, *departures: UUID) -> None:
    """Entries close, the value becomes known, and everybody has what was drawn."""
    round_ = db.session.get_one(Round, round_id)
    go_on(stage, round_.closes_at.isoformat(), *departures)
    go_on(stage, (round_.closes_at + timedelta(days=1)).isoformat(), *departures)
    give_value(round_id, "4 9 17 23 31 44", actor=COMMAND, now=stage.now)
    go_on(stage, (stage.now + timedelta(minutes=1)).isoformat(), *departures)


def told(stage: Stage, party: UUID) -> list[str]:
    """What a party was told, but that its visit is near."""
    return [kind for kind in stage.told(party) if kind != "reminder"]


def assert_nobody_forgotten(stage: Stage, parties: list[UUID]) -> None:
    """Each party stands somewhere that it was told of, the displaced with their right, and nothing is kept back."""
    stage.assert_sound()
    assert set(stage.states(parties)) <= LAST_STATES
    rights = set(db.session.scalars(select(PriorityRight.application_id).where(PriorityRight.ended_at.is_(None))))
    displaced = {one for one in parties if db.session.get_one(Application, one).state is State.DISPLACED}
    assert displaced <= rights
    kept_back = select(func.count()).where(Notice.subject_id.in_(parties), Notice.state == NoticeState.SUSPENDED)
    assert db.session.scalar(kept_back) == 0


def test_swine_fever_stops_paju_and_cheorwon_in_september_2019_and_their_draws_wait(stage: Stage) -> None:
    """19 September 2019: 338 winners of Cheorwon for 20 to 30 September are told; the draws of October are on hold."""
    days = (20, 21, 22, 23, 25, 27, 28, 29, 30)
    september = depart(stage, "cheorwon", *(f"2019-09-{day}T{at}:00" for day in days for at in ("10", "14")))
    october = depart(stage, "cheorwon", "2019-10-05T10:00", "2019-10-06T10:00")
    paju = depart(stage, "paju", "2019-10-05T10:00")
    everywhere = [*september, *october, *paju]
    first = draw_of(stage, "cheorwon", "september", date(2019, 9, 20), date(2019, 9, 30), "2019-08-20T18:00")
    second = draw_of(stage, "cheorwon", "october", date(2019, 10, 5), date(2019, 10, 6), "2019-09-19T18:00")
    third = draw_of(stage, "paju", "paju", date(2019, 10, 5), date(2019, 10, 5), "2019-09-16T18:00")
    go_on(stage, "2019-08-02T09:00", *everywhere)
    winners = [entered(stage, first, september[n // 4]) for n in range(67)]
    winners.append(entered(stage, first, september[17], seats=3))
    given(stage, first, *everywhere)
    assert sum(db.session.get_one(Application, one).seats for one in winners) == 338
    assert stage.states(winners) == [State.CONFIRMED] * 68
    go_on(stage, "2019-09-15T09:00", *everywhere)
    waiting = [entered(stage, second, october[0], october[1]) for _ in range(3)]
    sealed = [entered(stage, third, paju[0])]
    go_on(stage, "2019-09-16T18:00", *everywhere)

    go_on(stage, "2019-09-17T09:00", *everywhere)
    shown = stopped(stage, *everywhere, cause="asf", courses=("paju", "cheorwon"), first_day=date(2019, 9, 19))

    assert (shown.now.people("displace"), len(shown.now.touched)) == (338, len(everywhere))
    assert {one.code for one in shown.reaches[0].held} == {"october", "paju"}
    assert stage.states(winners) == [State.DISPLACED] * 68
    assert [told(stage, one) for one in winners] == [["entered", "drawn", "displaced"]] * 68
    assert [told(stage, one) for one in [*waiting, *sealed]] == [["entered", "draw_held"]] * 4
    assert stage.states([*waiting, *sealed]) == [State.ENTERED] * 4
    stage.assert_sound()

    go_on(stage, "2019-09-20T18:00", *everywhere)
    assert [db.session.get_one(Round, one, populate_existing=True).sealed_at is None for one in (second, third)] == [
        True,
        False,
    ]
    go_on(stage, "2019-10-07T09:00")
    assert [told(stage, one) for one in [*waiting, *sealed]] == [["entered", "draw_held", "draw_withdrawn"]] * 4
    assert_nobody_forgotten(stage, [*winners, *waiting, *sealed])


def test_missiles_stop_goseong_from_4_to_18_november_2022_and_170_people_come_first_afterwards(stage: Stage) -> None:
    go_on(stage, "2022-10-20T09:00")
    in_time = [f"2022-11-{day:02}T{at}:00" for day in (4, 5, 6, 8) for at in ("10", "14")]
    stopped_days = depart(stage, "goseong", *in_time, "2022-11-09T10:00")
    _open_until_the_day_before(stage, "goseong")
    free = depart(stage, "goseong", "2022-11-19T10:00", "2022-11-20T10:00")
    go_on(stage, "2022-10-20T10:00", *stopped_days, *free)
    parties = [stage.apply(stopped_days[n // 4]) for n in range(34)]
    go_on(stage, "2022-11-04T09:30", *stopped_days, *free)
    with transaction() as session:
        session.execute(update(Application).where(Application.id == parties[0]).values(fee=Fee.PAID, fee_krw=50_000))

    what = {"courses": ("goseong",), "first_day": date(2022, 11, 4), "last_day": date(2022, 11, 18)}
    shown = stopped(stage, *stopped_days, *free, cause="military", **what)

    assert (shown.now.people("displace"), shown.reaches[0].fees, shown.reaches[0].offered) == (170, 1, 8)
    assert stage.states(parties) == [State.DISPLACED] * 34
    assert [offer.application_id for offer in stage.offers(parties)] == parties[:8]
    assert [told(stage, one).count("displaced") for one in parties] == [1] * 34
    moved = [accept_offer(offer.id, actor=GUEST, now=stage.now) for offer in stage.offers(parties)]
    assert stage.states(moved) == [State.CONFIRMED] * 8
    stage.assert_sound()

    go_on(stage, "2022-11-10T09:00", *free)
    later = depart(stage, "goseong", "2022-11-26T10:00", "2022-11-27T10:00")
    go_on(stage, "2022-11-10T09:01", *later)
    assert [offer.application_id for offer in stage.offers(parties)] == parties[8:16]
    shown = ended(stage, date(2022, 11, 30), *free, *later)
    assert shown.now.people("displace") == 40
    assert stage.states(moved) == [State.DISPLACED] * 8
    assert stage.offers([*parties, *moved]) == []
    ended(stage, date(2022, 11, 18), *free, *later)
    assert len(stage.offers([*parties, *moved])) == 16
    assert_nobody_forgotten(stage, [*parties, *moved])


def _open_until_the_day_before(stage: Stage, code: str) -> None:
    """As in 2022: whoever wanted could apply until two days before."""
    course = course_by_code(db.session(), code)
    with transaction() as session:
        chosen = session.get_one(Course, course.id)
        chosen.closes_days_before = chosen.roster_due_days = 2
    assert course_by_id(db.session(), course.id).closes_days_before == 2


def test_a_stop_after_the_draw_and_a_second_one_upon_the_offers_that_follow(stage: Stage) -> None:
    """Who drew the first Saturday is asked for the second; while that is open the second is stopped, then both run."""
    saturdays = depart(stage, "cheorwon", "2019-09-28T10:00", "2019-10-05T10:00")
    round_id = draw_of(stage, "cheorwon", "saturdays", date(2019, 9, 28), date(2019, 10, 5), "2019-08-20T18:00")
    go_on(stage, "2019-08-02T09:00", *saturdays)
    drew = [entered(stage, round_id, saturdays[0]) for _ in range(4)]
    reserve = entered(stage, round_id, saturdays[0])
    given(stage, round_id, *saturdays)
    seated = [one for one in [*drew, reserve] if stage.states([one]) == [State.CONFIRMED]]
    (left,) = {*drew, reserve} - {*seated}
    go_on(stage, "2019-09-10T09:00", *saturdays)

    what = {"courses": ("cheorwon",), "cause": "weather"}
    stopped(stage, *saturdays, **what, first_day=date(2019, 9, 28), last_day=date(2019, 9, 28))

    assert stage.states(seated) == [State.DISPLACED] * 4
    assert {offer.departure_id for offer in stage.offers(seated)} == {saturdays[1]}
    assert len(stage.offers(seated)) == 4
    assert stage.states([left]) == [State.WAITING]
    stage.assert_sound()

    stopped(stage, *saturdays, **what, first_day=date(2019, 10, 5), last_day=date(2019, 10, 5))
    assert stage.offers(seated) == []
    assert [told(stage, one)[-1] for one in seated] == ["offer_revoked"] * 4
    stage.assert_sound()

    ended(stage, date(2019, 10, 4), *saturdays)
    offers = stage.offers(seated)
    assert {offer.departure_id for offer in offers} == {saturdays[1]}
    moved = [accept_offer(offer.id, actor=GUEST, now=stage.now) for offer in offers]
    assert stage.states(moved) == [State.CONFIRMED] * 4
    assert_nobody_forgotten(stage, [*seated, left, *moved])

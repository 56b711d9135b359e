"""How often people do not come: by Wilson's interval, for as many parties as really stand behind it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.rosters.gate import STARTS, Gate, operator_of, visitors
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Attendance
from tourbook.db import new_id
from tourbook.kst import parse_moment
from tourbook.rosters import look_back, mark_attendance, rate_of, rates_by
from tourbook.rosters.rates import FEWEST_PARTIES, PartySeen, wilson

COURSE = UUID(int=1)
DAY = date(2026, 5, 20)
AFTER = parse_moment("2026-05-20T12:00")


def seen(came: int, missed: int, *, starts: str = STARTS, days_before: int = 5) -> PartySeen:
    moment = parse_moment(starts)
    return PartySeen(COURSE, moment, moment - timedelta(days=days_before), came, missed)


@pytest.mark.parametrize(
    ("missed", "trials", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (50, 100, 0.4038, 0.5962), (10, 10, 0.7225, 1.0)],
)
def test_the_interval_is_the_one_in_the_books(missed: int, trials: int, low: float, high: float) -> None:
    """Newcombe (1998), table of the score interval without continuity correction."""
    assert wilson(missed, trials) == pytest.approx((low, high), abs=1e-4)


def test_of_nobody_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert (rate_of([]).share, rate_of([]).says_enough) == (0.0, False)


def test_people_of_one_party_count_as_one_witness() -> None:
    together, alone = rate_of([seen(4, 0), seen(0, 4)] * 10), rate_of([seen(1, 0), seen(0, 1)] * 40)

    assert (together.people, together.share) == (alone.people, alone.share) == (80, 0.5)
    assert (together.effective, alone.effective) == (20, 80)
    assert together.high - together.low > alone.high - alone.low


def test_parties_of_different_sizes_are_worth_less_than_their_number() -> None:
    rate = rate_of([seen(5, 0), *(seen(1, 0) for _ in range(5))])

    assert rate.parties == 6
    assert rate.effective == pytest.approx(100 / 30)


def test_a_few_parties_are_said_to_be_too_few() -> None:
    assert not rate_of([seen(1, 0)] * (FEWEST_PARTIES - 1)).says_enough
    assert rate_of([seen(1, 0)] * FEWEST_PARTIES).says_enough


def test_rates_are_told_apart_by_weekday_size_and_lead_time() -> None:
    parties = [seen(2, 0), seen(0, 1, starts="2026-05-23T10:00", days_before=29), seen(1, 2, days_before=3)]

    assert {which: rate.missed for which, rate in rates_by("weekday", parties).items()} == {2: 2, 5: 1}
    assert {which: rate.people for which, rate in rates_by("size", parties).items()} == {1: 1, 2: 2, 3: 3}
    assert {which: rate.missed for which, rate in rates_by("lead", parties).items()} == {0: 2, 1: 0, 4: 1}
    assert list(rates_by("course", parties)) == [COURSE]


def test_the_day_of_a_departure_is_that_in_korea() -> None:
    assert list(rates_by("weekday", [seen(1, 0, starts="2026-05-22T00:30")])) == [4]


def mark(gate: Gate, party: UUID, *marks: Attendance) -> None:
    for visitor, attendance in zip(visitors(party), marks, strict=False):
        mark_attendance(visitor.id, attendance, actor=gate.operator, now=gate.now)


def test_looking_back_counts_who_was_to_come_and_nobody_else(gate: Gate, session: Session) -> None:
    came, mixed, unmarked, gone = gate.apply(2), gate.apply(2), gate.apply(1), gate.apply(2)
    mark(gate, came, Attendance.ARRIVED, Attendance.TURNED_AWAY)
    mark(gate, mixed, Attendance.ARRIVED, Attendance.NO_SHOW)
    cancel(gone, actor=GUEST, now=gate.now)
    gate.admit(1)

    found = look_back(session, DAY, DAY, actor=gate.operator, now=AFTER)

    assert sorted((one.came, one.missed) for one in found.seen) == [(1, 1), (2, 0)]
    assert found.unmarked == 1
    assert visitors(unmarked)[0].attendance == Attendance.EXPECTED
    assert {one.lead for one in found.seen} == {2}


def test_only_departures_of_the_days_that_have_left_and_that_one_may_see_are_looked_at(
    gate: Gate, session: Session
) -> None:
    mark(gate, gate.apply(1), Attendance.NO_SHOW)

    def people(first: date, last: date, actor=gate.operator, now=AFTER) -> int:
        return sum(one.people for one in look_back(session, first, last, actor=actor, now=now).seen)

    assert people(DAY, DAY) == 1
    assert people(DAY, DAY, now=parse_moment("2026-05-20T09:59")) == 0
    assert people(DAY + timedelta(days=1), DAY + timedelta(days=9)) == 0
    assert people(DAY, DAY, actor=operator_of(new_id())) == 0
    assert people(DAY, DAY, actor=GUEST) == 0

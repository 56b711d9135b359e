"""Nobody has to answer in quiet hours, whatever a course's terms and whenever it is asked."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.applications.test_plan import DAY, HOUR, NOW, moved, party, situation
from tests.test_quiet import _day_time, instants
from tourbook.applications.decided import Limit, Move
from tourbook.applications.foresight import Foresight
from tourbook.applications.parties import Situation
from tourbook.applications.plan import plan
from tourbook.kst import parse_moment
from tourbook.quiet import is_quiet

OPEN = Limit(20, None)
hours = st.integers(1, 24 * 14).map(lambda many: many * HOUR)
ends = st.timedeltas(timedelta(minutes=1), 15 * DAY)


def asked(at: datetime, *, until: datetime, within: timedelta = DAY) -> Situation:
    """One party waits, one is displaced, one is too large, at that moment."""
    parties = (party(1, "waiting", 2), party(2, "displaced", 2), party(3, "confirmed", 5))
    terms = {"offer_for": within, "shrink_within": within}
    return situation(*parties, offers_from=at - DAY, offers_until=until, starts_at=until + HOUR, **terms)


def offers(of: Situation, at: datetime, limit: Limit = OPEN) -> list[Move]:
    return [move for move in plan(of, limit, at).moves if move.kind == "offer"]


@pytest.mark.parametrize(
    ("at", "within", "until", "deadline"),
    [
        ("2026-05-04T15:00", 24, "2026-05-20T00:00", "2026-05-05T15:00"),
        ("2026-05-04T22:00", 24, "2026-05-20T00:00", "2026-05-06T09:00"),
        ("2026-05-04T03:00", 24, "2026-05-20T00:00", "2026-05-05T09:00"),
        ("2026-05-04T20:00", 2, "2026-05-20T00:00", "2026-05-05T09:00"),
        ("2026-05-04T20:30", 1, "2026-05-20T00:00", "2026-05-05T09:30"),
        ("2026-05-04T23:00", 1, "2026-05-20T00:00", "2026-05-05T10:00"),
        ("2026-05-04T15:00", 24, "2026-05-05T00:00", "2026-05-04T21:00"),
        ("2026-05-04T22:00", 24, "2026-05-05T10:30", "2026-05-05T10:30"),
        ("2026-05-04T22:00", 24, "2026-05-06T08:00", "2026-05-05T21:00"),
    ],
)
def test_an_offer_ends_by_day_and_leaves_an_hour_of_it(at: str, within: int, until: str, deadline: str) -> None:
    now = parse_moment(at)
    of = asked(now, until=parse_moment(until), within=within * HOUR)

    assert {move.until for move in offers(of, now)} == {parse_moment(deadline)}


@pytest.mark.parametrize(
    ("until", "last"),
    [("2026-05-05T00:00", "2026-05-04T20:00"), ("2026-05-05T09:30", "2026-05-04T20:30")],
)
def test_nobody_is_asked_any_more_where_less_than_an_hour_of_the_day_is_left(until: str, last: str) -> None:
    moment = parse_moment(last)
    of = asked(moment, until=parse_moment(until))

    assert len(offers(of, moment - timedelta(microseconds=1))) == 2
    assert offers(of, moment) == []
    assert plan(of, OPEN, moment - HOUR).next_due_at == moment


def test_a_party_that_has_to_shrink_has_time_until_the_morning_or_the_start() -> None:
    evening = parse_moment("2026-05-04T22:00")
    early, late = (asked(evening, until=parse_moment(day)) for day in ("2026-05-05T07:00", "2026-05-20T00:00"))

    told = [
        [m.until for m in plan(of, Limit(20, 4), evening).moves if m.kind == "ask_to_shrink"] for of in (early, late)
    ]

    assert told == [[parse_moment("2026-05-05T08:00")], [parse_moment("2026-05-06T09:00")]]


@given(at=instants, within=hours, until=ends)
def test_no_offer_runs_out_in_quiet_hours(at: datetime, within: timedelta, until: timedelta) -> None:
    of = asked(at, until=at + until, within=within)

    decided = plan(of, OPEN, at)

    made = [move.until for move in decided.moves if move.kind == "offer" and move.until]
    assert len(made) == (2 if _day_time(at, of.offers_until) > HOUR else 0)
    for deadline in made:
        assert not is_quiet(deadline)
        assert at < deadline <= of.offers_until
        assert _day_time(at, deadline) >= HOUR
        assert decided.next_due_at is not None
        assert decided.next_due_at <= deadline


@given(at=instants, within=hours)
def test_nobody_has_to_shrink_in_quiet_hours(at: datetime, within: timedelta) -> None:
    of = asked(at, until=at + 20 * DAY, within=within)

    (move,) = [move for move in plan(of, Limit(20, 4), at).moves if move.kind == "ask_to_shrink"]

    assert move.until is not None
    assert not is_quiet(move.until)
    assert at + within <= move.until <= at + within + 12 * HOUR


def test_an_offer_that_is_put_off_is_looked_at_again_in_the_morning() -> None:
    evening, morning = parse_moment("2026-05-04T22:00"), parse_moment("2026-05-06T09:00")
    of = asked(evening, until=NOW + 16 * DAY)
    foresight = Foresight([of], of.displaced)
    foresight.settle_all(lambda _: OPEN, evening)

    foresight.let_time_run(lambda _: OPEN, morning)
    lapsed = foresight.settle_all(lambda _: OPEN, morning)

    assert sorted(moved(lapsed[0].plan, "lapse")) == ["R001", "R002"]

"""Another calendar for a course: what is made, kept, resized, taken out and left alone, by a pure plan."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.courses.drafts import schedule_draft
from tourbook.courses import Calendar, Fate, Replanned, ScheduleDraft, Standing, replan
from tourbook.courses.rules import days_between
from tourbook.kst import civil_day, parse_moment

MONDAY = date(2026, 5, 4)
LAST = date(2026, 5, 31)
TEN, TWO = "10:00", "14:00"


def calendar(*schedules: ScheduleDraft, breaks: tuple[tuple[date, date], ...] = (), **changed: object) -> Calendar:
    return Calendar(**{"schedules": schedules, "breaks": breaks, "holidays": (), "runs_on_holidays": True, **changed})


def mondays(*times: str, **changed: object) -> ScheduleDraft:
    return schedule_draft(weekdays=(0,), times=times or (TEN,), **changed)


def standing(text: str, capacity: int | None = None, bound: str | None = None) -> Standing:
    at = parse_moment(text)
    return Standing(UUID(int=int(at.timestamp())), at, capacity, bound)


def plan(before: Calendar, after: Calendar, *there: Standing, first: date = MONDAY) -> Replanned:
    return replan(before, after, there, first_day=first, last_day=LAST)


def told(planned: Replanned) -> dict[str, tuple[str, str | None]]:
    return {f"{civil_day(one.starts_at):%m-%d}": (one.fate.value, one.why) for one in planned.departures}


def test_what_is_given_and_not_there_is_made_and_what_is_there_is_kept():
    done = plan(calendar(mondays()), calendar(mondays()), standing("2026-05-11T10:00"))

    fates = ["made", "kept", "made", "made"]
    assert [one.fate.value for one in done.departures] == fates
    assert [one.starts_at.hour for one in done.of(Fate.MADE)] == [1, 1, 1]  # 10:00 in Korea


def test_what_the_schedule_gave_and_gives_no_more_is_taken_out():
    done = plan(calendar(mondays()), calendar(), standing("2026-05-11T10:00"))

    assert told(done) == {"05-11": ("taken_out", None)}


def test_another_size_of_the_schedule_becomes_that_of_its_departures():
    done = plan(calendar(mondays()), calendar(mondays(capacity=12)), *_every_monday())

    assert {(one.was, one.capacity) for one in done.of(Fate.RESIZED)} == {(None, 12)}
    assert len(done.of(Fate.RESIZED)) == 4


def _every_monday() -> list[Standing]:
    return [standing(f"2026-05-{day:02}T10:00") for day in (4, 11, 18, 25)]


@pytest.mark.parametrize("bound", ["people", "by_draw", "called_off"])
@pytest.mark.parametrize("after", [calendar(), calendar(mondays(capacity=12))], ids=["no more", "another size"])
def test_what_is_bound_is_never_dropped_nor_resized(bound: str, after: Calendar):
    done = plan(calendar(mondays()), after, standing("2026-05-11T10:00", bound=bound))

    assert told(done)["05-11"] == ("left_alone", bound)


def test_somebody_on_a_departure_that_is_given_as_before_changes_nothing():
    done = plan(calendar(mondays()), calendar(mondays(TEN, TWO)), standing("2026-05-11T10:00", bound="people"))

    assert [one.fate for one in done.departures if one.departure_id] == [Fate.KEPT]


@pytest.mark.parametrize("there", ["2026-05-12T10:00", "2026-05-11T09:00"])
def test_what_was_added_by_hand_is_left_alone(there: str):
    done = plan(calendar(mondays()), calendar(), standing(there))

    assert [one.why for one in done.departures] == ["by_hand"]


def test_a_size_that_somebody_chose_for_one_departure_is_left_alone():
    done = plan(calendar(mondays()), calendar(mondays(capacity=12)), standing("2026-05-11T10:00", capacity=30))

    assert told(done)["05-11"] == ("left_alone", "by_hand")


def test_days_for_which_nobody_can_apply_any_more_are_left_alone_and_none_are_made_there():
    done = plan(calendar(mondays()), calendar(mondays(TWO)), standing("2026-05-04T10:00"), first=date(2026, 5, 12))

    assert told(done) == {
        "05-04": ("left_alone", "near"),
        "05-18": ("made", None),
        "05-25": ("made", None),
    }


def test_a_break_takes_its_days_out_and_is_counted():
    free = (date(2026, 5, 11), date(2026, 5, 18))
    done = plan(calendar(mondays()), calendar(mondays(), breaks=(free,)), *_every_monday())

    assert [one.fate.value for one in done.departures] == ["kept", "taken_out", "taken_out", "kept"]
    assert done.left_out == ((date(2026, 5, 11), "break"), (date(2026, 5, 18), "break"))


def test_a_course_that_rests_on_holidays_has_none_there():
    after = calendar(mondays(), holidays=(date(2026, 5, 25),), runs_on_holidays=False)

    assert told(plan(calendar(mondays()), after, *_every_monday()))["05-25"] == ("taken_out", None)


WEEKLY = st.builds(
    schedule_draft,
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    times=st.sets(st.sampled_from([TEN, TWO, "16:00"]), min_size=1).map(tuple),
    capacity=st.sampled_from([None, 12, 30]),
)
CALENDARS = st.builds(
    lambda schedules, pause: calendar(*schedules, breaks=pause),
    st.lists(WEEKLY, max_size=3),
    st.sampled_from([(), ((date(2026, 5, 9), date(2026, 5, 12)),)]),
)


@st.composite
def _there(draw: st.DrawFn, before: Calendar) -> list[Standing]:
    given = [start for day in days_between(MONDAY, LAST) for start in before.starts(day)]
    chosen = draw(st.lists(st.sampled_from(given), max_size=8, unique=True)) if given else []
    bounds = st.sampled_from([None, None, "people", "by_draw", "called_off"])
    return [Standing(UUID(int=place), one.at, one.capacity, draw(bounds)) for place, one in enumerate(chosen)]


@given(st.data(), CALENDARS, CALENDARS)
def test_after_it_was_done_the_same_calendar_changes_nothing_more(data: st.DataObject, old: Calendar, new: Calendar):
    there = data.draw(_there(old))
    done = replan(old, new, there, first_day=MONDAY, last_day=LAST)

    stays = [one for one in done.departures if one.fate is not Fate.TAKEN_OUT]
    bounds = {one.id: one.bound for one in there}
    after = [
        Standing(one.departure_id or UUID(int=99 + place), one.starts_at, one.capacity, bounds.get(one.departure_id))
        for place, one in enumerate(stays)
    ]
    again = replan(new, new, after, first_day=MONDAY, last_day=LAST)
    assert {one.fate for one in again.departures} <= {Fate.KEPT, Fate.LEFT_ALONE}
    assert all(bounds[one.departure_id] is None for one in done.of(Fate.TAKEN_OUT) + done.of(Fate.RESIZED))
    assert len({one.starts_at for one in done.departures}) == len(done.departures)
    assert {one.departure_id for one in done.departures} >= {one.id for one in there}


@given(CALENDARS)
def test_exactly_what_the_calendar_gives_is_made_on_an_empty_course(new: Calendar):
    done = replan(calendar(), new, [], first_day=MONDAY, last_day=LAST)

    given_ = [start.at for day in days_between(MONDAY, LAST) for start in new.starts(day)]
    assert [one.starts_at for one in done.departures] == given_

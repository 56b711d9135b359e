"""Courses and their calendar, as administrators keep them."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.courses.drafts import course_draft, measure_draft, schedule_draft
from tests.ground.moments import StandingClock
from tourbook.actor import COMMAND
from tourbook.audit import TrailEntry
from tourbook.courses import (
    add_break,
    add_course,
    add_schedule,
    breaks_of,
    course_by_code,
    course_by_id,
    courses,
    edit_course,
    end_measure,
    ends_of_measures,
    enter_measure,
    figures_now,
    holidays_between,
    measures_of,
    remove_break,
    remove_holiday,
    remove_schedule,
    schedules_of,
    set_figures,
    set_holiday,
    terms_of,
)
from tourbook.courses.models import CourseFigures, Schedule, SiteMeasure
from tourbook.courses.seed import seed_holidays
from tourbook.db import new_id, transaction
from tourbook.distancing import facts_of
from tourbook.errors import Refused
from tourbook.kst import parse_moment

pytestmark = pytest.mark.usefixtures("seeded")

CHILDRENS_DAY = date(2026, 5, 5)


def last_entry(session: Session, act: str) -> dict[str, object]:
    entries = session.scalars(select(TrailEntry).where(TrailEntry.act == act).order_by(TrailEntry.id))
    return list(entries)[-1].facts


def test_a_course_is_added_with_its_figures_and_its_schedule(session: Session, clock: StandingClock) -> None:
    course_id = add_course(course_draft(organisation="goseong"), actor=COMMAND, now=clock.now)

    course, figures = course_by_id(session, course_id), figures_now(session, course_id)
    assert course.organisation_id == course_by_code(session, "goseong").organisation_id
    assert (figures.capacity, figures.party_limit, figures.known_at) == (20, 5, clock.now)
    assert [(one.weekdays, one.times) for one in schedules_of(session, course_id)] == [([1, 4], ["10:00", "14:00"])]
    assert last_entry(session, "course_entered") == {"code": "yanggu"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "paju"}, "course_code_taken"),
        ({"region_code": "99"}, "unknown_region"),
        ({"organisation": "nobody"}, "organisation_unknown"),
        ({"mode": "draw"}, "draw_not_available"),
    ],
)
def test_a_course_is_refused_and_nothing_of_it_is_there(
    session: Session, clock: StandingClock, changes: dict[str, str], code: str
) -> None:
    before = len(session.scalars(select(CourseFigures)).all())

    with pytest.raises(Refused) as refused:
        add_course(course_draft(**changes), actor=COMMAND, now=clock.now)

    assert refused.value.code == code
    assert len(session.scalars(select(CourseFigures)).all()) == before


def test_terms_are_changed_and_only_what_changed_is_told(session: Session, clock: StandingClock) -> None:
    course_id = add_course(course_draft(), actor=COMMAND, now=clock.now)

    changed = edit_course(
        course_id,
        course_draft(skip_bound=5, policy="keep_earliest", id_rule_ko="긴 " * 30),
        actor=COMMAND,
        now=clock.now,
    )

    assert changed == ["id_rule_ko", "policy", "skip_bound"]
    assert course_by_id(session, course_id).skip_bound == 5
    assert last_entry(session, "course_edited") == {
        "id_rule_ko": "changed",
        "policy": ["cancel_all", "keep_earliest"],
        "skip_bound": ["3", "5"],
    }
    assert (
        edit_course(
            course_id,
            course_draft(skip_bound=5, policy="keep_earliest", id_rule_ko="긴 " * 30),
            actor=COMMAND,
            now=clock.now,
        )
        == []
    )


def test_terms_as_they_are_change_nothing(session: Session, clock: StandingClock) -> None:
    for course in courses(session):
        assert edit_course(course.id, terms_of(session, course), actor=COMMAND, now=clock.now) == []


def test_one_term_is_changed_and_what_people_read_stays(session: Session, clock: StandingClock) -> None:
    paju = course_by_code(session, "paju")
    terms = replace(terms_of(session, paju), offer_hours=12, details=None, organisation="goseong")

    assert edit_course(paju.id, terms, actor=COMMAND, now=clock.now) == ["offer_hours", "organisation_id"]
    assert course_by_code(session, "paju").details["legs"]


def test_terms_cannot_ask_for_a_draw(session: Session, clock: StandingClock) -> None:
    with pytest.raises(Refused) as refused:
        edit_course(course_by_code(session, "paju").id, course_draft(mode="draw"), actor=COMMAND, now=clock.now)

    assert (refused.value.code, refused.value.field) == ("draw_not_available", "mode")


def test_figures_are_entered_anew_and_the_earlier_ones_stay(session: Session, clock: StandingClock) -> None:
    course_id = course_by_code(session, "paju").id

    with transaction() as act:
        set_figures(act, course_id, 30, None, actor=COMMAND, now=clock.now)

    versions = session.scalars(
        select(CourseFigures).where(CourseFigures.course_id == course_id).order_by(CourseFigures.entry)
    ).all()
    assert [(one.capacity, one.party_limit, one.known_at) for one in versions] == [(20, 5, None), (30, None, clock.now)]
    assert last_entry(session, "figures_entered") == {"capacity": [20, 30], "party_limit": [5, None]}


@pytest.mark.parametrize(
    ("capacity", "party_limit", "code"),
    [(0, 5, "number_out_of_range"), (20, 0, "number_out_of_range"), (20, 5, "no_change")],
)
def test_figures_are_refused(
    session: Session, clock: StandingClock, capacity: int, party_limit: int, code: str
) -> None:
    course_id = course_by_code(session, "paju").id

    with pytest.raises(Refused) as refused, transaction() as act:
        set_figures(act, course_id, capacity, party_limit, actor=COMMAND, now=clock.now)

    assert refused.value.code == code


def test_schedules_and_breaks_come_and_go(session: Session, clock: StandingClock) -> None:
    course_id = course_by_code(session, "paju").id
    days = (date(2026, 7, 1), date(2026, 8, 31))
    break_id = add_break(course_id, *days, reason_ko="혹서기", reason_en="Summer break", actor=COMMAND, now=clock.now)
    schedule_id = add_schedule(course_id, schedule_draft(), actor=COMMAND, now=clock.now)
    assert [(one.first_day, one.last_day) for one in breaks_of(session, course_id)] == [days]
    assert len(schedules_of(session, course_id)) == 2

    remove_break(break_id, actor=COMMAND, now=clock.now)
    remove_schedule(schedule_id, actor=COMMAND, now=clock.now)

    assert not breaks_of(session, course_id)
    assert len(schedules_of(session, course_id)) == 1
    for gone, remove in ((break_id, remove_break), (schedule_id, remove_schedule)):
        with pytest.raises(Refused, match="no_such_"):
            remove(gone, actor=COMMAND, now=clock.now)


@pytest.mark.parametrize(
    ("first", "last", "reason_en", "code"),
    [("2026-07-02", "2026-07-01", "Break", "until_before_from"), ("2026-07-01", "2026-07-01", "", "text_missing")],
)
def test_a_break_is_refused(
    session: Session, clock: StandingClock, first: str, last: str, reason_en: str, code: str
) -> None:
    days = (date.fromisoformat(first), date.fromisoformat(last))

    with pytest.raises(Refused) as refused:
        add_break(
            course_by_code(session, "paju").id,
            *days,
            reason_ko="휴무",
            reason_en=reason_en,
            actor=COMMAND,
            now=clock.now,
        )

    assert refused.value.code == code


def test_holidays_are_seeded_in_both_languages_around_the_present(session: Session) -> None:
    found = holidays_between(session, date(2024, 1, 1), date(2029, 12, 31))

    assert {one.day.year for one in found} == set(range(2024, 2030))
    assert [(one.name_ko, one.name_en) for one in found if one.day == CHILDRENS_DAY] == [("어린이날", "Children's Day")]


def test_a_holiday_that_was_taken_out_stays_out(session: Session, clock: StandingClock) -> None:
    remove_holiday(CHILDRENS_DAY, actor=COMMAND, now=clock.now)

    with transaction() as act:
        added = seed_holidays(act, now=clock.now)

    assert added == 0
    assert not holidays_between(session, CHILDRENS_DAY, CHILDRENS_DAY)
    with pytest.raises(Refused, match="no_such_holiday"):
        remove_holiday(CHILDRENS_DAY, actor=COMMAND, now=clock.now)


def test_a_new_year_comes_into_view_with_its_holidays(session: Session, clock: StandingClock) -> None:
    clock.stand_at("2027-01-01T09:00")

    with transaction() as act:
        seed_holidays(act, now=clock.now)

    assert holidays_between(session, date(2030, 1, 1), date(2030, 12, 31))


def test_a_holiday_is_set_once_a_day(session: Session, clock: StandingClock) -> None:
    set_holiday(CHILDRENS_DAY, name_ko="임시", name_en="Another name", actor=COMMAND, now=clock.now)

    assert [one.name_en for one in holidays_between(session, CHILDRENS_DAY, CHILDRENS_DAY)] == ["Another name"]
    with pytest.raises(Refused, match="text_missing"):
        set_holiday(CHILDRENS_DAY, name_ko="임시", name_en="", actor=COMMAND, now=clock.now)


def test_what_is_asked_for_twice_is_there_once_and_told_once(session: Session, clock: StandingClock) -> None:
    course, days = course_by_code(session, "paju").id, (date(2026, 7, 1), date(2026, 7, 9))
    known, so_far = (session.scalar(select(func.count()).select_from(kind)) for kind in (Schedule, TrailEntry))

    for _ in range(2):
        add_schedule(course, schedule_draft(), actor=COMMAND, now=clock.now)
        add_break(course, *days, reason_ko="장마", reason_en="rains", actor=COMMAND, now=clock.now)
        set_holiday(days[0], name_ko="임시", name_en="A holiday", actor=COMMAND, now=clock.now)

    assert session.scalar(select(func.count()).select_from(Schedule)) == known + 1
    assert len(breaks_of(session, course)) == 1
    assert session.scalar(select(func.count()).select_from(TrailEntry)) == so_far + 3


def enter(clock: StandingClock, **changes: object) -> SiteMeasure:
    with transaction() as act:
        return enter_measure(act, measure_draft(**changes), actor=COMMAND, now=clock.now)


def end(clock: StandingClock, measure_id: UUID, until: str) -> SiteMeasure:
    with transaction() as act:
        return end_measure(act, measure_id, until=date.fromisoformat(until), actor=COMMAND, now=clock.now)


def ends(session: Session, measure: SiteMeasure) -> list[tuple[datetime, date]]:
    return [(end.decided_at, end.last_day) for end in ends_of_measures(session)[measure.id]]


def test_a_measure_is_known_from_the_later_of_its_announcement_and_its_entry(
    session: Session, clock: StandingClock
) -> None:
    entered_late = enter(clock, announced_at=parse_moment("2026-05-01T08:00"))
    announced_ahead = enter(clock, announced_at=parse_moment("2026-05-06T08:00"))

    assert entered_late.known_at == clock.now
    assert announced_ahead.known_at == parse_moment("2026-05-06T08:00")
    assert [one.entry for one in measures_of(session, course_by_code(session, "paju").id)] == [1, 2]


def test_the_planned_end_of_a_measure_is_kept_beside_the_one_decided(session: Session, clock: StandingClock) -> None:
    measure = enter(clock, effective_until=date(2026, 6, 30))
    clock.stand_at("2026-05-20T11:00")

    ended = end(clock, measure.id, "2026-05-25")

    assert ended.planned_until == date(2026, 6, 30)
    assert ends(session, measure) == [(clock.now, date(2026, 5, 25))]
    first_decision = clock.now
    clock.move(hours=1)
    assert end(clock, measure.id, "2026-05-26").planned_until == date(2026, 6, 30)
    assert ends(session, measure) == [(first_decision, date(2026, 5, 25)), (clock.now, date(2026, 5, 26))]
    assert last_entry(session, "measure_ended")["until"] == ["2026-05-25", "2026-05-26"]


def test_deciding_an_end_again_leaves_what_was_known_before_as_it_was(session: Session, clock: StandingClock) -> None:
    measure = enter(clock, effective_until=date(2026, 6, 30))
    asked = [clock.now]
    for hours, until in ((1, "2026-05-20"), (2, "2026-06-10"), (3, "2026-05-15")):
        clock.move(hours=hours)
        end(clock, measure.id, until)
        asked.append(clock.now)

    [fact] = facts_of(session, course_by_code(session, "paju").id).measures

    assert [fact.last_day(moment).isoformat() for moment in asked] == [
        "2026-06-30",
        "2026-05-20",
        "2026-06-10",
        "2026-05-15",
    ]
    assert fact.moments == tuple(asked)


def test_an_end_that_is_decided_by_hand_is_not_outranked_by_one_that_is_to_be_decided_later(
    session: Session, clock: StandingClock
) -> None:
    later = parse_moment("2026-05-06T08:00")
    measure = enter(clock, effective_until=date(2026, 6, 30), ended_at=later)

    end(clock, measure.id, "2026-05-20")

    [fact] = facts_of(session, course_by_code(session, "paju").id).measures
    assert [fact.last_day(moment) for moment in (clock.now, later)] == [date(2026, 5, 20)] * 2
    with pytest.raises(Refused, match="no_change"):
        end(clock, measure.id, "2026-05-20")


def test_the_end_that_is_to_be_decided_later_can_be_decided_now(session: Session, clock: StandingClock) -> None:
    measure = enter(clock, effective_until=date(2026, 6, 30), ended_at=parse_moment("2026-05-06T08:00"))

    end(clock, measure.id, "2026-06-30")

    [fact] = facts_of(session, course_by_code(session, "paju").id).measures
    assert fact.last_day(clock.now) == date(2026, 6, 30)


def test_a_measure_is_taken_back_by_ending_it_the_day_before_it_begins(clock: StandingClock, session: Session) -> None:
    measure = enter(clock)

    end(clock, measure.id, "2026-05-09")

    assert ends(session, measure) == [(clock.now, date(2026, 5, 9))]


@pytest.mark.parametrize(("until", "code"), [("2026-05-08", "until_before_from"), ("2026-06-30", "no_change")])
def test_an_end_is_refused(session: Session, clock: StandingClock, until: str, code: str) -> None:
    measure = enter(clock, effective_until=date(2026, 6, 30))

    with pytest.raises(Refused) as refused:
        end(clock, measure.id, until)

    assert refused.value.code == code


def test_a_measure_that_is_not_there_cannot_end(session: Session, clock: StandingClock) -> None:
    with pytest.raises(Refused, match="no_such_measure"):
        end(clock, new_id(), "2026-05-08")

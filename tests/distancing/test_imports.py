"""Files of facts: all rows or none, every fault told by its line, and nothing entered twice."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.distancing.sheets import (
    MEASURE,
    MEASURES,
    ORDER,
    ORDERS,
    count,
    courses_from,
    measures,
    orders,
    problems,
    regions,
    shipped,
)
from tests.ground.moments import StandingClock
from tourbook.actor import COMMAND
from tourbook.audit import TrailEntry
from tourbook.courses import (
    Imported,
    ImportRefused,
    course_by_code,
    courses,
    end_measure,
    ends_of_measures,
    figures_now,
)
from tourbook.courses.models import Course, Region, SiteMeasure
from tourbook.db import transaction
from tourbook.distancing import (
    import_courses,
    import_measures,
    import_orders,
    import_regions,
    ruleset_version,
    withdraw_order,
)
from tourbook.distancing.models import Order
from tourbook.kst import parse_moment

pytestmark = pytest.mark.usefixtures("seeded", "session")

# The files that everybody has.


def test_the_history_is_entered_once(session: Session, clock: StandingClock) -> None:
    now: dict[str, Any] = {"actor": COMMAND, "now": clock.now}
    files: dict[str, Callable[[str], Imported]] = {
        "regions.csv": partial(import_regions, **now),
        "courses.csv": partial(import_courses, **now),
        "distancing_orders.csv": partial(import_orders, history=True, **now),
        "site_measures.csv": partial(import_measures, history=True, **now),
    }
    version = ruleset_version(session)

    first = [act(shipped(name)) for name, act in files.items()]
    again = [act(shipped(name)) for name, act in files.items()]

    assert [(done.entered, len(done.there)) for done in first] == [(0, 11), (0, 4), (67, 0), (11, 0)]
    assert [(done.entered, len(done.there)) for done in again] == [(0, 11), (0, 4), (0, 67), (0, 11)]
    assert [done.warnings for done in first] == [[], [], [], []]
    assert ruleset_version(session) == version + 2
    assert (count(session, Order), count(session, SiteMeasure)) == (67, 11)


def test_what_was_imported_stands_in_the_trail(session: Session, clock: StandingClock) -> None:
    orders(clock, ORDER)
    measures(clock, MEASURE)

    acts = session.scalars(select(TrailEntry.act).where(TrailEntry.act.in_(("order_entered", "measure_entered"))))
    assert sorted(acts) == ["measure_entered", "order_entered"]


def test_rows_are_known_from_their_entry_unless_they_are_history(session: Session, clock: StandingClock) -> None:
    orders(clock, ORDER, "41,,2026-05-10T11:00,2026-05-12,,,4level,3,,,no,")
    measures(clock, MEASURE)
    orders(clock, ORDER.replace("41,Gyeonggi", "51,Gangwon"), history=True)

    known = [row.known_at for row in session.scalars(select(Order).order_by(Order.entry))]
    assert known == [clock.now, parse_moment("2026-05-10T11:00"), parse_moment("2026-05-02")]
    assert session.scalars(select(SiteMeasure.known_at)).one() == clock.now


def test_a_withdrawal_in_a_file_is_known_from_its_entry_unless_it_is_history(
    session: Session, clock: StandingClock
) -> None:
    withdrawn = ORDER.replace("2026-05-24,", "2026-05-24,2026-05-03")

    orders(clock, withdrawn)
    orders(clock, withdrawn.replace("41,", "51,"), history=True)

    moments = session.scalars(select(Order.withdrawn_at).order_by(Order.entry)).all()
    assert moments == [clock.now, parse_moment("2026-05-03")]
    assert orders(clock, withdrawn).there == [2]


# All or nothing.


def test_a_bad_last_line_leaves_nothing(session: Session, clock: StandingClock) -> None:
    version = ruleset_version(session)
    trail = count(session, TrailEntry)

    found = problems(lambda: orders(clock, ORDER, ORDER.replace("41,", "51,"), ORDER.replace("41,", "99,")))

    assert found == [(4, "unknown_region")]
    assert (count(session, Order), count(session, TrailEntry)) == (0, trail)
    assert ruleset_version(session) == version


def test_every_problem_of_every_line_is_told_in_order(clock: StandingClock) -> None:
    found = problems(
        lambda: orders(
            clock,
            ORDER,
            "99,,,2026-05-11,2026-05-10,,6step,2,0,,no,",
            "41,,soon,2026-05-11,,,4level,2,,,perhaps,",
            "41,,,2026-05-11,,,4level,2.5,,,no,",
        )
    )

    assert found == [
        (3, "unknown_region"),
        (3, "unknown_scale"),
        (3, "until_before_from"),
        (3, "number_out_of_range"),
        (4, "cell_not_moment"),
        (4, "cell_not_yes_no"),
        (5, "unknown_level"),
    ]


# What is refused.


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("applies_at", "2026-05-11T00:01", "applies_too_late"),
        ("condition_en", "vaccinated", "text_missing"),
        ("ends_by_itself", "perhaps", "cell_not_yes_no"),
    ],
)
def test_the_further_columns_of_an_order_are_checked(clock: StandingClock, column: str, value: str, code: str) -> None:
    found = problems(lambda: orders(clock, f"{ORDER},{value}", heading=f"{ORDERS},{column}"))

    assert found == [(2, code)]


def test_the_further_columns_of_an_order_are_entered(session: Session, clock: StandingClock) -> None:
    orders(
        clock,
        f"{ORDER},2026-05-03T10:00,yes,접종 완료,vaccinated",
        heading=f"{ORDERS},applies_at,ends_by_itself,condition_ko,condition_en",
    )

    order = session.scalars(select(Order)).one()
    assert (order.applies_at, order.ends_by_itself) == (parse_moment("2026-05-03T10:00"), True)
    assert (order.condition_ko, order.condition_en) == ("접종 완료", "vaccinated")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("nowhere,suspension,2026-05-02,2026-05-11,,,,no,repair,", "unknown_course"),
        ("paju,party,2026-05-02,2026-05-11,,,,no,repair,", "unknown_measure"),
        ("paju,override,2026-05-02,2026-05-11,,,,no,repair,", "capacity_missing"),
        ("paju,suspension,2026-05-02,2026-05-11,2026-05-10,,,no,repair,", "until_before_from"),
        ("paju,suspension,,2026-05-11,,,,no,repair,", "cell_empty"),
        ("paju,suspension,2026-05-02,2026-05-11,,,,no,,", "text_missing"),
    ],
)
def test_a_measure_in_a_file_is_refused(clock: StandingClock, line: str, code: str) -> None:
    assert problems(lambda: measures(clock, line)) == [(2, code)]


def test_reasons_may_come_in_both_languages_or_in_one(session: Session, clock: StandingClock) -> None:
    heading = MEASURES.replace("reason", "reason_ko,reason_en")
    measures(clock, "paju,suspension,2026-05-02,2026-05-11,,,,no,보수 공사,repair works,", heading=heading)
    measures(clock, MEASURE.replace("paju", "goseong"))

    found = [(row.reason_ko, row.reason_en) for row in session.scalars(select(SiteMeasure).order_by(SiteMeasure.entry))]
    assert found == [("보수 공사", "repair works"), ("repair works", "repair works")]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["99,98,어딘가,Somewhere,,,"], [(2, "unknown_region")]),
        (["99,KR,어딘가,Somewhere,,,98"], [(2, "unknown_region")]),
        (["99,KR,어딘가,Somewhere,2026-05-02,2026-05-01,"], [(2, "until_before_from")]),
        (["98,99,이곳,Here,,,", "99,98,저곳,There,,,"], [(2, "region_above_itself"), (3, "region_above_itself")]),
        (["99,KR,어딘가,Somewhere,,,99"], [(2, "region_follows_itself")]),
        (["KR,,한국,Korea,,,"], [(2, "there_with_other_content")]),
        (["98,KR,이곳,Here,,,", "98,KR,저곳,There,,,"], [(3, "there_with_other_content")]),
    ],
)
def test_regions_are_refused(clock: StandingClock, lines: list[str], found: list[tuple[int, str]]) -> None:
    assert problems(lambda: regions(clock, *lines)) == found


def test_a_region_may_name_a_parent_or_a_successor_further_down(session: Session, clock: StandingClock) -> None:
    done = regions(clock, "51730,51720,횡성,Hoengseong,,,51740", "51720,51,홍천,Hongcheon,,,", "51740,51,횡성,New,,,")

    assert done.entered == 3
    assert session.scalar(select(Region.successor).where(Region.code == "51730")) == "51740"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (",41480,", ",99999,", "unknown_region"),
        (",first_come,", ",draw,", "draw_not_available"),
        ("Tue Wed Fri Sat,15:00", "Tue Wed Fri Sat,", "times_missing"),
        ("Tue Wed Fri Sat,15:00", "Tue Wed Fri Sat,25:00", "cell_not_time"),
        ("40,5,8,", "forty,5,8,", "cell_not_number"),
        ("panmunjeom,panmunjeom", "imjingak,museum", "unknown_kind"),
    ],
)
def test_a_course_in_a_file_is_refused(clock: StandingClock, old: str, new: str, code: str) -> None:
    text = shipped("courses.csv").replace(old, new, 1)

    assert problems(lambda: courses_from(clock, text)) == [(2, code)]


def test_a_new_course_needs_nothing_but_its_line(session: Session, clock: StandingClock) -> None:
    heading, _, paju, *_ = shipped("courses.csv").splitlines()
    line = paju.replace("paju,", "yanggu,").replace("41480", "51")

    done = courses_from(clock, f"{heading},organisation,policy,runs_on_holidays\n{line},goseong,keep_earliest,no\n")

    course = course_by_code(session, "yanggu")
    assert done.entered == 1
    assert (course.policy, course.runs_on_holidays, course.needs_passport) == ("keep_earliest", False, True)
    assert course.organisation_id == course_by_code(session, "goseong").organisation_id
    assert figures_now(session, course.id).known_at == clock.now


# What is there already.


def test_a_course_that_is_there_with_other_content_is_told_with_what_differs(
    session: Session, clock: StandingClock
) -> None:
    changed = shipped("courses.csv").replace(
        "panmunjeom,41480,판문점 견학,Panmunjeom tour,40,5", "panmunjeom,41480,판문점 견학,Panmunjeom visit,30,5"
    )

    with pytest.raises(ImportRefused) as refused:
        courses_from(clock, changed.replace("Tue Wed Fri Sat,15:00", "Tue Wed,15:00"))

    ((line, code, facts),) = refused.value.facts["problems"]
    assert (line, code, facts["what"]) == (2, "there_with_other_content", "course")
    assert facts["differences"] == {
        "name_en": ["Panmunjeom tour", "Panmunjeom visit"],
        "capacity": ["40", "30"],
        "times": ["Tue Wed Fri Sat 15:00", "Tue Wed 15:00"],
    }
    assert count(session, Course) == len(courses(session)) == 4


def test_an_order_that_is_there_with_another_level_is_refused(clock: StandingClock) -> None:
    orders(clock, ORDER)

    with pytest.raises(ImportRefused) as refused:
        orders(clock, ORDER.replace("4level,2,8", "4level,3,4"))

    assert refused.value.facts["problems"][0][2]["differences"] == {"level": ["2", "3"], "party_max": ["8", "4"]}


def test_a_correction_with_its_own_announcement_is_an_order_of_its_own(session: Session, clock: StandingClock) -> None:
    orders(clock, ORDER)

    corrected = ORDER.replace("2026-05-02,", "2026-05-02T00:10,").replace("4level,2", "4level,3")

    assert orders(clock, ORDER, corrected).entered == 1
    assert [row.level for row in session.scalars(select(Order).order_by(Order.entry))] == ["2", "3"]


def test_one_file_may_bring_two_orders_of_one_announcement(session: Session, clock: StandingClock) -> None:
    """The one that stands further down replaces the other."""
    both = (ORDER, ORDER.replace("4level,2", "4level,3"))

    assert orders(clock, *both).entered == 2
    assert orders(clock, *both).there == [2, 3]
    assert count(session, Order) == 2


def test_the_same_line_twice_is_entered_once(session: Session, clock: StandingClock) -> None:
    done = orders(clock, ORDER, ORDER)

    assert (done.entered, done.there) == (1, [3])
    assert count(session, Order) == 1


def test_what_was_decided_here_since_is_no_difference(session: Session, clock: StandingClock) -> None:
    orders(clock, ORDER)
    measures(clock, MEASURE)
    with transaction() as act:
        withdraw_order(act, act.scalars(select(Order.id)).one(), actor=COMMAND, now=clock.now)
        measure_id = act.scalars(select(SiteMeasure.id)).one()
        end_measure(act, measure_id, until=parse_moment("2026-05-20").date(), actor=COMMAND, now=clock.now)

    assert orders(clock, ORDER).there == [2]
    assert measures(clock, MEASURE).there == [2]


def test_a_withdrawal_or_an_end_cannot_be_slipped_in_by_a_file(clock: StandingClock) -> None:
    orders(clock, ORDER)
    measures(clock, MEASURE)

    withdrawn = ORDER.replace("2026-05-24,", "2026-05-24,2026-05-04")
    ended = MEASURE.replace("2026-05-11,,,", "2026-05-11,2026-05-20,2026-05-04,")

    assert problems(lambda: orders(clock, withdrawn)) == [(2, "there_with_other_content")]
    assert problems(lambda: measures(clock, ended)) == [(2, "there_with_other_content")]


def test_an_end_that_was_decided_at_another_moment_is_another_end(session: Session, clock: StandingClock) -> None:
    decided = "panmunjeom,suspension,2026-04-01,2026-04-02,2026-04-20,2026-04-10T09:30,,no,repairs,press"
    measures(clock, decided, history=True)
    later = decided.replace("2026-04-10T09:30", "2026-04-12T10:00")

    assert problems(lambda: measures(clock, later, history=True)) == [(2, "there_with_other_content")]
    assert measures(clock, decided, history=True).there == [2]


def test_an_end_that_was_decided_before_the_entry_is_there_when_it_comes_again(clock: StandingClock) -> None:
    line = "panmunjeom,suspension,2026-06-01,2026-06-02,2026-06-20,2026-04-10T09:30,,no,repairs,press"
    measures(clock, line)
    clock.move(days=1)

    assert measures(clock, line).there == [2]


def test_an_order_that_was_withdrawn_before_it_was_announced_is_there_when_it_comes_again(
    session: Session, clock: StandingClock
) -> None:
    """The withdrawal, long past, is known from the entry, and that was before the announcement."""
    line = "41,Gyeonggi,2026-06-10,2026-06-12,,2026-04-01,4level,2,,,no,press"
    withdrawn = orders(clock, line)
    clock.move(days=1)

    assert (withdrawn.entered, orders(clock, line).there) == (1, [2])


def test_an_end_that_was_decided_later_is_not_the_same_as_one_known_from_the_beginning(clock: StandingClock) -> None:
    planned = "panmunjeom,suspension,2026-04-01,2026-04-02,2026-04-20,,,no,repairs,press"
    measures(clock, planned)

    with pytest.raises(ImportRefused) as refused:
        measures(clock, planned.replace("2026-04-20,,", "2026-04-20,2026-04-10T09:30,"))

    assert refused.value.facts["problems"][0][2]["differences"] == {"ended_at": ["", "2026-04-10T09:30"]}


def test_what_may_be_empty_in_every_line_may_be_left_out(session: Session, clock: StandingClock) -> None:
    now: dict[str, Any] = {"actor": COMMAND, "now": clock.now}

    import_orders(
        "region_code,announced_on,effective_from,planned_until,scale,level\n41,,2026-05-11,,4level,2\n", **now
    )
    import_measures(
        "course,kind,announced_at,effective_from,effective_until,reason\npaju,suspension,2026-05-01,2026-05-02,,ice\n",
        **now,
    )

    order, measure = session.scalars(select(Order)).one(), session.scalars(select(SiteMeasure)).one()
    assert (order.withdrawn_at, order.party_max, order.party_max_after_18) == (None, None, None)
    assert order.overrides_local is False
    assert (measure.planned_until, measure.capacity, measure.raises) == (None, None, False)
    assert not ends_of_measures(session)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("partymax", "party_max"), ("Withdrawn_At", "withdrawn_on"), ("override_local", "overrides_local")],
)
def test_a_column_that_is_named_almost_right_is_not_passed_over(written: str, meant: str, clock: StandingClock) -> None:
    heading = f"region_code,announced_on,effective_from,planned_until,scale,level,region_name,{written}"

    with pytest.raises(ImportRefused) as refused:
        import_orders(f"{heading}\n41,,2026-05-11,,4level,2,Gyeonggi,\n", actor=COMMAND, now=clock.now)

    assert [(code, facts["columns"]) for _, code, facts in refused.value.facts["problems"]] == [
        ("columns_missing", [meant])
    ]

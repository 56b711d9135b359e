"""The rules of clearance, each by its sentence."""

from datetime import timedelta
from itertools import product

import pytest

from tests.clearance.office import NIS, UNC
from tourbook.clearance.models import ClearanceDemand, Listed, Standing
from tourbook.clearance.rules import (
    Deadlines,
    chased_now,
    check_due_days,
    check_step,
    choice_deadline,
    compared,
    deadlines,
    leaves_no_exchange,
    overall,
)
from tourbook.courses.models import Course
from tourbook.db import new_id
from tourbook.errors import Conflict, Refused
from tourbook.kst import parse_moment

pytestmark = pytest.mark.sqlite_only("pure rules")

STARTS = parse_moment("2026-05-20T15:00")
COURSE = Course(amend_until_days=2, opens_days_before=28)
LAWFUL = {
    ("missing", "ready"),
    ("ready", "submitted"),
    ("submitted", "cleared"),
    ("submitted", "refused"),
    ("cleared", "refused"),
    ("refused", "cleared"),
}


def demand(days: int, authority: object = NIS) -> ClearanceDemand:
    return ClearanceDemand(authority=authority, due_days=days, asks_passport=False)


@pytest.mark.parametrize(("old", "new"), list(product(Standing, Standing)))
def test_only_these_steps_are_lawful(old: Standing, new: Standing) -> None:
    if (old.value, new.value) in LAWFUL:
        check_step(old, new)
        return
    with pytest.raises(Conflict):
        check_step(old, new)


def test_names_are_due_at_24_hours_of_their_day() -> None:
    when = deadlines(COURSE, [demand(14), demand(3, UNC)], STARTS)

    assert when.due == {NIS: parse_moment("2026-05-07"), UNC: parse_moment("2026-05-18")}
    assert when.first_due == parse_moment("2026-05-07")


def test_the_freeze_line_is_the_courses_own() -> None:
    when = deadlines(COURSE, [demand(14)], STARTS)

    assert when.freeze_at == parse_moment("2026-05-19")
    assert not when.is_frozen(when.freeze_at - timedelta(seconds=1))
    assert when.is_frozen(when.freeze_at)


def test_names_are_due_by_the_freeze_line_however_the_course_was_changed() -> None:
    assert deadlines(COURSE, [demand(1)], STARTS).due[NIS] == parse_moment("2026-05-19")


@pytest.mark.parametrize("days", [1, 29])
def test_names_cannot_be_due_after_they_are_final_nor_before_anybody_applies(days: int) -> None:
    with pytest.raises(Refused):
        check_due_days(COURSE, days)


@pytest.mark.parametrize(
    ("standings", "together"),
    [
        (["cleared", "cleared"], "cleared"),
        (["cleared", "submitted"], "submitted"),
        (["submitted", "ready"], "ready"),
        (["submitted", "missing"], "missing"),
        (["missing", "refused"], "refused"),
    ],
)
def test_together_the_authority_that_is_furthest_from_letting_in_counts(standings: list[str], together: str) -> None:
    assert overall([Standing(one) for one in standings]) == together


@pytest.mark.parametrize(
    ("now", "deadline"),
    [
        ("2026-05-10T09:00", "2026-05-11T09:00"),
        ("2026-05-18T09:00", "2026-05-18T19:00"),
        ("2026-05-18T18:00", "2026-05-18T19:00"),
        ("2026-05-18T18:01", "2026-05-19T18:01"),
        ("2026-05-18T21:01", "2026-05-20T09:00"),
        ("2026-05-20T08:00", "2026-05-20T15:00"),
    ],
)
def test_a_party_chooses_within_a_day_and_in_time_for_the_place_to_be_offered_on(now: str, deadline: str) -> None:
    when = Deadlines({}, parse_moment("2026-05-19"), STARTS)

    assert choice_deadline(when, parse_moment(now), 24) == parse_moment(deadline)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-05-09T12:00", None),
        ("2026-05-10T12:00", "2026-05-10"),
        ("2026-05-12T12:00", "2026-05-12"),
        ("2026-05-12T08:59", None),
        ("2026-05-12T20:00", None),
        ("2026-05-13T12:00", None),
    ],
)
def test_details_are_asked_for_by_day_and_before_they_are_due(now: str, moment: str | None) -> None:
    found = chased_now(parse_moment("2026-05-13"), parse_moment(now))

    assert found == (parse_moment(moment) if moment else None)


def test_who_was_refused_need_not_be_taken_off_a_list_by_name() -> None:
    stays, came, went, refused = (new_id() for _ in range(4))

    assert compared([stays, went, refused], [stays, came], [refused]) == {
        stays: Listed.STAYS,
        came: Listed.CAME,
        went: Listed.WENT,
    }


@pytest.mark.parametrize(
    ("due_days", "never"), [([2], True), ([2, 2], True), ([3], False), ([2, 7], False), ([], False)]
)
def test_nobody_is_ever_exchanged_where_all_names_are_due_as_they_freeze(due_days: list[int], never: bool) -> None:
    course = Course(amend_until_days=2, roster_due_days=14)

    assert leaves_no_exchange(course, due_days) is never


def test_before_anybody_checks_the_day_on_which_names_are_sent_counts() -> None:
    assert leaves_no_exchange(Course(amend_until_days=3, roster_due_days=3), [])

"""What stands against a course, a schedule, a measure: each refusal by its code and its field."""

from datetime import date
from typing import Any

import pytest

from tests.courses.drafts import course_draft, measure_draft, schedule_draft
from tourbook.courses.checks import course_faults, measure_faults, measure_oddities, schedule_faults
from tourbook.kst import parse_moment


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"code": "Yang gu"}, "code_unusable", "code"),
        ({"kind": "museum"}, "unknown_kind", "kind"),
        ({"capacity": 0}, "number_out_of_range", "capacity"),
        ({"party_limit": 0}, "number_out_of_range", "party_limit"),
        ({"mode": "draw"}, "draw_not_available", "mode"),
        ({"mode": "auction"}, "unknown_mode", "mode"),
        ({"who": "friends"}, "unknown_who", "who"),
        ({"policy": "draw"}, "unknown_policy", "policy"),
        ({"name_en": " "}, "text_missing", "name_en"),
        ({"minutes": 0}, "number_out_of_range", "minutes"),
        ({"minutes": 1441}, "number_out_of_range", "minutes"),
        ({"opens_days_before": 400}, "number_out_of_range", "opens_days_before"),
        ({"offer_hours": 0}, "number_out_of_range", "offer_hours"),
        ({"length_km": 3.0, "walk_km": 3.5}, "walk_longer_than_course", "walk_km"),
        ({"opens_days_before": 13}, "window_never_opens", "opens_days_before"),
        ({"amend_until_days": 15}, "amended_before_due", "amend_until_days"),
        ({"times": ()}, "times_missing", "times"),
        ({"weekdays": ()}, "weekdays_missing", "weekdays"),
    ],
)
def test_a_course_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    found = [(fault.code, fault.field) for fault in course_faults(course_draft(**changes))]

    assert found == [(code, field)]


def test_a_course_without_faults_passes_with_or_without_a_schedule() -> None:
    assert list(course_faults(course_draft())) == []
    assert list(course_faults(course_draft(weekdays=(), times=()))) == []


def test_every_fault_of_a_course_is_found_at_once() -> None:
    codes = [fault.code for fault in course_faults(course_draft(kind="museum", capacity=0, name_ko="", mode="draw"))]

    assert codes == ["unknown_kind", "number_out_of_range", "draw_not_available", "text_missing"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"weekdays": ()}, "weekdays_missing"),
        ({"times": ()}, "times_missing"),
        ({"runs_from": date(2026, 5, 2), "runs_until": date(2026, 5, 1)}, "until_before_from"),
        ({"capacity": 0}, "number_out_of_range"),
    ],
)
def test_a_schedule_is_refused(changes: dict[str, Any], code: str) -> None:
    assert [fault.code for fault in schedule_faults(schedule_draft(**changes))] == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "party"}, "unknown_measure"),
        ({"kind": "override"}, "capacity_missing"),
        ({"kind": "override", "capacity": -1}, "number_out_of_range"),
        ({"effective_until": date(2026, 5, 9)}, "until_before_from"),
        ({"reason_ko": "", "reason_en": ""}, "text_missing"),
    ],
)
def test_a_measure_is_refused(changes: dict[str, Any], code: str) -> None:
    assert [fault.code for fault in measure_faults(measure_draft(**changes))] == [code]


def test_an_override_of_nobody_and_a_single_day_are_fine() -> None:
    one_day = {"effective_from": date(2026, 5, 10), "effective_until": date(2026, 5, 10)}

    assert list(measure_faults(measure_draft(kind="override", capacity=0, **one_day))) == []


def test_what_counts_for_nothing_in_a_measure_is_pointed_out() -> None:
    odd = measure_draft(capacity=10, raises=True, ended_at=parse_moment("2026-05-12"))

    assert [oddity.code for oddity in measure_oddities(odd)] == ["suspension_with_capacity", "end_decided_without_end"]

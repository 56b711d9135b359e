"""Drafts with safe values: a test names only what matters to it."""

from datetime import date, time
from typing import Any

from tourbook.courses import CourseDraft, MeasureDraft, ScheduleDraft
from tourbook.courses.models import Course, Schedule
from tourbook.kst import parse_moment

COURSE: dict[str, Any] = {
    "code": "yanggu",
    "kind": "trail",
    "region_code": "51",
    "name_ko": "양구 두타연 코스",
    "name_en": "Yanggu Dutayeon course",
    "capacity": 20,
    "party_limit": 5,
    "min_age": 10,
    "opens_days_before": 28,
    "opens_at": time(10),
    "closes_days_before": 14,
    "roster_due_days": 14,
    "amend_until_days": 2,
    "minutes": 180,
    "meeting_place_ko": "금강산가는길 안내소",
    "meeting_place_en": "Geumgangsan Road information office",
    "id_rule_ko": "신분증 원본 지참",
    "id_rule_en": "original photo ID",
    "weekdays": (1, 4),
    "times": ("10:00", "14:00"),
}
MEASURE: dict[str, Any] = {
    "course": "paju",
    "kind": "suspension",
    "announced_at": parse_moment("2026-05-04T08:00"),
    "effective_from": date(2026, 5, 10),
    "reason_ko": "보수 공사",
    "reason_en": "repair works",
}


def course_draft(**changes: Any) -> CourseDraft:
    return CourseDraft(**(COURSE | changes))


def measure_draft(**changes: Any) -> MeasureDraft:
    return MeasureDraft(**(MEASURE | changes))


def schedule_draft(**changes: Any) -> ScheduleDraft:
    return ScheduleDraft(**({"weekdays": (1,), "times": ("10:00",)} | changes))


def course(**changes: Any) -> Course:
    """A course that no database knows."""
    draft = course_draft(**changes)
    return Course(code=draft.code, kind=draft.kind, region_code=draft.region_code, **draft.attributes())


def schedule(**changes: Any) -> Schedule:
    """A schedule that no database knows."""
    draft = schedule_draft(**changes)
    return Schedule(
        weekdays=list(draft.weekdays), times=list(draft.times), runs_from=draft.runs_from, runs_until=draft.runs_until
    )

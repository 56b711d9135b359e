"""Pure checks of what people propose: each yields the refusals that stand against it, with the field they are about."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from tourbook.courses.drafts import (
    BreakDraft,
    CalendarDraft,
    CourseDraft,
    CourseTerms,
    MeasureDraft,
    ScheduleDraft,
    WayDraft,
)
from tourbook.courses.models import Kind, Policy
from tourbook.errors import Refused

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MODES = ("first_come",)
MODES_TO_COME = ("draw",)
WHO = ("nationals", "all")
MEASURES = ("suspension", "override")
WORDS = (
    "name_ko",
    "name_en",
    "meeting_place_ko",
    "meeting_place_en",
    "id_rule_ko",
    "id_rule_en",
)
SMALLEST = {
    "min_age": 0,
    "opens_days_before": 0,
    "closes_days_before": 0,
    "roster_due_days": 0,
    "amend_until_days": 0,
    "minutes": 1,
    "fee_krw": 0,
    "skip_bound": 0,
    "offer_hours": 1,
    "shrink_hours": 1,
    "volunteer_hours": 1,
    "right_days": 30,
}
LARGEST = {"min_age": 120, "minutes": 24 * 60, "right_days": 3 * 366}
LARGEST |= dict.fromkeys(("offer_hours", "shrink_hours", "volunteer_hours"), 24 * 14)
LARGEST_DAYS = 366
FEWEST_THAT_RUN = 2  # one person is what every departure has that is not empty
MINIMUM = ("runs_from_people", "decided_days_before", "decided_at")
MOST_POINTS = 100
WEST, SOUTH, EAST, NORTH = 124.0, 33.0, 132.0, 39.0


def course_faults(draft: CourseDraft) -> Iterator[Refused]:
    """What stands against a new course, but for what the database must be asked."""
    if not CODE.fullmatch(draft.code):
        yield Refused("code_unusable", field="code", value=draft.code)
    if draft.kind not in list(Kind):
        yield Refused("unknown_kind", field="kind", value=draft.kind, choices=[kind.value for kind in Kind])
    yield from figures_faults(draft.capacity, draft.party_limit)
    yield from terms_faults(draft)
    if draft.weekdays or draft.times:
        yield from schedule_faults(ScheduleDraft(weekdays=draft.weekdays, times=draft.times))


def terms_faults(terms: CourseTerms) -> Iterator[Refused]:
    """What stands against a course's terms, new or changed."""
    yield from _choice_faults(terms)
    for name in WORDS:
        if not getattr(terms, name).strip():
            yield Refused("text_missing", field=name)
    for name, least in SMALLEST.items():
        most = LARGEST.get(name, LARGEST_DAYS if name.endswith(("_days", "_days_before")) else None)
        if getattr(terms, name) < least or (most is not None and getattr(terms, name) > most):
            yield Refused("number_out_of_range", field=name, value=getattr(terms, name), least=least, most=most)
    if terms.length_km is not None and terms.walk_km is not None and terms.walk_km > terms.length_km:
        yield Refused("walk_longer_than_course", field="walk_km", walk_km=terms.walk_km, length_km=terms.length_km)
    yield from _window_faults(terms)
    yield from _minimum_faults(terms)


def _choice_faults(terms: CourseTerms) -> Iterator[Refused]:
    if terms.mode in MODES_TO_COME:
        yield Refused("draw_not_available", field="mode")
    elif terms.mode not in MODES:
        yield Refused("unknown_mode", field="mode", value=terms.mode, choices=list(MODES))
    if terms.who not in WHO:
        yield Refused("unknown_who", field="who", value=terms.who, choices=list(WHO))
    if terms.policy not in list(Policy):
        yield Refused("unknown_policy", field="policy", value=terms.policy, choices=[one.value for one in Policy])


def _window_faults(terms: CourseTerms) -> Iterator[Refused]:
    """A window that never opens; a roster amended until earlier than it is sent is fine, later than it is not."""
    if terms.opens_days_before < terms.closes_days_before:
        yield Refused(
            "window_never_opens",
            field="opens_days_before",
            opens=terms.opens_days_before,
            closes=terms.closes_days_before,
        )
    if terms.amend_until_days > terms.roster_due_days:
        yield Refused(
            "amended_before_due",
            field="amend_until_days",
            amend_until=terms.amend_until_days,
            roster_due=terms.roster_due_days,
        )


def _minimum_faults(terms: CourseTerms) -> Iterator[Refused]:
    """A minimum to run is declared whole, and decided while people can apply before and answer an offer after."""
    absent = [name for name in MINIMUM if getattr(terms, name) is None]
    if 0 < len(absent) < len(MINIMUM):
        yield Refused("minimum_incomplete", field=absent[0])
    if terms.runs_from_people is not None and terms.runs_from_people < FEWEST_THAT_RUN:
        found, least = terms.runs_from_people, FEWEST_THAT_RUN
        yield Refused("number_out_of_range", field="runs_from_people", value=found, least=least, most=None)
    if terms.decided_days_before is None:
        return
    if not terms.amend_until_days < terms.decided_days_before < terms.opens_days_before:
        names_final, opens = terms.amend_until_days, terms.opens_days_before
        yield Refused("minimum_decided_untimely", field="decided_days_before", amend_until=names_final, opens=opens)


def way_faults(draft: WayDraft) -> Iterator[Refused]:
    """A leg without its words in one language, or points that do not lie in Korea, or too many of them."""
    for number, leg in enumerate(draft.legs):
        for name in ("ko", "en"):
            if not getattr(leg, name).strip():
                yield Refused("text_missing", field=f"legs-{number}-{name}")
        outside = [point for point in leg.path if not _in_korea(point)]
        if outside:
            yield Refused("point_outside_korea", field=f"legs-{number}-path", lon=outside[0][0], lat=outside[0][1])
        if len(leg.path) > MOST_POINTS:
            yield Refused("points_too_many", field=f"legs-{number}-path", most=MOST_POINTS)


def _in_korea(point: tuple[float, ...]) -> bool:
    lon, lat, *_height = point
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def figures_faults(capacity: int, party_limit: int | None) -> Iterator[Refused]:
    """A course of nobody, or parties of nobody."""
    if capacity < 1:
        yield Refused("number_out_of_range", field="capacity", value=capacity, least=1, most=None)
    if party_limit is not None and party_limit < 1:
        yield Refused("number_out_of_range", field="party_limit", value=party_limit, least=1, most=None)


def schedule_faults(draft: ScheduleDraft) -> Iterator[Refused]:
    """A schedule without weekdays or times, with its end before its start, or for nobody."""
    if not draft.weekdays:
        yield Refused("weekdays_missing", field="weekdays")
    if not draft.times:
        yield Refused("times_missing", field="times")
    yield from order_of_days(draft.runs_from, draft.runs_until, field="runs_until")
    if draft.capacity is not None and draft.capacity < 1:
        yield Refused("number_out_of_range", field="capacity", value=draft.capacity, least=1, most=None)


def break_faults(draft: BreakDraft) -> Iterator[Refused]:
    """A break with its end before its start, or without its reason in one language."""
    yield from order_of_days(draft.first_day, draft.last_day, field="last_day")
    for name in ("reason_ko", "reason_en"):
        if not getattr(draft, name).strip():
            yield Refused("text_missing", field=name)


def calendar_faults(draft: CalendarDraft) -> Iterator[Refused]:
    """What stands against any schedule or break of a calendar."""
    for schedule in draft.schedules:
        yield from schedule_faults(schedule)
    for pause in draft.breaks:
        yield from break_faults(pause)


def measure_faults(draft: MeasureDraft) -> Iterator[Refused]:
    """What stands against a measure: its kind, an override without capacity, its end before its start, no reason."""
    if draft.kind not in MEASURES:
        yield Refused("unknown_measure", field="kind", value=draft.kind, choices=list(MEASURES))
    if draft.kind == "override" and draft.capacity is None:
        yield Refused("capacity_missing", field="capacity")
    if draft.capacity is not None and draft.capacity < 0:
        yield Refused("number_out_of_range", field="capacity", value=draft.capacity, least=0, most=None)
    yield from order_of_days(draft.effective_from, draft.effective_until, field="effective_until")
    if not (draft.reason_ko.strip() or draft.reason_en.strip()):
        yield Refused("text_missing", field="reason_ko")


def embargo_faults(public_from: datetime | None, now: datetime) -> Iterator[Refused]:
    """What stands against keeping something back until that moment: it must lie ahead."""
    if public_from is not None and public_from <= now:
        yield Refused("public_from_passed", field="public_from")


def measure_oddities(draft: MeasureDraft) -> Iterator[Refused]:
    """What counts for nothing in a measure, so that whoever entered it may look again."""
    if draft.kind == "suspension" and (draft.capacity or draft.raises):
        yield Refused("suspension_with_capacity", field="capacity")
    if draft.ended_at and draft.effective_until is None:
        yield Refused("end_decided_without_end", field="ended_at")


def order_of_days(first: date | None, last: date | None, *, field: str) -> Iterator[Refused]:
    """A last day before the first."""
    if first and last and last < first:
        yield Refused("until_before_from", field=field, first=first, last=last)


def start_faults(starts_at: datetime) -> Iterator[Refused]:
    """A departure leaves on a full minute."""
    if starts_at.second or starts_at.microsecond:
        yield Refused("start_not_on_minute", field="start")

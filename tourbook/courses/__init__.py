"""Courses: regions, trail routes and Panmunjeom tours, their schedules and departures, and measures at one site.

Promises: a departure exists once per course and instant; a schedule fills days only where no break and no holiday
stands against it; a course's capacity is never edited, only entered anew with its date.
"""

from tourbook.courses.acts import (
    add_break,
    add_course,
    add_schedule,
    edit_course,
    remove_break,
    remove_holiday,
    remove_schedule,
    set_holiday,
)
from tourbook.courses.departures import Added, Generated, add_departure, generate_departures, lock_course
from tourbook.courses.drafts import CourseDraft, CourseTerms, MeasureDraft, RegionDraft, ScheduleDraft
from tourbook.courses.files import Imported, ImportRefused
from tourbook.courses.imports import (
    enter_courses,
    enter_measures,
    enter_regions,
    read_courses,
    read_measures,
    read_regions,
)
from tourbook.courses.joining import Heeded, count_made_too_late
from tourbook.courses.planning import Planned, plan_ahead
from tourbook.courses.rules import (
    VisitorFacts,
    Window,
    age_on,
    amend_until,
    gives_by_draw,
    may_go,
    roster_due,
    window,
)
from tourbook.courses.service import (
    breaks_of,
    course_by_code,
    course_by_id,
    courses,
    departure_at,
    departure_by_id,
    departures_between,
    ends_of_measures,
    figures_now,
    holidays_between,
    last_day_of,
    measures_of,
    regions,
    schedules_of,
    starts_of,
    terms_of,
)
from tourbook.courses.steps import end_measure, enter_measure, set_figures

__all__ = [
    "Added",
    "CourseDraft",
    "CourseTerms",
    "Generated",
    "Heeded",
    "ImportRefused",
    "Imported",
    "MeasureDraft",
    "Planned",
    "RegionDraft",
    "ScheduleDraft",
    "VisitorFacts",
    "Window",
    "add_break",
    "add_course",
    "add_departure",
    "add_schedule",
    "age_on",
    "amend_until",
    "breaks_of",
    "count_made_too_late",
    "course_by_code",
    "course_by_id",
    "courses",
    "departure_at",
    "departure_by_id",
    "departures_between",
    "edit_course",
    "end_measure",
    "ends_of_measures",
    "enter_courses",
    "enter_measure",
    "enter_measures",
    "enter_regions",
    "figures_now",
    "generate_departures",
    "gives_by_draw",
    "holidays_between",
    "last_day_of",
    "lock_course",
    "may_go",
    "measures_of",
    "plan_ahead",
    "read_courses",
    "read_measures",
    "read_regions",
    "regions",
    "remove_break",
    "remove_holiday",
    "remove_schedule",
    "roster_due",
    "schedules_of",
    "set_figures",
    "set_holiday",
    "starts_of",
    "terms_of",
    "window",
]

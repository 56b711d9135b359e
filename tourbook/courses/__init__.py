"""Courses: regions, trail routes and Panmunjeom tours, their schedules and departures, and measures at one site.

Promises: a departure exists once per course and instant; a schedule fills days only where no break and no holiday
stands against it; a course's capacity is never edited, only entered anew with its date.
"""

from tourbook.courses.rules import (
    VisitorFacts,
    Window,
    age_on,
    amend_until,
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
    figures_now,
    holidays_between,
    measures_of,
    regions,
    schedules_of,
)

__all__ = [
    "VisitorFacts",
    "Window",
    "age_on",
    "amend_until",
    "breaks_of",
    "course_by_code",
    "course_by_id",
    "courses",
    "departure_at",
    "departure_by_id",
    "departures_between",
    "figures_now",
    "holidays_between",
    "may_go",
    "measures_of",
    "regions",
    "roster_due",
    "schedules_of",
    "window",
]

"""The demonstration shows at one course what a way with points and heights looks like; both are made up, and say so.

No source gives the heights of any course. The points lie around a public park, a thousandth of a degree apart or more.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tourbook.actor import COMMAND
from tourbook.courses import course_by_code, edit_course, terms_of

SHOWN_AT = "paju"
MADE_UP = (
    (126.740, 37.890, 12),
    (126.743, 37.889, 14),
    (126.746, 37.888, 18),
    (126.749, 37.886, 26),
    (126.752, 37.885, 21),
    (126.755, 37.884, 16),
)


def make_up_a_way(session: Session, *, now: datetime) -> None:
    """Give the first leg of that course a path that is marked as made up."""
    course = course_by_code(session, SHOWN_AT)
    first, *others = course.details["legs"]
    details: dict[str, Any] = {
        **course.details,
        "legs": [{**first, "path": [list(point) for point in MADE_UP]}, *others],
        "path_invented": True,
    }
    edit_course(course.id, replace(terms_of(session, course), details=details), actor=COMMAND, now=now)

"""The demonstration's courses do not all say the same of who keeps places: one of them asks for volunteers first."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from tourbook.actor import COMMAND
from tourbook.courses import course_by_code, edit_course, terms_of
from tourbook.courses.models import Policy

ASKS_FIRST = "goseong"


def declare_another_policy(session: Session, *, now: datetime) -> None:
    """Let that course ask for volunteers, before anybody has applied for it."""
    course = course_by_code(session, ASKS_FIRST)
    terms = replace(terms_of(session, course), policy=Policy.VOLUNTEERS_FIRST.value)
    edit_course(course.id, terms, actor=COMMAND, now=now)

"""What applicants are told: the facts of a notice about one application, without personal data."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tourbook.applications.models import Application
from tourbook.courses.models import Course, Departure
from tourbook.distancing.causes import Cause
from tourbook.distancing.rules import Allowance
from tourbook.notices import enqueue
from tourbook.notices.kinds import MEETING


def tell(
    session: Session,
    kind: str,
    application: Application,
    *,
    course: Course,
    departure: Departure,
    now: datetime,
    **facts: Any,
) -> None:
    """Write a notice to the party's contact in its language; a party that left none yet cannot be told. A step."""
    if application.contact is None or application.contact_way is None:
        return
    enqueue(
        session,
        kind,
        subject_id=application.id,
        contact=application.contact,
        way=application.contact_way,
        language=application.language,
        link_token=application.token,
        facts={**journey_facts(application, course, departure), **facts},
        now=now,
    )


def journey_facts(application: Application, course: Course, departure: Departure) -> dict[str, Any]:
    """What every notice of an application names: reference, course, start (UTC), place, arrival, seats, the fee."""
    return {
        "reference": application.reference,
        "course_ko": course.name_ko,
        "course_en": course.name_en,
        "starts_at": departure.starts_at.isoformat(),
        "minutes": departure.minutes,
        "meeting_place_ko": course.meeting_place_ko,
        "meeting_place_en": course.meeting_place_en,
        "id_rule_ko": course.id_rule_ko,
        "id_rule_en": course.id_rule_en,
        "seats": application.seats,
        "fee_krw": application.seats * course.fee_krw,
    } | {name: course.details[name] for name in MEETING if course.details.get(name)}


def deciding_cause(answer: Allowance) -> Cause:
    """The step of an allowance that made it as small as it is; of several, the last, which is nearest to the site."""
    return [cause for cause in answer.causes if cause.value == answer.capacity and cause.component != "party"][-1]

"""What applicants are told: the facts of a notice about one application, without personal data."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application
from tourbook.applications.parties import Party
from tourbook.courses.models import Course, Departure
from tourbook.distancing.causes import Cause
from tourbook.distancing.rules import Allowance
from tourbook.notices import Letter, enqueue
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


@dataclass(frozen=True)
class Addressee:
    """How a party is told: where, by mail or sms, in which language, and the token of its own page; and the start of
    the departure that it applied for.
    """

    contact: str
    way: str
    language: str
    token: str | None
    own_starts_at: datetime

    def letter(self, kind: str, application_id: UUID, facts: dict[str, Any]) -> Letter:
        """A notice of that kind to this party; one about another departure than its own names both."""
        own = self.own_starts_at.isoformat()
        if own != facts["starts_at"]:
            facts = {**facts, "own_starts_at": own}
        return Letter(kind, application_id, self.contact, self.way, self.language, self.token, facts)


def addressees(session: Session, application_ids: Collection[UUID]) -> dict[UUID, Addressee]:
    """Those of these parties that left a contact. A query, without loading the applications."""
    if not application_ids:
        return {}
    rows = session.connection().execute(_REACHABLE, {"application_ids": list(application_ids)}).all()
    contacts = Application.contact.open_all((row.id, row.contact_sealed) for row in rows)
    tokens = Application.token.open_all((row.id, row.token_sealed) for row in rows)
    return {
        row.id: Addressee(contact or "", row.contact_way, row.language, token, row.starts_at)
        for row, contact, token in zip(rows, contacts, tokens, strict=True)
    }


_application, _own = Application.__table__.c, Departure.__table__.c
_REACHABLE = (
    select(
        _application.id,
        _application.contact_sealed,
        _application.contact_way,
        _application.language,
        _application.token_sealed,
        _own.starts_at,
    )
    .join(Departure.__table__, _own.id == _application.departure_id)
    .where(
        _application.id.in_(bindparam("application_ids", expanding=True)),
        _application.contact_sealed.is_not(None),
        _application.contact_way.is_not(None),
    )
)


def journey_facts(application: Application | Party, course: Course, departure: Departure) -> dict[str, Any]:
    """What every notice of an application names: reference, course, start (UTC), place, arrival, seats, the fee."""
    return departure_facts(course, departure) | party_facts(application, course)


def party_facts(application: Application | Party, course: Course) -> dict[str, Any]:
    """What of it is the party's own."""
    seats = application.seats
    return {"reference": application.reference, "seats": seats, "fee_krw": seats * course.fee_krw}


def departure_facts(course: Course, departure: Departure) -> dict[str, Any]:
    """What of it is the same for every party of a departure."""
    return {
        "course_ko": course.name_ko,
        "course_en": course.name_en,
        "starts_at": departure.starts_at.isoformat(),
        "minutes": departure.minutes,
        "meeting_place_ko": course.meeting_place_ko,
        "meeting_place_en": course.meeting_place_en,
        "id_rule_ko": course.id_rule_ko,
        "id_rule_en": course.id_rule_en,
    } | {name: course.details[name] for name in MEETING if course.details.get(name)}


def cause_for(answer: Allowance, seats: int) -> Cause:
    """Why a party of that size may not go as it is: what limits parties, where there would be places for all of it."""
    if answer.party_max is not None and answer.party_max < seats <= answer.capacity:
        return _party_cause(answer)
    return deciding_cause(answer)


def _party_cause(answer: Allowance) -> Cause:
    """The step that sets the party limit: the order that names it, else the course."""
    ordered = [cause for cause in answer.causes if cause.party_max == answer.party_max]
    return ordered[-1] if ordered else next(cause for cause in answer.causes if cause.component == "party")


def deciding_cause(answer: Allowance) -> Cause:
    """The step of an allowance that made it as small as it is; of several, the last, which is nearest to the site."""
    return [cause for cause in answer.causes if cause.value == answer.capacity and cause.component != "party"][-1]

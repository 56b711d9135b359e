"""What applicants are told: the facts of a notice about one application, without personal data."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
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
    one, own = Application.__table__.c, Departure.__table__.c
    rows = session.execute(
        select(one.id, one.contact_sealed, one.contact_way, one.language, one.token_sealed, own.starts_at)
        .join(Departure.__table__, own.id == one.departure_id)
        .where(one.id.in_(application_ids), one.contact_sealed.is_not(None), one.contact_way.is_not(None))
    )
    return {
        row.id: Addressee(
            contact=Application.contact.open(row.id, row.contact_sealed) or "",
            way=row.contact_way,
            language=row.language,
            token=Application.token.open(row.id, row.token_sealed),
            own_starts_at=row.starts_at,
        )
        for row in rows
    }


def journey_facts(application: Application | Party, course: Course, departure: Departure) -> dict[str, Any]:
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

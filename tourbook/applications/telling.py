"""What applicants are told: the facts of a notice about one application, without personal data."""

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
from tourbook.notices import Address, Hold, Letter, enqueue
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


def in_vain(receipt: str) -> dict[str, object]:
    """What a letter names to a party that hears by it of places that a draw gave it, and that it cannot have."""
    return {"drew": True, "receipt": receipt}


def address_of(session: Session, application_id: UUID) -> Address | None:
    """Where the party is reached now; None where it left no contact, or has none any more. A query."""
    row = session.connection().execute(_ADDRESS, {"application_id": application_id}).first()
    contact = Application.contact.open(application_id, row.contact_sealed) if row else None
    return Address(contact, Application.token.open(application_id, row.token_sealed)) if row and contact else None


_ADDRESS = select(Application.contact_sealed, Application.token_sealed).where(
    Application.id == bindparam("application_id")
)


def letter_to(
    party: Party, kind: str, facts: dict[str, Any], *, own_start: datetime, hold: Hold | None = None
) -> Letter | None:
    """A notice of that kind to that party, whose address it borrows; one about another departure than its own, which
    starts at `own_start`, names both. None where the party left no contact.
    """
    if party.way is None:
        return None
    own = own_start.isoformat()
    if own != facts["starts_at"]:
        facts = {**facts, "own_starts_at": own}
    return Letter(kind, party.id, party.way, party.language, facts, hold=hold)


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


FOR_LACK_OF_ROOM = frozenset({"displace", "release_volunteer", "ask_volunteers"})
"""The kinds of move that only too few places ask for: who is merely too many for one party is asked to shrink."""
FOR_ITS_SIZE = frozenset({"displace_large", "ask_to_shrink", "ask_anew", "put_back_to_shrink"})
"""The kinds of move that only the party limit asks for."""


def cause_of(answer: Allowance, kind: str, seats: int) -> Cause:
    """Why a party of that size is moved so: what limits parties where that alone moves it, else what limits places."""
    if kind in FOR_LACK_OF_ROOM:
        return deciding_cause(answer)
    too_large = answer.party_max is not None and answer.party_max < seats
    if too_large and (kind in FOR_ITS_SIZE or seats <= answer.capacity):
        return _party_cause(answer)
    return deciding_cause(answer)


def _party_cause(answer: Allowance) -> Cause:
    """The step that sets the party limit: the order that names it, else the course."""
    ordered = [cause for cause in answer.causes if cause.party_max == answer.party_max]
    return ordered[-1] if ordered else next(cause for cause in answer.causes if cause.component == "party")


def deciding_cause(answer: Allowance) -> Cause:
    """The step of an allowance that made it as small as it is; of several, the last, which is nearest to the site."""
    return [cause for cause in answer.causes if cause.value == answer.capacity and cause.component != "party"][-1]

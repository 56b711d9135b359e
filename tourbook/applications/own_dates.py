"""Telling a displaced party that its own date has opened again while it is being offered another one.

It has one open offer and so is not asked for its own date, which keeps seats for it (decision 85); whether it takes
that instead is for it to say, on its page (decision 35), which it would not look at without being told: by when, until
the offer ends or its own date makes none any more. It is told once in the life of its right, and not at all where its
own date was offered to it and not taken: each offer of another date would else bring the same letter.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from tourbook.applications.acts.exchange import own_date_is_open
from tourbook.applications.deadlines import offers_end
from tourbook.applications.grace import in_grace
from tourbook.applications.models import Application, Offer, OfferState, PriorityRight, State
from tourbook.applications.settle import is_due
from tourbook.applications.telling import tell
from tourbook.courses import amend_until
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.notices import Kind, Notice

AT_ONCE = 200  # offers that are looked at in one transaction
Found = tuple[Offer, Application, Departure, Course]


def tell_of_own_dates(*, now: datetime) -> int:
    """Act of the timetable: tell those whose own date could be had instead of the offer that they have, once while
    their right lasts; gives how many. Their offers are locked, unless somebody is answering them; nobody is waited for.
    """
    with transaction() as session:
        if in_grace(session, now):  # its own date may be open by that change alone
            return 0
        found = [one for one in _candidates(session, now) if _is_to_be_told(session, one, now)]
        for offer, application, departure, course in found:
            told: dict[str, Any] = {"course": course, "departure": departure, "now": now}
            deadline = min(offer.deadline, offers_end(amend_until(course, departure.starts_at)))
            tell(session, Kind.OWN_DATE_OPEN, application, deadline=deadline.isoformat(), **told)
        return len(found)


def _candidates(session: Session, now: datetime) -> Sequence[Found]:
    """Open offers of another departure, where the stored figures of the own one have seats for the whole party."""
    seats = Application.seats
    rows = session.execute(
        select(Offer, Application, Departure, Course)
        .join(Application, Application.id == Offer.application_id)
        .join(Departure, Departure.id == Application.departure_id)
        .join(Course, Course.id == Application.course_id)
        .where(Offer.state == OfferState.OPEN, Offer.deadline > now, Offer.departure_id != Application.departure_id)
        .where(Application.state == State.DISPLACED, Application.contact_way.is_not(None), ~_KNOWS)
        .where(Departure.starts_at > now, Departure.allowed - Departure.seats_taken >= seats)
        .where(or_(Departure.party_max.is_(None), Departure.party_max >= seats))
        .order_by(Offer.deadline, Offer.id)
        .limit(AT_ONCE)
        .with_for_update(of=Offer, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(offer, application, departure, course) for offer, application, departure, course in rows]


_since_the_loss = (
    select(func.max(PriorityRight.granted_at))
    .where(PriorityRight.application_id == Application.id)
    .correlate(Application)
    .scalar_subquery()
)
_told = select(Notice.id).where(Notice.subject_id == Application.id, Notice.kind == Kind.OWN_DATE_OPEN)
_own = aliased(Offer)
_offered = select(_own.id).where(_own.application_id == Application.id, _own.departure_id == Application.departure_id)
_KNOWS = or_(
    _told.where(Notice.created_at >= _since_the_loss).exists(), _offered.where(_own.made_at >= _since_the_loss).exists()
)
"""Of a party that lost its places: it has heard since that its own date has places."""


def _is_to_be_told(session: Session, found: Found, now: datetime) -> bool:
    """Read anew under the lock: somebody else may have told of it while it was being waited for. What is due is left
    until it is settled.
    """
    _, application, departure, course = found
    told = select(func.count()).select_from(Application).where(Application.id == application.id, _KNOWS)
    stands = not session.scalar(told) and not is_due(session, departure, now)
    figures: dict[str, Any] = {"figures": departure, "taken": departure.seats_taken, "now": now}
    return stands and own_date_is_open(session, application, departure, course, **figures)

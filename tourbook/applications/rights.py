"""Priority rights by the clock: their holders are told some days before they end, and then they end.

Two acts of the timetable. A right is used, given up or ended under the lock of its course's queue, which also whoever
makes an offer holds; so none is offered seats while it ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM
from tourbook.applications.models import Application, Offer, OfferState, PriorityRight
from tourbook.applications.settle import locked_queue
from tourbook.applications.telling import tell
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.instants import Instant

REMIND_BEFORE = timedelta(days=14)
AT_ONCE = 100  # rights in one transaction: the queue of their course is locked meanwhile

_UNUSED = (PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None))
_WITH_OFFER = select(Offer.application_id).where(Offer.state == OfferState.OPEN)
_OVER = (
    *_UNUSED,
    PriorityRight.lasts_until <= bindparam("now", type_=Instant),
    PriorityRight.application_id.not_in(_WITH_OFFER),
)
_NEARLY_OVER = (
    *_UNUSED,
    PriorityRight.reminded_at.is_(None),
    PriorityRight.lasts_until > bindparam("now", type_=Instant),
    PriorityRight.lasts_until <= bindparam("then", type_=Instant),
)
_FIRST_COURSE = select(PriorityRight.course_id).where(*_OVER).order_by(PriorityRight.lasts_until).limit(1)


def end_rights(*, now: datetime) -> int:
    """Act of the timetable: end some rights of one course that have run out; gives how many, 0 where there are none.

    One whose holder has an open offer is left until that is answered or over. Nobody is told: the end was announced,
    and nothing is lost that was there.
    """
    with transaction() as session:
        course_id = session.scalar(_FIRST_COURSE, {"now": now})
        if course_id is None:
            return 0
        locked_queue(session, course_id)
        found = _rights(session, select(PriorityRight).where(*_OVER, PriorityRight.course_id == course_id), now=now)
        for right in found:
            right.ended_at = now
            application = session.get_one(Application, right.application_id)
            audit.record(session, "right_ended", subject=application, actor=SYSTEM, now=now)
        return len(found)


def remind_of_rights(*, now: datetime) -> int:
    """Act of the timetable: tell some holders, each once, that their right ends within two weeks; gives how many."""
    with transaction() as session:
        wanted = select(PriorityRight).where(*_NEARLY_OVER).with_for_update(skip_locked=True)
        found = _rights(session, wanted, now=now, then=now + REMIND_BEFORE)
        for right in found:
            _remind(session, right, now)
        return len(found)


@dataclass(frozen=True)
class UnderRight:
    """One offer made under a right, and when its departure starts."""

    offer: Offer
    starts_at: datetime


@dataclass(frozen=True)
class RightLedger:
    """What became of a party's last right: the right, and every offer made under it, oldest first."""

    right: PriorityRight
    offers: tuple[UnderRight, ...]

    @property
    def stands(self) -> bool:
        """Is the party still asked first?"""
        return self.right.used_at is None and self.right.ended_at is None


def right_ledger(session: Session, application_id: UUID) -> RightLedger | None:
    """The last right that a party was granted; None where it never had one. A query."""
    rows = session.execute(_LEDGER, {"application_id": application_id}).all()
    if not rows:
        return None
    last = rows[-1][0]
    found: Iterable[tuple[Offer | None, datetime]] = ((offer, at) for right, offer, at in rows if right is last)
    return RightLedger(last, tuple(UnderRight(offer, at) for offer, at in found if offer is not None))


_LEDGER = (
    select(PriorityRight, Offer, Departure.starts_at)
    .outerjoin(
        Offer,
        (Offer.application_id == PriorityRight.application_id) & (Offer.made_at >= PriorityRight.granted_at),
    )
    .outerjoin(Departure, Departure.id == Offer.departure_id)
    .where(PriorityRight.application_id == bindparam("application_id"))
    .order_by(PriorityRight.granted_at, PriorityRight.id, Offer.made_at, Offer.id)
)


def standing_rights(session: Session, application_ids: Iterable[UUID]) -> dict[UUID, PriorityRight]:
    """Those of these applications that are asked first, with their right. A query."""
    rights = select(PriorityRight).where(PriorityRight.application_id.in_(list(application_ids)), *_UNUSED)
    return {right.application_id: right for right in session.scalars(rights)}


def _rights(session: Session, wanted: Select[PriorityRight], **moments: Any) -> list[PriorityRight]:
    in_order = wanted.order_by(PriorityRight.lasts_until, PriorityRight.id).limit(AT_ONCE)
    return list(session.scalars(in_order.execution_options(populate_existing=True), moments))


def _remind(session: Session, right: PriorityRight, now: datetime) -> None:
    right.reminded_at = now
    application = session.get_one(Application, right.application_id)
    course = session.get_one(Course, application.course_id)
    departure = session.get_one(Departure, application.departure_id)
    until = right.lasts_until.isoformat() if right.lasts_until else None
    tell(session, "right_ends", application, course=course, departure=departure, now=now, right_until=until)

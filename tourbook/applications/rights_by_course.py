"""How many priority rights are open on each course, how old, and how many the last re-opening served. Queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from tourbook.applications.models import MAY_BE_QUEUED, Application, Offer, OfferState, PriorityRight
from tourbook.applications.rights import REMIND_BEFORE
from tourbook.kst import civil_day, start_of_day

T = TypeVar("T")


@dataclass(frozen=True)
class OpenRights:
    """The rights of one course that were neither used nor are over: parties, their people, the oldest, how many end
    within two weeks.
    """

    parties: int
    people: int
    oldest: datetime
    ending: int


@dataclass(frozen=True)
class LastAsked:
    """The last day on which the displaced of a course were offered seats: how many offers, and what came of them."""

    day: datetime
    offers: Counter[OfferState]

    @property
    def asked(self) -> int:
        """All offers of that day."""
        return self.offers.total()

    @property
    def served(self) -> int:
        """Those that were accepted."""
        return self.offers[OfferState.ACCEPTED]


def open_rights(session: Session, now: datetime) -> dict[UUID, OpenRights]:
    """The open rights of each course that has any."""
    ending = case((PriorityRight.lasts_until <= now + REMIND_BEFORE, 1), else_=0)
    rows = session.execute(
        select(
            PriorityRight.course_id,
            func.count(),
            func.sum(Application.seats),
            func.min(PriorityRight.granted_at),
            func.sum(ending),
        )
        .join(Application, Application.id == PriorityRight.application_id)
        .where(PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None))
        .group_by(PriorityRight.course_id)
    )
    return {course_id: OpenRights(*figures) for course_id, *figures in rows}


def come_first(session: Session, course_id: UUID) -> int:
    """How many parties are asked before everybody who waits on a course, as they lost their places there. A query."""
    open_ones = (PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None))
    there = select(PriorityRight.id).where(PriorityRight.application_id == Application.id, *open_ones)
    return (
        session.scalar(select(func.count()).where(Application.course_id == course_id, MAY_BE_QUEUED, there.exists()))
        or 0
    )


def last_asked(session: Session, course_ids: Iterable[UUID]) -> dict[UUID, LastAsked]:
    """The last day on which each of these courses asked its displaced; one that never did is left out."""
    found = {
        course_id: session.scalar(_of_course(select(func.max(Offer.made_at)), course_id)) for course_id in course_ids
    }
    return {course_id: _asked_on(session, course_id, last) for course_id, last in found.items() if last}


def _asked_on(session: Session, course_id: UUID, last: datetime) -> LastAsked:
    """That day as it is in Korea: a re-opening is settled in chunks, each at a moment of its own."""
    of_the_day = select(Offer.state).where(Offer.made_at >= start_of_day(civil_day(last)))
    return LastAsked(last, Counter(session.scalars(_of_course(of_the_day, course_id))))


def _of_course(offers: Select[T], course_id: UUID) -> Select[T]:
    """Of these offers those that were made while their party had a right to them: granted before, not used or over."""
    right = PriorityRight
    had_it = (right.granted_at <= Offer.made_at) & (right.used_at.is_(None) | (right.used_at >= Offer.made_at))
    joined = offers.select_from(Offer).join(right, (right.application_id == Offer.application_id) & had_it)
    return joined.where(right.course_id == course_id)

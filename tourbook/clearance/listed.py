"""Who stands in the lists of an authority by now: each by the last list that says anything of them. Queries.

Whoever was refused is left out of the lists that follow without being taken back by name, so the authority knows them
still; whoever went was taken back, and is to be named again before anybody can be let in.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from tourbook.applications.grace import in_grace
from tourbook.applications.models import Application, State, Visitor
from tourbook.applications.undone import MAY_BE_PUT_BACK
from tourbook.clearance.models import Authority, Listed, Listing, Standing, Submission, VisitorClearance
from tourbook.notices import HELD, SUSPENDED, Notice


def known_to(session: Session, departure_id: UUID, authority: Authority) -> list[UUID]:
    """Those of a departure whose names an authority has and nobody took back."""
    lines = (
        select(Listing.visitor_id, Listing.listed)
        .join(Submission, Submission.id == Listing.submission_id)
        .where(Submission.departure_id == departure_id, Submission.authority == authority)
    )
    last = dict(session.execute(lines.order_by(Submission.number, Listing.visitor_id)).all())
    return [one for one, listed in last.items() if listed is not Listed.WENT]


def may_come_back(session: Session, visitor_ids: Collection[UUID], now: datetime) -> list[UUID]:
    """Those of these visitors whose party lost its places by a change that can still be taken back, and has not been
    told: an authority is not told either, as nobody could be added after the freeze line who has places again. A query.
    """
    untold = HELD | SUSPENDED if in_grace(session, now) else SUSPENDED
    kept_back = (
        select(Notice.id)
        .where(Notice.subject_id == Application.id, untold, Notice.kind.in_(MAY_BE_PUT_BACK["displaced"]))
        .exists()
    )
    wanted = (
        select(Visitor.id)
        .join(Application, Application.id == Visitor.application_id)
        .where(Visitor.id.in_(list(visitor_ids)), Visitor.cancelled_at.is_(None))
        .where(Application.state == State.DISPLACED, kept_back)
        .order_by(Visitor.id)
    )
    return list(session.scalars(wanted))


def still_stands() -> ColumnElement[bool]:
    """Does what an authority was told and has answered about a visitor still hold? Not of whom it was told that they
    went; but a refusal stays one.
    """
    last = (
        select(Listing.listed)
        .join(Submission, Submission.id == Listing.submission_id)
        .where(Listing.visitor_id == VisitorClearance.visitor_id, Submission.authority == VisitorClearance.authority)
        .order_by(Submission.number.desc())
        .limit(1)
        .correlate(VisitorClearance)
        .scalar_subquery()
    )
    return or_(VisitorClearance.standing == Standing.REFUSED, last.is_distinct_from(Listed.WENT))

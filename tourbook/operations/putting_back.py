"""What taking a change back will put back, and what it cannot: for whoever is about to press the button. Queries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.applications.moves import LOSSES
from tourbook.applications.untold import UNTOLD
from tourbook.distancing.models import Change
from tourbook.notices import HELD, Notice
from tourbook.operations.taking_back import told_of


@dataclass(frozen=True)
class Outlook:
    """Parties by what becomes of them: `told` keep what they were told; of those whose places were held while they
    typed, `held` may hold them again and for `over` the minutes are over; `offered` lose the offer of another departure
    that they have and know of, as they get their own places.
    """

    told: int
    held: int
    over: int
    offered: int


def outlook_of(session: Session, change: Change, now: datetime) -> Outlook:
    """What taking it back now would do, as far as it is settled already, and as far as there is room."""
    return Outlook(
        told=told_of(session, change),
        held=_released(session, change, Application.released_until > now),
        over=_released(session, change, Application.released_until <= now),
        offered=_offered(session, change),
    )


def _released(session: Session, change: Change, which: ColumnElement[bool]) -> int:
    released = select(func.count()).where(
        Application.state == State.EXPIRED, Application.released_under >= change.version, which
    )
    return session.scalar(released) or 0


def _offered(session: Session, change: Change) -> int:
    lost = select(Notice.subject_id).where(HELD, Notice.held_by >= change.version, Notice.kind.in_(LOSSES))
    asked = (
        select(func.count())
        .select_from(Offer)
        .join(Application, Application.id == Offer.application_id)
        .where(Offer.state == OfferState.OPEN, Offer.departure_id != Application.departure_id, ~UNTOLD)
    )
    return session.scalar(asked.where(Application.id.in_(lost))) or 0

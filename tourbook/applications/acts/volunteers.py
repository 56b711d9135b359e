"""Giving way: a party says that it would give up its places where too many are booked, or takes that back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up_for
from tourbook.applications.grace import stand_still_in_grace
from tourbook.applications.models import Application, State
from tourbook.applications.settle import locked_queue, settle
from tourbook.courses.models import Departure
from tourbook.errors import Conflict
from tourbook.notices import Kind, drop_untold

MAY_GIVE_WAY = frozenset({State.CONFIRMED, State.MUST_SHRINK})


def volunteer(application_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: the party would give up its places. They go at once where that is exactly what is missing; else it is
    decided when the time to answer is over, and until then the party may take it back. Twice does no harm.

    Refuses `volunteers_not_asked` where nobody is asked, or not any more.
    """
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if application.volunteered_at:
            return
        if application.state not in MAY_GIVE_WAY or departure.volunteers_until is None:
            raise Conflict("volunteers_not_asked")
        application.volunteered_at = now
        locked_queue(session, departure.course_id)  # before letters about it
        stand_still_in_grace(session, now)
        drop_untold(session, [application.id], [Kind.VOLUNTEERS_ASKED])  # it has answered
        _record(session, "volunteered", application, departure, actor=actor, now=now)
        session.flush()  # settling reads who came forward from the tables
        settle(session, departure, actor=actor, now=now)


def stand_back(application_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: the party takes back that it would give up its places. Twice does no harm.

    Refuses `volunteer_released` where its places have gone to others by then.
    """
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if application.state not in MAY_GIVE_WAY:
            raise Conflict("volunteer_released")
        if application.volunteered_at is None:
            return
        application.volunteered_at = None
        _record(session, "stood_back", application, departure, actor=actor, now=now)


def _record(
    session: Session, act: str, application: Application, departure: Departure, *, actor: Actor, now: datetime
) -> None:
    facts = {"seats": application.seats}
    audit.record(session, act, subject=application, actor=actor, now=now, facts=facts, within=departure)

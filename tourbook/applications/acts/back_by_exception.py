"""Exceptions for those who have lost their places already: they have them again, where seats are free."""

from datetime import datetime
from uuid import UUID

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.acts.cancel import open_offer_now, unused_right
from tourbook.applications.acts.exceptions import keep_by_exception
from tourbook.applications.acts.exchange import offer_of_own, own_and_offered, sit_on_own
from tourbook.applications.models import Application, State
from tourbook.courses import course_by_id
from tourbook.db import db
from tourbook.errors import Conflict, NotFound, Refused


def decide_exception(application_id: UUID, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Act: keep the places of a party by exception or, where it has lost them, put it back on them; says whether it was
    put back. Refuses what the two acts refuse.
    """
    application = db.session().get(Application, application_id)
    if application is None:
        raise NotFound("application_unknown", field="reference")
    if application.state is State.DISPLACED:
        put_back_by_exception(application_id, reason=reason, actor=actor, now=now)
        return True
    keep_by_exception(application_id, reason=reason, actor=actor, now=now)
    return False


def put_back_by_exception(application_id: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    """Act: a displaced party has its places again before it is asked in its turn, and keeps them by exception.

    Locks its departure, and the one that it is being offered, whose offer ends; settles its own first if it is due, so
    that whoever else lost places there has been asked. It uses the right. Twice does no harm. Refuses without a reason
    (`exception_reason_missing`), a party that waits for no places (`no_places_to_keep`), and where there are no seats
    for all of it (`no_seats_to_put_back`).
    """
    if not reason.strip():
        raise Refused("exception_reason_missing", field="reason")
    with own_and_offered(application_id, actor=actor, now=now) as (session, (application, departures)):
        if application.exempt_since and application.state is State.CONFIRMED:
            return
        right, own = unused_right(session, application_id), departures[application.departure_id]
        if application.state is not State.DISPLACED or right is None:
            raise Conflict("no_places_to_keep", field="reference")
        made = offer_of_own(application, own, course_by_id(session, application.course_id), right, now)
        if made is None:
            raise Conflict("no_seats_to_put_back", field="reference")
        application.exempt_since = now
        facts = {"reason_given": reason.strip(), "seats": application.seats}
        audit.record(session, "exempted", subject=application, actor=actor, now=now, facts=facts, within=own)
        let_go = open_offer_now(session, application_id)
        sit_on_own(session, application, departures, made, right, let_go=let_go, actor=actor, now=now)

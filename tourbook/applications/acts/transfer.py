"""A confirmed party goes on another date of its course instead: both departures change in one transaction."""

from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import application_like, caught_up_with
from tourbook.applications.acts.confirm import decided_under, start_fee
from tourbook.applications.acts.details import (
    admission,
    all_flaws,
    copy_consents,
    copy_visitors,
    people_of,
    somebody_is_kept_out,
)
from tourbook.applications.acts.hold import pass_by, refuse_full, refuse_party, refuse_unless_open
from tourbook.applications.models import Application, Fee, State
from tourbook.applications.moves import change_state
from tourbook.applications.references import add_under_new_reference
from tourbook.applications.settle import is_due, locked_queue, settle
from tourbook.applications.telling import tell
from tourbook.courses import amend_until, course_by_id, gives_by_draw
from tourbook.courses.models import Course, Departure
from tourbook.db import lock
from tourbook.errors import Conflict, NotFound, refuse_all


def transfer(application_id: UUID, departure_id: UUID, *, form_id: str, actor: Actor, now: datetime) -> UUID:
    """Act: the whole party gives up its places and has places on another departure of the course, in one; gives the id
    of its new application. The same form does it once.

    Locks both departures by ascending id, then the course's queue; what is due on either is settled first. The places
    that it leaves are offered on as after a cancellation. On the new date it counts as confirmed now: nobody comes
    before those who chose that date earlier. Refuses a party that is not confirmed (`state_changed`), from the freeze
    line of its own departure on (`transfer_late`), while a draw gives the places of either, somebody whom an authority
    does not let in (`transfer_kept_out`), and for the other departure all that `hold` and describing a party refuse.
    """
    content = {"transfer": str(application_id), "to": str(departure_id)}
    with _own_and_wanted(application_id, departure_id, actor=actor, now=now) as (session, found):
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return earlier
        application, own, wanted = found
        course = course_by_id(session, application.course_id)
        _refuse(session, application, own, wanted, course, now)
        new = _go_over(session, application, own, wanted, course, actor=actor, now=now)
        once.remember(session, form_id, content, result_id=new.id, now=now)
        return new.id


def transfer_flaw(application: Application, own: Departure, course: Course, now: datetime) -> Conflict | None:
    """Why this party cannot leave its departure for another one, whichever that is; None: it can. Pure."""
    if application.state is not State.CONFIRMED or own.called_off_at:
        return Conflict("state_changed", state=application.state.value)
    until = amend_until(course, own.starts_at)
    if now >= until:
        return Conflict("transfer_late", until=until)
    return Conflict("transfer_by_draw") if gives_by_draw(own, now) else None


Found = tuple[Application, Departure, Departure]
"""The application, its own departure, and the one that is wanted."""


def _own_and_wanted(
    application_id: UUID, departure_id: UUID, *, actor: Actor, now: datetime
) -> AbstractContextManager[tuple[Session, Found]]:
    """The transaction of a transfer, under the locks of both departures and of the queue; what is due on one of them
    is settled in a transaction of its own before.
    """

    def look(session: Session) -> tuple[Found, Departure, bool]:
        found = _locked(session, application_id, departure_id)
        due = [one for one in found[1:] if is_due(session, one, now)]
        for one in due[1:]:
            settle(session, one, actor=actor, now=now)
        return found, due[0] if due else found[1], bool(due)

    return caught_up_with(look, actor=actor, now=now)


def _locked(session: Session, application_id: UUID, departure_id: UUID) -> Found:
    """Which departure an application is for never changes, so it can be asked before anything is locked."""
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound("application_unknown")
    own_id = application.departure_id
    departures = {one.id: one for one in lock(session, Departure, {own_id, departure_id})}
    wanted = departures.get(departure_id)
    if wanted is None or departure_id == own_id or wanted.course_id != application.course_id:
        raise NotFound("departure_unknown")
    locked_queue(session, application.course_id)
    session.refresh(application)
    return application, departures[own_id], wanted


def _refuse(
    session: Session, application: Application, own: Departure, wanted: Departure, course: Course, now: datetime
) -> None:
    flaw = transfer_flaw(application, own, course, now)
    if flaw:
        raise flaw
    if somebody_is_kept_out(session, application.id):
        raise Conflict("transfer_kept_out")
    refuse_unless_open(course, wanted, now)
    refuse_party(application.seats, wanted)
    refuse_full(application.seats, wanted)
    asked = admission(course, wanted, application.seats, now)
    refuse_all(all_flaws(session, wanted, people_of(session, application), asked, but=application.id, now=now))


def _go_over(
    session: Session,
    old: Application,
    own: Departure,
    wanted: Departure,
    course: Course,
    *,
    actor: Actor,
    now: datetime,
) -> Application:
    def under(reference: str) -> Application:
        state = {"state": State.CONFIRMED, "confirmed_at": now, "replaces_id": old.id, "channel": old.channel}
        return application_like(old, wanted, reference, now=now, **state)

    new = add_under_new_reference(session, under)
    pass_by(session, course, wanted, new, now)
    _carry_fee(old, new, course)
    copy_visitors(session, old, new)
    copy_consents(session, old, new)
    change_state(session, old, State.MOVED, within=own, actor=actor, now=now, to=str(new.id))
    facts = {**decided_under(wanted, new), "transferred": str(own.id)}
    audit.record(session, "application_confirmed", subject=new, actor=actor, now=now, facts=facts, within=wanted)
    told = {"previous_reference": old.reference, "own_starts_at": own.starts_at.isoformat()}
    tell(session, "transferred", new, course=course, departure=wanted, now=now, **told)
    session.flush()  # settling reads the states from the tables
    for departure in (wanted, own):
        settle(session, departure, actor=actor, now=now)
    return new


def _carry_fee(old: Application, new: Application, course: Course) -> None:
    """What was paid already is paid for the new date."""
    start_fee(new, course)
    if old.fee is Fee.PAID:
        new.fee, new.fee_krw = Fee.PAID, old.fee_krw
    old.fee = Fee.NONE

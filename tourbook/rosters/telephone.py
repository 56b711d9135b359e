"""By telephone: a party that calls is entered as if it had applied on the web, and can then help itself by its link."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tourbook import once
from tourbook.actor import Actor
from tourbook.applications import Asked
from tourbook.applications.acts.beginning import caught_up
from tourbook.applications.acts.confirm import confirm_seats
from tourbook.applications.acts.details import add_visitors, admission, all_flaws, contact_index
from tourbook.applications.acts.hold import refuse_party, refuse_unless_given, take_seats
from tourbook.applications.models import Application, Channel
from tourbook.applications.rules import check_consents
from tourbook.applications.settle import settle
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Refused, refuse_all
from tourbook.rosters.gate import Admitted, GateParty, add_consents, people_of, said_of
from tourbook.rosters.namesakes import record_apart, told_apart
from tourbook.rosters.visible import own_departure


def enter_by_telephone(
    departure_id: UUID,
    party: GateParty,
    *,
    form_id: str,
    actor: Actor,
    now: datetime,
    allotment_id: UUID | None = None,
) -> Admitted:
    """Act: confirm a party that calls, on seats that anybody may take. The same form gives the same party.

    With an `allotment_id` it has its seats out of those that are set aside for its group; also before and after
    anybody may apply, as long as these are.
    Locks the departure and settles it if due. Refuses what holding, describing and confirming on the web refuse; but
    `party.apart` says of a namesake that it is another person. The party is told like any other, with its link.
    """
    content = {"telephone": str(departure_id), "people": people_of(party), "said": said_of(party)}
    content |= {"allotment": str(allotment_id)} if allotment_id else {}
    own_departure(db.session(), departure_id, actor=actor)
    with caught_up(departure_id, actor=actor, now=now) as (session, departure):
        _, course = own_departure(session, departure_id, actor=actor)
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return _entered(session.get_one(Application, earlier))
        party = replace(party, visitors=told_apart(session, departure_id, party.visitors, party.apart))
        refuse_unless_given(course, departure, allotment_id, now)
        _check(session, party, course, departure, now)
        application = take_seats(session, course, departure, _asked(party, form_id, allotment_id), now)
        _describe(session, application, party, actor=actor, now=now)
        confirm_seats(session, application, course, departure, actor=actor, now=now)
        once.remember(session, form_id, content, result_id=application.id, now=now)
        session.flush()  # settling reads the states from the tables
        settle(session, departure, actor=actor, now=now)
        return _entered(application)


def _check(session: Session, party: GateParty, course: Course, departure: Departure, now: datetime) -> None:
    seats = len(party.visitors)
    refuse_party(seats, departure)
    check_consents(party.consents)
    if party.contact is None:
        raise Refused("contact_missing", field="contact")
    refuse_all(all_flaws(session, departure, party.visitors, admission(course, departure, seats, now), now=now))


def _asked(party: GateParty, form_id: str, allotment_id: UUID | None) -> Asked:
    """Every call is a browser of its own: a telephone hoards nothing."""
    return Asked(
        seats=len(party.visitors),
        wait=False,
        browser=f"telephone {form_id}",
        address=f"telephone {form_id}",
        language=party.language,
        person_id=None,
        allotment_id=allotment_id,
    )


def _describe(session: Session, application: Application, party: GateParty, *, actor: Actor, now: datetime) -> None:
    """Who goes, how they are reached, and what they agreed to when they were asked."""
    application.channel = Channel.TELEPHONE
    if party.contact:
        application.contact_way, application.contact = party.contact
        application.contact_index = contact_index(party.contact[1])
    session.flush()  # visitors and consents refer to the new row
    visitors = add_visitors(session, application, party.visitors)
    record_apart(session, visitors, party.apart, actor=actor, now=now)
    add_consents(session, application, now)


def _entered(application: Application) -> Admitted:
    return Admitted(application.id, application.reference, application.channel)

"""Who travels and how they can be reached: filled in while the seats are held."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourbook import seal
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up_for
from tourbook.applications.acts.typing import check_still_typing
from tourbook.applications.closures import closed_flaws
from tourbook.applications.models import Application, Consent, Visitor
from tourbook.applications.moves import there_or_offered
from tourbook.applications.rules import (
    CLAIMING,
    CONSENT_VERSION,
    OPTIONAL_CONSENTS,
    REQUIRED_CONSENTS,
    Admission,
    VisitorDetails,
    VisitorSoFar,
    check_consents,
    party_flaws,
)
from tourbook.applications.settle import settle
from tourbook.courses import course_by_id
from tourbook.courses.models import Course, Departure
from tourbook.db import db, new_id
from tourbook.errors import Conflict, NotFound, Refused, refuse_all
from tourbook.kst import civil_day


def describe_party(application_id: UUID, visitors: list[VisitorDetails], *, actor: Actor, now: datetime) -> bool:
    """Act: say who travels; what was said before is replaced. Says whether it is known how to reach them.

    Locks the departure. Refuses visitors who may not go (with the field), `person_twice` when somebody is already on
    the departure in another party, `person_offered` when such a party is being offered seats of it, and `person_closed`
    when somebody is closed out after staying away; the refusal carries all that stands against the party, not the
    first thing alone.
    """
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        check_still_typing(application, now)
        course = course_by_id(session, departure.course_id)
        asked = admission(course, departure, application.seats, now)
        refuse_all(all_flaws(session, departure, visitors, asked, but=application.id, now=now))
        retyped = session.connection().execute(_FORGET_VISITORS, {"application_id": application.id}).all()
        _write_visitors(session, application, visitors)
        if retyped:
            settle(session, departure, actor=actor, now=now)  # a name that stood here may have kept somebody out
        return application.contact_sealed is not None


def flaws_so_far(application_id: UUID, visitors: Sequence[VisitorSoFar], *, now: datetime) -> list[Refused]:
    """What would be refused of a party whose form still has other mistakes, as far as it can be read. A query."""
    session = db.session()
    application = session.get_one(Application, application_id)
    departure = session.get_one(Departure, application.departure_id)
    asked = admission(session.get_one(Course, departure.course_id), departure, application.seats, now)
    return all_flaws(session, departure, visitors, asked, but=application_id, now=now)


def all_flaws(
    session: Session,
    departure: Departure,
    visitors: Sequence[VisitorDetails | VisitorSoFar],
    asked: Admission,
    *,
    but: UUID | None = None,
    now: datetime,
) -> list[Refused]:
    """All that stands against a party that is to have places beforehand, in whatever way: by the rule, people who are
    there already, and people who are closed out after staying away. A step.

    `but` is the party's own application, whose people it may name again.
    """
    return [*flaws_there(session, departure, visitors, asked, but=but), *closed_flaws(session, visitors, now=now)]


def flaws_there(
    session: Session,
    departure: Departure,
    visitors: Sequence[VisitorDetails | VisitorSoFar],
    asked: Admission,
    *,
    but: UUID | None = None,
) -> list[Refused]:
    """The same of a party that stands at the gate, where nobody is closed out: an empty seat helps nobody. A step."""
    return party_flaws(visitors, asked) + list(_twice(session, departure.id, visitors, but))


def give_contact(
    application_id: UUID, *, contact: str, way: str, consents: set[str], actor: Actor, now: datetime
) -> None:
    """Act: say how the party is reached (`way` mail or sms) and what it consents to, an item each.

    Refuses `consent_missing` for a required item; optional items may be left out.
    """
    check_consents(consents)
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, _)):
        check_still_typing(application, now)
        application.contact = contact
        application.contact_way = way
        application.contact_index = contact_index(contact)
        _consent(session, application.id, consents, now)


def _consent(session: Session, application_id: UUID, given: set[str], now: datetime) -> None:
    same = {"application_id": application_id, "text_version": CONSENT_VERSION, "at": now}
    items = [{"item": item, "given": item in given} for item in REQUIRED_CONSENTS + OPTIONAL_CONSENTS]
    session.connection().execute(_FORGET_CONSENTS, {"application_id": application_id})
    session.connection().execute(_CONSENT, [{"id": new_id(), **same, **one} for one in items])


def admission(course: Course, departure: Departure, seats: int, now: datetime) -> Admission:
    """What this departure asks of a party."""
    return Admission(course=course, day=civil_day(departure.starts_at), today=civil_day(now), seats=seats)


def add_visitors(session: Session, application: Application, visitors: list[VisitorDetails]) -> list[Visitor]:
    """Step: write the visitors of a party; refuses `person_twice` and `person_offered`, as describing it does."""
    for twice in _twice(session, application.departure_id, visitors):
        raise twice
    return _write_visitors(session, application, visitors)


def _write_visitors(session: Session, application: Application, visitors: list[VisitorDetails]) -> list[Visitor]:
    rows = [_visitor(application, details, place) for place, details in enumerate(visitors)]
    session.add_all(rows)
    try:
        session.flush()  # the unique index must have spoken before anything is built on these rows
    except IntegrityError as twice:
        raise Conflict("person_twice") from twice
    return rows


def copy_visitors(session: Session, source: Application, target: Application) -> None:
    """Step: let the same people travel in another application of the same party."""
    add_visitors(session, target, people_of(session, source))


def copy_consents(session: Session, source: Application, target: Application) -> None:
    """Step: what the party agreed to holds for another application of the same party."""
    given = select(Consent).where(Consent.application_id == source.id).order_by(Consent.id)  # as they came
    for consent in session.scalars(given).all():
        session.add(
            Consent(
                application_id=target.id,
                item=consent.item,
                text_version=consent.text_version,
                given=consent.given,
                at=consent.at,
            )
        )


def people_of(session: Session, application: Application) -> list[VisitorDetails]:
    """Those of a party who still come, as they were typed in. A query."""
    rows = session.scalars(
        select(Visitor)
        .where(Visitor.application_id == application.id, Visitor.cancelled_at.is_(None))
        .order_by(Visitor.place)
    )
    return [details_of(row) for row in rows]


def details_of(row: Visitor) -> VisitorDetails:
    """A visitor as once typed in. NotFound where the party was forgotten."""
    if not row.birth_date:
        raise NotFound("people_forgotten")
    birth_date = datetime.fromisoformat(row.birth_date).date()
    return VisitorDetails(row.name, birth_date, row.nationality, row.document, row.namesake)


def contact_index(contact: str) -> str:
    """The blind index under which a contact is found again; a mail address in any case."""
    return seal.keyring().blind_index("contact", contact.casefold())


def _visitor(application: Application, details: VisitorDetails, place: int) -> Visitor:
    keyring = seal.keyring()
    return Visitor(
        application_id=application.id,
        departure_id=application.departure_id,
        place=place,
        name=details.name,
        birth_date=details.birth_date.isoformat(),
        nationality=details.nationality,
        document=details.document,
        person_index=keyring.blind_index("person", *details.identity),
        name_index=keyring.blind_index("name", seal.normalised(details.name)),
        namesake=details.namesake,
        claims_place=application.state in CLAIMING,
    )


def somebody_is_kept_out(session: Session, application_id: UUID) -> bool:
    """Is somebody in the party whom an authority does not let in? A query."""
    there = select(Visitor.id).where(Visitor.application_id == application_id, Visitor.cancelled_at.is_(None))
    return session.scalar(there.where(Visitor.kept_out).limit(1)) is not None


def somebody_is_there(session: Session, departure_id: UUID, application: Application) -> bool:
    """Is one of this party on that departure already, in another one, or in one that is being offered seats of it?"""
    people = people_of(session, application)
    return any(True for _ in _twice(session, departure_id, people, application.id))


def _twice(
    session: Session, departure_id: UUID, visitors: Sequence[VisitorDetails | VisitorSoFar], but: UUID | None = None
) -> Iterator[Conflict]:
    """What to say at each of these people who is on the departure already, in another application than `but`, or whose
    displaced party is being offered seats of it.
    """
    indices = {place: _person_index(one) for place, one in enumerate(visitors) if one.identity}
    asked = {"departure_id": departure_id, "persons": list(indices.values()), "but": but or NOBODYS}
    session.flush()  # those whom this act has written are there
    rows = session.connection().execute(_THERE, asked).all() if indices else []
    offered = {(row.person_index, row.namesake) for row in rows}
    there = {(row.person_index, row.namesake) for row in rows if row.claims_place}
    for place, index in indices.items():
        who = (index, visitors[place].namesake)
        if who in offered:
            yield Conflict("person_twice" if who in there else "person_offered", field=f"visitors-{place}-name")


def _person_index(person: VisitorDetails | VisitorSoFar) -> str:
    return seal.keyring().blind_index("person", *(person.identity or ()))


# Statements of every party, built once and without objects: both cost more than the database takes.
_OF_IT: BindParameter[UUID] = bindparam("application_id")
_FORGET_VISITORS = delete(Visitor).where(Visitor.application_id == _OF_IT).returning(Visitor.id)
_FORGET_CONSENTS = delete(Consent).where(Consent.application_id == _OF_IT)
_CONSENT = insert(Consent)

NOBODYS = UUID(int=0)  # an application that does not exist
_THERE = select(Visitor.person_index, Visitor.namesake, Visitor.claims_place).where(
    there_or_offered(bindparam("departure_id")),
    Visitor.person_index.in_(bindparam("persons", expanding=True)),
    Visitor.application_id != bindparam("but"),
)

"""Whose application is it? A citizen sees those of the own account, and those that this browser opened.

An application without an account belongs to whoever made it here, or followed the link from a notice; the browser
remembers its id in the signed cookie, for a day. What belongs to an account opens with the account alone, or by the
link. Everything else is answered like what does not exist.
"""

import secrets
from datetime import timedelta
from typing import NamedTuple, cast
from uuid import UUID

from flask import redirect, session, url_for
from sqlalchemy import Select, bindparam, select
from werkzeug.wrappers import Response

from tourbook import seal
from tourbook.applications import plain_reference
from tourbook.applications.allotments import allotment_by_token
from tourbook.applications.models import Allotment, Application, Offer, Visitor
from tourbook.courses.models import Course, Departure
from tourbook.db import db, find
from tourbook.errors import NotFound
from tourbook.web.access import note_object_checked, request_time, signed_in

REMEMBERED_FOR = timedelta(hours=24)
REMEMBERED_AT_MOST = 20


class Own(NamedTuple):
    """An application of one's own, with what it is for."""

    application: Application
    departure: Departure
    course: Course


def browser_id() -> str:
    """The random name of this browser, made when first asked for. It says nothing about the person."""
    if "browser" not in session:
        session["browser"] = secrets.token_urlsafe(16)
    return str(session["browser"])


def person_id() -> UUID | None:
    """The account to which a new application will belong, if somebody is signed in."""
    person = signed_in()
    return person.person_id if person else None


def remember(application_id: UUID) -> None:
    """Let this browser see an application it has just made, or whose link it has just followed."""
    opened = {**_remembered(), application_id.hex: int(request_time().timestamp())}
    session["applications"] = dict(sorted(opened.items(), key=lambda entry: entry[1])[-REMEMBERED_AT_MOST:])


def access_application(reference: str) -> Application:
    """The application with that reference, however it was typed; NotFound where it is not this person's."""
    return _checked(db.session.scalar(_BY_REFERENCE, {"reference": plain_reference(reference)}))


def access_application_by_id(application_id: UUID) -> Application:
    """The application with that id; NotFound where it is not this person's."""
    return _checked(find(db.session(), Application, application_id))


def check_own(application_id: UUID) -> None:
    """NotFound where the application with that id is not this person's. What this browser opened need not be read."""
    if application_id.hex in _remembered():
        note_object_checked()
    else:
        access_application_by_id(application_id)


def access_own(reference: str) -> Own:
    """The application with that reference and what it is for, in one statement; NotFound where it is not one's own."""
    return _own(_OWN_BY_REFERENCE, reference=plain_reference(reference))


def access_own_by_id(application_id: UUID) -> Own:
    """The same by its id."""
    return _own(_OWN_BY_ID, application_id=application_id)


def access_visitor(visitor_id: UUID) -> tuple[Visitor, Application]:
    """A visitor of an application of one's own, with it."""
    visitor = db.session.get(Visitor, visitor_id)
    if visitor is None:
        raise NotFound("application_unknown")
    return visitor, access_application_by_id(visitor.application_id)


def access_offer(offer_id: UUID) -> tuple[Offer, Application]:
    """An offer made to an application of one's own, with it."""
    offer = db.session.get(Offer, offer_id)
    if offer is None:
        raise NotFound("application_unknown")
    return offer, access_application_by_id(offer.application_id)


def open_by_link(token: str) -> Application:
    """The application whose notice carried this token; from now on this browser may see it."""
    found = db.session.scalar(select(Application).where(Application.token_hash == seal.token_hash(token)))
    if found is None:
        raise NotFound("link_unknown")
    remember(found.id)
    note_object_checked()
    return found


def group_by_link(token: str) -> Allotment:
    """What is set aside for the group whose link holds this token: whoever has the link names people of the group."""
    note_object_checked()
    return allotment_by_token(db.session(), token)


def back_to(reference: str) -> Response:
    """To the page of an application, after something was done or could not be."""
    return redirect(url_for("citizen.application", reference=reference), 303)


def _checked(application: Application | None) -> Application:
    note_object_checked()
    if application is None or not _is_own(application):
        raise NotFound("application_unknown")
    return application


def _own(statement: Select[Application, Departure, Course], **asked: object) -> Own:
    application, departure, course = db.session.execute(statement, asked).first() or (None, None, None)
    return Own(_checked(application), cast("Departure", departure), cast("Course", course))


def _is_own(application: Application) -> bool:
    mine = application.person_id is not None and application.person_id == person_id()
    return mine or application.id.hex in _remembered()


def _remembered() -> dict[str, int]:
    oldest = (request_time() - REMEMBERED_FOR).timestamp()
    return {found: at for found, at in session.get("applications", {}).items() if at > oldest}


_BY_REFERENCE = select(Application).where(Application.reference == bindparam("reference"))
_OWN = (
    select(Application, Departure, Course)
    .join(Departure, Departure.id == Application.departure_id)
    .join(Course, Course.id == Application.course_id)
)
_OWN_BY_REFERENCE = _OWN.where(Application.reference == bindparam("reference"))
_OWN_BY_ID = _OWN.where(Application.id == bindparam("application_id"))

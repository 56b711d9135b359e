"""Giving way where too many are booked: what a party is asked, and its answer, which it can take back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import flash
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tourbook.applications import MAY_GIVE_WAY, stand_back, volunteer
from tourbook.applications.models import Application
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.standing import Standing, same_week
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.holder import Own, access_application, back_to


@dataclass(frozen=True)
class Question:
    """What a party is asked: until when, whether it has come forward, and where else there are places that week."""

    until: str
    answered: bool
    same_week: list[Standing]


def question(session: Session, own: Own, now: datetime) -> Question | None:
    """What the party is asked at present; None where it is not."""
    application, departure, course = own
    until = departure.volunteers_until
    if application.state not in MAY_GIVE_WAY or until is None or now >= until:
        return None
    others = same_week(session, departure, course, application.seats, now)
    return Question(present.deadline(until), application.volunteered_at is not None, others)


@blueprint.post("/applications/<reference>/volunteer")
@permission(Permission.HOLDER)
def volunteer_now(reference: str) -> Response:
    """Say that the party would give up its places."""
    found = _answered(reference, volunteer)
    if found and found.state in MAY_GIVE_WAY:
        flash(_("Thank you. You can take this back until your places have gone to others."), "success")
    elif found:
        flash(_("Thank you for giving way. Your places have gone to others at once."), "success")
    return back_to(reference)


@blueprint.post("/applications/<reference>/stand-back")
@permission(Permission.HOLDER)
def stand_back_now(reference: str) -> Response:
    """Take that back."""
    if _answered(reference, stand_back):
        flash(_("You no longer offer your places. Your application is as it was before."), "success")
    return back_to(reference)


def _answered(reference: str, act: Callable[..., None]) -> Application | None:
    """The application as it stands after that answer; None where the answer was refused, which is said."""
    found = access_application(reference)
    try:
        act(found.id, actor=current_actor(), now=request_time())
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
        return None
    db.session.refresh(found)
    return found

"""One's own application: its page, and its entry for a calendar."""

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tourbook.applications import appeal_of, closure_of
from tourbook.applications.closures import Appeal, ladder
from tourbook.applications.models import State
from tourbook.applications.telling import journey_facts
from tourbook.db import db
from tourbook.errors import NotFound
from tourbook.notices import calendar_entry
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.citizen.application_facts import GOING, application_facts
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.closure_words import appeal_words, decision_words, ladder_rule
from tourbook.web.citizen.giving_way import question
from tourbook.web.citizen.standing import Standing, nearest
from tourbook.web.forms import Form
from tourbook.web.holder import Own, access_own, remember
from tourbook.web.language import current_language
from tourbook.web.present import deadline

WITHOUT_PLACES = frozenset({State.DISPLACED, State.CALLED_OFF, State.CANCELLED, State.EXPIRED, State.NOT_DRAWN})


@blueprint.get("/applications/<reference>")
@permission(Permission.HOLDER)
def application(reference: str) -> str:
    """Where the application stands, and what can be done about it. Whatever replaced it opens too."""
    session, now = db.session(), request_time()
    own = access_own(reference)
    it = application_facts(session, own, now)
    if it.successor:
        remember(it.successor.id)
    until = closure_of(session, own.application.id, now=now)
    appeal = _appeal(session, own)
    return render_template(
        "citizen/application.html",
        it=it,
        closed_until=deadline(until) if until else None,
        appealed=appeal_words(appeal) if until else "",
        decided=decision_words(appeal),
        ladder_rule=ladder_rule(ladder()) if it.can_cancel else "",
        application_id=own.application.id,
        question=question(session, own, now),
        others=_others(session, own),
        form=Form(),
    )


@blueprint.get("/applications/<reference>/calendar.ics")
@permission(Permission.HOLDER)
def calendar(reference: str) -> Response:
    """The visit as an entry for a calendar; of one that does not take place any more, what takes it out again."""
    found, departure, course = access_own(reference)
    if found.state not in GOING and found.confirmed_at is None:
        raise NotFound("application_unknown")
    facts, cancelled = journey_facts(found, course, departure), found.state not in GOING
    entry = calendar_entry(
        facts, current_language(), subject_id=found.id, stamped_at=request_time(), cancelled=cancelled
    )
    answer = Response(entry, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.reference}.ics"'
    return answer


def _appeal(session: Session, own: Own) -> Appeal | None:
    """What was said against a closure, also where none follows any more: asked only where there can be any."""
    has_left = own.departure.starts_at <= request_time()
    return appeal_of(session, own.application.id) if has_left and ladder() else None


def _others(session: Session, own: Own) -> list[Standing]:
    """Departures with places, for a party that has none any more."""
    if own.application.state not in WITHOUT_PLACES:
        return []
    return nearest(session, own.departure, own.course, own.application.seats, request_time())

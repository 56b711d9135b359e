"""The minute at which something opens, as an entry for a calendar: of a departure, and of a draw."""

from datetime import datetime
from uuid import UUID

from flask import url_for
from werkzeug.wrappers import Response

from tourbook.courses import course_by_id, departure_by_id
from tourbook.db import db
from tourbook.draws import round_by_code
from tourbook.errors import NotFound
from tourbook.notices import opening_entry
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.draw_moments import Phase, phase_of
from tourbook.web.citizen.standing import standings
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.language import current_language

ICS = "text/calendar; charset=utf-8"


@blueprint.get("/departures/<uuid:departure_id>/opens.ics")
@permission(Permission.PUBLIC)
def departure_opens(departure_id: UUID) -> Response:
    """When everybody can apply for a departure."""
    session, now = db.session(), request_time()
    found = departure_by_id(session, departure_id)
    course = course_by_id(session, found.course_id)
    (one,) = standings(session, [found], course, now)
    if one.opens_at is None:
        raise NotFound("nothing_opens")
    name = _("Applications open: %(course)s", course=present.in_lang(course, "name"))
    warning = _(
        "Applications open at %(time)s for the visit on %(when)s.", time=present.clock_time(one.opens_at), when=one.when
    )
    page = url_for("citizen.departure", departure_id=found.id, _external=True)
    return _file(name, one.opens_at, warning, page, str(found.id))


@blueprint.get("/draws/<code>/opens.ics")
@permission(Permission.PUBLIC)
def draw_opens(code: str) -> Response:
    """When a draw begins to take entries."""
    session, now = db.session(), request_time()
    round_ = round_by_code(session, code)
    if phase_of(round_, now) is not Phase.COMING:
        raise NotFound("nothing_opens")
    course = course_by_id(session, round_.course_id)
    name = _("Draw opens: %(course)s", course=present.in_lang(course, "name"))
    closes = present.deadline(round_.closes_at)
    warning = _(
        "Entries are taken from %(time)s on, until %(closes)s.", time=present.clock_time(round_.opens_at), closes=closes
    )
    return _file(name, round_.opens_at, warning, url_for("citizen.draw", code=code, _external=True), str(round_.id))


def _file(name: str, opens_at: datetime, warning: str, page: str, uid: str) -> Response:
    language, moment = current_language(), request_time()
    entry = opening_entry(name, opens_at, language, uid=uid, warning=warning, address=page, stamped_at=moment)
    answer = Response(entry, content_type=ICS)
    answer.headers.set("Content-Disposition", "attachment", filename="opens.ics")
    return answer

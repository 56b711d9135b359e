"""Which standby number is being called, for those who wait at the meeting place; numbers, and nothing of anybody."""

from uuid import UUID

from flask import render_template, request

from tourbook.courses import course_by_id, departure_by_id
from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.rosters import NumberState, standby_of
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.wording import gettext as _


@blueprint.get("/departures/<uuid:departure_id>/standby")
@permission(Permission.PUBLIC)
def standby(departure_id: UUID) -> str:
    """The numbers that are called, and how many wait; `?number=` says how many are before that one."""
    session, now = db.session(), request_time()
    departure = departure_by_id(session, departure_id)
    found = standby_of(session, departure.id)
    waiting = found.standing(NumberState.WAITING)
    own = request.args.get("number", type=int)
    mine = next((one for one in found.numbers if one.number == own), None)
    return render_template(
        "citizen/standby.html",
        id=departure.id,
        course=present.in_lang(course_by_id(session, departure.course_id), "name"),
        when=present.instant(departure.starts_at),
        at=present.clock_time(now),
        today=civil_day(now) == civil_day(departure.starts_at),
        called=[one.number for one in found.standing(NumberState.CALLED)],
        waiting=len(waiting),
        called_off=(present.in_lang(departure, "called_off") or _("No reason was given."))
        if departure.called_off_at
        else "",
        own=own,
        mine=mine.state.value if mine else None,
        before=sum(one.number < own for one in waiting) if own else 0,
    )

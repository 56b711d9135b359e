"""The departures of a day, and the way to other days."""

from datetime import date, datetime
from typing import Any

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.clearance import DueSoon, due_soon
from tourbook.courses import roster_due
from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.rosters import DepartureOfDay, days_beside, departures_on
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.clearance_words import authority_name
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.forms import DayForm
from tourbook.web.operator.showing import state_of


@blueprint.get("/")
@permission(Permission.OPERATOR)
def days() -> Response:
    """The departures of a day of the organisation's courses; without a day, of today."""
    form = DayForm(request.args)
    valid, now = form.validate(), request_time()
    day = form.day.day or civil_day(now)
    form.day.data = form.day.data or day.isoformat()
    page = render_template(
        "operator/days.html",
        form=form,
        page_errors=not valid,
        heading=present.day(day),
        is_today=day == civil_day(now),
        today=url_for("operator.days"),
        departures=[_shown(one, now) for one in departures_on(db.session(), day, actor=current_actor(), now=now)],
        due=[_due(one, now) for one in due_soon(db.session(), actor=current_actor(), now=now)],
        beside=[_link(other) for other in days_beside(db.session(), day, actor=current_actor())],
    )
    return make_response(page, 200 if valid else 422)


def _link(day: date | None) -> dict[str, str] | None:
    return {"text": present.day(day), "href": url_for("operator.days", day=day.isoformat())} if day else None


def _due(one: DueSoon, now: datetime) -> dict[str, Any]:
    """Names that an authority must have soon, or should have had."""
    words = _("Names were due by %(moment)s") if now >= one.due_at else _("Names to be handed over by %(moment)s")
    due = words % {"moment": present.deadline(one.due_at)}
    people = ngettext("%(num)s person to hand over", "%(num)s people to hand over", one.to_submit)
    lacking = _("%(number)s of them without passport number", number=one.missing) if one.missing else ""
    return {
        "title": f"{present.in_lang(one.course, 'name')} {present.instant(one.departure.starts_at)}",
        "href": url_for("operator.clearance", departure_id=one.departure.id),
        "meta": [f"{authority_name(one.authority)}: {due}", people, lacking],
        "late": now >= one.due_at,
    }


def _shown(one: DepartureOfDay, now: datetime) -> dict[str, Any]:
    departure, counts = one.departure, one.attended
    return {
        "id": departure.id,
        "title": f"{present.clock_time(departure.starts_at)} {present.in_lang(one.course, 'name')}",
        "href": url_for("operator.roster", departure_id=departure.id),
        "state": state_of(departure, one.outlook, now),
        "arrived": _("%(arrived)s of %(people)s arrived", arrived=counts.arrived, people=counts.people),
        "others": _others(counts.no_show, counts.turned_away),
        "taken": one.outlook.taken,
        "allowed": one.outlook.allowed,
        "offered": min(one.offered, one.outlook.taken),
        "names": _names(one, now),
    }


def _others(no_show: int, turned_away: int) -> str:
    said = [_("%(number)s did not come", number=no_show)] if no_show else []
    return " · ".join(said + ([_("%(number)s turned away", number=turned_away)] if turned_away else []))


def _names(one: DepartureOfDay, now: datetime) -> str:
    """Whether the names were sent, or until when they must be."""
    departure = one.departure
    if departure.called_off_at or (now >= departure.starts_at and departure.roster_sent_at is None):
        return ""
    if departure.roster_sent_at:
        return _("Names sent on %(moment)s", moment=present.instant(departure.roster_sent_at))
    due = roster_due(one.course, departure.starts_at)
    said = _("Names were due by %(moment)s") if now >= due else _("Names to be sent by %(moment)s")
    return said % {"moment": present.deadline(due)}

"""The departures of a day, and the way to other days: on the day itself, the first thing in an operator's hand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.clearance import DueSoon, due_soon
from tourbook.courses import amend_until, roster_due
from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.operations import StandingToRun, standings_to_run
from tourbook.rosters import (
    Crew,
    DepartureOfDay,
    NextAct,
    ToDo,
    calling_for,
    crews_of,
    days_beside,
    departures_on,
    is_written_about,
    next_act,
)
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.minimum import briefly
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.clearance_words import authority_name
from tourbook.web.operator.answers import allowance_now
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.crew import crew_words, to_carry
from tourbook.web.operator.forms import DayForm
from tourbook.web.operator.showing import conditions, state_of

RULES = ("level", "announced", "measure")
"""The steps to a size that are decided from outside, and may be decided anew before the day."""


@blueprint.get("/")
@permission(Permission.OPERATOR)
def days() -> Response:
    """The departures of a day of the organisation's courses; without a day, of today."""
    form = DayForm(request.args)
    valid, now = form.validate(), request_time()
    day = form.day.day or civil_day(now)
    form.day.data = form.day.data or day.isoformat()
    found = departures_on(db.session(), day, actor=current_actor(), now=now)
    minima = _minima(found)
    crews = crews_of(db.session(), [one.departure.id for one in found])
    due = due_soon(db.session(), actor=current_actor(), now=now)
    pressing = {one.departure.id for one in due}
    page = render_template(
        "operator/days.html",
        form=form,
        page_errors=not valid,
        heading=present.day(day),
        is_today=day == civil_day(now),
        today=url_for("operator.days"),
        departures=[_shown(one, pressing, minima.get(one.departure.id), now) | _crew(one, crews) for one in found],
        write_to_all=_write_to_all(day, found, now),
        due=[_due(one, now) for one in due],
        beside=[_link(other) for other in days_beside(db.session(), day, actor=current_actor())],
    )
    return make_response(page, 200 if valid else 422)


def _write_to_all(day: date, found: Iterable[DepartureOfDay], now: datetime) -> str:
    """Where everybody of the day is written to; empty where there is nothing left to write about."""
    ahead = any(is_written_about(one.departure, now) for one in found)
    return url_for("operator.message_to_day", day=day.isoformat()) if ahead else ""


def _minima(found: Iterable[DepartureOfDay]) -> dict[UUID, StandingToRun]:
    """How those of them stand whose course declares a minimum to run."""
    by_course: dict[UUID, list[DepartureOfDay]] = defaultdict(list)
    for one in found:
        by_course[one.course.id].append(one)
    minima: dict[UUID, StandingToRun] = {}
    for same in by_course.values():
        minima |= standings_to_run(db.session(), [one.departure for one in same], same[0].course)
    return minima


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


def _shown(
    one: DepartureOfDay, pressing: Collection[UUID], minimum: StandingToRun | None, now: datetime
) -> dict[str, Any]:
    departure, counts = one.departure, one.attended
    runs = departure.called_off_at is None
    return {
        "id": departure.id,
        "title": f"{present.clock_time(departure.starts_at)} {present.in_lang(one.course, 'name')}",
        "href": url_for("operator.roster", departure_id=departure.id),
        "state": state_of(departure, one.outlook, now),
        "arrived": _("%(arrived)s of %(people)s arrived", arrived=counts.arrived, people=counts.people),
        "expected": _("Still expected: %(number)s", number=counts.expected) if counts.expected and runs else "",
        "others": _others(counts.no_show, counts.turned_away),
        "runs": runs,
        "taken": one.outlook.taken,
        "allowed": one.outlook.allowed,
        "offered": min(one.offered, one.outlook.taken),
        "minimum": briefly(minimum) if minimum and now < departure.starts_at else "",
        "rules": list(_rules(one)) if runs else [],
        "names": [_names(one, now), _freeze(one, now)],
        "next": _next(one, departure.id in pressing, now),
    }


def _crew(one: DepartureOfDay, crews: Mapping[UUID, Crew]) -> dict[str, Any]:
    """Who guides, in which vehicles, and whether these have seats for all; nothing where nothing is arranged."""
    return {"crew": crew_words(crews.get(one.departure.id, Crew()), to_carry(one.departure, one.attended))}


def _others(no_show: int, turned_away: int) -> str:
    said = [_("%(number)s did not come", number=no_show)] if no_show else []
    return " · ".join(said + ([_("%(number)s turned away", number=turned_away)] if turned_away else []))


def _rules(one: DepartureOfDay) -> Iterator[dict[str, Any]]:
    """What levels and measures make of the departure, and what is to be shown; what closes it stands out."""
    answer = allowance_now(one.departure, one.course)
    for cause in answer.causes:
        if cause.component in RULES:
            yield {"text": present.said(cause), "closes": cause.value == 0}
    for words in conditions(answer):
        yield {"text": _("To be shown at the gate: %(condition)s", condition=words), "closes": False}


def _names(one: DepartureOfDay, now: datetime) -> str:
    """Whether the names were sent, or until when they must be; nobody's are late where nobody goes."""
    departure = one.departure
    if departure.called_off_at or (now >= departure.starts_at and departure.roster_sent_at is None):
        return ""
    if departure.roster_sent_at:
        return _("Names sent on %(moment)s", moment=present.instant(departure.roster_sent_at))
    due = roster_due(one.course, departure.starts_at)
    if now >= due and not one.attended.people:
        return ""
    said = _("Names were due by %(moment)s") if now >= due else _("Names to be sent by %(moment)s")
    return said % {"moment": present.deadline(due)}


def _freeze(one: DepartureOfDay, now: datetime) -> str:
    """From when on nobody is offered a place and no name is exchanged; nothing once it has left."""
    if one.departure.called_off_at or now >= one.departure.starts_at:
        return ""
    freeze_at = amend_until(one.course, one.departure.starts_at)
    if now >= freeze_at:
        return _("Names are fixed since %(moment)s", moment=present.deadline(freeze_at))
    if roster_due(one.course, one.departure.starts_at) < freeze_at:
        return _("After sending names still change, until %(moment)s", moment=present.deadline(freeze_at))
    return _("Names can change until %(moment)s", moment=present.deadline(freeze_at))


def _next(one: DepartureOfDay, to_hand_over: bool, now: datetime) -> dict[str, str] | None:
    """The button for what is to be done next; of a departure that was called off, whom to call, as long as one may."""
    departure = one.departure
    if departure.called_off_at:
        return _calls(one) if now < calling_for(departure, one.course).closes_at else None
    unsent = departure.roster_sent_at is None and not one.course.names_checked
    due = roster_due(one.course, departure.starts_at) if unsent else None
    act = next_act(ToDo(departure.starts_at, one.attended.expected, due, to_hand_over), now)
    return {"text": _act_words(act), "href": _way(act, departure.id), "test": f"next-{act}"} if act else None


def _calls(one: DepartureOfDay) -> dict[str, str]:
    href = url_for("operator.calls", departure_id=one.departure.id)
    return {"text": _("Whom to call"), "href": href, "test": "next-calls"}


def _act_words(act: NextAct) -> str:
    return {
        NextAct.CHECK_IN: _("Check people in"),
        NextAct.MARK_REST: _("Mark who did not come"),
        NextAct.HAND_OVER: _("Hand the names over"),
        NextAct.SEND_NAMES: _("Send the names"),
    }[act]


def _way(act: NextAct, departure_id: UUID) -> str:
    pages = {NextAct.HAND_OVER: "operator.clearance", NextAct.CHECK_IN: "operator.check_in"}
    if act in pages:
        return url_for(pages[act], departure_id=departure_id)
    show = "expected" if act is not NextAct.SEND_NAMES else None
    return url_for("operator.roster", departure_id=departure_id, show=show)

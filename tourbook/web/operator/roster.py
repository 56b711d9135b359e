"""The roster of a departure: who is to travel, who came, what can be done about it."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tourbook.applications.models import Attendance
from tourbook.applications.queries import outlooks
from tourbook.clearance import checked, demands_on
from tourbook.courses import amend_until, roster_due, window
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.rosters import (
    PartyContact,
    Purpose,
    Roster,
    attended,
    calling_for,
    changes_since_sent,
    crew_of,
    gate_places,
    read_roster,
    send_roster,
    to_call,
    without_contact,
)
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.aside import aside_words
from tourbook.web.citizen.minimum import departure_words
from tourbook.web.operator.answers import access_departure, allowance_now, anchor, pressed
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.crew import crew_words, to_carry
from tourbook.web.operator.forms import SearchForm
from tourbook.web.operator.showing import SHOWN, Setting, conditions, parties, state_of, tabs


@blueprint.get("/departures/<uuid:departure_id>")
@permission(Permission.OPERATOR)
def roster(departure_id: UUID) -> str:
    """The roster, all of it or only those who stand in one way."""
    found = read_roster(departure_id, Purpose.GATE, actor=current_actor(), now=request_time())
    return roster_page(found, show=request.args.get("show"), at=request.args.get("at", type=UUID))


@blueprint.post("/departures/<uuid:departure_id>")
@permission(Permission.OPERATOR)
def search_roster(departure_id: UUID) -> str:
    """Those whose name or reference holds what was typed. Names stay out of addresses, so this is a POST."""
    found = read_roster(departure_id, Purpose.GATE, actor=current_actor(), now=request_time())
    form = SearchForm()
    typed = form.search.data or "" if form.validate() else ""
    return _page(found, found.searched(typed), form=form, searched=typed)


def roster_page(found: Roster, *, show: str | None, at: UUID | None = None, opened: PartyContact | None = None) -> str:
    """A roster that was read: all of it or those who stand in one way, with the contact that was just opened."""
    narrowed = found.standing(Attendance(show), beside=at) if show in SHOWN else found
    return _page(found, narrowed, form=SearchForm(), show=show if show in SHOWN else None, at=at, opened=opened)


@blueprint.post("/departures/<uuid:departure_id>/send-roster")
@permission(Permission.OPERATOR)
def send_roster_now(departure_id: UUID) -> Response:
    """Write down that the names were sent."""
    access_departure(departure_id)
    return pressed(partial(send_roster, departure_id, actor=current_actor(), now=request_time()), departure_id)


def _page(found: Roster, narrowed: Roster, *, form: SearchForm, **shown: Any) -> str:
    session, now = db.session(), request_time()
    departure, course = found.departure, found.course
    answer = allowance_now(departure, course)
    missed = to_call(session, departure, now)
    setting = Setting(
        departure,
        now,
        bool(answer.conditions),
        may_call=calling_for(departure, course).is_open(now),
        opened=shown.get("opened"),
        unreached=frozenset(one.application_id for one in missed),
        clearance=_clearance(session, departure, course),
    )
    outlook = outlooks(session, [departure], course, now)[departure.id]
    counts = attended(session, [departure.id])[departure.id]
    return render_template(
        "operator/roster.html",
        form=form,
        id=departure.id,
        **_heading(departure, course),
        state=state_of(departure, outlook, now),
        counts=counts,
        crew=crew_words(crew_of(session, departure.id), to_carry(departure, counts)),
        gate=gate_places(session, course, departure, outlook, now),
        outlook=outlook,
        setting=setting,
        conditions=conditions(answer),
        called_off=present.in_lang(departure, "called_off") if departure.called_off_at else None,
        names=_names(departure, course, now),
        aside=aside_words(departure, course),
        **_to_tell(session, departure, len(missed)),
        minimum=departure_words(session, departure, course, now),
        names_checked=course.names_checked,
        takes_calls=window(course, departure).is_open(now) and not departure.called_off_at,
        tabs=tabs(found, shown.get("show")),
        parties=parties(narrowed, setting),
        anchor=anchor,
        **shown,
    )


def _to_tell(session: Session, departure: Departure, missed: int) -> dict[str, int]:
    """How many parties no notice has reached; after a call-off, also how many left no contact for one."""
    return {"missed": missed, "without": len(without_contact(session, departure)) if departure.called_off_at else 0}


def _clearance(session: Session, departure: Departure, course: Course) -> dict[UUID, str]:
    """Where everybody stands whose name is checked; nobody, where none is."""
    if not course.names_checked:
        return {}
    people = checked(session, [departure.id], demands_on(session, course.id))
    return {one.visitor.id: one.standing.value for one in people}


def _heading(departure: Departure, course: Course) -> dict[str, Any]:
    name, when = present.in_lang(course, "name"), present.instant(departure.starts_at)
    day = {"text": present.day(departure.starts_at), "href": _day_href(departure)}
    return {"page_title": f"{name} {when}", "course_name": name, "when": when, "day": day}


def _day_href(departure: Departure) -> str:
    return url_for("operator.days", day=civil_day(departure.starts_at).isoformat())


def _names(departure: Departure, course: Course, now: datetime) -> dict[str, Any]:
    """Whether the names were sent, how they changed since, and until when they must be sent."""
    due, final = roster_due(course, departure.starts_at), amend_until(course, departure.starts_at)
    return {
        "final": present.deadline(final) if due < final and now < final else None,
        "sent": present.instant(departure.roster_sent_at) if departure.roster_sent_at else None,
        "changes": changes_since_sent(db.session(), departure) if departure.roster_sent_at else None,
        "due": present.deadline(due),
        "late": now >= due,
        "sendable": departure.called_off_at is None and departure.roster_sent_at is None and now < departure.starts_at,
    }

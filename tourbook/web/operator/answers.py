"""What all pages of operators share: whose departure it is, what a button does, and the way back."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.distancing import Allowance, allowance, facts_of, slot_of
from tourbook.errors import Refused
from tourbook.rosters import own_departure
from tourbook.web import refusals
from tourbook.web.access import current_actor, request_time

Kind = TypeVar("Kind", bound=StrEnum)


def access_departure(departure_id: UUID) -> tuple[Departure, Course]:
    """A departure of one's own organisation, with its course; NotFound for any other."""
    return own_departure(db.session(), departure_id, actor=current_actor())


def allowance_now(departure: Departure, course: Course) -> Allowance:
    """What the rule gives for a departure at this moment."""
    return allowance(slot_of(departure), facts_of(db.session(), course.id), request_time())


def chosen(kind: type[Kind], name: str) -> Kind:
    """Which of the kind a button asked for; what no button says is a bad request."""
    try:
        return kind(request.form.get(name, ""))
    except ValueError:
        abort(400)


def pressed(act: Callable[[], object], departure_id: UUID, *, at: UUID | None = None) -> Response:
    """Do what a button of the roster asks for, and go back there: to the person or party `at` which it stood.

    What is refused is said at the top of the roster instead.
    """
    try:
        act()
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
        at = None
    show = request.form.get("show") or None
    there = url_for("operator.roster", departure_id=departure_id, show=show, at=at, _anchor=anchor(at) if at else None)
    return redirect(there, 303)


def anchor(of: UUID) -> str:
    """The place of a visitor or a party on the roster's page."""
    return f"at-{of}"

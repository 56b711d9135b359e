"""Why a departure has its size: any departure, as known at any past moment, with every cause, source and date."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.validators import InputRequired

from tourbook.courses import course_by_code, course_by_id, departure_at, departure_by_id
from tourbook.db import db
from tourbook.distancing import Slot, allowance, facts_of, slot_of
from tourbook.distancing.causes import Cause
from tourbook.errors import NotFound
from tourbook.kst import in_seoul
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.fields import Moment
from tourbook.web.admin.measures import course_choices
from tourbook.web.admin.proposing import Page
from tourbook.web.citizen.reasons import ahead_sentence
from tourbook.web.forms import Form, choices

TYPED = "%Y-%m-%d %H:%M"


class WhyForm(Form):
    """Which departure, and what was known when."""

    course = SelectField(_("Course"), [InputRequired(_("Choose a course."))])
    start = Moment(_("Departs at"), [InputRequired(_("Enter day and time, for example 2026-05-04 10:00."))])
    as_of = Moment(_("As known at"))


@dataclass(frozen=True)
class Answer:
    """An allowance in words, for one departure as known at one moment."""

    title: str
    as_of: str
    capacity: int
    party_max: str
    basis: str
    rows: list[dict[str, Any]]
    conditions: list[str]
    planned: bool
    ahead: str


@blueprint.get("/why")
@permission(Permission.ADMINISTRATOR)
def why() -> Page:
    """The way to the number, for `?course=&start=&as_of=`; `?departure=` leads there."""
    if "departure" in request.args:
        return redirect(_address_of(request.args["departure"]))
    form = WhyForm(request.args)
    form.course.choices = choices(course_choices())
    if "start" not in request.args:
        return render_template("admin/why.html", form=form, answer=None)
    valid = form.validate()
    page = render_template("admin/why.html", form=form, page_errors=not valid, answer=_answer(form) if valid else None)
    return page if valid else (page, 422)


def _address_of(departure_id: str) -> str:
    """The page for a departure that is named by its id."""
    try:
        departure = departure_by_id(db.session(), UUID(departure_id))
    except ValueError as not_an_id:
        raise NotFound("no_such_departure") from not_an_id
    course = course_by_id(db.session(), departure.course_id)
    return url_for("admin.why", course=course.code, start=in_seoul(departure.starts_at).strftime(TYPED))


def _answer(form: WhyForm) -> Answer:
    course, start = course_by_code(db.session(), form.course.data), form.start.value
    as_of = form.as_of.value or request_time()
    departure = departure_at(db.session(), course.id, start)
    slot = slot_of(departure) if departure else Slot(start, course.minutes)
    found = allowance(slot, facts_of(db.session(), course.id), as_of)
    return Answer(
        title=f"{present.in_lang(course, 'name')}, {present.instant(start)}",
        as_of=present.instant(as_of),
        capacity=found.capacity,
        party_max=people(found.party_max),
        basis=found.basis,
        rows=[_row(cause) for cause in found.causes],
        conditions=[present.said(words) for words in found.conditions],
        planned=departure is None,
        ahead=ahead_sentence(found),
    )


def people(limit: int | None) -> str:
    """A number of people; None is no limit."""
    return str(gettext("no limit") if limit is None else ngettext("%(num)s person", "%(num)s people", limit))


def _row(cause: Cause) -> dict[str, Any]:
    is_party = cause.component == "party"
    return {
        "text": present.said(cause),
        "note": _source(cause),
        "since": " · ".join(_dates(cause)),
        "to": people(cause.value) if is_party or cause.value is None else present.number(cause.value),
    }


def _source(cause: Cause) -> str:
    """Where the step comes from: the course, the departure, or the entry that somebody made."""
    kind, _blank, entry = cause.source.partition(" ")
    words = {
        "course": gettext("Source: figures of the course"),
        "departure": gettext("Source: this departure's own size"),
        "order": gettext("Source: distancing order no. %(entry)s", entry=entry),
        "measure": gettext("Source: measure at this site no. %(entry)s", entry=entry),
    }
    return str(words.get(kind, gettext("Source: no order on record")))


def _dates(cause: Cause) -> Iterator[str]:
    if cause.announced_at:
        yield gettext("announced %(moment)s", moment=present.instant(cause.announced_at))
    if cause.public_at and cause.announced_at and cause.public_at > cause.announced_at:
        yield gettext("public from %(moment)s", moment=present.instant(cause.public_at))
    if cause.first_day and cause.last_day:
        first, last = present.day(cause.first_day), present.day(cause.last_day)
        yield gettext("from %(first)s to %(last)s", first=first, last=last)
    elif cause.first_day:
        yield gettext("from %(day)s", day=present.day(cause.first_day))

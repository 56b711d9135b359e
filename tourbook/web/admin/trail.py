"""The audit trail: who did what to what, when; searched by act, subject, who, and day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from wtforms import SelectField

from tourbook.accounts.models import Person
from tourbook.applications import plain_reference
from tourbook.applications.models import Application
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import db
from tourbook.kst import end_of_day, start_of_day
from tourbook.web.access import Permission, permission
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.fields import Day, choices
from tourbook.web.admin.trail_facts import facts_words
from tourbook.web.admin.trail_words import ACTS, act_words, actor_words, subject_words
from tourbook.web.forms import Form, Text
from tourbook.web.inputs import plain, whole_number
from tourbook.web.present import instant

ON_A_PAGE = 50
PAGES = range(1, 1_000_000)
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class TrailForm(Form):
    """What to look for; everything may be left empty."""

    act = SelectField(_("Act"), default="")
    subject = Text(_("About"))
    actor = SelectField(
        _("Who"),
        default="",
        choices=choices(
            [
                ("", _("Anybody")),
                ("administrator", _("Administrators")),
                ("operator", _("Operators")),
                ("citizen", _("Citizens with an account")),
                ("guest", _("Citizens without an account")),
                ("timetable", _("The timetable")),
                ("command", _("The command line")),
            ]
        ),
    )
    first = Day(_("First day"))
    last = Day(_("Last day"))


@dataclass(frozen=True)
class EntryView:
    """One entry in words."""

    at: str
    actor: str
    act: str
    subject: str
    facts: str


@blueprint.get("/trail")
@permission(Permission.ADMINISTRATOR)
def trail() -> tuple[str, int]:
    """The trail, the latest first."""
    form = TrailForm(request.args)
    form.act.choices = choices([("", _("Any")), *((act, words) for act, words in ACTS.items())])
    valid = form.validate()
    wanted = _wanted(form) if valid else select(TrailEntry).where(TrailEntry.id.is_(None))
    count = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(-(-count // ON_A_PAGE), 1)
    page = min(_page(), pages)
    rows = db.session.scalars(
        wanted.order_by(TrailEntry.at.desc(), TrailEntry.id.desc()).limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)
    ).all()
    answer = render_template(
        "admin/trail.html",
        form=form,
        page_errors=not valid,
        count=count,
        entries=_views(rows),
        page=page,
        pages=pages,
        page_url=partial(_page_url, form),
    )
    return answer, 200 if valid else 422


def _wanted(form: TrailForm) -> Select[Any]:
    """The entries that fit all that was asked for."""
    wanted = select(TrailEntry)
    if form.act.data:
        wanted = wanted.where(TrailEntry.act == form.act.data)
    if form.actor.data:
        wanted = wanted.where(TrailEntry.actor.startswith(form.actor.data, autoescape=True))
    if form.subject.data:
        subjects = _subjects(form.subject.data)
        wanted = wanted.where(TrailEntry.subject_id.in_(subjects) | TrailEntry.departure_id.in_(subjects))
    if form.first.value:
        wanted = wanted.where(TrailEntry.at >= start_of_day(form.first.value))
    if form.last.value:
        wanted = wanted.where(TrailEntry.at < end_of_day(form.last.value))
    return wanted


def _subjects(typed: str) -> list[UUID]:
    """What was meant: an id, the reference of an application, the code of a course or a draw."""
    try:
        return [UUID(plain(typed))]
    except ValueError:
        reference = select(Application.id).where(Application.reference == plain_reference(typed))
        code = plain(typed).lower()
        by_code = [select(model.id).where(model.code == code) for model in (Course, Round)]
        return [one for found in (reference, *by_code) for one in db.session.scalars(found)]


def _views(rows: Sequence[TrailEntry]) -> list[EntryView]:
    people = _people([row.actor for row in rows])
    named = _named(rows)
    return [
        EntryView(
            at=instant(row.at),
            actor=actor_words(row.actor, people),
            act=act_words(row.act),
            subject=_subject(row, named),
            facts=facts_words(row.facts, named),
        )
        for row in rows
    ]


def _subject(row: TrailEntry, named: dict[str, str]) -> str:
    """What was acted on, and the departure whose seats it was about."""
    subject = subject_words(row.subject_kind, named.get(str(row.subject_id), ""))
    seats_of = named.get(str(row.departure_id)) if row.departure_id != row.subject_id else None
    return f"{subject}, {seats_of}" if seats_of else subject


def _people(labels: list[str]) -> dict[str, str]:
    """Staff by id; who has no duty here is not named."""
    ids = {UUID(label.partition(":")[2]) for label in labels if label.startswith(("administrator:", "operator:"))}
    rows = db.session.scalars(select(Person).where(Person.id.in_(ids)))
    return {str(person.id): person.name for person in rows}


def _named(rows: Sequence[TrailEntry]) -> dict[str, str]:
    """What entries refer to by id: applications by reference, courses and draws by code, departures by course and
    start.
    """
    told = [row.facts.get(name) for row in rows for name in ("departure", "application", "to")]
    told += [one for row in rows for one in row.facts.get("choices", ())]
    wanted = {UUID(one) for one in told if isinstance(one, str) and ID.fullmatch(one)}
    wanted |= {one for row in rows for one in (row.subject_id, row.departure_id) if one}
    references = db.session.execute(select(Application.id, Application.reference).where(Application.id.in_(wanted)))
    codes, draws = (
        db.session.execute(select(model.id, model.code).where(model.id.in_(wanted))) for model in (Course, Round)
    )
    leaving = select(Departure.id, Course.code, Departure.starts_at).join(Course, Course.id == Departure.course_id)
    starts = db.session.execute(leaving.where(Departure.id.in_(wanted)))
    return {str(one): name for found in (references, codes, draws) for one, name in found} | {
        str(one): f"{code} {instant(starts_at)}" for one, code, starts_at in starts
    }


def _page() -> int:
    return whole_number(request.args.get("page", ""), PAGES) or 1


def _page_url(form: TrailForm, number: int) -> str:
    """The same search on another page; what else stands in the address is not carried along."""
    asked: dict[str, Any] = {field.name: field.data for field in form if field.data}
    return url_for("admin.trail", **asked, page=number)

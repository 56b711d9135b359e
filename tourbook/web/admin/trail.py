"""The audit trail: who did what to what, when; searched by act, subject, who, and day.

The first pages have numbers; what lies further back is reached from the last entry on a page, which costs the same
however far back it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, or_, select
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
from tourbook.web.admin.fields import Day
from tourbook.web.admin.trail_facts import facts_words
from tourbook.web.admin.trail_words import ACTS, act_words, actor_words, subject_words
from tourbook.web.forms import Form, Text, choices
from tourbook.web.inputs import plain, whole_number
from tourbook.web.present import instant

ON_A_PAGE = 50
NUMBERED = 40
COUNTED = 10_000
MOST_IN_A_FILE = 50_000
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

    @classmethod
    def asked(cls) -> "TrailForm":
        """The form as the address fills it in."""
        form = cls(request.args)
        form.act.choices = choices([("", _("Any")), *((act, words) for act, words in ACTS.items())])
        return form


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
    form = TrailForm.asked()
    valid = form.validate()
    wanted = wanted_entries(form) if valid else select(TrailEntry).where(TrailEntry.id.is_(None))
    count = db.session.scalar(select(func.count()).select_from(wanted.limit(COUNTED + 1).subquery())) or 0
    pages, last_seen = min(max(-(-count // ON_A_PAGE), 1), NUMBERED), _last_seen()
    page = min(_page(), pages)
    further = older_than(wanted, last_seen) if last_seen else wanted.offset((page - 1) * ON_A_PAGE)
    *rows, beyond = [*db.session.scalars(newest_first(further).limit(ON_A_PAGE + 1)), None][: ON_A_PAGE + 1]
    answer = render_template(
        "admin/trail.html",
        form=form,
        page_errors=not valid,
        count=min(count, COUNTED),
        more=count > COUNTED,
        entries=_views(rows),
        page=page,
        pages=1 if last_seen else pages,
        page_url=partial(_page_url, form),
        older=_address("admin.trail", form, before=rows[-1].id) if beyond else None,
        newest=_address("admin.trail", form) if last_seen else None,
        file=_address("admin.trail_csv", form),
        most=MOST_IN_A_FILE,
    )
    return answer, 200 if valid else 422


def newest_first(wanted: Select[Any]) -> Select[Any]:
    """These entries in the order in which they are shown."""
    return wanted.order_by(TrailEntry.at.desc(), TrailEntry.id.desc())


def older_than(wanted: Select[Any], entry: TrailEntry) -> Select[Any]:
    """Those of these entries that come after that one, in the order in which they are shown."""
    return wanted.where(TrailEntry.at <= entry.at, or_(TrailEntry.at < entry.at, TrailEntry.id < entry.id))


def _last_seen() -> TrailEntry | None:
    """The entry that the address names as the last that was read; None where it names none that there is."""
    typed = plain(request.args.get("before", ""))
    return db.session.get(TrailEntry, UUID(typed)) if ID.fullmatch(typed) else None


def wanted_entries(form: TrailForm) -> Select[Any]:
    """The entries that fit all that was asked for."""
    wanted = select(TrailEntry)
    if form.act.data:
        wanted = wanted.where(TrailEntry.act == form.act.data)
    if form.actor.data:
        wanted = wanted.where(TrailEntry.actor.startswith(form.actor.data, autoescape=True))
    if form.subject.data:
        subjects = subjects_of(form.subject.data)
        wanted = wanted.where(TrailEntry.subject_id.in_(subjects) | TrailEntry.departure_id.in_(subjects))
    if form.first.value:
        wanted = wanted.where(TrailEntry.at >= start_of_day(form.first.value))
    if form.last.value:
        wanted = wanted.where(TrailEntry.at < end_of_day(form.last.value))
    return wanted


def subjects_of(typed: str) -> list[UUID]:
    """What was meant: an id, the reference of an application, the code of a course or a draw."""
    try:
        return [UUID(plain(typed))]
    except ValueError:
        reference = select(Application.id).where(Application.reference == plain_reference(typed))
        code = plain(typed).lower()
        by_code = [select(model.id).where(model.code == code) for model in (Course, Round)]
        return [one for found in (reference, *by_code) for one in db.session.scalars(found)]


def _views(rows: Sequence[TrailEntry]) -> list[EntryView]:
    people = people_named([row.actor for row in rows])
    named = named_in(rows)
    return [
        EntryView(
            at=instant(row.at),
            actor=actor_words(row.actor, people),
            act=act_words(row.act),
            subject=about(row, named),
            facts=facts_words(row.facts, named),
        )
        for row in rows
    ]


def about(row: TrailEntry, named: dict[str, str]) -> str:
    """What was acted on, and the departure whose seats it was about."""
    subject = subject_words(row.subject_kind, named.get(str(row.subject_id), ""))
    seats_of = named.get(str(row.departure_id)) if row.departure_id != row.subject_id else None
    return f"{subject}, {seats_of}" if seats_of else subject


def people_named(labels: list[str]) -> dict[str, str]:
    """Staff by id; who has no duty here is not named."""
    ids = {UUID(label.partition(":")[2]) for label in labels if label.startswith(("administrator:", "operator:"))}
    rows = db.session.scalars(select(Person).where(Person.id.in_(ids)))
    return {str(person.id): person.name for person in rows}


def named_in(rows: Sequence[TrailEntry]) -> dict[str, str]:
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
    number = whole_number(request.args.get("page", ""), range(1, 1_000_000)) or 1
    return min(number, NUMBERED)


def _page_url(form: TrailForm, number: int) -> str:
    """The same search on another page; what else stands in the address is not carried along."""
    return _address("admin.trail", form, page=number)


def _address(endpoint: str, form: TrailForm, **more: Any) -> str:
    asked: dict[str, Any] = {field.name: field.data for field in form if field.data}
    return url_for(endpoint, **asked, **more)

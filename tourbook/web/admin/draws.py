"""Draws: the list, announcing one, how it stands, entering its public value, taking it back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from tourbook import draws as acts
from tourbook.courses import count_made_too_late, course_by_code
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import db
from tourbook.draws import Stage
from tourbook.errors import Refused
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.draw_forms import AnnouncementForm, MissedForm, ValueForm, WithdrawalForm
from tourbook.web.admin.measures import course_choices
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.forms import choices
from tourbook.web.present import day, deadline, in_lang, instant, number

DEPARTURES_SHOWN = 200
Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class DrawRow:
    """A draw as the list shows it."""

    code: str
    course: str
    days: str
    state: str
    closes: str
    value_at: str
    entries: str


@blueprint.get("/draws")
@permission(Permission.ADMINISTRATOR)
def draws() -> str:
    """All draws, the one that closes last first."""
    session, now = db.session(), request_time()
    shown = [_row(session, one, now) for one in reversed(acts.rounds(session))]
    return render_template("admin/draws.html", draws=shown, value_due=Stage.VALUE_DUE, lost=Stage.LOST)


@blueprint.route("/draws/new", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def new_draw() -> Page:
    """Announce a draw; what it covers is shown before."""
    form = AnnouncementForm()
    form.course.choices = choices(course_choices())
    if form.stage == "edit":
        return render_template("admin/draw_new.html", form=form)
    if form.validate_on_submit():
        try:
            return _announce(form) if form.stage == "apply" else _announcement(form)
        except Refused as refused:
            form.refuse(refused)
            if refused.code == "draw_withdrawn_since":
                form.renewed()  # whoever looks at it once more and presses again means a new announcement
    return form_page("admin/draw_new.html", form)


@blueprint.get("/draws/<code>")
@permission(Permission.ADMINISTRATOR)
def draw(code: str) -> str:
    """One draw: what was announced, how it stands, and what is to be done."""
    return _draw_page(acts.round_by_code(db.session(), code), ValueForm())


@blueprint.post("/draws/<code>/value")
@permission(Permission.ADMINISTRATOR)
def draw_value(code: str) -> Page:
    """Enter the public value: it is shown once more first, as it can never be changed."""
    found, form = acts.round_by_code(db.session(), code), ValueForm()
    if form.stage == "edit":
        return _draw_page(found, form)
    if form.validate():
        try:
            return _give_value(found, form) if form.stage == "apply" else _value_page(found, form)
        except Refused as refused:
            form.refuse(refused)
    return _draw_page(found, form, page_errors=True), 422


@blueprint.route("/draws/<uuid:round_id>/missed", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def missed_value(round_id: UUID) -> Page:
    """Say that the value of a draw did not come, after what follows was shown: it never counts afterwards."""
    form, found = MissedForm(), acts.round_by_id(db.session(), round_id)
    if form.validate_on_submit():
        try:
            acts.say_missed(found.id, fallback_at=form.fallback_at.value, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("It is public that the value did not come."), "success")
            return redirect(url_for("admin.draw", code=found.code), 303)
    return form_page("admin/draw_missed.html", form, **_missed(found))


def _missed(found: Round) -> dict[str, Any]:
    known_at = found.fallback_at if found.fallback_at and found.fallback_at > request_time() else None
    return {"found": found, "known_at": known_at and instant(known_at), "facts": _words(found)}


@blueprint.route("/draws/<uuid:round_id>/withdraw", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def withdraw_draw(round_id: UUID) -> Page:
    """Take an announcement back, after what follows was shown. Its code may be another draw's by the second press."""
    form, found = WithdrawalForm(), acts.round_by_id(db.session(), round_id)
    if form.validate_on_submit():
        try:
            acts.withdraw_round(found.id, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The draw %(code)s was withdrawn.", code=found.code), "success")
            return redirect(url_for("admin.draws"), 303)
    elif found.withdrawn_at:
        return redirect(url_for("admin.draws"))
    return form_page("admin/draw_withdraw.html", form, **_withdrawal(found))


def _withdrawal(found: Round) -> dict[str, Any]:
    lost, left_overs_at = acts.is_lost(found), instant(found.left_overs_at)
    on_hold = found.held_at is not None
    return {"found": found, "lost": lost, "on_hold": on_hold, "left_overs_at": left_overs_at, "facts": _covers(found)}


def _announce(form: AnnouncementForm) -> Response:
    course_id, terms = course_by_code(db.session(), form.course.data).id, form.terms()
    acts.announce_round(course_id, terms, form_id=form.form_id, actor=current_actor(), now=request_time())
    flash(_("The draw was announced."), "success")
    return redirect(url_for("admin.draw", code=terms.code), 303)


def _announcement(form: AnnouncementForm) -> str:
    """What would be announced, to be looked at once more."""
    course, terms = course_by_code(db.session(), form.course.data), form.terms()
    covered = acts.covered(db.session(), course.id, terms, now=request_time())
    return render_template(
        "admin/draw_check.html",
        form=form,
        carried=form.carried(),
        covered=covered,
        course=in_lang(course, "name"),
        first=instant(covered.first_starts_at),
        last=instant(covered.last_starts_at),
        announced=_announced(terms),
        words=[
            (_("In Korean"), terms.source_ko, terms.fallback_ko),
            (_("In English"), terms.source_en, terms.fallback_en),
        ],
    )


def _give_value(found: Round, form: ValueForm) -> Response:
    value = form.value.data or ""
    acts.give_value(found.id, value, fallback=form.fallback, actor=current_actor(), now=request_time())
    flash(_("The value was entered. The draw follows by itself within a minute."), "success")
    return redirect(url_for("admin.draw", code=found.code), 303)


def _value_page(found: Round, form: ValueForm) -> str:
    value = acts.check_value(found, form.value.data or "", fallback=form.fallback, now=request_time())
    source = in_lang(found, "fallback" if form.fallback else "source")
    return render_template(
        "admin/draw_value.html",
        form=form,
        value=value,
        signs=_signs(value),
        out_of_order=_is_out_of_order(value),
        code=found.code,
        source=source,
    )


def _is_out_of_order(value: str) -> bool:
    """Is it a list of numbers that do not rise? A source may print them as they were drawn."""
    parts = re.split("[ ,;/-]+", value)
    numbers = [int(part) for part in parts if part.isdigit()]
    return len(numbers) == len(parts) and numbers != sorted(numbers)


def _signs(value: str) -> str:
    """The value sign by sign, so that a blank is seen where it stands."""
    return " ".join(value.replace(" ", "␣"))


def _draw_page(found: Round, form: ValueForm, *, page_errors: bool = False) -> str:
    session, now = db.session(), request_time()
    stage, departures = acts.stage_of(found, now), acts.by_departure(session, found)
    entries = acts.count_entries(session, found)
    if acts.only_fallback(found):
        form.offer_fallback_alone()
    return render_template(
        "admin/draw.html",
        code=found.code,
        round_id=found.id,
        course=_course(found),
        stage=stage,
        form=form,
        page_errors=page_errors,
        value_due=stage is Stage.VALUE_DUE,
        lost=stage is Stage.LOST,
        on_hold=in_lang(found, "held") if stage is Stage.ON_HOLD else None,
        only_fallback=acts.only_fallback(found),
        missed=instant(found.missed_at) if found.missed_at else None,
        may_withdraw=stage in (Stage.LOST, Stage.ON_HOLD)
        or (stage in (Stage.COMING, Stage.OPEN) and not entries.parties),
        source=in_lang(found, "source"),
        fallback=in_lang(found, "fallback"),
        entries=entries,
        places=sum(one.places for one in departures),
        facts=_announced(found) + _words(found) + _done(found) + _made_later(found, departures),
        departures=[_departure(one) for one in departures[:DEPARTURES_SHOWN]],
        count=len(departures),
        more=max(0, len(departures) - DEPARTURES_SHOWN),
    )


def _departure(one: acts.OfDeparture) -> list[Any]:
    drew = "–" if one.drew is None else number(one.drew)
    starts, wanted = instant(one.departure.starts_at), one.wanted
    if one.departure.joined_round_at:
        starts = _("%(start)s (joined on %(moment)s)", start=starts, moment=instant(one.departure.joined_round_at))
    return [starts, one.code, number(one.places), number(wanted.parties), number(wanted.people), drew]


def _row(session: Session, one: Round, now: datetime) -> DrawRow:
    return DrawRow(
        code=one.code,
        course=_course(one),
        days=_days(session, one.id),
        state=acts.stage_of(one, now),
        closes=deadline(one.closes_at),
        value_at=instant(acts.decides_at(one)),
        entries=number(acts.count_entries(session, one).parties),
    )


def _course(found: Round) -> str:
    return str(in_lang(db.session.get_one(Course, found.course_id), "name"))


def _days(session: Session, round_id: UUID) -> str:
    """From its first departure to its last."""
    bounds = select(func.min(Departure.starts_at), func.max(Departure.starts_at))
    first, last = session.execute(bounds.where(Departure.round_id == round_id)).one()
    return f"{day(first)} – {day(last)}"


def _announced(of: Any) -> Facts:
    """The moments of a draw or of what is about to be one."""
    known_at = instant(of.fallback_at) if of.fallback_at else _("no moment was announced")
    return [
        (_("Entries open at"), instant(of.opens_at)),
        (_("Entries close at"), deadline(of.closes_at)),
        (_("The value is known at"), instant(of.value_at)),
        (_("What counts if it does not come is known at"), known_at),
        (_("Left-over places are free for everybody from"), instant(of.left_overs_at)),
    ]


def _words(found: Round) -> Facts:
    return [
        (_("What the value is and who publishes it"), in_lang(found, "source")),
        (_("What counts if that value does not come"), in_lang(found, "fallback")),
    ]


def _done(found: Round) -> Facts:
    """What was done of it so far."""
    done = [
        (_("Sealed at"), found.sealed_at and instant(found.sealed_at)),
        (_("Seal"), found.seal),
        (_("It was said that the value did not come on"), found.missed_at and instant(found.missed_at)),
        (_("Value that was entered"), found.value),
        (_("Drawn at"), found.drawn_at and instant(found.drawn_at)),
        (_("Everybody has what was drawn since"), found.given_at and instant(found.given_at)),
    ]
    return [(name, what) for name, what in done if what]


def _made_later(found: Round, departures: Sequence[acts.OfDeparture]) -> Facts:
    """Departures that were made after the announcement: those that joined it, and those that came too late for that."""
    joined = sum(one.departure.joined_round_at is not None for one in departures)
    too_late = count_made_too_late(db.session(), found)
    told = [
        (_("Departures that joined it since it was announced"), joined),
        (_("Departures made after entries had closed, which it does not draw"), too_late),
    ]
    return [(name, number(count)) for name, count in told if count]


def _covers(found: Round) -> Facts:
    count = len(acts.departures_of(db.session(), found.id))
    return [
        (_("Course"), _course(found)),
        (_("Days"), _days(db.session(), found.id)),
        (_("Departures"), number(count)),
        (_("Entries close at"), deadline(found.closes_at)),
    ]

"""A season played again, as it was and as it might have been: chosen on a form, reckoned while one waits."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from flask import make_response, render_template, request
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from tourbook.audit import TrailEntry
from tourbook.courses import course_by_code, courses, regions
from tourbook.courses.models import Policy
from tourbook.db import db, snapshot
from tourbook.distancing.models import Level, Order
from tourbook.errors import Refused
from tourbook.kst import civil_day
from tourbook.reports import Alternative, OrderChanged, Period, Replay, replay_season
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Day, Form, choices
from tourbook.web.replayed import replayed_figures

A_YEAR = timedelta(days=365)
MOST = 1_500
"""So many applications are played within some seconds, for five alternatives."""
POLICIES = [
    (Policy.CANCEL_ALL.value, lazy_gettext("Nobody keeps their places")),
    (Policy.KEEP_EARLIEST.value, lazy_gettext("Whoever was confirmed first keeps them")),
    (Policy.DRAW_AMONG_BOOKED.value, lazy_gettext("Lots decide who keeps them")),
    (Policy.VOLUNTEERS_FIRST.value, lazy_gettext("Volunteers go first")),
]
CHANGES = [
    ("never", lazy_gettext("It was never made")),
    ("until", lazy_gettext("It ended with this day")),
    ("announced", lazy_gettext("It was announced on this day")),
]


class ReplayForm(Form):
    """Which season of which course, and what is to be otherwise: policies, and one order."""

    course = SelectField(lazy_gettext("Course"), [InputRequired(lazy_gettext("Choose a course."))])
    first = Day(lazy_gettext("First day"))
    last = Day(lazy_gettext("Last day"))
    policies = SelectMultipleField(lazy_gettext("Another policy"), choices=choices(POLICIES))
    order = SelectField(lazy_gettext("An order with another history"))
    what = SelectField(lazy_gettext("How it differs"), choices=choices(CHANGES))
    day = Day(lazy_gettext("That day"))

    def offer_choices(self) -> None:
        """Fill in the courses and the orders."""
        known = [(one.code, str(present.in_lang(one, "name"))) for one in courses(db.session())]
        self.course.choices = choices([("", _("Choose a course")), *known])
        self.order.choices = choices([("", _("None")), *_orders()])
        self.order.data = self.order.data or ""
        self.what.data = self.what.data or CHANGES[0][0]
        self.policies.data = self.policies.data or []

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last day; without them the last year."""
        last = self.last.day or today
        return self.first.day or last - A_YEAR, last

    def alternatives(self) -> list[Alternative]:
        """One for each policy, and one for the order. Refuses `alternative_unreadable` without the day it takes."""
        found = [Alternative(policy=Policy(one)) for one in self.policies.data or ()]
        if not self.order.data:
            return found
        if self.what.data != "never" and self.day.day is None:
            raise Refused("alternative_unreadable", field="day")
        return [*found, Alternative(order=OrderChanged(int(self.order.data), self.what.data, self.day.day))]


@blueprint.get("/reports/replay")
@permission(Permission.ADMINISTRATOR)
def replay() -> Response:
    """The form, and with a course the figures; everything is asked for in the address, as nothing is changed."""
    form = ReplayForm(request.args)
    form.offer_choices()
    if "course" not in request.args:
        return _page(form, None, valid=True)
    try:
        played = _played(form) if form.validate() else None
    except Refused as refused:
        form.refuse(refused)
        return _page(form, None, valid=False)
    return _page(form, played, valid=played is not None)


def _played(form: ReplayForm) -> Replay:
    now, alternatives = request_time(), form.alternatives()
    with snapshot() as session:
        course = course_by_code(session, form.course.data)
        period = Period(*form.days(civil_day(now)), course.id)
        return replay_season(session, course, period, alternatives, now=now, most=MOST)


def _page(form: ReplayForm, played: Replay | None, *, valid: bool) -> Response:
    first, last = form.days(civil_day(request_time()))
    for field, day in ((form.first, first), (form.last, last)):
        field.data = field.data or day.isoformat()
    figures = replayed_figures(played, dict(POLICIES), dict(_orders())) if played else []
    page = render_template(
        "admin/replay.html", form=form, played=played, figures=figures, page_errors=not valid, most=MOST
    )
    return make_response(page, 200 if valid else 422)


def _orders() -> Iterator[tuple[str, str]]:
    """The orders by their entry, the latest first, in words; without those whose entry was taken back."""
    session = db.session()
    levels = {(one.scale, one.level): str(present.in_lang(one, "name")) for one in session.scalars(select(Level))}
    taken_back = _taken_back(session)
    names = {region.code: str(present.in_lang(region, "name")) for region in regions(session)}
    for order in session.scalars(select(Order).order_by(Order.entry.desc())):
        if order.id in taken_back:
            continue
        until = present.day(order.planned_until) if order.planned_until else _("open-ended")
        days = f"{present.day(order.effective_from)} – {until}"
        yield str(order.entry), f"{names[order.region_code]}, {levels[order.scale, order.level]}, {days}"


def _taken_back(session: Session) -> set[UUID | None]:
    entries = (TrailEntry.subject_kind == Order.__tablename__, TrailEntry.act == "fact_taken_back")
    rows = session.execute(select(TrailEntry.subject_id, TrailEntry.facts).where(*entries))
    return {subject for subject, facts in rows if facts["act"] == "order_entered"}

"""Public holidays: those of a year, one more (temporary holidays), and one less."""

from contextlib import suppress
from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from tourbook import courses as tours
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.kst import civil_day
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.fields import Day
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.forms import Form, Text
from tourbook.web.inputs import whole_number
from tourbook.web.present import day, in_lang

YEARS = range(2019, 2101)


class HolidayForm(Form):
    """A public holiday, for example a temporary one."""

    day = Day(lazy_gettext("Day"), [InputRequired(lazy_gettext("Enter a day, for example 2026-05-04."))])
    name_ko = Text(lazy_gettext("Name, in Korean"))
    name_en = Text(lazy_gettext("Name, in English"))


@blueprint.route("/holidays", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def holidays() -> Page:
    """The public holidays of a year, and a form for another one."""
    form = HolidayForm()
    if form.validate_on_submit():
        names = {"name_ko": form.name_ko.data or "", "name_en": form.name_en.data or ""}
        try:
            tours.set_holiday(form.day.value, **names, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("%(day)s is a public holiday.", day=day(form.day.value)), "success")
            return redirect(url_for("admin.holidays", year=form.day.value.year), 303)
    return form_page("admin/holidays.html", form, **_holidays_of(_year()))


@blueprint.post("/holidays/remove")
@permission(Permission.ADMINISTRATOR)
def remove_holiday() -> Response:
    """Make a day an ordinary one again."""
    form = HolidayForm()
    if not form.validate():
        raise NotFound("no_such_holiday", day=form.day.data)
    with suppress(NotFound):  # an ordinary day already: the same button pressed again
        tours.remove_holiday(form.day.value, actor=current_actor(), now=request_time())
    flash(_("%(day)s is an ordinary day again.", day=day(form.day.value)), "success")
    return redirect(url_for("admin.holidays", year=form.day.value.year), 303)


def _year() -> int:
    """The year that was asked for, else this one."""
    this: int = civil_day(request_time()).year
    return whole_number(request.args.get("year", ""), YEARS) or this


def _holidays_of(year: int) -> dict[str, object]:
    rows = tours.holidays_between(db.session(), date(year, 1, 1), date(year, 12, 31))
    this = civil_day(request_time()).year
    years = sorted({this - 1, this, this + 1, year})
    return {
        "year": year,
        "years": [
            {"text": str(one), "href": url_for("admin.holidays", year=one), "current": one == year} for one in years
        ],
        "holidays": [(one.day, day(one.day), in_lang(one, "name")) for one in rows],
    }

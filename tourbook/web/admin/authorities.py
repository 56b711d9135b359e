"""Who checks the names of a course, by when, and whether passport numbers are wanted."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from tourbook.clearance import Authority, demands_on, require_clearance
from tourbook.courses import course_by_code
from tourbook.courses.models import Course
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.courses import row
from tourbook.web.admin.fields import Whole
from tourbook.web.admin.no_exchange import warn_of_no_exchange
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.clearance_words import AUTHORITIES, authority_name
from tourbook.web.forms import Form, choices


class AuthorityForm(Form):
    """An authority that is to check the names, or whose terms change."""

    authority = SelectField(lazy_gettext("Authority"))
    days = Whole(lazy_gettext("It must have the names, days before"), [InputRequired(lazy_gettext("Fill this in."))])
    passports = BooleanField(lazy_gettext("It wants the passport numbers of foreigners"))


@blueprint.route("/courses/<code>/authorities", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def authorities(code: str) -> Page:
    """Who checks the names of this course, and a form for another authority, or for other terms of one."""
    course, form = course_by_code(db.session(), code), AuthorityForm()
    form.authority.choices = choices([(one.value, words) for one, words in AUTHORITIES.items()])
    if form.validate_on_submit():
        try:
            _require(course, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Saved. The names of this course are checked so from now on."), "success")
            warn_of_no_exchange(code)
            return redirect(url_for("admin.authorities", code=code), 303)
    return form_page("admin/authorities.html", form, course=row(course), checking=_rows(course))


def _require(course: Course, form: AuthorityForm) -> None:
    require_clearance(
        course.id,
        Authority(form.authority.data),
        due_days=form.days.value,
        asks_passport=form.passports.data,
        actor=current_actor(),
        now=request_time(),
    )


def _rows(course: Course) -> list[list[str]]:
    return [
        [
            authority_name(one.authority),
            ngettext("%(num)s day before", "%(num)s days before", one.due_days),
            _("yes") if one.asks_passport else _("no"),
        ]
        for one in demands_on(db.session(), course.id)
    ]

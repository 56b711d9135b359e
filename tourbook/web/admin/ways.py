"""What is known of the way of a course: entered by administrators, read by those who choose a walk."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from tourbook.courses import course_by_code, describe_way
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.courses import row
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.admin.way_forms import WayForm


@blueprint.route("/courses/<code>/way", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def course_way(code: str) -> Page:
    """Say what is known of a course's way."""
    found = course_by_code(db.session(), code)
    form = WayForm.beginning_with(found)
    if form.validate_on_submit():
        try:
            describe_way(found.id, form.draft, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The way was described."), "success")
            return redirect(url_for("admin.course", code=code), 303)
    return form_page("admin/course_way.html", form, course=row(found))

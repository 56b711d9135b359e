"""How fair it was: the report for administrators, with all its figures, as a page and as a file."""

from collections.abc import Iterator
from datetime import date

from flask import make_response, render_template, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField

from tourbook.courses import courses
from tourbook.db import db, snapshot
from tourbook.kst import civil_day
from tourbook.reports import Period, fairness, period_of_fairness
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.csv_files import asked_of, csv_answer
from tourbook.web.fairness import Section, sections
from tourbook.web.forms import Day, Form, choices


class ReportForm(Form):
    """Which departures to report on: of some days, of one course or of all."""

    first = Day(lazy_gettext("First day"))
    last = Day(lazy_gettext("Last day"))
    course = SelectField(lazy_gettext("Course"))

    def offer_courses(self) -> None:
        """Fill in what can be chosen; all courses come first."""
        known = [(one.code, str(present.in_lang(one, "name"))) for one in courses(db.session())]
        self.course.choices = choices([("", _("All")), *known])
        self.course.data = self.course.data or ""

    def period(self, today: date) -> Period:
        """The departures that are meant."""
        known = {course.code: course.id for course in courses(db.session())}
        return period_of_fairness(self.first.day, self.last.day, known.get(self.course.data), today=today)


@blueprint.get("/reports")
@permission(Permission.ADMINISTRATOR)
def reports() -> Response:
    """Chances, whom changes moved, and how long people waited; `?first=` `?last=` `?course=`."""
    form = _asked()
    valid = form.validate()
    period, shown = _reckoned(form)
    form.first.data, form.last.data = (
        field.data or day.isoformat() for field, day in ((form.first, period.first), (form.last, period.last))
    )
    page = render_template(
        "admin/reports.html", form=form, sections=shown, page_errors=not valid, asked=asked_of(form, request.args)
    )
    return make_response(page, 200 if valid else 422)


@blueprint.get("/reports.csv")
@permission(Permission.ADMINISTRATOR)
def reports_csv() -> Response:
    """The same figures as a file."""
    period, shown = _reckoned(_asked())
    return csv_answer(_lines(shown), f"fairness-{period.first:%Y%m%d}-{period.last:%Y%m%d}.csv")


def _asked() -> ReportForm:
    form = ReportForm(request.args)
    form.offer_courses()
    return form


def _reckoned(form: ReportForm) -> tuple[Period, list[Section]]:
    now = request_time()
    with snapshot() as session:
        period = form.period(civil_day(now))
        return period, sections(fairness(session, period, now=now))


def _lines(shown: list[Section]) -> Iterator[list[object]]:
    for section in shown:
        for figure in section.figures:
            yield [section.title, *figure.head]
            for row in figure.rows:
                yield [section.title, *row]

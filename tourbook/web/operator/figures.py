"""How an organisation's departures are used, in plots with their tables: filled, wanted in vain, not come."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from flask import make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField

from tourbook.courses import courses
from tourbook.courses.models import Course
from tourbook.db import db, snapshot
from tourbook.kst import civil_day
from tourbook.reports import USED_BY, Period, Use, Used, use_by, use_of_departures
from tourbook.rosters import Rate, look_back, rate_of
from tourbook.rosters.rates import PartySeen
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.fairness import Figure, Section, percent
from tourbook.web.forms import Day, Form, choices
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.plots import Line, Plot, plot
from tourbook.web.present import number
from tourbook.web.weekdays import DAYS

BEHIND = timedelta(days=180)
AHEAD = timedelta(days=60)
Name = Callable[[Hashable], str]
T = TypeVar("T")


class FiguresForm(Form):
    """Which departures are meant: of some days, of one of the organisation's courses or of all."""

    first = Day(lazy_gettext("First day"))
    last = Day(lazy_gettext("Last day"))
    course = SelectField(lazy_gettext("Course"))
    own: Sequence[Course] = ()

    @classmethod
    def asked(cls) -> "FiguresForm":
        """The form as the address has it, with the courses of whoever asks."""
        form = cls(request.args)
        form.own = courses(db.session(), current_actor().organisation_id)
        named = ((one.code, present.in_lang(one, "name")) for one in form.own)
        form.course.choices = choices([("", _("All")), *named])
        form.course.data = form.course.data or ""
        return form

    def period(self, today: date) -> Period:
        """The departures that are meant; without days those of the last half year and of the next two months."""
        last = self.last.day or today + AHEAD
        first = self.first.day or min(today, last) - BEHIND
        chosen = next((one.id for one in self.own if one.code == self.course.data), None)
        return Period(first, last, chosen)


@blueprint.get("/figures")
@permission(Permission.OPERATOR)
def figures() -> Response:
    """Use of the own departures by course, weekday and month; `?first=` `?last=` `?course=` narrow it."""
    form, now = FiguresForm.asked(), request_time()
    valid = form.validate()
    period = form.period(civil_day(now))
    with snapshot() as session:
        used = use_of_departures(session, period, actor=current_actor(), now=now)
        seen = look_back(session, period.first, period.last, actor=current_actor(), now=now).seen
        of_course = [one for one in seen if period.course_id in (None, one.course_id)]
        shown = _sections(used, of_course, _names(form.own)) if used else []
    form.first.data, form.last.data = (
        field.data or day.isoformat() for field, day in ((form.first, period.first), (form.last, period.last))
    )
    page = render_template("operator/figures.html", form=form, sections=shown, page_errors=not valid)
    return make_response(page, 200 if valid else 422)


def _sections(used: list[Used], seen: list[PartySeen], names: Mapping[str, Name]) -> list[Section]:
    uses = {way: use_by(way, used) for way in names}
    every = _sum_of(one.use for one in used)
    left = _("Of those who applied beforehand and did not cancel, on departures that have left.")
    filled = [_fill(way, uses[way], name) for way, name in names.items()]
    wanted = [_demand(way, uses[way], name) for way, name in names.items()]
    missed = [_missed(way, _rates(way, seen), name) for way, name in names.items()] if seen else []
    return [
        Section("fill", _("How full departures are"), _filled(every), filled),
        Section("demand", _("Who asked, and who was left without"), _wanted(every), wanted),
        Section("missed", _("Who did not come"), left, missed),
    ]


def _sum_of(uses: Iterable[Use]) -> Use:
    """All of them together."""
    every = Use()
    for one in uses:
        every = every.plus(one)
    return every


def _filled(every: Use) -> str:
    words: str = _(
        "%(taken)s of %(places)s places were taken, %(share)s.",
        taken=number(every.taken),
        places=number(every.places),
        share=_share(every.fill),
    )
    return words


def _wanted(every: Use) -> str:
    words: str = _(
        "%(asked)s people asked beforehand; %(waiting)s still wait, and %(without)s were left without places. Who "
        "waits for several dates counts on each.",
        asked=number(every.asked),
        waiting=number(every.waiting),
        without=number(every.without),
    )
    return words


def _fill(way: str, classes: Mapping[Hashable, Use], name: Name) -> Figure:
    lines = [Line(name(which), _share(use.fill), use.fill) for which, use in classes.items()]
    rows = [[line.label, number(use.places), number(use.taken), line.value] for line, use in _beside(lines, classes)]
    drawn = plot(_("How full departures are. %(way)s", way=_titles()[way]), lines, largest=1.0)
    return _figure("fill", way, drawn, [_("Places"), _("Places taken"), _("Share")], rows)


def _demand(way: str, classes: Mapping[Hashable, Use], name: Name) -> Figure:
    lines = [Line(name(which), number(use.without), use.without, kind="over") for which, use in classes.items()]
    rows = [[line.label, number(use.asked), number(use.waiting), line.value] for line, use in _beside(lines, classes)]
    drawn = plot(_("People left without places. %(way)s", way=_titles()[way]), lines)
    return _figure("demand", way, drawn, [_("Asked"), _("Still waiting"), _("Left without")], rows)


def _missed(way: str, classes: Mapping[Hashable, Rate], name: Name) -> Figure:
    lines = [_line_of(name(which), rate) for which, rate in classes.items()]
    rows = [
        [line.label, number(rate.people), number(rate.missed), line.value] for line, rate in _beside(lines, classes)
    ]
    drawn = plot(_("Who did not come. %(way)s", way=_titles()[way]), lines, largest=1.0)
    return _figure("missed", way, drawn, [_("People"), _("Did not come"), _("Share")], rows)


def _line_of(name: str, rate: Rate) -> Line:
    """A rate with its interval, where there are enough parties to say one."""
    if not rate.says_enough:
        return Line(name, _("too few to say"), None)
    return Line(name, percent(rate.share), rate.share, rate.low, rate.high, kind="over")


def _beside(lines: list[Line], classes: Mapping[Hashable, T]) -> Iterable[tuple[Line, T]]:
    return zip(lines, classes.values(), strict=True)


def _figure(what: str, way: str, drawn: Plot, columns: list[str], rows: list[list[str]]) -> Figure:
    title = _titles()[way]
    return Figure(f"{what}-{way}", title, drawn, [title, *columns], rows)


def _rates(way: str, seen: list[PartySeen]) -> dict[Hashable, Rate]:
    classes: dict[Hashable, list[PartySeen]] = {}
    for one in seen:
        classes.setdefault(USED_BY[way](one), []).append(one)
    return {which: rate_of(classes[which]) for which in sorted(classes)}  # type: ignore[type-var]  # of one kind each


def _titles() -> dict[str, str]:
    return {"course": _("By course"), "weekday": _("By weekday"), "month": _("By month")}


def _names(own: Iterable[Course]) -> dict[str, Name]:
    """What the classes of each way are called, in the language of the page."""
    courses_by_id = {one.id: str(present.in_lang(one, "name")) for one in own}
    return {
        "course": lambda which: courses_by_id[which],
        "weekday": lambda which: str(DAYS[which]),
        "month": present.month,
    }


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share)

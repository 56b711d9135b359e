"""The evening of an announcement at one look: what holds where, day by day, and from there to what is to be decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, ValidationError

from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.fields import Day
from tourbook.web.admin.region_names import region_choices
from tourbook.web.admin.timeline_days import Piece, Run, Span
from tourbook.web.admin.timeline_picture import picture
from tourbook.web.admin.timeline_rows import Bar, CourseRow, Level, RegionRow, Row, timeline_rows
from tourbook.web.admin.timeline_rows import Day as Departures
from tourbook.web.forms import Form, choices

WEEKS_BACK = 2
WEEKS = ("4", "8", "12", "18")
USUAL = "8"
EARLIEST, LATEST = date(2019, 1, 1), date(2100, 12, 31)


class SpanForm(Form):
    """Which days to show; without an answer the usual ones."""

    first = Day(_("First day"), name="from")
    weeks = SelectField(_("How long"), default=USUAL)

    def validate_first(self, field: Day) -> None:
        """Days that nobody plans for are a slip."""
        if field.value and not EARLIEST <= field.value <= LATEST:
            raise ValidationError(gettext("Choose a day from 2019 to 2100."))

    @classmethod
    def asked(cls) -> "SpanForm":
        """The form as the address fills it in."""
        form = cls(request.args)
        form.weeks.choices = choices([(one, ngettext("%(num)s week", "%(num)s weeks", int(one))) for one in WEEKS])
        form.weeks.data = request.args.get("weeks") or USUAL
        return form

    def span(self, today: date, *, valid: bool) -> Span:
        """The days that are meant; the usual ones where what was typed means none."""
        usual = today - timedelta(days=today.weekday(), weeks=WEEKS_BACK)
        if not valid:
            return Span(usual, int(USUAL))
        return Span(self.first.value or usual, int(self.weeks.data))


class CellForm(Form):
    """From a region and a day to the form of a new order: what a mouse does on a day of the picture."""

    region_code = SelectField(_("Region"))
    effective_from = Day(_("First day"))


@dataclass(frozen=True)
class Act:
    """A way from a line of the list to what can be done about it."""

    text: str
    href: str
    test: str


@dataclass(frozen=True)
class Line:
    """One line of the list: where, on which days, what holds, how firmly (`tag` of its `kind`), why, what to do."""

    id: str | None
    where: str
    days: str
    what: str
    tag: str
    kind: str
    why: str
    acts: tuple[Act, ...]


@blueprint.get("/timeline")
@permission(Permission.ADMINISTRATOR)
def timeline() -> tuple[str, int]:
    """Levels, orders, measures and departures day by day; `?from=` `?weeks=`."""
    form, now = SpanForm.asked(), request_time()
    valid = form.validate()
    today = civil_day(now)
    span = form.span(today, valid=valid)
    rows = timeline_rows(db.session(), span, now)
    page = render_template(
        "admin/timeline.html",
        form=form,
        page_errors=not valid,
        picture=picture(span, rows, today, link=_new_order, month=present.month),
        span=span,
        lines=list(_lines(rows, span)),
        cell=_cell_form(today),
        earlier=_beside(span, -span.weeks),
        later=_beside(span, span.weeks),
    )
    return page, 200 if valid else 422


def _new_order(code: str, day: date) -> str:
    return url_for("admin.new_order", region_code=code, effective_from=day.isoformat())


def _cell_form(today: date) -> CellForm:
    form = CellForm(formdata=None)
    form.region_code.choices = choices(region_choices(db.session()))
    form.effective_from.data = today.isoformat()
    return form


def _beside(span: Span, weeks: int) -> str | None:
    """The span before or after this one, as far as there may be one."""
    moved = span.moved(weeks) if EARLIEST.year < span.first.year < LATEST.year else span
    if moved == span:
        return None
    asked: dict[str, Any] = {"from": moved.first.isoformat(), "weeks": moved.weeks}
    return url_for("admin.timeline", **asked)


def _lines(rows: Sequence[Row], span: Span) -> Iterator[Line]:
    for row in rows:
        if isinstance(row, RegionRow):
            yield from (_of_bar(row.name, bar) for bar in row.bars)
        else:
            yield from (_of_level(row, run, span) for run in row.levels)
            yield from (_of_bar(row.name, bar) for bar in row.bars)


def _of_bar(where: str, bar: Bar) -> Line:
    acts = [Act(gettext("Move its end"), bar.href, "move-end")] if bar.state != "withdrawn" else []
    if bar.withdraw:
        acts.append(Act(gettext("Withdraw"), bar.withdraw, "withdraw"))
    return Line(bar.id, where, bar.days, bar.what, bar.state, "order", bar.cause, tuple(acts))


def _of_level(row: CourseRow, run: Run[Level], span: Span) -> Line:
    first, last = _edges(run.piece, span)
    days = present.day(first) if first == last else f"{present.day(first)} – {present.day(last)}"
    why = url_for("admin.why", course=row.code, start=f"{first.isoformat()} 10:00")
    acts = (
        Act(gettext("New order"), _new_order(row.region, first), "new-order"),
        Act(gettext("Why?"), why, "why"),
    )
    meanwhile = run.value.meanwhile
    until_then = gettext("(until it begins: %(size)s)", size=meanwhile) if meanwhile else ""
    what = f"{run.value.name}: {run.value.size} {until_then}".rstrip()
    return Line(None, row.name, days, what, run.value.basis, "basis", _filled(row.within(run.piece)), acts)


def _edges(piece: Piece, span: Span) -> tuple[date, date]:
    return span.first + timedelta(days=piece.place), span.first + timedelta(days=piece.end - 1)


def _filled(day: Departures) -> str:
    """How many departures there are, and how full."""
    told = [
        ngettext("%(num)s departure", "%(num)s departures", day.departures),
        gettext("%(taken)s of %(places)s places taken", taken=day.taken, places=day.places) if day.departures else "",
        gettext("%(number)s over capacity", number=day.over) if day.over else "",
        gettext("%(number)s called off", number=day.called_off) if day.called_off else "",
    ]
    return ", ".join(filter(None, told))

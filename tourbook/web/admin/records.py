"""The access records of a month, to be looked through: who has read how many people, and what was unusual of it.

It names staff, and nobody who was read. Who looks up a party leaves an access record too.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField

from tourbook.applications import plain_reference
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import civil_day, civil_month, in_seoul, months_later
from tourbook.privacy import (
    MonthOfRecords,
    first_day_of,
    note_records_export,
    readings_of_party,
    records_of_month,
    review_month,
    reviews,
)
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.fields import Day
from tourbook.web.admin.records_rows import (
    day_rows,
    party_rows,
    reader_plot,
    reader_rows,
    reading_lines,
    reading_rows,
    task_rows,
    unusual_rows,
    words_of_readers,
)
from tourbook.web.csv_files import csv_answer
from tourbook.web.forms import Form, LongText, Text, choices
from tourbook.web.present import instant, month

MONTHS_OFFERED = 25
SHOWN = 50
Page = str | Response | tuple[str, int]


class RecordsForm(Form):
    """Which month, and what of it; `reference` looks up one party, over all months."""

    month = SelectField(_("Month"), default="")
    reader = SelectField(_("Read by"), default="")
    day = Day(_("Day"))
    reference = Text(_("Reference of an application"))


class ReviewForm(Form):
    """That somebody has looked through a month, and what they found."""

    month = HiddenField()
    finding = LongText(_("What was found, and what was done about it"))


@blueprint.get("/records")
@permission(Permission.ADMINISTRATOR)
def records() -> Page:
    """The records of a month: the last that is over, unless another is asked for."""
    form, found = _asked()
    valid = form.validate()
    party = _party(form) if valid and form.reference.data else None
    refused = not valid or bool(form.errors)
    return _page(form, found, party=party, page_errors=refused), 422 if refused else 200


@blueprint.post("/records")
@permission(Permission.ADMINISTRATOR)
def review_records() -> Page:
    """Write down that a month was looked through."""
    review, now = ReviewForm(), request_time()
    if review.validate():
        try:
            month_ = f"{first_day_of(review.month.data or ''):%Y-%m}"
            review_month(month_, review.finding.data or "", actor=current_actor(), now=now)
        except Refused as refused:
            review.refuse(refused)
        else:
            flash(gettext("It is written down that you have looked through these records."), "success")
            return redirect(url_for("admin.records", month=month_))
    form = RecordsForm(formdata=None, data={"month": review.month.data})
    return _page(form, _offer(form), review=review, page_errors=True), 422


@blueprint.get("/records.csv")
@permission(Permission.ADMINISTRATOR)
def records_csv() -> Response:
    """The readings of a month as a file, which the trail tells of; nobody who was read is in it."""
    form, found = _asked()
    lines, chosen = list(reading_lines(found)), _month_of(form)
    note_records_export(chosen, actor=current_actor(), now=request_time())
    return csv_answer(lines, f"records-{chosen}.csv")


def _asked() -> tuple[RecordsForm, MonthOfRecords]:
    form = RecordsForm(request.args)
    return form, _offer(form)


def _offer(form: RecordsForm) -> MonthOfRecords:
    """Offer the months that can be asked for, the present one first, and those who have read in the one that is; gives
    its records. Whoever has not read in it is asked for no longer.
    """
    first = civil_day(request_time()).replace(day=1)
    offered = [months_later(first, -back) for back in range(MONTHS_OFFERED)]
    form.month.choices = choices([(f"{one:%Y-%m}", month(one)) for one in offered])
    if not form.month.data:
        form.month.data = f"{offered[1]:%Y-%m}"
    found = records_of_month(db.session(), _month_of(form), until=request_time())
    readers = words_of_readers(found)
    form.reader.choices = choices([("", _("Anybody")), *sorted(readers.items(), key=lambda one: one[1])])
    form.reader.data = form.reader.data if form.reader.data in readers else ""
    return found


def _month_of(form: RecordsForm) -> str:
    offered = {value for value, *_rest in form.month.iter_choices()}
    last_over = months_later(civil_day(request_time()).replace(day=1), -1)
    return form.month.data if form.month.data in offered else f"{last_over:%Y-%m}"


def _party(form: RecordsForm) -> list[list[str]] | None:
    """Who has read the party that was asked for; says at the field where there is none."""
    reference = plain_reference(form.reference.data or "")
    try:
        return party_rows(readings_of_party(reference, actor=current_actor(), now=request_time()))
    except Refused as refused:
        form.refuse(refused)
        return None


def _page(
    form: RecordsForm,
    found: MonthOfRecords,
    *,
    review: ReviewForm | None = None,
    party: list[list[str]] | None = None,
    page_errors: bool = False,
) -> str:
    chosen = _month_of(form)
    return render_template(
        "admin/records.html",
        form=form,
        page_errors=page_errors,
        review=review or ReviewForm(formdata=None),
        chosen=chosen,
        party=party,
        reference=plain_reference(form.reference.data or "") if party is not None else "",
        month=month(first_day_of(chosen)),
        over=chosen < civil_month(request_time()),
        reviewed=_reviewed(chosen),
        numbers=(len(found.readings), found.people),
        plot=reader_plot(found),
        readers=reader_rows(found),
        tasks=task_rows(found),
        days=day_rows(found),
        unusual=unusual_rows(found),
        latest=reading_rows(_narrowed(found, form), SHOWN),
        shown=SHOWN,
        file=url_for("admin.records_csv", month=chosen),
    )


def _narrowed(found: MonthOfRecords, form: RecordsForm) -> list[Any]:
    """The readings by whom and on which day was asked for, the latest first."""
    return [
        one
        for one in reversed(found.readings)
        if (not form.reader.data or one.reader == form.reader.data)
        and (not form.day.value or in_seoul(one.at).date() == form.day.value)
    ]


def _reviewed(chosen: str) -> dict[str, str] | None:
    done = reviews(db.session()).get(chosen)
    if done is None:
        return None
    who = words_of_readers([done.reviewer])[done.reviewer]
    return {"when": instant(done.at), "who": who, "finding": done.finding}

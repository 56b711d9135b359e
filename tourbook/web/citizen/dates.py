"""Waiting for more dates: the dates of the course that a waiting party may add, and adding them."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, make_response, render_template, request
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField

from tourbook.applications import MOST_DATES, wait_for_more
from tourbook.applications.acts.dates import waiting_dates
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.dates_facts import may_add
from tourbook.web.citizen.forms import DatesForm
from tourbook.web.citizen.standing import BOOKABLE, Standing, ahead
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form
from tourbook.web.holder import Own, access_own, back_to
from tourbook.web.weekdays import DAYS


class WeekdayForm(Form):
    """Which days of the week are to be shown."""

    weekday = SelectField(lazy_gettext("Day of the week"), validate_choice=False)


@blueprint.get("/applications/<reference>/dates")
@permission(Permission.HOLDER)
def more_dates(reference: str) -> Response:
    """The other dates that this party may wait for; `weekday` in the query (0 is Monday) shows these alone, ticked."""
    own = access_own(reference)
    if not may_add(db.session(), own, request_time()):
        return _changed(reference)
    form, known = DatesForm(), _known(own)
    found, free = _others(own, known)
    form.name(found)
    if _weekday() is not None:
        form.dates.data = [str(one.departure.id) for one in found][: MOST_DATES - len(known)]
    return _page(own, form, found, free)


@blueprint.post("/applications/<reference>/dates")
@permission(Permission.HOLDER)
def more_dates_now(reference: str) -> Response:
    """Wait for the ticked dates too."""
    own, form = access_own(reference), DatesForm()
    found, free = _others(own, _known(own))
    form.name(found)
    if not form.validate():
        return _page(own, form, found, free, status=422) if found else _none(reference)
    try:
        wait_for_more(own.application.id, form.chosen, form_id=form.form_id, actor=current_actor(), now=request_time())
    except Refused as refused:
        if refused.field is None or not found:
            flash(refusals.words_of(refused), "warning")
            return back_to(reference)
        form.refuse(refused)
        return _page(own, form, found, free, status=refused.status)
    flash(_("You wait for these dates too. You go on one of them."), "success")
    return back_to(reference)


def _others(own: Own, known: set[UUID]) -> tuple[list[Standing], list[Standing]]:
    """The departures of the coming weeks on the wanted weekday that take applications from a party of that size: those
    for which it can wait, and those that have places for it now, for which it applies as everybody does.
    """
    wanted, seats = _weekday(), own.application.seats
    there = [
        one
        for one in ahead(db.session(), own.course, request_time())
        if one.departure.id not in known and one.takes_applications and wanted in {None, one.day.weekday()}
    ]
    free = [one for one in there if one.state in BOOKABLE and one.outlook.admits(seats)]
    full = [one for one in there if one not in free and one.has_list and one.outlook.could_take(seats)]
    return full, free


def _known(own: Own) -> set[UUID]:
    return {date.departure_id for date in waiting_dates(db.session(), own.application)}


def _weekday() -> int | None:
    asked = request.args.get("weekday", "")
    return int(asked) if asked in {str(number) for number in range(len(DAYS))} else None


def _page(
    own: Own, form: DatesForm, found: Sequence[Standing], free: Sequence[Standing], *, status: int = 200
) -> Response:
    wanted = WeekdayForm(request.args)
    wanted.weekday.choices = [("", _("All days")), *((str(number), name) for number, name in enumerate(DAYS))]
    page = render_template(
        "citizen/dates.html",
        reference=own.application.reference,
        form=form,
        weekday=wanted,
        found=found,
        free=free,
        most=MOST_DATES,
        page_errors=status != 200,
    )
    return make_response(page, status)


def _changed(reference: str) -> Response:
    flash(refusals.words("state_changed"), "warning")
    return back_to(reference)


def _none(reference: str) -> Response:
    flash(_("No other date takes applications from a party of your size at present."), "warning")
    return back_to(reference)

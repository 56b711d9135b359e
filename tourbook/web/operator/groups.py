"""Places set aside for groups: those of a departure, and one of them, to be filled, changed or released."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, ValidationError
from wtforms.validators import InputRequired

from tourbook.applications.allotments import Filled, allotments_of
from tourbook.applications.queries import outlooks
from tourbook.courses import allotments_until
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Conflict, Refused
from tourbook.kst import in_seoul
from tourbook.notices import masked
from tourbook.rosters import (
    LONGEST_NAME,
    GroupPlaces,
    change_allotment,
    flaws_of,
    own_filled,
    release_allotment,
    releases_of,
    set_aside,
    stands_of,
)
from tourbook.web import inputs, present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.forms import ContactField, Form, Text
from tourbook.web.language import current_language
from tourbook.web.operator.answers import access_departure, anchor
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.forms import Moment

MOST_PLACES = 999


class GroupName(Text):
    """What a group is called."""

    longest = LONGEST_NAME


class GroupForm(Form):
    """For whom, how many places, until when, and whom to write to."""

    name = GroupName(
        lazy_gettext("Name of the group"),
        [InputRequired(lazy_gettext("Enter the name of the group, for example a school."))],
    )
    seats = Text(lazy_gettext("Number of places"), [InputRequired(lazy_gettext("Enter how many places, as a number."))])
    releases_at = Moment(
        lazy_gettext("Set aside until"), [InputRequired(lazy_gettext("Enter until when the places are set aside."))]
    )
    contact = ContactField(lazy_gettext("Mobile phone number or email address of the group"))
    made_from = HiddenField()

    @classmethod
    def of(cls, found: Filled) -> "GroupForm":
        """The form as it stands; the contact is kept where none is typed."""
        until = f"{in_seoul(found.ends_at):%Y-%m-%d %H:%M}"
        stands = {"name": found.allotment.group_name, "seats": str(found.allotment.seats), "releases_at": until}
        return cls(data={**stands, "made_from": stands_of(found.allotment)})

    def validate_seats(self, field: Text) -> None:
        """A number."""
        if field.data and self.number is None:
            raise ValidationError(_("Enter how many places, as a number."))

    @property
    def number(self) -> int | None:
        """How many places; None where that cannot be read."""
        return inputs.whole_number(inputs.plain(self.seats.data or ""), range(MOST_PLACES + 1))

    @property
    def places(self) -> GroupPlaces | None:
        """What is asked for; None where the moment or the number cannot be read."""
        until, reached = self.releases_at.instant, self.contact.contact
        if until is None or self.number is None:
            return None
        way = (reached.way, reached.address) if reached else None
        return GroupPlaces(self.name.data or "", self.number, until, way, current_language())


class ReleaseForm(Form):
    """What the button to release was shown with."""

    shown = HiddenField()


@blueprint.get("/departures/<uuid:departure_id>/groups")
@permission(Permission.OPERATOR)
def groups(departure_id: UUID) -> Response:
    """What is set aside, and the form to set more aside."""
    return _departure_page(*access_departure(departure_id), GroupForm())


@blueprint.post("/departures/<uuid:departure_id>/groups")
@permission(Permission.OPERATOR)
def set_group_aside(departure_id: UUID) -> Response:
    """Set places aside, or say why not."""
    departure, course = access_departure(departure_id)
    form = GroupForm()
    if not _is_sound(form, departure, course) or form.places is None:
        return _departure_page(departure, course, form, status=422)
    try:
        made = set_aside(departure_id, form.places, form_id=form.form_id, actor=current_actor(), now=request_time())
    except Refused as refused:
        form.refuse(refused)
        return _departure_page(*access_departure(departure_id), form, status=422)
    flash(_("The places are set aside."), "success")
    return redirect(url_for("operator.group", allotment_id=made), 303)


@blueprint.get("/groups/<uuid:allotment_id>")
@permission(Permission.OPERATOR)
def group(allotment_id: UUID) -> Response:
    """One group: its parties, and what can be done."""
    found = own_filled(db.session(), allotment_id, actor=current_actor())
    return _group_page(found, GroupForm.of(found))


@blueprint.post("/groups/<uuid:allotment_id>")
@permission(Permission.OPERATOR)
def change_group(allotment_id: UUID) -> Response:
    """Change what is set aside, or say why not."""
    found = own_filled(db.session(), allotment_id, actor=current_actor())
    departure, course = access_departure(found.allotment.departure_id)
    form = GroupForm()
    if not _is_sound(form, departure, course) or form.places is None:
        return _group_page(found, form, status=422)
    act = partial(change_allotment, allotment_id, form.places, actor=current_actor(), now=request_time())
    try:
        act(form_id=form.form_id, made_from=form.made_from.data)
    except Refused as refused:
        stands = own_filled(db.session(), allotment_id, actor=current_actor())
        form.refuse(_with_what_stands(refused, form, stands))
        return _group_page(stands, form, status=422)
    flash(_("The change is made."), "success")
    return redirect(url_for("operator.group", allotment_id=allotment_id), 303)


@blueprint.post("/groups/<uuid:allotment_id>/release")
@permission(Permission.OPERATOR)
def release_group(allotment_id: UUID) -> Response:
    """Release what nobody is named for, as far as that was shown; twice does no harm."""
    form = ReleaseForm()
    shown = form.shown.data if form.validate() else ""  # what was shown cannot be read: nothing is
    try:
        freed = release_allotment(allotment_id, shown=shown, actor=current_actor(), now=request_time())
    except Refused as refused:
        if refused.status == 404:
            raise
        if refused.code == "group_release_changed":
            return _shown_anew(allotment_id, refused)
        flash(refusals.words_of(refused), "warning")
    else:
        flash(ngettext("%(num)s place is released.", "%(num)s places are released.", freed), "success")
    return redirect(url_for("operator.group", allotment_id=allotment_id), 303)


def _shown_anew(allotment_id: UUID, refused: Refused) -> Response:
    """The page as it stands by now, with what would be released from there."""
    found = own_filled(db.session(), allotment_id, actor=current_actor())
    return _group_page(found, GroupForm.of(found), status=422, not_released=refusals.words_of(refused))


def _is_sound(form: GroupForm, departure: Departure, course: Course) -> bool:
    """Check the form; where it has mistakes, say what the act would refuse besides. Of a form without any the act says
    it: it knows whether the same form has come before, whose moment may be over.
    """
    if form.validate():
        return True
    form.add_flaws(flaws_of(form.places, course, departure, now=request_time()) if form.places else [])
    return False


def _with_what_stands(refused: Refused, form: GroupForm, stands: Filled) -> Refused:
    """Where somebody else changed it meanwhile: what stands, in words; the form is from now on made from that."""
    if refused.code != "group_changed_meanwhile":
        return refused
    form.made_from.data = stands_of(stands.allotment)
    until, reached = present.deadline(stands.ends_at), stands.allotment.contact
    said = ngettext(
        "%(name)s, %(num)s place until %(moment)s",
        "%(name)s, %(num)s places until %(moment)s",
        stands.allotment.seats,
        name=stands.allotment.group_name,
        moment=until,
    )
    return Conflict(refused.code, stands=f"{said}, {masked(reached)}" if reached else said)


def _departure_page(departure: Departure, course: Course, form: GroupForm, *, status: int = 200) -> Response:
    session, now = db.session(), request_time()
    outlook = outlooks(session, [departure], course, now)[departure.id]
    latest = allotments_until(course, departure.starts_at)
    page = render_template(
        "operator/groups.html",
        form=form,
        id=departure.id,
        title=present.departure_name(departure, course),
        groups=[_row(one) for one in allotments_of(session, departure, course)],
        free=outlook.free,
        open=now < latest and not departure.called_off_at,
        latest=present.deadline(latest),
        page_errors=status >= 400,
    )
    return make_response(page, status)


def _row(one: Filled) -> dict[str, Any]:
    return {
        "name": present.person_name(one.allotment.group_name),
        "href": url_for("operator.group", allotment_id=one.allotment.id),
        "words": places_words(one),
        "over": one.allotment.released_at is not None,
    }


def places_words(one: Filled) -> str:
    """How many places are named of those set aside, and until when the others are."""
    named = _("%(filled)s of %(seats)s places are named.", filled=one.filled, seats=one.allotment.seats)
    if one.allotment.released_at:
        rest = _("The others were released on %(moment)s.", moment=present.instant(one.allotment.released_at))
    else:
        rest = _("The others are released on %(moment)s.", moment=present.deadline(one.ends_at))
    return f"{named} {rest}"


def _group_page(found: Filled, form: GroupForm, *, status: int = 200, not_released: str | None = None) -> Response:
    departure, course = access_departure(found.allotment.departure_id)
    session, now = db.session(), request_time()
    outlook = outlooks(session, [departure], course, now)[departure.id]
    allotment = found.allotment
    page = render_template(
        "operator/group.html",
        form=form,
        id=allotment.id,
        departure_id=departure.id,
        name=present.person_name(allotment.group_name),
        title=present.departure_name(departure, course),
        words=places_words(found),
        yielded=allotment.yielded,
        left=found.left,
        shown=releases_of(allotment, found.left),
        not_released=not_released,
        waiting=outlook.waiting,
        over=allotment.released_at is not None,
        latest=present.deadline(allotments_until(course, departure.starts_at)),
        has_contact=allotment.contact_way is not None,
        link=url_for("citizen.group", group_token=allotment.token, _external=True) if allotment.token else None,
        parties=[
            {
                "reference": one.reference,
                "words": wording.people(one.seats),
                "href": url_for("operator.roster", departure_id=departure.id, _anchor=anchor(one.id)),
            }
            for one in found.parties
        ],
        page_errors=status >= 400,
    )
    return make_response(page, status)

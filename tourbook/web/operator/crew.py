"""Guide and vehicles of a departure: one form, and how what is arranged stands on the pages and papers of staff."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import FieldList, FormField, HiddenField, ValidationError

from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Conflict, Refused
from tourbook.rosters import (
    MOST_SEATS,
    MOST_VEHICLES,
    Attended,
    Crew,
    Vehicle,
    arrange_crew,
    attended,
    crew_of,
    is_written_about,
)
from tourbook.web import inputs, present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.forms import Form, LongText, Phone, Text
from tourbook.web.operator.answers import access_departure
from tourbook.web.operator.blueprint import blueprint

SPARE = 2


class Plate(Text):
    """A number plate."""

    longest = 20


class Note(LongText):
    """What those at the gate are to know."""

    longest = 300


class VehicleForm(Form):
    """One vehicle; a row that is left empty is none."""

    plate = Plate(lazy_gettext("Number plate"))
    seats = Text(lazy_gettext("Seats for visitors"))

    def validate_plate(self, field: Plate) -> None:
        """Seats belong to a vehicle that can be told apart."""
        if self.seats.data and not field.data:
            raise ValidationError(_("Enter the number plate of this vehicle, or take its seats out."))

    def validate_seats(self, field: Text) -> None:
        """A vehicle has so many seats."""
        if (self.plate.data or field.data) and self.number is None:
            raise ValidationError(_("Enter how many visitors it seats, from 1 to %(most)s.", most=MOST_SEATS))

    @property
    def number(self) -> int | None:
        """How many it seats; None where that cannot be read."""
        return inputs.whole_number(inputs.plain(self.seats.data or ""), range(1, MOST_SEATS + 1))


class CrewForm(Form):
    """All that is arranged for a departure."""

    guide = Text(lazy_gettext("Name of the guide"))
    guide_phone = Phone(lazy_gettext("Telephone of the guide"))
    vehicles = FieldList(FormField(VehicleForm), max_entries=MOST_VEHICLES)
    note = Note(lazy_gettext("Note for the gate"))
    made_from = HiddenField()

    @classmethod
    def beginning_with(cls, crew: Crew) -> "CrewForm":
        """The form as it was arranged, with room for some vehicles more."""
        vehicles = [{"plate": one.plate, "seats": str(one.seats)} for one in crew.vehicles]
        phone = wording.reached_at(crew.phone, "sms") if crew.phone else ""
        form = cls(
            data={"guide": crew.guide, "guide_phone": phone, "vehicles": vehicles, "note": crew.note}
            | {"made_from": crew.version}
        )
        for _spare in range(min(SPARE, MOST_VEHICLES - len(form.vehicles)) if not form.is_submitted() else 0):
            form.vehicles.append_entry()
        return form

    @property
    def crew(self) -> Crew:
        """What a valid form arranges."""
        rows = [entry.form for entry in self.vehicles]
        vehicles = tuple(Vehicle(row.plate.data, row.number) for row in rows if row.plate.data and row.number)
        return Crew(self.guide.data or "", self.guide_phone.number, vehicles, self.note.data or "")


@blueprint.get("/departures/<uuid:departure_id>/crew")
@permission(Permission.OPERATOR)
def crew(departure_id: UUID) -> Response:
    """What is arranged, to be changed."""
    departure, course = access_departure(departure_id)
    return _page(departure, course, CrewForm.beginning_with(crew_of(db.session(), departure_id)))


@blueprint.post("/departures/<uuid:departure_id>/crew")
@permission(Permission.OPERATOR)
def arrange(departure_id: UUID) -> Response:
    """Write it down, or say what is missing."""
    departure, course = access_departure(departure_id)
    form = CrewForm()
    if not form.validate():
        return _page(departure, course, form, status=422)
    try:
        arrange_crew(departure_id, form.crew, made_from=form.made_from.data, actor=current_actor(), now=request_time())
    except Refused as refused:
        form.refuse(_with_what_stands(refused, form, departure_id))
        return _page(departure, course, form, status=422)
    flash(_("Guide and vehicles are written down."), "success")
    return redirect(url_for("operator.roster", departure_id=departure_id), 303)


def _page(departure: Departure, course: Course, form: CrewForm, *, status: int = 200) -> Response:
    counts = attended(db.session(), [departure.id])[departure.id]
    page = render_template(
        "operator/crew.html",
        form=form,
        id=departure.id,
        title=present.departure_name(departure, course),
        expected=wording.people(to_carry(departure, counts)),
        over=not is_written_about(departure, request_time()),
        page_errors=status >= 400,
    )
    return make_response(page, status)


def _with_what_stands(refused: Refused, form: CrewForm, departure_id: UUID) -> Refused:
    """Where something else was arranged meanwhile: what, in words; the form is from now on made from that."""
    if refused.code != "arranged_meanwhile":
        return refused
    stands = crew_of(db.session(), departure_id)
    form.made_from.data = stands.version
    return Conflict(refused.code, stands="; ".join(paper_lines(stands, 0)) or _("nothing"))


def to_carry(departure: Departure, counts: Attended) -> int:
    """How many people need a seat: those who have come, and those who still may; nobody where it was called off."""
    return 0 if departure.called_off_at else counts.expected + counts.arrived


def crew_words(crew: Crew, people: int) -> dict[str, Any]:
    """What is arranged, in words for staff: lines, how to call the guide, the note, and what is wrong with it."""
    return {
        "lines": list(_lines(crew)),
        "call": {"text": wording.reached_at(crew.phone, "sms"), "href": f"tel:{crew.phone}"} if crew.phone else None,
        "note": crew.note,
        "short": _short(crew, people),
    }


def paper_lines(crew: Crew, people: int) -> list[str]:
    """The same for paper, on which nothing can be pressed."""
    words = crew_words(crew, people)
    phone = _("Telephone of the guide: %(phone)s", phone=words["call"]["text"]) if words["call"] else ""
    note = _("Note for the gate: %(note)s", note=crew.note) if crew.note else ""
    return [line for line in [*words["lines"], phone, note, words["short"]] if line]


def _lines(crew: Crew) -> Iterator[str]:
    if crew.guide:
        yield _("Guide: %(name)s", name=crew.guide)
    if crew.vehicles:
        vehicles = ", ".join(_vehicle(one) for one in crew.vehicles)
        yield _("Vehicles: %(vehicles)s", vehicles=vehicles)


def _vehicle(one: Vehicle) -> str:
    return ngettext("%(plate)s (%(num)s seat)", "%(plate)s (%(num)s seats)", one.seats, plate=one.plate)


def _short(crew: Crew, people: int) -> str:
    lacking = crew.lacks(people)
    if not lacking:
        return ""
    return ngettext(
        "%(num)s seat is missing: the vehicles seat %(seats)s, and %(people)s are expected.",
        "%(num)s seats are missing: the vehicles seat %(seats)s, and %(people)s are expected.",
        lacking,
        seats=crew.seats,
        people=wording.people(people),
    )

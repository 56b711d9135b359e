"""What citizens fill in: how many go, who they are, how they are reached, and which application they look for."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, InputRequired

from tourbook.accounts import CompanionDetails, KeptCompanion
from tourbook.applications import VisitorDetails, VisitorSoFar
from tourbook.applications.models import Application, Visitor
from tourbook.applications.queries import Outlook
from tourbook.errors import Refused
from tourbook.seal import normalised
from tourbook.web import inputs, refusals
from tourbook.web.citizen import wording
from tourbook.web.citizen.standing import Standing
from tourbook.web.countries import CountryField
from tourbook.web.forms import ContactField, Day, Form, Text
from tourbook.web.inputs import Contact

PASSPORT = re.compile(r"[A-Z0-9]{5,20}", re.ASCII)
MOST_CHOICES = 40


class SeatsForm(Form):
    """For how many people."""

    seats = RadioField(_("How many people will go?"), coerce=int, choices=[], validate_choice=False)

    def offer(self, *outlooks: Outlook) -> None:
        """Give the sizes that a party may have on one of these departures."""
        self.offer_up_to(max((min(one.party_max or one.allowed, one.allowed) for one in outlooks), default=0))

    def offer_up_to(self, largest: int) -> None:
        """Give the sizes up to this one, and never more than fit a page."""
        self.seats.choices = [(number, wording.people(number)) for number in range(1, min(largest, MOST_CHOICES) + 1)]

    def validate_seats(self, field: RadioField) -> None:
        """Something must be chosen; which sizes are possible is the act's to say."""
        if not field.data:
            field.errors = []
            raise ValidationError(_("Choose how many people will go, yourself included."))


class PartyForm(SeatsForm):
    """A party for one departure; `wait` asks for the waiting list where the places do not suffice."""

    wait = BooleanField()


class EntryForm(SeatsForm):
    """An entry of a draw: up to three of its departures, the most wanted first.

    `instead` is the application that this browser types and lets go for this entry, where it types one.
    """

    choice_0 = SelectField(_("First choice"), validate_choice=False)
    choice_1 = SelectField(_("Second choice"), validate_choice=False)
    choice_2 = SelectField(_("Third choice"), validate_choice=False)
    instead = Text()

    @property
    def choices(self) -> list[UUID]:
        """The departures of a valid form."""
        return [UUID(field.data) for field in self._ranked if field.data]

    @property
    def let_go(self) -> UUID | None:
        """The application to let go, of a valid form."""
        return UUID(self.instead.data) if self.instead.data else None

    @property
    def _ranked(self) -> tuple[SelectField, SelectField, SelectField]:
        return self.choice_0, self.choice_1, self.choice_2

    def name(self, departures: Sequence[tuple[UUID, str]]) -> None:
        """Give the departures that can be chosen, with their words."""
        named = [(str(departure_id), words) for departure_id, words in departures]
        for field in self._ranked:
            field.choices = [("", "–"), *named]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields; where the second choice is left out, the third moves up."""
        if not self.choice_1.data:
            self.choice_1.data, self.choice_2.data = self.choice_2.data, ""
        return super().validate(extra_validators)

    def validate_choice_0(self, field: SelectField) -> None:
        """Something must be wanted most."""
        if not field.data:
            raise ValidationError(refusals.words("choice_missing"))
        _check_id(field)

    def validate_choice_1(self, field: SelectField) -> None:
        """None, or the id of a departure."""
        _check_id(field)

    def validate_choice_2(self, field: SelectField) -> None:
        """None, or the id of a departure."""
        _check_id(field)

    def validate_instead(self, field: Text) -> None:
        """None, or the id of an application."""
        _check_id(field)


class DatesForm(Form):
    """The other dates that a party waits for too."""

    dates = SelectMultipleField(_("Dates"), validate_choice=False)

    def name(self, found: Sequence[Standing]) -> None:
        """Give the departures that can be ticked; what is said of each is its hint."""
        self.dates.choices = [(str(one.departure.id), one.when) for one in found]
        self.hints = {str(one.departure.id): wording.how_full(one.outlook.free, one.outlook.waiting) for one in found}

    @property
    def chosen(self) -> list[UUID]:
        """The departures of a valid form."""
        return [UUID(one) for one in self.dates.data or []]

    def validate_dates(self, field: SelectMultipleField) -> None:
        """At least one must be ticked, and each is the id of a departure."""
        if not field.data:
            raise ValidationError(refusals.words("dates_missing"))
        for one in field.data:
            _check_one(one)


class ChoiceForm(Form):
    """Another choice for what was typed already: a departure, the number of people, places or the waiting list."""

    departure = Text(validators=[DataRequired()])
    seats = IntegerField(validators=[InputRequired()])
    wait = BooleanField()

    @property
    def departure_id(self) -> UUID:
        """The departure that was chosen."""
        return UUID(self.departure.data)

    def validate_departure(self, field: Text) -> None:
        """It must be the id of a departure."""
        try:
            UUID(field.data or "")
        except ValueError as unreadable:
            raise ValidationError(_("Choose a departure from the calendar.")) from unreadable


class BirthDate(Day):
    """A birth date."""

    unreadable = _("Enter the birth date as year, month and day, the year with four digits, for example 1990-03-21.")


class Name(Text):
    """A name as it stands on an identity document."""

    longest = 60

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([" ".join(value.split()) for value in valuelist])

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data and not any(map(str.isalpha, self.data)):
            raise ValidationError(_("Enter the name in letters, as it stands on the ID."))


class Passport(Text):
    """A passport number; `number` is as stored, in capitals without blanks and hyphens."""

    @property
    def number(self) -> str:
        """The number; empty where none was given."""
        return re.sub(r"[\s-]", "", inputs.hyphened(self.data or "")).upper()

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data and not PASSPORT.fullmatch(self.number):
            raise ValidationError(_("A passport number has 5 to 20 letters and digits. Copy it from the passport."))


class VisitorForm(Form):
    """One person who goes."""

    name = Name(_("Name as on the ID"), [DataRequired(_("Enter the name as it stands on the ID."))])
    birth_date = BirthDate(_("Date of birth"), [DataRequired(_("Enter the date of birth."))])
    nationality = CountryField(_("Nationality"))
    document = Passport(_("Passport number"))

    @property
    def so_far(self) -> VisitorSoFar:
        """What can be read of the person, however much is missing; a passport number is kept of foreigners only."""
        foreign = self.nationality.data != wording.HOME
        return VisitorSoFar(
            name=self.name.data or "",
            birth_date=self.birth_date.day,
            nationality=self.nationality.data or wording.HOME,
            document=(self.document.number or None) if foreign else None,
        )

    @property
    def details(self) -> VisitorDetails:
        """The person, once the form is valid."""
        known = self.so_far
        return VisitorDetails(known.name, known.birth_date or date.max, known.nationality, known.document)


class VisitorsForm(Form):
    """Everybody of the party, in as many parts as there are seats."""

    visitors = FieldList(FormField(VisitorForm), max_entries=MOST_CHOICES)
    companions = SelectMultipleField(_("Whom do you bring?"), choices=[], validate_choice=False)

    @classmethod
    def for_party(cls, seats: int, known: Sequence[Visitor], *, own_name: str = "") -> "VisitorsForm":
        """The form for so many people, with those filled in who are known; where nobody is, with one's own name."""
        own = [{"name": own_name}] if own_name else []
        form = cls(data={"visitors": [_typed(visitor) for visitor in known[:seats]] or own})
        form.complete(seats)
        return form

    def offer(self, kept: Sequence[KeptCompanion]) -> None:
        """Give the kept companions that can be ticked: those who are not named already."""
        named = {entry.form.so_far.identity for entry in self.visitors}
        left = [one for one in kept if _identity(one.details) not in named]
        self.companions.choices = [(str(one.id), f"{one.details.name}, {one.details.birth_date}") for one in left]

    @property
    def ticked(self) -> list[UUID]:
        """The kept companions that were ticked; what is no id at all is nobody's."""
        return [UUID(one) if _is_id(one) else UUID(int=0) for one in self.companions.data or [] if one]

    def bring(self, people: Sequence[CompanionDetails], *, own_name: str) -> None:
        """Fill these in: where only the name stands, there; else in the next part in which nothing stands, or one's own
        name alone. Refuses `companions_too_many` where there are not enough of these, and fills in nobody then.
        """
        open_parts = [part for part in self._parts if not (part.birth_date.data or part.document.data)]
        places = len(open_parts)
        filled = []
        for one in people:
            part = _part_for(one, open_parts, own_name)
            if part is None:
                raise Refused("companions_too_many", field="companions", places=places)
            open_parts.remove(part)
            filled.append((part, one))
        for part, one in filled:
            part.name.data, part.birth_date.data = one.name, one.birth_date.isoformat()
            part.nationality.data = one.nationality
        self.companions.data = []

    @property
    def _parts(self) -> list[VisitorForm]:
        return [entry.form for entry in self.visitors]

    def complete(self, seats: int) -> None:
        """Have a part for everybody, whatever was sent."""
        while len(self.visitors) < seats:
            self.visitors.append_entry()

    @property
    def problems(self) -> list[str | tuple[str, str]]:
        """What is wrong, with the visitor whom it is about and the field to go to."""
        found: list[str | tuple[str, str]] = [str(text) for text in self.form_errors]
        whom = "companions-0" if self.companions.choices else "visitors-0-name"
        found += [(whom, str(text)) for text in self.companions.errors]
        for number, entry in enumerate(self.visitors, start=1):
            found += [(field.id, self._about(number, str(problem))) for field in entry.form for problem in field.errors]
        return found

    def _about(self, number: int, problem: str) -> str:
        """A problem with the visitor whom it is about."""
        return str(_("Visitor %(number)s: %(problem)s", number=number, problem=problem))

    @property
    def so_far(self) -> list[VisitorSoFar]:
        """What can be read of the people, while the form still has mistakes."""
        return [entry.form.so_far for entry in self.visitors]

    @property
    def details(self) -> list[VisitorDetails]:
        """The people, once the form is valid."""
        return [entry.form.details for entry in self.visitors]


class WithContact(Form):
    """A form that asks how somebody is reached."""

    contact: ContactField

    @property
    def given(self) -> Contact:
        """The contact of a valid form."""
        found = self.contact.contact
        if found is None:
            raise Refused("contact_missing", field="contact")
        return found


class ContactForm(WithContact):
    """How the party is reached, and what it consents to, an item each."""

    contact = ContactField(
        _("Mobile phone number or email address"),
        [DataRequired(_("Enter a phone number or an email address at which we can reach you."))],
    )
    personal_data = BooleanField(
        _("I agree that the personal data of my party is collected and used for this visit"),
        [InputRequired(_("This consent is needed to apply: tick it, or stop here."))],
    )
    conduct = BooleanField(
        _("I have read the rules of conduct, and my party will keep them"),
        [InputRequired(_("These rules must be accepted to apply: tick the box, or stop here."))],
    )
    news = BooleanField(_("You may tell me when new courses and dates are published"))

    @classmethod
    def for_application(cls, known: Application | None, consents: set[str], *, own_mail: str = "") -> "ContactForm":
        """The form with what is known, else with the mail address of the account; consents only where this application
        gave them already.
        """
        given: dict[str, Any] = dict.fromkeys(consents, True)
        if known is not None and known.contact is not None:
            given["contact"] = wording.reached_at(known.contact, known.contact_way or "")
        elif own_mail:
            given["contact"] = own_mail
        return cls(data=given)

    @property
    def consents(self) -> set[str]:
        """The items that are ticked."""
        return {field.name for field in (self.personal_data, self.conduct, self.news) if field.data}


class FindForm(WithContact):
    """Which application somebody looks for; the answer goes to its contact and nowhere else."""

    reference = Text(_("Reference"), [DataRequired(_("Enter the reference, for example ABCD-2345."))])
    contact = ContactField(
        _("Phone number or email address given in the application"),
        [DataRequired(_("Enter the phone number or email address that you gave when you applied."))],
    )


def _check_id(field: Field) -> None:
    """Which departures a round has is the act's to say; what is no id at all belongs to none."""
    if field.data:
        _check_one(field.data)


def _check_one(typed: str) -> None:
    if not _is_id(typed):
        raise ValidationError(refusals.words("choice_unknown"))


def _is_id(typed: str) -> bool:
    try:
        UUID(typed)
    except ValueError:
        return False
    return True


def _part_for(one: CompanionDetails, open_parts: Sequence[VisitorForm], own_name: str) -> VisitorForm | None:
    """The part with this name alone, else one in which nothing stands, else one with one's own name alone."""
    for name in (one.name, "", own_name):
        for part in open_parts:
            if normalised(part.name.data or "") == normalised(name):
                return part
    return None


def _identity(one: CompanionDetails) -> tuple[str, str, str]:
    return VisitorDetails(one.name, one.birth_date, one.nationality).identity


def _typed(visitor: Visitor) -> dict[str, str]:
    return {
        "name": visitor.name,
        "birth_date": visitor.birth_date,
        "nationality": visitor.nationality,
        "document": visitor.document or "",
    }

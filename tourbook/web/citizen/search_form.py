"""What people look for: on which days, how many they are, where, how hard the walking may be, and what they need."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, SelectMultipleField, ValidationError

from tourbook.courses import Level
from tourbook.kst import civil_day
from tourbook.web import inputs
from tourbook.web.access import request_time
from tourbook.web.forms import Day, Form, Text, choices
from tourbook.web.weekdays import DAYS

FOUR_WEEKS = timedelta(days=27)
MOST_DAYS = timedelta(days=99)
FURTHEST = timedelta(days=366)
PARTY = range(1, 101)
LEVELS = ((Level.EASY, _("Easy")), (Level.MODERATE, _("Moderate")), (Level.HARD, _("Hard")))


@dataclass(frozen=True)
class Wish:
    """What is looked for. Empty levels, weekdays (Monday is 0) and region: any will do."""

    first: date
    last: date
    people: int
    region: str
    levels: frozenset[Level]
    weekdays: frozenset[int]
    wheelchair: bool
    toilets: bool


class Choices(SelectMultipleField):
    """Several of what is offered; what is not offered is refused in our own words."""

    def pre_validate(self, form: Any) -> None:
        offered = {str(value) for value, *_rest in self.iter_choices()}
        if not {str(one) for one in self.data or []} <= offered:
            raise ValidationError(_("Choose from the list."))


class Choice(SelectField):
    """One of what is offered, likewise."""

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose from the list."))


class SearchForm(Form):
    """The search, by GET; every field may be left out."""

    first_day = Day(_("Earliest day"))
    last_day = Day(_("Latest day"))
    people = Text(_("How many people go"))
    region = Choice(_("Where"))
    level = Choices(_("Walking"), choices=choices((level.value, words) for level, words in LEVELS))
    weekday = Choices(_("Days of the week"), choices=choices((str(number), name) for number, name in enumerate(DAYS)))
    wheelchair = BooleanField(_("All of the way with a wheelchair"))
    toilets = BooleanField(_("Toilets on the way"))

    @classmethod
    def asked(cls, regions: list[tuple[str, str]]) -> "SearchForm":
        """The form as the address fills it in: the next four weeks, one person, anywhere, unless it says otherwise."""
        form = cls(request.args)
        form.region.choices = choices([("", _("Anywhere")), *regions])
        form.region.data = form.region.data or ""
        today = civil_day(request_time())
        form.first_day.data = form.first_day.data or today.isoformat()
        first = min(max(form.first_day.day or today, today), today + FURTHEST)
        form.last_day.data = form.last_day.data or (first + FOUR_WEEKS).isoformat()
        form.people.data = form.people.data or "1"
        return form

    @property
    def narrow(self) -> bool:
        """Is more asked for than days, people and place?"""
        return any(bool(one.data) for one in (self.level, self.weekday, self.wheelchair, self.toilets))

    @property
    def wish(self) -> Wish:
        """What a valid form asks for; days that are over are left out."""
        today = civil_day(request_time())
        return Wish(
            first=max(self.first_day.day or today, today),
            last=self.last_day.day or today,
            people=int(inputs.plain(self.people.data or "1")),
            region=self.region.data,
            levels=frozenset(map(Level, self.level.data or [])),
            weekdays=frozenset(map(int, self.weekday.data or [])),
            wheelchair=bool(self.wheelchair.data),
            toilets=bool(self.toilets.data),
        )

    def validate_last_day(self, field: Day) -> None:
        """Days must lie ahead, in order, and be few enough to look through."""
        first, last, today = self.first_day.day, field.day, civil_day(request_time())
        if first is None or last is None:
            return
        if last < first:
            raise ValidationError(_("The last day lies before the first. Enter a later one."))
        if last < today:
            raise ValidationError(_("These days are over. Enter days that lie ahead."))
        if last - max(first, today) > MOST_DAYS:
            raise ValidationError(_("Look through at most %(days)s days at once.", days=MOST_DAYS.days + 1))
        if last > today + FURTHEST + FOUR_WEEKS:
            raise ValidationError(_("Enter days within the next twelve months."))

    def validate_people(self, field: Text) -> None:
        """A number of people, yourself included."""
        if inputs.whole_number(inputs.plain(field.data or ""), PARTY) is None:
            raise ValidationError(_("Enter the number of people in digits, for example 2."))

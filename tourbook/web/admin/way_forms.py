"""The form of a course's way: its legs, who gets along them, its points, and what people read about the day."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, SelectField, ValidationError
from wtforms.form import BaseForm

from tourbook.courses import LegDraft, Level, WayDraft
from tourbook.courses.models import Course
from tourbook.web import inputs
from tourbook.web.admin.fields import Kilometres, typed
from tourbook.web.forms import Form, LongText, Text, choices

MOST_LEGS = 20
SPARE_LEGS = 2
KNOWN = {"y": True, "n": False}
SENTENCES = ("bring", "dress", "conduct", "good_to_know")


class Points(LongText):
    """A point on each line: longitude, latitude, and height in metres where it is known."""

    points: tuple[tuple[float, ...], ...] = ()

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        try:
            self.points = tuple(_point(line) for line in (self.data or "").splitlines() if line.strip())
        except ValueError as unreadable:
            raise ValidationError(
                _("Write each point on a line of its own: longitude, latitude, height, like 126.740 37.890 12.")
            ) from unreadable


class Lines(LongText):
    """Sentences, one on each line."""

    @property
    def sentences(self) -> list[str]:
        """The sentences, without empty lines."""
        return [line.strip() for line in (self.data or "").splitlines() if line.strip()]


class LegForm(Form):
    """A part of the way; without words in either language it counts for nothing."""

    by = SelectField(_("How"), choices=choices([("walk", _("on foot")), ("vehicle", _("by vehicle"))]))
    ko = Text(_("What it is, in Korean"))
    en = Text(_("What it is, in English"))
    km = Kilometres(_("Length in kilometres"))
    wheelchair = SelectField(
        _("Wheelchair"), choices=choices([("", _("not known")), ("y", _("possible")), ("n", _("not possible"))])
    )
    toilets = SelectField(
        _("Toilets"), choices=choices([("", _("not known")), ("y", _("there are some")), ("n", _("there are none"))])
    )
    path = Points(_("Points"))

    @property
    def draft(self) -> LegDraft:
        """The leg of a valid form."""
        return LegDraft(
            by=self.by.data,
            ko=self.ko.data or "",
            en=self.en.data or "",
            km=self.km.value,
            wheelchair=KNOWN.get(self.wheelchair.data),
            toilets=KNOWN.get(self.toilets.data),
            path=self.path.points,
        )


class WayForm(Form):
    """All of a course's way."""

    level = SelectField(
        _("How hard the walking is"),
        choices=choices(
            [
                ("", _("By the distance on foot")),
                (Level.EASY.value, _("Easy")),
                (Level.MODERATE.value, _("Moderate")),
                (Level.HARD.value, _("Hard")),
            ]
        ),
    )
    path_invented = BooleanField(_("The points are made up, for a demonstration"))
    legs = FieldList(FormField(LegForm), max_entries=MOST_LEGS)
    bring_ko = Lines(_("What to bring, in Korean"))
    bring_en = Lines(_("What to bring, in English"))
    dress_ko = Lines(_("What to wear, in Korean"))
    dress_en = Lines(_("What to wear, in English"))
    conduct_ko = Lines(_("Rules of conduct, in Korean"))
    conduct_en = Lines(_("Rules of conduct, in English"))
    good_to_know_ko = Lines(_("Good to know, in Korean"))
    good_to_know_en = Lines(_("Good to know, in English"))

    @classmethod
    def beginning_with(cls, course: Course) -> "WayForm":
        """The form as the way is known now, with room for a few legs more."""
        details: dict[str, Any] = course.details or {}
        texts = {name: "\n".join(details.get(name, [])) for name in _names()}
        legs = [_typed_leg(leg) for leg in details.get("legs", [])]
        form = cls(
            data={
                "level": details.get("level", ""),
                "path_invented": bool(details.get("path_invented")),
                "legs": legs,
                **texts,
            }
        )
        for _spare in range(min(SPARE_LEGS, MOST_LEGS - len(form.legs)) if not form.is_submitted() else 0):
            form.legs.append_entry()
        return form

    @property
    def draft(self) -> WayDraft:
        """The way of a valid form."""
        legs = (entry.form.draft for entry in self.legs)
        return WayDraft(
            legs=tuple(leg for leg in legs if leg.ko or leg.en),
            level=self.level.data,
            path_invented=bool(self.path_invented.data),
            sentences={name: self[name].sentences for name in _names()},
        )

    @property
    def pairs(self) -> list[tuple[Lines, Lines]]:
        """What people read about the day, Korean and English beside each other."""
        return [(self[f"{name}_ko"], self[f"{name}_en"]) for name in SENTENCES]


def _names() -> Iterator[str]:
    return (f"{name}_{language}" for name in SENTENCES for language in ("ko", "en"))


def _typed_leg(leg: dict[str, Any]) -> dict[str, Any]:
    answers = {True: "y", False: "n", None: ""}
    return {
        **{name: leg[name] for name in ("by", "ko", "en")},
        "km": typed(leg.get("km")),
        "wheelchair": answers[leg.get("wheelchair")],
        "toilets": answers[leg.get("toilets")],
        "path": "\n".join(" ".join(f"{number:g}" for number in point) for point in leg.get("path", [])),
    }


def _point(line: str) -> tuple[float, ...]:
    numbers = tuple(float(part) for part in inputs.plain(line).replace(",", " ").split())
    if len(numbers) not in {2, 3} or not all(-10_000 < number < 10_000 for number in numbers):
        raise ValueError(line)
    return numbers

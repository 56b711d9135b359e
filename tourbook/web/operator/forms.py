"""What operators fill in."""

from datetime import date, datetime
from typing import ClassVar

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, ValidationError
from wtforms.form import BaseForm
from wtforms.validators import InputRequired

from tourbook.applications.rules import REQUIRED_CONSENTS
from tourbook.kst import in_seoul
from tourbook.rosters import GateParty
from tourbook.web import inputs
from tourbook.web.citizen.forms import VisitorsForm
from tourbook.web.forms import ContactField, Form, LongText, Text
from tourbook.web.language import current_language

OWN_WORDS = "own"


class Moment(Text):
    """A date, with or without a time, in Korean time: `instant` is what was meant."""

    @property
    def instant(self) -> datetime | None:
        """The moment; None where none was given or it cannot be read."""
        return inputs.moment(self.data or "")

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data and self.instant is None:
            raise ValidationError(_("Enter date and time, for example 2021-11-29 12:00."))


class Day(Text):
    """A day: `day` is what was meant."""

    @property
    def day(self) -> date | None:
        """The day; None where none was given or it cannot be read."""
        return inputs.day(self.data or "")

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data and self.day is None:
            raise ValidationError(_("Enter the day as year, month and day, for example 2026-05-20."))


class DayForm(Form):
    """Which day's departures to show."""

    day = Day(_("Which day"))


class AsOfForm(Form):
    """At which moment to ask what was known."""

    as_of = Moment(_("As it was known on"))

    @classmethod
    def asked(cls, sent: MultiDict[str, str], now: datetime) -> "AsOfForm":
        """The form as it came with the address; without a moment, with the present one."""
        given = sent if sent.get("as_of") else MultiDict({"as_of": f"{in_seoul(now):%Y-%m-%d %H:%M}"})
        return cls(given)


class SearchForm(Form):
    """Part of a name or of a reference, within one departure."""

    search = Text(_("Name or reference"))


class FindForm(Form):
    """Somebody on any of one's own departures."""

    search = Text(_("Full name or reference"), [InputRequired(_("Enter a full name, or a reference."))])


class WalkUpForm(VisitorsForm):
    """A party at the gate: who they are, what they agreed to, and, if they like, how they are reached."""

    contact = ContactField(_("Mobile phone number or mail address"))
    condition = BooleanField(_("All of them have shown it"))
    consent = BooleanField(
        _("They agree to the use of their personal data for this visit, and to the rules of conduct"),
        [InputRequired(_("Without this consent they cannot be let in: ask them, and tick the box."))],
    )

    @property
    def party(self) -> GateParty:
        """The party of a valid form."""
        reached = self.contact.contact
        return GateParty(
            visitors=self.details,
            contact=(reached.way, reached.address) if reached else None,
            consents=frozenset(REQUIRED_CONSENTS),
            language=current_language(),
            condition_shown=bool(self.condition.data),
        )


class Reason(LongText):
    """A reason that goes into letters and text messages."""

    longest = 300


class CallOffForm(Form):
    """Why a departure is called off: one of the usual reasons, or own words in both languages."""

    USUAL: ClassVar[dict[str, tuple[str, str]]] = {
        "weather": ("기상 악화로 안전하게 진행하기 어렵습니다.", "The weather does not allow a safe visit."),
        "military": ("군 작전 및 보안상의 이유로 출입할 수 없습니다.", "Access is not possible for military reasons."),
        "disease": ("가축 전염병 방역으로 출입할 수 없습니다.", "Access is closed to keep an animal disease out."),
        "site": ("현장 시설의 안전 문제로 진행할 수 없습니다.", "The site is not safe to visit at present."),
    }

    reason = RadioField(_("Reason"), validate_choice=False)
    reason_ko = Reason(_("Reason in Korean"))
    reason_en = Reason(_("Reason in English"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        place = 0 if current_language() == "ko" else 1
        usual = [(name, words[place]) for name, words in self.USUAL.items()]
        self.reason.choices = [*usual, (OWN_WORDS, _("Another reason, in own words"))]

    def validate_reason(self, field: RadioField) -> None:
        """A usual reason, or own words; the act asks for these in both languages."""
        if field.data not in {*self.USUAL, OWN_WORDS} and not any(self.reasons):
            raise ValidationError(_("Choose a reason, or write one in both languages."))

    @property
    def reasons(self) -> tuple[str, str]:
        """The reason in Korean and in English: own words where there are any, else the usual ones that were chosen."""
        own = (self.reason_ko.data or "", self.reason_en.data or "")
        return own if any(own) else self.USUAL.get(self.reason.data, own)

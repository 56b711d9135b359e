"""What operators fill in."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, RadioField, ValidationError
from wtforms.form import BaseForm
from wtforms.validators import InputRequired

from tourbook.applications.rules import REQUIRED_CONSENTS
from tourbook.errors import Conflict, Refused
from tourbook.kst import in_seoul
from tourbook.rosters import Apart, GateParty
from tourbook.web import inputs
from tourbook.web.citizen.forms import VisitorForm, VisitorsForm
from tourbook.web.forms import ContactField, Day, Form, LongText, Text
from tourbook.web.language import current_language

OWN_WORDS = "own"
WAYS_APART = {
    Apart.BOTH_HERE: _("Both people are here"),
    Apart.OTHER_DOCUMENT: _("The identity documents have different numbers"),
    Apart.ASKED: _("I have called the other party and asked"),
}


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


class DayForm(Form):
    """Which day's departures to show."""

    day = Day(_("Which day"))


class Past(Moment):
    """A moment that has come: what will be known later is nobody's to see yet."""

    latest: datetime

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.instant and self.instant > self.latest:
            raise ValidationError(_("Enter a moment that has come: what is decided for later is not known yet."))


class AsOfForm(Form):
    """At which moment to ask what was known."""

    as_of = Past(_("As it was known on"))

    @classmethod
    def asked(cls, sent: MultiDict[str, str], now: datetime) -> "AsOfForm":
        """The form as it came with the address; without a moment, with the present one."""
        given = sent if sent.get("as_of") else MultiDict({"as_of": f"{in_seoul(now):%Y-%m-%d %H:%M}"})
        form = cls(given)
        form.as_of.latest = now
        return form


class SearchForm(Form):
    """Part of a name or of a reference, within one departure."""

    search = Text(_("Name or reference"))


class FindForm(Form):
    """Somebody on any of one's own departures."""

    search = Text(_("Full name or reference"), [InputRequired(_("Enter a full name, or a reference."))])


class CheckInForm(Form):
    """What somebody holds up or says at the gate: a scanned code, a reference, a name."""

    code = Text(_("Code, reference or name"), [InputRequired(_("Scan a code, or enter a reference or a name."))])


ALIKE = {"person_twice": "person_there", "person_offered": "person_asked"}
"""What staff are told of somebody like that, for what is refused to others."""


class GateVisitorForm(VisitorForm):
    """One person at the gate; `apart` is asked where somebody of that name and birth date is there already."""

    apart = RadioField(
        _("If this is another person: how do you know?"),
        choices=lambda: [(one.value, words) for one, words in WAYS_APART.items()],
        validate_choice=False,
    )

    @property
    def known_apart(self) -> Apart | None:
        """How it is known that this is another person; None where nobody said so."""
        return Apart(self.apart.data) if self.apart.data in set(Apart) else None


class WalkUpForm(VisitorsForm):
    """A party at the gate: who they are, what they agreed to, and, if they like, how they are reached."""

    visitors = FieldList(FormField(GateVisitorForm))
    _twice: frozenset[int] = frozenset()

    contact = ContactField(_("Mobile phone number or email address"))
    condition = BooleanField(_("All of them have shown it"))
    authority_agreed = BooleanField(_("Those who check names have been asked, and let all of them in"))
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
            apart={place: known for place, known in enumerate(self._known_apart) if known},
            authority_agreed=bool(self.authority_agreed.data),
        )

    @property
    def asked_apart(self) -> set[int]:
        """The places of those of whom it is asked whether they are another person, or was before."""
        answered = {place for place, known in enumerate(self._known_apart) if known}
        return answered | self._twice

    @property
    def _known_apart(self) -> list[Apart | None]:
        return [entry.form.known_apart for entry in self.visitors]

    def refuse(self, refused: Refused) -> None:
        """Say why they are not let in; of somebody who is there already, ask whether it is another person."""
        first, *others = self._asking_apart((refused, *refused.others))
        first.others = tuple(others)
        super().refuse(first)

    def add_flaws(self, flaws: Iterable[Refused]) -> None:
        """Likewise; of whom it was said that it is another person, it is not said again."""
        told = {entry.form.name.name for entry in self.visitors if entry.form.known_apart}
        super().add_flaws(
            self._asking_apart(flaw for flaw in flaws if flaw.code not in ALIKE or flaw.field not in told)
        )

    def _asking_apart(self, flaws: Iterable[Refused]) -> list[Refused]:
        names = [entry.form.name.name for entry in self.visitors]
        given = list(flaws)
        self._twice |= {names.index(one.field) for one in given if one.code in ALIKE and one.field in names}
        return [Conflict(ALIKE[one.code], field=one.field) if one.code in ALIKE else one for one in given]


class TelephoneForm(WalkUpForm):
    """A party that calls: it cannot be told anything without a contact."""

    contact = ContactField(
        _("Mobile phone number or email address"),
        [InputRequired(_("Enter a phone number or an email address at which we can reach them."))],
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

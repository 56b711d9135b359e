"""What parties fill in where names are checked: a passport number, another person, and what to do after a refusal."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, RadioField, ValidationError
from wtforms.validators import DataRequired, InputRequired

from tourbook.web.citizen.forms import Passport, VisitorForm, VisitorsForm
from tourbook.web.forms import Form

CONSENT = _("This visitor agrees that these details are handed over to those who check names")
NO_CONSENT = _("Without this consent the visitor cannot be let in: ask them, and tick the box.")
CHOICES = {
    "go_without": _("The others go without this visitor"),
    "exchange": _("Somebody else goes in place of this visitor"),
    "cancelled": _("Cancel for everybody"),
}


class CompleteForm(Form):
    """The passport number that is missing."""

    document = Passport(_("Passport number"), [DataRequired(_("Enter the passport number."))])
    consent = BooleanField(CONSENT, [InputRequired(NO_CONSENT)])


class ExchangeForm(VisitorsForm):
    """One person who goes in place of another."""

    visitors = FieldList(FormField(VisitorForm), max_entries=1)
    consent = BooleanField(CONSENT, [InputRequired(NO_CONSENT)])

    def _about(self, number: int, problem: str) -> str:
        """Of the only person asked for, without a number: the others of the party have theirs elsewhere."""
        return problem


class RefusedForm(Form):
    """What a party does of which a visitor is not let in."""

    answer = RadioField(_("What do you want to do?"), choices=[], validate_choice=False)

    def validate_answer(self, field: RadioField) -> None:
        """Something must be chosen; what can be done is the act's to say."""
        if field.data not in CHOICES:
            raise ValidationError(_("Choose one of these."))

    def offer(self, *names: str) -> None:
        """Give what can be chosen."""
        self.answer.choices = [(name, words) for name, words in CHOICES.items() if name in names]

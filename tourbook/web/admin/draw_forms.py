"""Forms of draws: announcing one, entering its public value, taking an announcement back."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.validators import InputRequired, Optional

from tourbook.draws import NewMoments, RoundTerms
from tourbook.web.admin.fields import Day, Moment
from tourbook.web.admin.proposing import SteppedForm
from tourbook.web.forms import Text, choices

NEEDED = (InputRequired(_("Fill this in.")),)
DAY_NEEDED = (InputRequired(_("Enter a day, for example 2026-05-04.")),)
MOMENT_NEEDED = (InputRequired(_("Enter a moment, for example 2026-05-04 10:00.")),)

WHICH = (("value", _("The announced value")), ("fallback", _("What counts if that does not come")))


class AnnouncementForm(SteppedForm):
    """What is announced of a draw; nothing of it can be changed later."""

    course = SelectField(_("Course"), [InputRequired(_("Choose a course."))])
    code = Text(_("Code"), NEEDED)
    first_day = Day(_("First day"), DAY_NEEDED)
    last_day = Day(_("Last day"), DAY_NEEDED)
    opens_at = Moment(_("Entries open at"), MOMENT_NEEDED)
    closes_at = Moment(_("Entries close at"), MOMENT_NEEDED)
    value_at = Moment(_("The value is known at"), MOMENT_NEEDED)
    fallback_at = Moment(_("What counts if it does not come is known at"), (Optional(),))
    left_overs_at = Moment(_("Left-over places are free for everybody from"), MOMENT_NEEDED)
    source_ko = Text(_("What the value is and who publishes it, in Korean"), NEEDED)
    source_en = Text(_("What the value is and who publishes it, in English"), NEEDED)
    fallback_ko = Text(_("What counts if that value does not come, in Korean"), NEEDED)
    fallback_en = Text(_("What counts if that value does not come, in English"), NEEDED)

    def terms(self) -> RoundTerms:
        """The announcement that was typed."""
        return RoundTerms(
            code=self.code.data or "",
            first_day=self.first_day.value,
            last_day=self.last_day.value,
            opens_at=self.opens_at.value,
            closes_at=self.closes_at.value,
            value_at=self.value_at.value,
            left_overs_at=self.left_overs_at.value,
            source_ko=self.source_ko.data or "",
            source_en=self.source_en.data or "",
            fallback_ko=self.fallback_ko.data or "",
            fallback_en=self.fallback_en.data or "",
            fallback_at=self.fallback_at.value,
        )


class ResumptionForm(SteppedForm):
    """What is announced anew of a draw that was on hold."""

    closes_at = Moment(_("Entries close at"), (Optional(),))
    value_at = Moment(_("The value is known at"), MOMENT_NEEDED)
    fallback_at = Moment(_("What counts if it does not come is known at"), (Optional(),))
    left_overs_at = Moment(_("Left-over places are free for everybody from"), MOMENT_NEEDED)
    source_ko = Text(_("What the value is and who publishes it, in Korean"), NEEDED)
    source_en = Text(_("What the value is and who publishes it, in English"), NEEDED)
    fallback_ko = Text(_("What counts if that value does not come, in Korean"), NEEDED)
    fallback_en = Text(_("What counts if that value does not come, in English"), NEEDED)

    def moments(self) -> NewMoments:
        """What was typed."""
        return NewMoments(
            closes_at=self.closes_at.value,
            value_at=self.value_at.value,
            left_overs_at=self.left_overs_at.value,
            source_ko=self.source_ko.data or "",
            source_en=self.source_en.data or "",
            fallback_ko=self.fallback_ko.data or "",
            fallback_en=self.fallback_en.data or "",
            fallback_at=self.fallback_at.value,
        )


class ValueForm(SteppedForm):
    """The public value, as its source published it."""

    value = Text(_("The public value"), [InputRequired(_("Enter the value as its source published it."))])
    which = SelectField(
        _("Which of the two it is"),
        choices=choices(WHICH),
        default="value",
    )

    @property
    def fallback(self) -> bool:
        """Is it what counts where the announced value does not come?"""
        return bool(self.which.data == "fallback")

    def offer_fallback_alone(self) -> None:
        """The announced value can decide nothing any more."""
        self.which.choices = choices(WHICH[1:])


class MissedForm(SteppedForm):
    """That the value did not come; a moment only where none is announced that lies ahead."""

    fallback_at = Moment(_("What counts if it does not come is known at"), (Optional(),))


class WithdrawalForm(SteppedForm):
    """Nothing to fill in: the page says what follows."""

"""The end of an order, a measure or a stop that two people move: whoever comes later reads what stands, and decides."""

from datetime import date
from typing import Self

from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms import HiddenField

from tourbook.errors import Conflict
from tourbook.web.admin.fields import Day, typed
from tourbook.web.admin.proposing import ProposalForm
from tourbook.web.present import day


class EndOfForm(ProposalForm):
    """Moving an end; `was` is the last day that stood when the form was opened, and goes along to the preview."""

    until: Day
    was = HiddenField()
    stands: date | None = None

    def made_from(self, stands: date | None) -> Self:
        """The same form, made from what stands now unless it came with what it was made from."""
        self.stands = stands
        if self.was.raw_data is None:
            self.was.data = _written(stands)
        return self

    def refuse_if_moved(self, _session: Session) -> None:
        """Step: refuse `end_moved_meanwhile`, with both days, where another one stands than the form was made from;
        sent once more, it is meant. What was done by this very form is told before any step.
        """
        stood, self.was.data = self.was.data, _written(self.stands)
        if stood != self.was.data:
            raise Conflict("end_moved_meanwhile", stands=end_words(self.stands), asked=end_words(self.until.value))


def _written(last: date | None) -> str:
    """A last day as its field has it; what is open-ended has an empty one."""
    return typed(last) or ""


def end_words(last: date | None) -> str:
    """A last day in words."""
    return day(last) if last else str(gettext("open-ended"))

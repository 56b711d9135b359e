"""What somebody with an account says about companions: whether they are kept, and what is right about one of them."""

from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import DataRequired

from tourbook.accounts import CompanionDetails
from tourbook.applications.models import Visitor
from tourbook.web.citizen import wording
from tourbook.web.citizen.forms import BirthDate, Name
from tourbook.web.countries import CountryField
from tourbook.web.forms import Form


class CompanionForm(Form):
    """What is kept of a companion."""

    name = Name(_("Name as on the ID"), [DataRequired(_("Enter the name as it stands on the ID."))])
    birth_date = BirthDate(_("Date of birth"), [DataRequired(_("Enter the date of birth."))])
    nationality = CountryField(_("Nationality"))

    @property
    def details(self) -> CompanionDetails:
        """The companion, once the form is valid."""
        born = self.birth_date.day or date.max
        return CompanionDetails(self.name.data or "", born, self.nationality.data or wording.HOME)


class KeepingForm(Form):
    """The last step of somebody with an account, who may keep the companions for the next application."""

    keep_companions = BooleanField(_("Keep the people of this party for my next application"))


def as_companion(visitor: Visitor) -> CompanionDetails:
    """A visitor as an account may keep it: without the number of a document."""
    return CompanionDetails(visitor.name, date.fromisoformat(visitor.birth_date), visitor.nationality)

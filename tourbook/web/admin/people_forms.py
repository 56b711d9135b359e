"""What is asked about people: whom to look for, a role, an end, a reason, an invitation, an organisation."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.validators import AnyOf, InputRequired

from tourbook.accounts.roles import STAFF, RoleTerms
from tourbook.accounts.staff import Standing
from tourbook.actor import Role
from tourbook.operations import Invitee
from tourbook.web.admin.fields import Day
from tourbook.web.forms import Form, LongText, Mail, Text, choices

ROLE_WORDS = {Role.OPERATOR: _("Operator"), Role.ADMINISTRATOR: _("Administrator"), Role.CITIZEN: _("Citizen")}
STANDING_WORDS = {
    Standing.WORKING: _("Has a role now"),
    Standing.COMING: _("Role begins later"),
    Standing.ENDED: _("No role any more"),
    Standing.DISABLED: _("Account disabled"),
    Standing.CITIZEN: _("Never had a role"),
}
_WHICH = _("Choose a role.")


class Reason(LongText):
    """Why: it stays with the role and goes into the trail."""

    longest = 300


class FilterForm(Form):
    """Which of those who work here to list; everything may be left empty."""

    role = SelectField(_("Role"), default="")
    organisation = SelectField(_("Organisation"), default="")
    state = SelectField(_("State"), default="")

    @classmethod
    def asked(cls, organisations: list[tuple[str, str]]) -> "FilterForm":
        """The form as the address fills it in."""
        form = cls(request.args)
        form.role.choices = choices([("", _("Any")), *((one.value, ROLE_WORDS[one]) for one in STAFF)])
        form.organisation.choices = choices([("", _("Any")), *organisations])
        standings = [(one.value, words) for one, words in STANDING_WORDS.items() if one is not Standing.CITIZEN]
        form.state.choices = choices([("", _("Any")), *standings])
        return form


class SearchForm(Form):
    """Somebody by name or mail address; it stays out of addresses, so asking is a POST."""

    search = Text(_("Name or email address"), [InputRequired(_("Enter a part of a name, or an email address."))])


class WhoForm(Form):
    """Somebody new: how they are called, and where the link goes."""

    name = Text(_("Name"), [InputRequired(_("Enter the name."))])
    mail = Mail(_("Email address"), [InputRequired(_("Enter the email address."))])
    language = SelectField(_("Language of the letters"), choices=choices([("ko", "한국어"), ("en", "English")]))


class RoleForm(Form):
    """A role: which, for whom, from when until when, and why."""

    role = RadioField(
        _("Role"),
        [InputRequired(_WHICH), AnyOf([one.value for one in STAFF], _WHICH)],
        choices=choices([(one.value, ROLE_WORDS[one]) for one in STAFF]),
        validate_choice=False,
    )
    organisation = SelectField(_("Organisation"), default="")
    first_day = Day(_("First day"))
    last_day = Day(_("Last day"))
    reason = Reason(_("Reason"), [InputRequired(_("Say why; it stays with the role and goes into the trail."))])

    def offer(self, organisations: list[tuple[str, str]]) -> None:
        """Let these organisations be chosen."""
        self.organisation.choices = choices([("", _("None")), *organisations])

    @property
    def terms(self) -> RoleTerms:
        """What was asked for."""
        days = {"first_day": self.first_day.value, "last_day": self.last_day.value}
        return RoleTerms(
            Role(self.role.data), self.organisation.data or None, **days, reason=(self.reason.data or "").strip()
        )


class InviteForm(RoleForm, WhoForm):
    """Somebody new, and the role that the account begins with."""

    @property
    def invitee(self) -> Invitee:
        """Who is invited."""
        return Invitee(self.name.data or "", self.mail.address, self.language.data or "ko", self.terms)


class EndForm(Form):
    """The last day of a role, which may be left empty, and why."""

    last_day = Day(_("Last day"))
    reason = Reason(_("Reason"), [InputRequired(_("Say why; it stays with the role and goes into the trail."))])


class ReasonForm(Form):
    """Why an account is disabled, or opened again."""

    reason = Reason(_("Reason"), [InputRequired(_("Say why; it goes into the trail."))])


class NamesForm(Form):
    """What an organisation is called."""

    name_ko = Text(_("Name in Korean"), [InputRequired(_("Enter the name in both languages."))])
    name_en = Text(_("Name in English"), [InputRequired(_("Enter the name in both languages."))])

    @property
    def names(self) -> dict[str, Any]:
        """Both names."""
        return {"name_ko": self.name_ko.data or "", "name_en": self.name_en.data or ""}


class OrganisationForm(NamesForm):
    """A new organisation."""

    code = Text(_("Code"), [InputRequired(_("Enter a code."))])

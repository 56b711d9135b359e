"""What is not asked twice of somebody with an account: the own name and mail address, and companions that were kept."""

from uuid import UUID

from flask import flash

from tourbook import accounts
from tourbook.accounts import CompanionDetails, KeptCompanion
from tourbook.actor import Role
from tourbook.applications.models import Application
from tourbook.applications.queries import visitors_of
from tourbook.db import db
from tourbook.web.access import current_actor, request_time, signed_in
from tourbook.web.citizen.companion_forms import KeepingForm, as_companion
from tourbook.web.citizen.forms import VisitorsForm
from tourbook.web.citizen.typing import Typing
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.forms import Form
from tourbook.web.holder import access_application_by_id


def own_name() -> str:
    """The name of the citizen who is signed in; empty for everybody else."""
    person = signed_in()
    return person.name if person and person.role is Role.CITIZEN else ""


def own_mail() -> str:
    """The mail address of the citizen who is signed in; empty for everybody else."""
    person = signed_in()
    return accounts.mail_of(db.session(), person.person_id) if person and person.role is Role.CITIZEN else ""


def own_companions() -> list[KeptCompanion]:
    """The companions that the account of whoever is signed in keeps; none for guests."""
    person = signed_in()
    return accounts.companions_of(db.session(), person.person_id) if person else []


def bring(form: VisitorsForm) -> None:
    """Fill in the kept companions who were ticked; refuses those that are not this account's, and too many."""
    found = accounts.bring_companions(form.ticked, actor=current_actor(), now=request_time())
    form.bring(found, own_name=own_name())
    flash(_("We filled in those you ticked. Check the entries, then go on."), "success")


def last_form(found: Typing) -> Form:
    """The form of the last step; with an account of one's own, it asks whether to keep those who are not kept yet."""
    account = _this_account(found.application)
    if account is None or accounts.are_kept(db.session(), account, _party(found.id)):
        return Form()
    return KeepingForm()


def keep_party(application_id: UUID) -> None:
    """Keep the people of an application of one's own account for the next one, and say so."""
    if _this_account(access_application_by_id(application_id)) is None:
        return
    done = accounts.keep_companions(_party(application_id), actor=current_actor(), now=request_time())
    if done.kept:
        flash(_kept_words(done.kept), "success")
    if done.left_out:
        flash(_("Twenty people are kept at most, so not everybody was. Delete some under My applications."), "warning")


def _kept_words(number: int) -> str:
    return ngettext(
        "We keep %(num)s person for your next application.", "We keep %(num)s people for your next application.", number
    )


def _this_account(application: Application) -> UUID | None:
    """The account of whoever is signed in, where the application is its own."""
    person = signed_in()
    return person.person_id if person and application.person_id == person.person_id else None


def _party(application_id: UUID) -> list[CompanionDetails]:
    return [as_companion(visitor) for visitor in visitors_of(db.session(), application_id)]

"""Pages about those who work here: the list, somebody's page, roles, invitations, organisations."""

from functools import partial
from uuid import UUID

from sqlalchemy import select

from tests.browser.pages_of_administrators import seen
from tests.browser.shown import each, fill, press, put_on_list, shown
from tests.browser.stage import NOW, Stage, Visit
from tourbook.accounts import person_by_mail
from tourbook.accounts.models import Organisation
from tourbook.accounts.role_models import RoleGrant
from tourbook.accounts.roles import RoleTerms
from tourbook.actor import COMMAND, Role
from tourbook.db import db
from tourbook.notices import Kind, Notice
from tourbook.operations import Invitee, invite

SEASON = RoleTerms(Role.OPERATOR, "paju", reason="성수기")


def account(mail: str) -> UUID:
    found = person_by_mail(db.session(), mail)
    assert found is not None
    return found.id


def of_operator(stage: Stage, path: str = "") -> Visit:
    return seen(stage, f"people/{account('operator@example.kr')}{path}")


def invited() -> UUID:
    """Somebody who was invited and has not chosen a password."""
    found = person_by_mail(db.session(), "bada@example.kr")
    asked = Invitee("이바다", "bada@example.kr", "ko", SEASON)
    return found.id if found else invite(asked, form_id="bada", actor=COMMAND, now=NOW)


for name, endpoint, path in (
    ("staff", "admin.people", "people"),
    ("staff_of_whom_nobody_fits", "admin.people", "people?state=disabled"),
    ("new_invitation", "admin.invite_person", "people/invite"),
    ("organisations", "admin.organisations", "organisations"),
):
    put_on_list(name, endpoint, partial(seen, path=path))

for name, endpoint, path in (
    ("somebody_who_works_here", "admin.person", ""),
    ("new_role", "admin.give_role", "/roles"),
    ("account_to_be_disabled", "admin.disable_person", "/disable"),
    ("account_to_be_opened", "admin.enable_person", "/enable"),
):
    put_on_list(name, endpoint, partial(of_operator, path=path))

for name, endpoint, path, button in (
    ("staff_searched_for_nothing", "admin.people", "people", "search-submit"),
    ("invitation_left_empty", "admin.invite_person", "people/invite", "save"),
    ("organisation_left_empty", "admin.organisations", "organisations", "save"),
):
    put_on_list(name, endpoint, partial(seen, path=path), then=press(button), status=422)

for name, endpoint, path in (
    ("role_left_empty", "admin.give_role", "/roles"),
    ("disabling_without_a_reason", "admin.disable_person", "/disable"),
    ("opening_without_a_reason", "admin.enable_person", "/enable"),
):
    put_on_list(name, endpoint, partial(of_operator, path=path), then=press("save"), status=422)

put_on_list(
    "staff_found",
    "admin.people",
    partial(seen, path="people"),
    then=each(fill("search", "citizen@example.kr"), press("search-submit")),
)


@shown("admin.person")
def own_account(stage: Stage) -> Visit:
    return seen(stage, f"people/{account('admin@example.kr')}")


@shown("admin.person")
def somebody_who_was_invited(stage: Stage) -> Visit:
    return seen(stage, f"people/{invited()}")


@shown("admin.end_role_of")
def end_of_a_role(stage: Stage) -> Visit:
    mine = select(RoleGrant.id).where(RoleGrant.person_id == account("operator@example.kr"))
    return seen(stage, f"people/roles/{db.session.scalars(mine).first()}/end")


put_on_list("end_of_a_role_left_empty", "admin.end_role_of", end_of_a_role, then=press("save"), status=422)


@shown("admin.organisation")
def names_of_an_organisation(stage: Stage) -> Visit:
    return seen(stage, f"organisations/{db.session.scalars(select(Organisation.id)).first()}")


put_on_list(
    "organisation_without_a_name",
    "admin.organisation",
    names_of_an_organisation,
    then=each(fill("name_ko", ""), press("save")),
    status=422,
)


def invitation_of_somebody(stage: Stage) -> Visit:
    invited()
    letter = db.session.scalars(select(Notice).where(Notice.kind == Kind.INVITED)).first()
    assert letter is not None
    return Visit(f"/invitations/{letter.link}")


put_on_list("invitation", "signin.invitation", invitation_of_somebody)
put_on_list(
    "invitation_left_empty_by_the_invited",
    "signin.invitation",
    invitation_of_somebody,
    then=press("invitation-submit"),
    status=422,
)

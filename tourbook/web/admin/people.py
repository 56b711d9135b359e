"""People who work here: the list, somebody's page, and inviting somebody new.

Administrators look after those who have, had or will have a role. The account of a citizen is found by its whole mail
address alone, and that it was opened is written down.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tourbook.accounts import person_by_mail
from tourbook.accounts.closing import open_sign_ins
from tourbook.accounts.link_models import LinkKind
from tourbook.accounts.mail_addresses import mail_address
from tourbook.accounts.password_links import newest_link
from tourbook.accounts.staff import Member, Standing, organisations, staff
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.operations import invite, read_account
from tourbook.web.access import Permission, current_actor, permission, request_time, signed_in
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.people_forms import FilterForm, InviteForm, SearchForm
from tourbook.web.admin.people_rows import Organisations, person_row, role_rows
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.inputs import whole_number
from tourbook.web.present import in_lang, instant

ON_A_PAGE = 50


@blueprint.get("/people")
@permission(Permission.ADMINISTRATOR)
def people() -> Page:
    """Everybody who works here, did or will, by name; narrowed by role, organisation and state."""
    of = organisations(db.session())
    form = FilterForm.asked([(one.code, in_lang(one, "name")) for one in of.values()])
    valid = form.validate()
    found = [one for one in staff(db.session()) if _fits(one, form, of)] if valid else []
    pages = max(-(-len(found) // ON_A_PAGE), 1)
    page = min(whole_number(request.args.get("page", ""), range(1, 1_000_000)) or 1, pages)
    shown = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    told = {"page": page, "pages": pages, "page_url": partial(_page_url, form), "count": len(found)}
    narrowed = any(field.data for field in form)
    answer = _list(form, SearchForm(formdata=None), shown, of, **told, narrowed=narrowed, page_errors=not valid)
    return answer, 200 if valid else 422


@blueprint.post("/people")
@permission(Permission.ADMINISTRATOR)
def find_people() -> Page:
    """Those who work here whose name or address has this in it, and whoever has just this address."""
    of, search = organisations(db.session()), SearchForm()
    form = FilterForm.asked([(one.code, in_lang(one, "name")) for one in of.values()])
    if not search.validate():
        return _list(form, search, [], of, searched=True, page_errors=True), 422
    typed = (search.search.data or "").casefold()
    found = [one for one in staff(db.session()) if typed in f"{one.person.name}\n{one.person.mail}".casefold()]
    return _list(
        form, search, found[:ON_A_PAGE], of, searched=True, count=len(found), citizen=_citizen(typed, found)
    ), 200


def _citizen(typed: str, found: Sequence[Member]) -> UUID | None:
    """The account of a citizen with just this address."""
    mail = mail_address(typed)
    person = person_by_mail(db.session(), mail) if mail else None
    return person.id if person and all(one.person.id != person.id for one in found) else None


def _list(form: FilterForm, search: SearchForm, shown: Sequence[Member], of: Organisations, **told: Any) -> str:
    rows = [person_row(one, of, request_time()) for one in shown]
    usual = {"page": 1, "pages": 1, "page_url": None, "count": len(rows), "searched": False, "citizen": None}
    return render_template("admin/people.html", form=form, search=search, rows=rows, **{**usual, **told})


def _fits(one: Member, form: FilterForm, of: Organisations) -> bool:
    role = one.role_at(request_time()) or next(iter(one.roles))
    works_for = of.get(role.grant.organisation_id) if role.grant.organisation_id else None
    asked = (
        (form.role.data, role.grant.role.value),
        (form.organisation.data, works_for.code if works_for else ""),
        (form.state.data, one.standing(request_time()).value),
    )
    return all(not wanted or wanted == found for wanted, found in asked)


def _page_url(form: FilterForm, number: int) -> str:
    asked: dict[str, Any] = {field.name: field.data for field in form if field.data}
    return url_for("admin.people", **asked, page=number)


@blueprint.get("/people/<uuid:person_id>")
@permission(Permission.ADMINISTRATOR)
def person(person_id: UUID) -> str:
    """Somebody's page: every role from when until when, who decided it and why, and what can be done."""
    now, session = request_time(), db.session()
    found = read_account(person_id, actor=current_actor(), now=now)
    invitation = newest_link(session, person_id, LinkKind.INVITED)
    me = signed_in()
    return render_template(
        "admin/person.html",
        id=person_id,
        name=found.person.name,
        mail=found.person.mail,
        since=instant(found.person.created_at),
        standing=found.standing(now).value,
        roles=role_rows(found.roles, organisations(session), now),
        sign_ins=open_sign_ins(session, person_id, now=now),
        own=me is not None and me.person_id == person_id,
        disabled=instant(found.person.disabled_at) if found.person.disabled_at else None,
        awaited=_awaited(found, invitation is not None and invitation.used_at is None),
        expired=invitation is not None and invitation.ends_at <= now,
    )


def _awaited(found: Member, unused: bool) -> bool:
    """Is somebody still to choose the password, so that another link makes sense?"""
    return unused and found.standing(request_time()) in {Standing.WORKING, Standing.COMING}


@blueprint.route("/people/invite", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def invite_person() -> Page:
    """An account with a role for somebody new, who chooses the password by a link in a mail."""
    form = InviteForm()
    form.offer(open_organisations())
    if form.validate_on_submit():
        try:
            invited = invite(form.invitee, form_id=form.form_id, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The invitation is on its way. Its link counts for 72 hours."), "success")
            return redirect(url_for("admin.person", person_id=invited), 303)
    return form_page("admin/person_invite.html", form)


def open_organisations() -> list[tuple[str, str]]:
    """Those for whom somebody may work: code and name."""
    found = organisations(db.session()).values()
    return [(one.code, in_lang(one, "name")) for one in found if one.retired_at is None]


def back_to(person_id: UUID) -> Response:
    """To somebody's page, after something was done there."""
    return redirect(url_for("admin.person", person_id=person_id), 303)

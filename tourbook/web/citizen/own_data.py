"""Own data: a page that tells what is kept about an account or an application, and the file that holds all of it.

To read oneself is no access by somebody else, so nothing is recorded. The page may be seen by whoever may see the
application or is signed in; the file is given only to who proves it once more.
"""

import json
from uuid import UUID

from flask import redirect, render_template, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import DataRequired, InputRequired

from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.kst import civil_day
from tourbook.privacy import (
    OwnData,
    as_plain,
    own_data_of_account,
    own_data_of_application,
    prove_account,
    prove_application,
)
from tourbook.web import refusals
from tourbook.web.access import Permission, network_address, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.forms import WithContact
from tourbook.web.citizen.own_data_facts import own_words
from tourbook.web.forms import ContactField, Form
from tourbook.web.holder import access_application, person_id

Page = str | Response | tuple[str, int, dict[str, str]]


class PasswordAgainForm(Form):
    """The password, so that a browser left open is not enough."""

    password = PasswordField(
        lazy_gettext("Password"), [InputRequired(lazy_gettext("Enter the password that you sign in with now."))]
    )


class ContactAgainForm(WithContact):
    """The contact that the application goes by, where there is no account."""

    contact = ContactField(
        lazy_gettext("Phone number or email address given in the application"),
        [DataRequired(lazy_gettext("Enter the phone number or email address that you gave when you applied."))],
    )


@blueprint.get("/account/data")
@permission(Permission.SIGNED_IN)
def account_data() -> Page:
    """What is kept about the account, its companions and its applications, and who has read it."""
    return _account_page(PasswordAgainForm(formdata=None))


@blueprint.post("/account/data")
@permission(Permission.SIGNED_IN)
def account_data_file() -> Page:
    """The same as a file, for the password."""
    form, status, wait = PasswordAgainForm(), 422, {}
    if form.validate():
        try:
            typed = form.password.data or ""
            prove_account(db.session(), _account(), typed, address=network_address(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
            status, wait = refused.status, refusals.retry_after(refused)
        else:
            return _file(own_data_of_account(db.session(), _account(), now=request_time()), "account")
    return _account_page(form, page_errors=True), status, wait


@blueprint.get("/applications/<reference>/data")
@permission(Permission.HOLDER)
def application_data(reference: str) -> Page:
    """What is kept about one application, and who has read it; of an account that is signed in, on its own page."""
    application = access_application(reference)
    if application.person_id and application.person_id == person_id():
        return redirect(url_for("citizen.account_data"))
    return _application_page(reference, ContactAgainForm(formdata=None))


@blueprint.post("/applications/<reference>/data")
@permission(Permission.HOLDER)
def application_data_file(reference: str) -> Page:
    """The same as a file, for the contact that the application goes by, as long as it is kept."""
    application = access_application(reference)
    form, status, wait = ContactAgainForm(), 422, {}
    if application.contact_index is None or form.validate():
        try:
            typed = form.contact.contact.address if form.contact.contact else ""
            prove_application(db.session(), application.id, typed, address=network_address(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
            status, wait = refused.status, refusals.retry_after(refused)
        else:
            own = own_data_of_application(db.session(), application.id, now=request_time())
            return _file(own, application.reference)
    return _application_page(reference, form, page_errors=True), status, wait


def _account() -> UUID:
    found = person_id()
    if found is None:
        raise NotFound("application_unknown")
    return found


def _account_page(form: PasswordAgainForm, *, page_errors: bool = False) -> str:
    own = own_data_of_account(db.session(), _account(), now=request_time())
    return render_template("citizen/own_data.html", own=own_words(own), form=form, page_errors=page_errors)


def _application_page(reference: str, form: ContactAgainForm, *, page_errors: bool = False) -> str:
    application = access_application(reference)
    own = own_data_of_application(db.session(), application.id, now=request_time())
    told = {"reference": application.reference, "asks_contact": application.contact_index is not None}
    return render_template("citizen/own_data.html", own=own_words(own), form=form, page_errors=page_errors, **told)


def _file(own: OwnData, name: str) -> Response:
    text = json.dumps(as_plain(own), ensure_ascii=False, indent=1)
    answer = Response(text + "\n", content_type="application/json; charset=utf-8")
    named = f"own-data-{name}-{civil_day(request_time()):%Y%m%d}.json"
    answer.headers.set("Content-Disposition", "attachment", filename=named)
    return answer

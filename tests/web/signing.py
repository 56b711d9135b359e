"""Signing in as people do."""

from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.letters import links
from tests.accounts.people import PASSWORD, Somebody, somebody
from tests.ground.pages import Page, visit
from tourbook import clock
from tourbook.actor import Role
from tourbook.db import db
from tourbook.operations import answer_wishes


def sign_in(client: FlaskClient, person: Somebody, *, to: str | None = None, password: str | None = None) -> Page:
    """Fill in the sign-in page; returns the page behind it."""
    address = f"/ko/sign-in?next={to}" if to else "/ko/sign-in"
    form = visit(client, address).form(mark="sign-in-form")
    return form.submit(client, mail=person.mail, password=password or person.password, follow=False)


def signed_in(app: Flask, role: Role) -> FlaskClient:
    """A browser in which somebody of that role is signed in."""
    client = app.test_client()
    assert sign_in(client, somebody(app, role)).status == 302
    return client


def register(
    client: FlaskClient, mail: str, *, to: str = "", lang: str = "ko", name: str = "김하늘", follow: bool = True
) -> Page:
    """Make an account: the form, the timetable that answers, and the link of the letter; returns the page behind it."""
    form = visit(client, f"/{lang}/register" + (f"?next={to}" if to else "")).form(mark="register-form")
    assert form.submit(client, name=name, mail=mail).status == 200
    with client.application.app_context():
        while answer_wishes(now=clock.now()):
            pass
        address = links("/register/")[-1]
        db.session.remove()
    return visit(client, address).form(mark="registration-form").submit(client, password=PASSWORD, follow=follow)

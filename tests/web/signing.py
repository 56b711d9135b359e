"""Signing in as people do."""

from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.people import Somebody, somebody
from tests.ground.pages import Page, visit
from tourbook.actor import Role


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

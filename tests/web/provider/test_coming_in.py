"""Signing in through the provider: linked once, then instead of the password, and as with it."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.factors import add_factor, trail
from tests.accounts.people import Somebody, somebody
from tests.ground.databases import kept_rows
from tests.ground.moments import StandingClock
from tests.ground.pages import visit
from tests.ground.sign_in_provider import SignInProvider
from tests.web.provider.coming import LANGUAGES, begin, comes, is_signed_in, link
from tests.web.signing import sign_in
from tourbook.accounts.models import IdentityLink, SignIn
from tourbook.actor import Role
from tourbook.db import db
from tourbook.notices.models import Notice


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_has_linked_the_account_signs_in_without_the_password(
    client: FlaskClient, there: SignInProvider, linked: Somebody, lang: str
) -> None:
    page = comes(client, there, lang=lang, to=f"/{lang}/help?a=b")

    assert page.response.headers["Location"] == f"/{lang}/help?a=b"
    assert is_signed_in(client)
    assert page.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_linking_asks_for_the_password_and_is_told_to_the_owner(
    app: Flask, client: FlaskClient, there: SignInProvider, session: Session, lang: str
) -> None:
    person = somebody(app)

    page = link(client, there, person, lang=lang)

    assert page.language == lang
    assert page.has("linked")
    assert page.has("unlink")
    assert there.sent[-1]["prompt"] == "login"
    assert "identity_linked" in trail(session)
    assert "identity_linked" in [one.kind for one in session.scalars(select(Notice))]


def test_a_wrong_password_links_nothing(app: Flask, client: FlaskClient, session: Session) -> None:
    person = somebody(app)
    assert sign_in(client, person).status == 302

    refused = begin(client, replace(person, password="another"))

    assert refused.status == 422
    assert client.get("/ko/account/provider/leave").headers["Location"] == "/ko/account/provider/link"
    assert client.get("/ko/account/provider/go").headers["Location"] == "/ko/account/provider/link"
    assert session.scalar(select(IdentityLink)) is None


def test_nothing_readable_of_who_they_are_there_is_kept(
    app: Flask, there: SignInProvider, linked: Somebody, session: Session
) -> None:
    rows = str(kept_rows(db.engine))

    assert session.scalars(select(IdentityLink)).one().identity_index in rows
    assert there.subject not in rows.replace(linked.mail, "")
    assert there.issuer not in rows


def test_the_password_still_opens_it(app: Flask, client: FlaskClient, linked: Somebody) -> None:
    assert sign_in(client, linked).status == 302
    assert is_signed_in(client)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMINISTRATOR])
def test_staff_arrive_at_their_own_page(app: Flask, client: FlaskClient, there: SignInProvider, role: Role) -> None:
    link(app.test_client(), there, somebody(app, role))

    page = comes(client, there)

    assert visit(client, page.response.headers["Location"]).status == 200
    assert page.response.headers["Location"] == ("/ko/operator/" if role is Role.OPERATOR else "/ko/admin/")


def test_a_second_factor_is_asked_for_as_after_the_password(
    client: FlaskClient, there: SignInProvider, linked: Somebody, clock: StandingClock, session: Session
) -> None:
    add_factor(linked, clock.now)

    page = comes(client, there, to="/ko/help")

    assert page.response.headers["Location"] == "/ko/sign-in/code?next=/ko/help"
    assert not is_signed_in(client)
    assert client.get("/ko/my").status_code == 302


def test_staff_who_must_have_one_set_it_up_first(
    app: Flask, client: FlaskClient, there: SignInProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(app.test_client(), there, somebody(app, Role.OPERATOR))
    monkeypatch.setitem(app.config, "TOURBOOK", replace(app.config["TOURBOOK"], second_factor="required"))

    page = comes(client, there)

    assert page.response.headers["Location"] == "/ko/sign-in/set-up"
    assert visit(client, "/ko/sign-in/set-up").has("factor-secret")


def test_a_sign_in_through_it_is_one_like_any_other(
    client: FlaskClient, there: SignInProvider, linked: Somebody, session: Session
) -> None:
    before = len(session.scalars(select(SignIn)).all())
    session.rollback()

    comes(client, there)

    assert len(session.scalars(select(SignIn)).all()) == before + 1
    assert visit(client, "/ko/account/security").has("other-sign-in")


def test_who_is_signed_in_already_goes_on(app: Flask, client: FlaskClient, there: SignInProvider) -> None:
    sign_in(client, somebody(app))

    assert client.get("/ko/sign-in/provider?next=/ko/help").headers["Location"] == "/ko/help"
    assert not there.sent


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "/ko/help/../..//example.com"])
def test_the_way_back_leads_nowhere_else(
    client: FlaskClient, there: SignInProvider, linked: Somebody, target: str
) -> None:
    assert comes(client, there, to=target).response.headers["Location"] == "/ko/my"

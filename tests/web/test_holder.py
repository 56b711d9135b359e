from uuid import UUID

import pytest
from flask import Flask, session
from flask.testing import FlaskClient

from tests.accounts.people import somebody
from tests.applications.scene import Scene, build_scene
from tests.ground.moments import StandingClock
from tests.ground.pages import visit
from tests.web.conftest import Build
from tests.web.signing import sign_in
from tourbook import accounts
from tourbook.applications import plain_reference
from tourbook.applications.models import Application
from tourbook.db import db, new_id
from tourbook.web import holder
from tourbook.web.access import Permission, permission

DAY = "2026-05-12T10:00"


@permission(Permission.HOLDER)
def look(reference: str, **_: object) -> str:
    return holder.access_application(reference).reference


@permission(Permission.HOLDER)
def look_by_id(application_id: UUID, **_: object) -> str:
    return holder.access_application_by_id(application_id).reference


@permission(Permission.HOLDER)
def follow(token: str, **_: object) -> str:
    return holder.open_by_link(token).reference


@permission(Permission.PUBLIC)
def make(application_id: UUID, **_: object) -> str:
    holder.remember(application_id)
    return str(len(session["applications"]))


@pytest.fixture
def app(build: Build) -> Flask:
    """The application with four bare pages that only ask whose application it is."""
    app = build()
    app.add_url_rule("/ko/look/<reference>", "look", look)
    app.add_url_rule("/ko/look-by-id/<uuid:application_id>", "look_by_id", look_by_id)
    app.add_url_rule("/ko/follow/<token>", "follow", follow)
    app.add_url_rule("/ko/make/<uuid:application_id>", "make", make)
    return app


@pytest.fixture
def scene(app: Flask, clock: StandingClock) -> Scene:
    with app.app_context():
        return build_scene(clock.now.isoformat())


def held(app: Flask, scene: Scene, **changed: object) -> Application:
    """An application somebody is typing."""
    with app.app_context():
        return db.session.get_one(Application, scene.hold(scene.add_departure(DAY), **changed))


def token_of(app: Flask, application: Application) -> str:
    with app.app_context():
        return str(db.session.get_one(Application, application.id).token)


def sees(client: FlaskClient, application: Application) -> bool:
    answers = {
        client.get(f"/ko/look/{application.reference}").status_code,
        client.get(f"/ko/look-by-id/{application.id}").status_code,
    }
    assert len(answers) == 1
    return answers == {200}


def test_a_browser_sees_what_it_made_and_nothing_else(app: Flask, scene: Scene):
    mine, theirs = app.test_client(), app.test_client()
    application = held(app, scene)

    mine.get(f"/ko/make/{application.id}")

    assert sees(mine, application)
    assert not sees(theirs, application)


def test_what_is_not_there_and_what_is_somebody_elses_look_alike(app: Flask, scene: Scene, client: FlaskClient):
    application = held(app, scene)

    foreign, missing = client.get(f"/ko/look/{application.reference}"), client.get("/ko/look/AAAA-AAAA")

    assert foreign.status_code == missing.status_code == 404
    assert foreign.get_data().replace(application.reference.encode(), b"") == missing.get_data().replace(
        b"AAAA-AAAA", b""
    )
    assert client.get(f"/ko/look-by-id/{new_id()}").status_code == 404


def test_a_link_opens_its_application_in_that_browser(app: Flask, scene: Scene, client: FlaskClient):
    application = held(app, scene)

    answer = client.get(f"/ko/follow/{token_of(app, application)}")

    assert answer.get_data(as_text=True) == application.reference
    assert sees(client, application)
    assert client.get("/ko/follow/no-such-token").status_code == 404


def test_a_browser_forgets_after_a_day(app: Flask, scene: Scene, client: FlaskClient, clock: StandingClock):
    application = held(app, scene)
    client.get(f"/ko/make/{application.id}")

    clock.move(hours=23)
    assert sees(client, application)
    clock.move(hours=1)

    assert not sees(client, application)


def test_what_belongs_to_an_account_opens_with_the_account(app: Flask, scene: Scene):
    owner, other = somebody(app), somebody(app, mail="other@example.kr")
    with app.app_context():
        person = accounts.person_by_mail(db.session(), owner.mail)
        assert person is not None
    application = held(app, scene, person_id=person.id)
    mine, theirs, nobodys = app.test_client(), app.test_client(), app.test_client()

    sign_in(mine, owner)
    sign_in(theirs, other)

    assert sees(mine, application)
    assert not sees(theirs, application)
    assert not sees(nobodys, application)
    visit(mine, "/ko/help").form(to="/sign-out").submit(mine, follow=False)
    assert not sees(mine, application)


def test_a_guests_application_survives_the_sign_in(app: Flask, scene: Scene, client: FlaskClient):
    application = held(app, scene)
    client.get(f"/ko/make/{application.id}")

    sign_in(client, somebody(app))

    assert sees(client, application)


def test_a_browser_remembers_only_so_many(app: Flask, client: FlaskClient, clock: StandingClock):
    for _ in range(holder.REMEMBERED_AT_MOST + 5):
        clock.move(seconds=1)
        last = client.get(f"/ko/make/{new_id()}").get_data(as_text=True)

    cookie = client.get_cookie("sid")
    assert cookie is not None
    assert last == str(holder.REMEMBERED_AT_MOST)
    assert len(cookie.value) < 3000


@pytest.mark.parametrize(
    "typed", ["ABCD-EF23", "abcdef23", " abcd ef23 ", "ABCD–EF23", "a-b-c-d-e-f-2-3", "ａｂｃｄ－ＥＦ２３"]
)
def test_a_reference_is_understood_however_it_is_typed(typed: str):
    assert plain_reference(typed) == "ABCD-EF23"

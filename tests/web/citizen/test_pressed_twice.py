"""A form that takes places, pressed again before the first answer has come: both go with the cookie of its page, and
whichever answer comes last, its cookie counts.
"""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.draws.lottery import build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import Form, visit
from tests.rosters.gate import build_gate
from tests.rosters.test_allotments import aside
from tests.web.citizen.draws import DRAW
from tourbook.applications.models import Allotment
from tourbook.db import db


def pressed_twice(app: Flask, client: FlaskClient, form: Form, **values: str) -> None:
    """The same application answers both."""
    impatient, cookie = app.test_client(), client.get_cookie("sid")
    assert cookie is not None
    impatient.set_cookie("sid", cookie.value)

    first, second = (form.submit(one, follow=False, **values) for one in (client, impatient))

    assert (first.status, second.status) == (302, 302), second.text
    assert first.response.location == second.response.location


def test_for_a_departure(app: Flask, client: FlaskClient, scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    form = visit(client, f"/ko/departures/{walk}").form(mark="party")

    pressed_twice(app, client, form, seats="2")


def test_for_a_draw(app: Flask, client: FlaskClient, session: Session, clock: StandingClock) -> None:
    lottery = build_lottery()
    clock.stand_at("2026-06-11T09:00")
    form = visit(client, f"/ko{DRAW}").form(mark="entry")

    pressed_twice(app, client, form, seats="2", choice_0=str(lottery.departures[0]))


def test_for_places_of_a_group(app: Flask, client: FlaskClient, session: Session, clock: StandingClock) -> None:
    gate = build_gate()
    gate.scene.now = clock.stand_at("2026-05-10T14:00")
    aside(gate)
    token = db.session.query(Allotment).one().token
    form = visit(client, f"/ko/groups/{token}").form(mark="group-party")

    pressed_twice(app, client, form, seats="2")

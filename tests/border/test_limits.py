"""Limits and ends of sign-ins hold over all processes: they are in the database, so a second application knows them."""

from itertools import cycle

import pytest
from flask import Flask

from tests.accounts.people import somebody
from tests.applications.scene import Scene, build_scene
from tests.ground.moments import StandingClock
from tests.ground.pages import visit
from tests.web.conftest import build, build_anywhere
from tests.web.signing import sign_in

__all__ = ["build", "build_anywhere"]
FAILURES = 5
LETTERS = 3


@pytest.fixture
def two(app: Flask, build) -> list[Flask]:
    """Two applications on one database, as two processes are."""
    return [app, build()]


@pytest.fixture
def scene(app: Flask, clock: StandingClock) -> Scene:
    with app.app_context():
        return build_scene(clock.now.isoformat())


def test_failed_sign_ins_are_counted_together(two: list[Flask]):
    answers = []
    for _, one in zip(range(FAILURES + 2), cycle(two), strict=False):
        client = one.test_client()
        form = visit(client, "/en/sign-in").form(mark="sign-in-form")
        answers.append(form.submit(client, mail="nobody@example.kr", password="four words in a raw").status)

    assert answers == [422] * FAILURES + [429] * 2


def test_a_sign_in_that_is_ended_in_one_is_ended_in_the_other(two: list[Flask]):
    """Both have seen it awake before; neither may keep what it has seen."""
    me, security = somebody(two[0]), "/en/account/security"
    here, there = (one.test_client() for one in two)
    assert [sign_in(client, me).status for client in (here, there)] == [302, 302]
    assert [client.get(security).status_code for client in (here, there)] == [200, 200]

    visit(here, security).form(to="/others/end").submit(here)

    assert [client.get(security).status_code for client in (here, there)] == [200, 302]


def test_holds_of_an_address_are_counted_together(two: list[Flask], scene: Scene):
    with two[0].app_context():
        departure = scene.add_departure("2026-05-20T10:00", 200)
    most = two[0].config["TOURBOOK"].holds_per_address
    statuses = []
    for _, one in zip(range(most + 2), cycle(two), strict=False):
        client = one.test_client()
        page = visit(client, f"/ko/departures/{departure}")
        statuses.append(page.form(to="/hold").submit(client, seats="1", follow=False).status)

    assert statuses == [*[statuses[0]] * most, 429, 429]
    assert statuses[0] in {302, 303}


@pytest.mark.parametrize("page", ["sign-in/forgotten", "register"])
def test_letters_that_are_asked_for_are_counted_together(two: list[Flask], page: str):
    answers = []
    for _, one in zip(range(LETTERS + 2), cycle(two), strict=False):
        client = one.test_client()
        (form,) = (form for form in visit(client, f"/en/{page}").forms if "mail" in form.fields)
        named = {"name": "Kim Haneul"} if "name" in form.fields else {}
        answers.append(form.submit(client, mail="nobody@example.kr", follow=False, **named).status)

    assert answers == [303] * LETTERS + [429] * 2

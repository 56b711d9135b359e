"""The link of a group says what is true: also where places were lost, are gone, or nobody may go."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.applications.scene import settle_all
from tests.ground.moments import StandingClock
from tests.ground.pages import visit, words
from tests.rosters.gate import Gate, build_gate
from tests.rosters.test_allotments import aside, fill, places
from tourbook.applications.models import Allotment
from tourbook.db import db
from tourbook.kst import parse_moment
from tourbook.operations import call_off_departure
from tourbook.rosters import change_allotment, release_allotment


@pytest.fixture
def gate(session: Session, clock: StandingClock) -> Gate:
    clock.stand_at("2026-05-10T14:00")
    found = build_gate()
    found.scene.now = parse_moment("2026-05-10T14:00")
    return found


def link(lang: str = "ko") -> str:
    db.session.rollback()
    token = db.session.query(Allotment).one().token
    return f"/{lang}/groups/{token}"


def cut(gate: Gate, level: str) -> None:
    gate.scene.add_order(level, "2026-05-01", "2026-12-31")
    settle_all(gate.scene)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_group_that_lost_all_its_places_does_not_read_that_all_are_named(
    client: FlaskClient, gate: Gate, lang: str
) -> None:
    aside(gate)
    cut(gate, "closed")

    page = visit(client, link(lang))

    assert not page.has("group-full")
    assert "6" in words(page.mark("group-lost"))
    assert page.has("group-departure")


def test_a_group_that_lost_what_was_left_reads_how_many(client: FlaskClient, gate: Gate) -> None:
    fill(gate, aside(gate, 8), 2)
    cut(gate, "half")

    page = visit(client, link())

    assert "3자리" in words(page.mark("group-lost"))
    assert page.has("group-party")


def test_the_last_places_that_somebody_else_of_the_group_took_are_said_at_the_top(
    app: Flask, client: FlaskClient, gate: Gate
) -> None:
    allotment = aside(gate, 2)
    form = visit(client, link()).form(mark="group-party")
    fill(gate, allotment, 2)

    page = form.submit(client, seats="2")

    assert page.status == 422
    assert "남은 단체 자리" in words(page.mark("error-summary"))
    assert page.has("group-full")


@pytest.mark.parametrize("seats", ["0", "-1", "7", "99999999999999999999", "x", "2; drop"])
def test_what_the_form_does_not_offer_is_refused(client: FlaskClient, gate: Gate, seats: str) -> None:
    aside(gate)
    form = visit(client, link()).form(mark="group-party")

    assert form.submit(client, seats=seats).status == 422


def test_after_its_end_and_on_a_departure_that_is_called_off_nothing_is_held(
    client: FlaskClient, gate: Gate, clock: StandingClock
) -> None:
    aside(gate)
    form = visit(client, link()).form(mark="group-party")
    clock.stand_at("2026-05-16T18:00")

    ended = form.submit(client, seats="1")
    call_off_departure(gate.departure_id, reason_ko="비", reason_en="rain", actor=gate.operator, now=gate.now)
    off = form.submit(client, seats="1", form_id="again")

    for page in (ended, off):
        assert (page.status, page.has("group-over")) == (422, True)
        assert words(page.mark("error-summary"))
    assert db.session.query(Allotment).one().released_at is not None


def test_a_link_is_not_kept_for_others_nor_passed_on(client: FlaskClient, gate: Gate) -> None:
    aside(gate)

    headers = visit(client, link()).response.headers

    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] in {"no-referrer", "same-origin", "strict-origin"}


def test_what_is_typed_when_fewer_are_set_aside_stays(client: FlaskClient, gate: Gate) -> None:
    """An operator cannot take away what somebody is typing; what is left for others shrinks."""
    allotment = aside(gate)
    typing = visit(client, link()).form(mark="group-party").submit(client, seats="2")

    change_allotment(allotment, places(2), form_id="fewer", actor=gate.operator, now=gate.now)

    assert typing.status == 200
    assert visit(client, link()).has("group-full")


def test_a_form_left_empty_after_the_end_is_told_that_it_has_ended(client: FlaskClient, gate: Gate) -> None:
    """And not to choose a number where there is none to choose."""
    allotment = aside(gate)
    form = visit(client, link()).form(mark="group-party")
    release_allotment(allotment, actor=gate.operator, now=gate.now)

    page = form.submit(client)

    assert (page.status, page.has("group-over"), page.has("error-summary")) == (422, True, False)

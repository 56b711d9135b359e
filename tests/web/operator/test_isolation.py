"""Operators see and touch their own organisation's departures alone: every route, with everybody else's objects."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.ground.pages import visit
from tests.rosters.gate import AT_THE_GATE, visitors
from tests.rosters.test_allotments import aside
from tests.web.operator.conftest import Desk
from tests.web.signing import sign_in, signed_in
from tourbook.actor import COMMAND, Role
from tourbook.audit import TrailEntry
from tourbook.clearance import Authority, require_clearance
from tourbook.db import new_id
from tourbook.rosters import draw_number, hand_out

FILLED_IN = {
    "attendance": "arrived",
    "shown": "1",
    "fee": "paid",
    "people": "1",
    "task": "gate",
    "reason": "weather",
    "search": "강하늘",
    "code": "강하늘",
    "visitors-0-name": "현장 손님",
    "visitors-0-birth_date": "1985-05-05",
    "visitors-0-nationality": "KR",
    "consent": "y",
    "mark": "of another list",
    "text": "reference,visitor,answer",
}


def routes(app: Flask, objects: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Every route of operators with these ids in it, by each of its methods."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("operator."):
            known = {name: objects[name] for name in rule.arguments - {"lang"}}
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, adapter.build(rule.endpoint, {"lang": "ko", **known}, method=method)


def status(client: FlaskClient, method: str, address: str, token: str) -> int:
    data = {**FILLED_IN, "csrf_token": token} if method == "POST" else None
    return client.open(address, method=method, data=data).status_code


def token_of(client: FlaskClient) -> str:
    return str(visit(client, "/ko/operator/find").form(mark="find").values["csrf_token"])


def entries(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(TrailEntry)) or 0


@pytest.fixture
def objects(desk: Desk) -> dict[str, object]:
    """Ids of Paju's: a departure, a party on it and its visitor, places set aside for a group, a standby number, and a
    roster that was handed out.
    """
    desk.stand_at("2026-05-10T14:00")
    group = aside(desk.gate)
    desk.stand_at(AT_THE_GATE)
    (visitor,) = visitors(desk.gate.apply(1, names=["강하늘"]))
    told = {"due_days": 3, "asks_passport": True, "actor": COMMAND, "now": desk.gate.now}
    require_clearance(desk.gate.scene.course_id, Authority.ARMY, **told)
    drawn = draw_number(desk.gate.departure_id, 1, form_id="a number", actor=desk.gate.operator, now=desk.gate.now)
    handed = hand_out(desk.gate.departure_id, actor=desk.gate.operator, now=desk.gate.now)
    return {
        "authority": "army",
        "departure_id": desk.gate.departure_id,
        "allotment_id": group,
        "application_id": visitor.application_id,
        "visitor_id": visitor.id,
        "number_id": drawn.number_id,
        "roster_id": handed.roster_id,
        "day": "2026-05-20",
    }


def test_their_own_objects_are_there(app: Flask, desk: Desk, objects: dict[str, object]) -> None:
    token = token_of(desk.client)

    answers = {
        (method, address): status(desk.client, method, address, token) for method, address in routes(app, objects)
    }

    assert set(answers.values()) <= {200, 302, 303, 422}  # 422: the departure has been called off by then
    assert len(answers) >= 20


def test_another_organisations_objects_do_not_exist(
    app: Flask, desk: Desk, objects: dict[str, object], session: Session
) -> None:
    stranger = app.test_client()
    person = somebody(app, Role.OPERATOR, mail="cheorwon@example.kr", organisation="cheorwon")
    assert sign_in(stranger, person).status == 302
    token = token_of(stranger)
    before = entries(session)

    answers = {
        (method, address): status(stranger, method, address, token)
        for method, address in routes(app, objects)
        if any(str(one) in address for one in objects.values())
    }
    found = visit(stranger, "/ko/operator/find").form(mark="find").submit(stranger, search="강하늘")

    assert set(answers.values()) == {404}
    assert found.has("nobody")
    assert "강하늘" not in visit(stranger, "/ko/operator/").text
    assert entries(session) == before


def test_objects_that_never_were_are_answered_alike(app: Flask, desk: Desk) -> None:
    token = token_of(desk.client)
    ids = ("departure_id", "allotment_id", "application_id", "visitor_id", "number_id", "roster_id", "authority", "day")
    nothing = {name: new_id() for name in ids}

    answers = {
        status(desk.client, method, address, token)
        for method, address in routes(app, nothing)
        if any(str(one) in address for one in nothing.values())
    }

    assert answers == {404}


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.ADMINISTRATOR])
def test_other_roles_have_no_business_here(
    app: Flask, desk: Desk, objects: dict[str, object], session: Session, role: Role
) -> None:
    client = signed_in(app, role)
    token = str(visit(client, "/ko/").forms[0].values["csrf_token"])
    before = entries(session)

    answers = {status(client, method, address, token) for method, address in routes(app, objects)}

    assert answers == {403}
    assert entries(session) == before


def test_nobody_comes_here_without_signing_in(
    app: Flask, desk: Desk, objects: dict[str, object], session: Session
) -> None:
    before = entries(session)

    for method, address in routes(app, objects):
        answer = app.test_client().open(address, method=method)
        assert answer.status_code in {302, 400, 403}, address
        assert "/sign-in" in answer.headers.get("Location", "/sign-in")
    assert entries(session) == before

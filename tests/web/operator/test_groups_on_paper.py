"""Papers and reports say what is set aside for groups; and however many groups there are, pages ask as little."""

import pytest
from flask import Flask

from tests.accounts.people import somebody
from tests.applications.test_statements import statements
from tests.ground.pages import visit, words
from tests.rosters.test_allotments import aside, fill
from tests.web.operator.conftest import Desk
from tests.web.signing import sign_in
from tourbook.actor import Role
from tourbook.db import db
from tourbook.rosters.paper import Paper

PLAY = "/ko/admin/reports/replay?course=walk&first=2026-05-01&last=2026-05-31"


@pytest.fixture(autouse=True)
def _while_applications_are_open(desk: Desk) -> None:
    desk.stand_at("2026-05-10T14:00")


def test_the_printed_roster_says_what_is_set_aside(desk: Desk) -> None:
    assert not desk.open("/print").has("set-aside")
    fill(desk.gate, aside(desk.gate), 2)

    said = words(desk.open("/print").mark("set-aside"))

    assert "4자리" in said
    assert "2026년 5월 16일(토) 18:00" in said


def test_so_does_the_pdf(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    say = Paper.say
    monkeypatch.setattr(Paper, "say", lambda paper, text, **how: said.append(text) or say(paper, text, **how))
    aside(desk.gate)

    assert desk.client.get(f"{desk.address}/manifest.pdf").status_code == 200

    assert any("6자리를 마련해" in one for one in said)


def test_a_replay_says_that_it_keeps_no_places_for_groups(desk: Desk, app: Flask) -> None:
    client = app.test_client()
    assert sign_in(client, somebody(app, Role.ADMINISTRATOR, mail="boss@example.kr")).status == 302
    desk.gate.apply(2)
    assert not visit(client, PLAY).has("replay-set-aside")
    aside(desk.gate)

    assert "6자리" in words(visit(client, PLAY).mark("replay-set-aside"))


@pytest.mark.parametrize("path", ["/groups", "", "/why"])
def test_more_groups_are_no_more_statements(desk: Desk, path: str) -> None:
    aside(desk.gate, 1)
    desk.open(path)
    one = statements_of(desk, path)
    for number in range(4):
        aside(desk.gate, 1, form_id=f"aside {number}")

    assert statements_of(desk, path) <= one


def statements_of(desk: Desk, path: str) -> int:
    with statements(db.session()) as sent:
        desk.open(path)
    return len(sent)

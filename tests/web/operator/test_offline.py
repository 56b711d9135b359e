"""The page of a roster without network, and what its script is answered."""

import json
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.ground.pages import Page, visit, words
from tests.rosters.gate import standing, trail, visitors
from tests.web.operator.conftest import Desk
from tests.web.signing import sign_in
from tourbook.actor import Role
from tourbook.applications.models import Attendance

EXPECTED, ARRIVED, NO_SHOW, TURNED_AWAY = Attendance
PAGE = "/offline"


def post(desk: Desk, page: Page, way: str, **fields: str) -> tuple[int, dict[str, object]]:
    """What the script sends, with the token of the page; gives the status and what was answered."""
    token = next(form.values["csrf_token"] for form in page.forms if form.action.endswith(way))
    answer = desk.client.post(f"{desk.address}{PAGE}/{way}", data={"csrf_token": token, **fields})
    return answer.status_code, answer.get_json()


def mark(visitor_id: object, **changed: object) -> dict[str, object]:
    said = {"id": "0123456789abcdef", "visitor": str(visitor_id), "was": "expected", "attendance": "arrived"}
    return {**said, "at": "2026-05-20T00:35:00.000Z", **changed}


def test_without_scripts_the_page_leads_to_the_roster_and_to_paper(desk: Desk) -> None:
    page = desk.open(PAGE)

    assert "자바스크립트" in words(page.mark("needs-scripts"))
    assert page.mark("to-roster").get("href") == desk.address
    assert page.mark("print").get("href") == f"{desk.address}/print"


def test_the_page_holds_no_name_and_the_answer_no_more_than_is_needed(desk: Desk) -> None:
    desk.gate.apply(2, names=["강하늘", "문바다"])
    page = desk.open(PAGE)

    status, said = post(desk, page, "hand-out")

    assert "강하늘" not in page.text
    assert status == 200
    assert set(said) == {"token", "now", "keep_until", "marks_until", "parties"}
    (party,) = said["parties"]
    assert set(party) == {"reference", "code", "people"}
    assert [set(one) for one in party["people"]] == [{"id", "name", "attendance"}] * 2


def test_marks_that_come_home_are_answered_one_by_one(desk: Desk) -> None:
    party = desk.gate.apply(2)
    page = desk.open(PAGE)
    token = str(post(desk, page, "hand-out")[1]["token"])
    first, second = visitors(party)
    sent = json.dumps([mark(first.id), mark(second.id, id="another-one-time-id", was="no_show")])

    status, said = post(desk, page, "marks", token=token, marks=sent)

    assert status == 200
    assert said["judged"] == {"0123456789abcdef": "taken", "another-one-time-id": "otherwise"}
    assert said["standing"] == {str(first.id): "arrived", str(second.id): "expected"}
    assert standing(party) == [ARRIVED, EXPECTED]


@pytest.mark.parametrize(
    "marks",
    [
        "",
        "{}",
        "[1]",
        "[[]]",
        '"x"',
        "null",
        "[" * 100_000,
        json.dumps([mark("nobody")]),
        json.dumps([mark("0" * 32, attendance="lost")]),
        json.dumps([mark("0" * 32, at="yesterday")]),
        json.dumps([mark("0" * 32, at="2026-05-20T09:30:00")]),
        json.dumps([mark("0" * 32, at=5)]),
        json.dumps([mark("0" * 32, id="short")]),
        json.dumps([mark("0" * 32, id=["0123456789abcdef"])]),
        json.dumps([mark("0" * 32)] * 401),
    ],
)
def test_what_is_no_list_of_marks_is_refused_in_a_sentence(desk: Desk, marks: str) -> None:
    page = desk.open(PAGE)
    token = str(post(desk, page, "hand-out")[1]["token"])

    status, said = post(desk, page, "marks", token=token, marks=marks)

    assert (status, said["refused"]) == (422, "marks_unreadable")
    assert said["sentence"]


def test_a_mark_that_cannot_be_read_keeps_no_other_from_being_taken(desk: Desk) -> None:
    party = desk.gate.apply(1)
    page = desk.open(PAGE)
    token = str(post(desk, page, "hand-out")[1]["token"])
    bad = [mark("nobody", id="a-mark-of-nobody"), mark("0" * 32, at="+275760-09-13T00:00:00Z", id="a-clock-gone-mad")]
    worse = [5, None, {"id": ["a list"]}, {"id": "short"}]
    sent = json.dumps([*bad, *worse, mark(visitors(party)[0].id)])

    status, said = post(desk, page, "marks", token=token, marks=sent)

    assert status == 200
    assert said["judged"] == {
        "a-mark-of-nobody": "unreadable",
        "a-clock-gone-mad": "unreadable",
        "0123456789abcdef": "taken",
    }
    assert standing(party) == [ARRIVED]


@pytest.mark.parametrize("token", ["", "guessed", "x" * 5000])
def test_a_token_that_nobody_handed_out_is_said_to_be_that(desk: Desk, token: str) -> None:
    status, said = post(desk, desk.open(PAGE), "marks", token=token, marks="[]")

    assert (status, said["refused"]) == (404, "token_unknown")
    assert "다시 받기" in said["sentence"]


def test_a_roster_that_was_taken_back_is_told_so_on_its_device(desk: Desk, session: Session) -> None:
    page = desk.open(PAGE)
    token = str(post(desk, page, "hand-out")[1]["token"])

    shown = desk.press("revoke-roster", on=desk.open(PAGE))
    status, said = post(desk, page, "marks", token=token, marks="[]")

    assert shown.has("roster-revoked")
    assert (status, said["refused"]) == (422, "roster_revoked")
    assert len(trail(session, "handed_roster_revoked")) == 1


@pytest.mark.usefixtures("awake")
@pytest.mark.parametrize(
    ("moment", "linked", "offered"),
    [
        ("2026-05-18T23:59", False, False),
        ("2026-05-19T00:00", True, True),
        ("2026-05-20T11:59", True, True),
        ("2026-05-20T12:00", True, False),
        ("2026-05-21T23:59", True, False),
        ("2026-05-22T00:00", False, False),
    ],
)
def test_the_way_to_it_stands_while_a_device_may_have_it_and_the_button_while_it_is_handed_out(
    desk: Desk, moment: str, linked: bool, offered: bool
) -> None:
    desk.stand_at(moment)

    assert desk.open().has("to-offline") == linked
    assert desk.open(PAGE).has("not-handed-out") != offered


def test_names_are_not_handed_out_days_before(desk: Desk) -> None:
    desk.stand_at("2026-05-18T12:00")

    status, said = post(desk, desk.open(PAGE), "hand-out")

    assert (status, said["refused"]) == (422, "roster_too_early")


@pytest.mark.sqlite_only("headers do not come from a database")
def test_the_worker_may_answer_for_this_page_alone(app: Flask, desk: Desk) -> None:
    answer = desk.client.get(f"{desk.address}{PAGE}/worker.js")

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == f"{desk.address}{PAGE}"
    assert app.test_client().get(f"{desk.address}{PAGE}/worker.js").status_code == 302


def test_a_forged_request_hands_nothing_out(desk: Desk, session: Session) -> None:
    answer = desk.client.post(f"{desk.address}{PAGE}/hand-out")

    assert answer.status_code == 400
    assert trail(session, "roster_handed_out") == []


# -- marks that somebody else would like to send ---


def csrf_of(client: FlaskClient) -> str:
    return str(visit(client, "/ko/operator/find").form(mark="find").values["csrf_token"])


FOREIGN = {
    "Origin": "https://elsewhere.example",
    "Referer": "https://elsewhere.example/",
    "Sec-Fetch-Site": "cross-site",
}


def test_another_site_sends_no_marks_with_the_cookie_of_an_operator(desk: Desk, session: Session) -> None:
    """The browser would keep the cookie back (SameSite=Lax); should it come along, the page's token is missing."""
    party, attempts = tried(desk, session, [(desk.client, None, FOREIGN), (desk.client, "guessed", FOREIGN)])

    assert attempts == [400, 400]
    assert standing(party) == [EXPECTED]
    kept = desk.client.get_cookie("sid")
    assert kept is not None
    assert kept.same_site == "Lax"


def test_the_token_of_another_browser_is_none_here(app: Flask, desk: Desk, session: Session) -> None:
    other = app.test_client()
    sign_in(other, somebody(app, Role.OPERATOR, mail="other@example.kr", organisation="paju"))

    party, attempts = tried(desk, session, [(desk.client, csrf_of(other), {}), (app.test_client(), csrf_of(other), {})])

    assert attempts == [400, 400]
    assert standing(party) == [EXPECTED]


def test_another_organisation_sends_no_marks_with_the_token_of_a_device(
    app: Flask, desk: Desk, session: Session
) -> None:
    stranger, citizen = app.test_client(), app.test_client()
    sign_in(stranger, somebody(app, Role.OPERATOR, mail="far@example.kr", organisation="goseong"))
    token = csrf_of(stranger)
    sign_in(citizen, somebody(app, Role.CITIZEN, mail="citizen@example.kr"))
    own = str(visit(citizen, "/ko/my").forms[0].values["csrf_token"])

    party, attempts = tried(desk, session, [(stranger, token, {}), (citizen, own, {})])

    assert attempts == [404, 403]
    assert standing(party) == [EXPECTED]


def test_a_colleague_sends_them_under_their_own_name(app: Flask, desk: Desk, session: Session) -> None:
    """The next shift signs in on the device: marks are taken, and the trail says whose sign-in sent them."""
    colleague = app.test_client()
    sign_in(colleague, somebody(app, Role.OPERATOR, mail="late@example.kr", organisation="paju"))

    party, attempts = tried(desk, session, [(colleague, csrf_of(colleague), {})])

    assert attempts == [200]
    assert standing(party) == [ARRIVED]
    handed, taken = trail(session, "roster_handed_out", "offline_marks_taken")
    assert handed.actor != taken.actor


Attempt = tuple[FlaskClient, str | None, dict[str, str]]


def tried(desk: Desk, session: Session, attempts: list[Attempt]) -> tuple[UUID, list[int]]:
    """A party, and how each of these browsers was answered that sent a mark of it under the token of a device."""
    party = desk.gate.apply(1)
    token = str(post(desk, desk.open(PAGE), "hand-out")[1]["token"])
    fields = {"token": token, "marks": json.dumps([mark(visitors(party)[0].id)])}
    session.rollback()
    return party, [
        client.post(
            f"{desk.address}{PAGE}/marks",
            data=fields if csrf is None else {**fields, "csrf_token": csrf},
            headers=headers,
        ).status_code
        for client, csrf, headers in attempts
    ]

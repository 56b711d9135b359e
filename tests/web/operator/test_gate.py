"""Letting people in at the gate, through its form."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import departure
from tests.ground.pages import Form, words
from tests.rosters.gate import standing, trail, visitors
from tests.web.operator.conftest import Desk
from tourbook.applications.models import Application, Attendance, Channel
from tourbook.rosters import mark_attendance

PERSON = {"visitors-0-name": "현장 손님", "visitors-0-birth_date": "1985-05-05", "consent": "y"}
SECOND = {"visitors-1-name": "Maria Rossi", "visitors-1-birth_date": "1990.3.21", "visitors-1-nationality": "IT"}


def form(desk: Desk, seats: int = 1) -> Form:
    return desk.open(f"/walk-up?seats={seats}").form(mark="walk-up")


def from_the_gate(session: Session) -> list[Application]:
    return list(session.scalars(select(Application).where(Application.channel != Channel.WEB)))


def test_two_people_without_an_application_are_let_in(desk: Desk, session: Session) -> None:
    page = form(desk, 2).submit(desk.client, **PERSON, **SECOND, contact="010-1234-5678")

    (party,) = from_the_gate(session)
    assert page.address.endswith(f"#at-{party.id}") or desk.address in page.address
    assert party.reference in page.text
    assert (party.seats, party.contact, party.contact_way) == (2, "+821012345678", "sms")
    assert standing(party.id) == [Attendance.ARRIVED, Attendance.ARRIVED]
    assert "현장 접수" in words(page.mark("party"))


@pytest.mark.usefixtures("awake")
def test_once_the_tour_is_over_nobody_is_let_in(desk: Desk, session: Session) -> None:
    filled = form(desk)
    desk.stand_at("2026-05-20T12:00")

    refused = filled.submit(desk.client, **PERSON)

    assert refused.status == 422
    assert "2026년 5월 20일(수) 12:00" in words(refused.mark("error-summary"))
    assert from_the_gate(session) == []
    assert desk.open().has("to-check-in")
    assert not desk.open().has("walk-up")
    assert not desk.open().has("standby")
    assert desk.open("/walk-up").has("gate-closed")
    assert desk.open("/standby").has("not-today")


def test_the_form_sent_twice_lets_them_in_once(desk: Desk, session: Session) -> None:
    filled = form(desk)

    for _ in range(2):
        filled.submit(desk.client, **PERSON)

    assert len(from_the_gate(session)) == 1


def test_what_is_missing_is_said_and_what_was_typed_is_kept(desk: Desk, session: Session) -> None:
    page = form(desk, 2).submit(desk.client, **{**PERSON, "consent": None}, **{"visitors-1-name": "Maria Rossi"})

    assert page.status == 422
    assert page.title.startswith("오류:")
    assert {"#visitors-1-birth_date", "#consent"} <= {a.get("href") for a in page.mark("error-summary").iter("a")}
    assert page.form(mark="walk-up").values["visitors-0-name"] == "현장 손님"
    assert session.scalar(select(func.count()).select_from(Application)) == 0


def test_all_that_stands_against_people_at_the_gate_is_said_at_once(desk: Desk) -> None:
    desk.gate.apply(1, names=["강하늘"])
    there = {"visitors-0-name": "강하늘", "visitors-0-birth_date": "1990-01-01"}
    young = {"visitors-1-name": "이어린", "visitors-1-birth_date": "2026-01-01"}

    page = form(desk, 3).submit(desk.client, **there, **young, **{"visitors-2-name": "박바다"})

    targets = {a.get("href") for a in page.mark("error-summary").iter("a")}
    assert page.status == 422
    assert targets == {"#visitors-0-name", "#visitors-1-birth_date", "#visitors-2-birth_date", "#consent"}


def test_the_page_offers_as_many_as_fit_and_no_more(desk: Desk) -> None:
    for _ in range(2):
        desk.gate.apply(4)

    page = desk.open("/walk-up")

    assert [page.has(f"seats-{number}") for number in (1, 2, 3)] == [True, True, False]
    assert "2명까지" in words(page.mark("gate-places"))


def test_a_full_departure_lets_in_only_where_somebody_did_not_come(desk: Desk, session: Session) -> None:
    first, *_ = [*visitors(desk.gate.apply(5)), *visitors(desk.gate.apply(5))]
    closed = desk.open("/walk-up")
    mark_attendance(first.id, Attendance.NO_SHOW, actor=desk.gate.operator, now=desk.gate.now)

    page = form(desk).submit(desk.client, **PERSON)

    assert closed.has("gate-closed")
    assert "현장 대기" in page.text
    assert departure(desk.gate.departure_id).seats_taken == 10
    assert desk.open("/walk-up").has("gate-closed")


def test_whoever_comes_too_late_is_told_why(desk: Desk) -> None:
    desk.gate.apply(5)
    desk.gate.apply(4)
    waiting = form(desk)
    desk.gate.admit(1)

    page = waiting.submit(desk.client, **PERSON)

    assert page.status == 422
    assert "자리" in words(page.mark("error-summary"))
    assert len(page.marked("visitor-0")) == 1


def test_an_admission_is_taken_back(desk: Desk, session: Session) -> None:
    let_in = form(desk).submit(desk.client, **PERSON)

    page = desk.press("undo-admission", on=let_in)

    assert not page.has("party")
    assert departure(desk.gate.departure_id).seats_taken == 0


NAMESAKE = {**PERSON, "visitors-0-name": "김하늘", "visitors-0-birth_date": "1990-01-01"}


def test_whoever_is_there_already_may_be_another_person_and_then_is_let_in(desk: Desk, session: Session) -> None:
    desk.gate.apply(1, names=["김하늘"])
    asked = form(desk).submit(desk.client, **NAMESAKE)

    let_in = asked.form(mark="walk-up").submit(desk.client, **{"visitors-0-apart": "both_here"})

    assert asked.status == 422
    assert "#visitors-0-name" in {link.get("href") for link in asked.mark("error-summary").iter("a")}
    assert "다른 사람이라면" in words(asked.mark("apart"))
    assert len(from_the_gate(session)) == 1
    assert len(let_in.marked("party")) == 2
    assert trail(session, "namesake_told_apart")[0].facts["reason"] == "both_here"


def test_without_an_answer_nobody_is_let_in_twice(desk: Desk, session: Session) -> None:
    desk.gate.apply(1, names=["김하늘"])
    asked = form(desk).submit(desk.client, **NAMESAKE)

    again = asked.form(mark="walk-up").submit(desk.client)
    nonsense = asked.form(mark="walk-up").submit(desk.client, **{"visitors-0-apart": "because"})

    assert (again.status, nonsense.status) == (422, 422)
    assert again.has("apart")
    assert from_the_gate(session) == []


def test_of_somebody_who_is_not_there_nothing_is_asked(desk: Desk) -> None:
    assert not form(desk).submit(desk.client, **{**PERSON, "consent": None}).has("apart")

"""Entering a party that calls, through its form."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.ground.pages import Form, visit, words
from tests.web.operator.conftest import Desk
from tourbook.applications.models import Application, Channel

PERSON = {
    "visitors-0-name": "김하늘",
    "visitors-0-birth_date": "1990-01-01",
    "contact": "010-1234-5678",
    "consent": "y",
}


def form(desk: Desk) -> Form:
    desk.stand_at("2026-05-10T14:00")
    return desk.open("/telephone").form(mark="walk-up")


def by_telephone(session: Session) -> list[Application]:
    return list(session.scalars(select(Application).where(Application.channel == Channel.TELEPHONE)))


def test_a_party_that_calls_stands_on_the_roster_and_is_told(desk: Desk, session: Session) -> None:
    page = form(desk).submit(desk.client, **PERSON)

    (party,) = by_telephone(session)
    assert party.reference in page.text
    assert "전화 접수" in words(page.mark("party"))
    assert not page.has("undo-admission")


def test_a_citizen_who_was_refused_for_a_namesake_calls_and_is_entered(desk: Desk, session: Session) -> None:
    desk.gate.apply(1, names=["김하늘"])
    asked = form(desk).submit(desk.client, **PERSON)

    asked.form(mark="walk-up").submit(desk.client, **{"visitors-0-apart": "other_document"})

    assert asked.has("apart")
    assert len(by_telephone(session)) == 1


def test_a_contact_is_needed(desk: Desk, session: Session) -> None:
    page = form(desk).submit(desk.client, **{**PERSON, "contact": ""})

    assert page.status == 422
    assert "#contact" in {link.get("href") for link in page.mark("error-summary").iter("a")}
    assert by_telephone(session) == []


def test_a_passport_number_that_nobody_asked_for_and_is_none_is_shown_with_its_flaw(
    desk: Desk, session: Session
) -> None:
    asked = form(desk)
    forged = {**asked.values, **PERSON, "visitors-0-document": "Ⅳ"}

    page = visit(desk.client, asked.action, method="POST", data=forged)

    assert "visitors-0-document" not in asked.fields
    assert page.status == 422
    assert {link.get("href") for link in page.mark("error-summary").iter("a")} == {"#visitors-0-document"}
    assert "visitors-0-document" in page.form(mark="walk-up").fields
    assert by_telephone(session) == []


def test_the_roster_leads_there_while_applications_are_open_and_not_after(desk: Desk) -> None:
    on_the_day = desk.open()
    closed = desk.open("/telephone")
    desk.stand_at("2026-05-10T14:00")

    assert not on_the_day.has("telephone")
    assert closed.has("gate-closed")
    assert desk.open().link("전화 신청 입력").endswith("/telephone")

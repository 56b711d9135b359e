"""Where names are checked, the party's own page: where each visitor stands, and what can be done about it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.applications.scene import departure, state, told
from tests.clearance.office import Office, build_office, reference
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit, words
from tests.rosters.gate import visitors
from tests.web.citizen.people import Citizen
from tourbook.applications.models import State
from tourbook.courses.models import Course
from tourbook.db import db


@pytest.fixture
def office(session: Session, clock: StandingClock) -> Office:
    clock.stand_at("2026-05-04T09:00")
    return build_office()


@pytest.fixture
def holder(app: Flask, clock: StandingClock) -> Callable[[UUID], Citizen]:
    """A function: somebody whose browser has opened that application."""

    def opened(application_id: UUID) -> Citizen:
        client = app.test_client()
        with client.session_transaction() as session:
            session["applications"] = {application_id.hex: int(clock.now.timestamp())}
        return Citizen(client)

    return opened


def own(citizen: Citizen, party: UUID, path: str = "") -> Page:
    return citizen.open(f"/applications/{reference(party)}{path}")


def to_visitor(citizen: Citizen, party: UUID, number: int, what: str) -> Page:
    return own(citizen, party, f"/visitors/{visitors(party)[number - 1].id}/{what}")


NEWCOMER = {
    "visitors-0-name": "새 동행",
    "visitors-0-birth_date": "1991-02-03",
    "visitors-0-nationality": "KR",
    "consent": "y",
}


def test_each_visitor_has_a_standing_in_plain_words(office: Office, holder: Callable[[UUID], Citizen]) -> None:
    party = office.apply(2, foreign=True)

    page = own(holder(party), party)

    assert page.has("details-missing")
    assert "여권번호가 아직 없습니다" in page.text
    assert "필요한 정보를 모두 받았습니다" in page.text
    assert page.has("complete-visitor")


def test_a_missing_number_is_completed(office: Office, holder: Callable[[UUID], Citizen]) -> None:
    party = office.apply(2, foreign=True)
    citizen = holder(party)

    page = to_visitor(citizen, party, 1, "complete").form(mark="complete-form")
    done = page.submit(citizen.client, document="c01 x00t47", consent="y")

    assert not done.has("details-missing")
    assert visitors(party)[0].document == "C01X00T47"


def test_without_consent_no_number_is_taken(office: Office, holder: Callable[[UUID], Citizen]) -> None:
    party = office.apply(2, foreign=True)
    citizen = holder(party)

    page = (
        to_visitor(citizen, party, 1, "complete")
        .form(mark="complete-form")
        .submit(citizen.client, document="C01X00T47")
    )

    assert page.status == 422
    assert visitors(party)[0].document is None


def test_nobody_is_asked_for_what_is_there(office: Office, holder: Callable[[UUID], Citizen]) -> None:
    party = office.apply(2)

    assert to_visitor(holder(party), party, 1, "complete").address.endswith(reference(party))


def test_a_mistyped_birth_date_is_put_right_by_naming_the_same_person_again(
    office: Office, holder: Callable[[UUID], Citizen]
) -> None:
    party = office.apply(2)
    citizen, name = holder(party), visitors(party)[1].name
    before, page = own(citizen, party), to_visitor(citizen, party, 2, "exchange")

    again = {**NEWCOMER, "visitors-0-name": name, "visitors-0-birth_date": "1990-01-02"}
    page.form(mark="exchange-form").submit(citizen.client, **again)

    assert "이름이나 생년월일을 잘못 입력하셨나요?" in words(before.mark("slips"))
    assert "바르게 입력해 주세요." in words(page.mark("slips"))
    found = [one for one in visitors(party) if one.name == name and one.cancelled_at is None]
    assert [one.birth_date for one in found] == ["1990-01-02"]


def test_another_person_is_named(office: Office, holder: Callable[[UUID], Citizen]) -> None:
    party = office.apply(2)
    citizen = holder(party)

    done = to_visitor(citizen, party, 2, "exchange").form(mark="exchange-form").submit(citizen.client, **NEWCOMER)

    assert "새 동행" in done.text
    assert not done.has("exchange-visitor")  # a party exchanges one


def test_a_mistake_in_the_person_who_goes_instead_has_no_number_of_another_visitor(
    office: Office, holder: Callable[[UUID], Citizen]
) -> None:
    party = office.apply(3)
    citizen = holder(party)

    page = (
        to_visitor(citizen, party, 3, "exchange")
        .form(mark="exchange-form")
        .submit(citizen.client, **{**NEWCOMER, "visitors-0-name": ""})
    )

    said = words(page.mark("error-summary"))
    assert "신분증에 적힌" in said
    assert "방문자 1" not in said


def test_that_a_party_exchanges_one_visitor_is_said_before_and_afterwards(
    office: Office, holder: Callable[[UUID], Citizen]
) -> None:
    party = office.apply(2)
    citizen = holder(party)
    before, page = own(citizen, party), to_visitor(citizen, party, 2, "exchange")

    done = page.form(mark="exchange-form").submit(citizen.client, **NEWCOMER)

    assert "한 번만" in words(before.mark("slips"))
    assert "한 번만" in words(page.mark("once"))
    assert not before.has("exchanged-once")
    assert "031-000-0000" in words(done.mark("exchanged-once"))
    english = visit(citizen.client, own(citizen, party).address.replace("/ko/", "/en/", 1))
    assert "possible once" in words(english.mark("exchanged-once"))


def test_whoever_is_named_for_somebody_refused_is_not_told_that_it_is_possible_once(
    office: Office, holder: Callable[[UUID], Citizen]
) -> None:
    party = office.apply(2)
    office.submit()
    office.refuse(party, 2)
    citizen = holder(party)

    page = to_visitor(citizen, party, 2, "exchange")
    done = page.form(mark="exchange-form").submit(citizen.client, **NEWCOMER)

    assert not page.has("once")
    assert not done.has("exchanged-once")


def test_a_child_cannot_be_named(office: Office, holder: Callable[[UUID], Citizen]) -> None:
    party = office.apply(2)
    citizen = holder(party)
    form = to_visitor(citizen, party, 2, "exchange").form(mark="exchange-form")

    page = form.submit(citizen.client, **{**NEWCOMER, "visitors-0-birth_date": "2022-02-03"})

    assert page.status == 422
    assert page.has("error-summary")


def test_who_is_not_let_in_is_said_with_the_authoritys_words_alone(
    office: Office, holder: Callable[[UUID], Citizen]
) -> None:
    party = office.apply(3)
    office.submit()
    office.refuse(party, 2, note="출입 기록 확인 필요")

    page = to_visitor(holder(party), party, 2, "refused")

    assert words(page.mark("authority-note")).endswith("출입 기록 확인 필요")
    assert "국가정보원" in page.text
    assert "국적" not in page.text


def test_the_others_go(office: Office, holder: Callable[[UUID], Citizen], session: Session) -> None:
    party = office.apply(3)
    office.submit()
    office.refuse(party, 2)
    citizen = holder(party)
    form = to_visitor(citizen, party, 2, "refused").form(mark="refused-form")

    done = form.submit(citizen.client, answer="go_without")

    assert not done.has("clearance-choice")
    session.rollback()
    assert departure(office.departure_id).seats_taken == 2
    assert state(party) is State.CONFIRMED


def test_all_is_cancelled_without_penalty(office: Office, holder: Callable[[UUID], Citizen], session: Session) -> None:
    party = office.apply(3)
    office.submit()
    office.refuse(party, 2)
    citizen = holder(party)
    form = to_visitor(citizen, party, 2, "refused").form(mark="refused-form")

    done = form.submit(citizen.client, answer="cancelled")

    assert "불이익 없이" in done.text
    session.rollback()
    assert state(party) is State.CANCELLED
    assert told(session, party)[-1] == "clearance_cancelled"


def test_naming_somebody_else_is_one_of_the_choices(office: Office, holder: Callable[[UUID], Citizen]) -> None:
    party = office.apply(3)
    office.submit()
    office.refuse(party, 2)
    citizen = holder(party)
    form = to_visitor(citizen, party, 2, "refused").form(mark="refused-form")

    page = form.submit(citizen.client, answer="exchange")

    assert page.has("exchange-form")


def test_nothing_chosen_is_asked_again(office: Office, holder: Callable[[UUID], Citizen]) -> None:
    party = office.apply(3)
    office.submit()
    office.refuse(party, 2)
    citizen = holder(party)

    page = to_visitor(citizen, party, 2, "refused").form(mark="refused-form").submit(citizen.client)

    assert page.status == 422


def test_after_the_freeze_line_nobody_else_can_be_named(
    office: Office, holder: Callable[[UUID], Citizen], clock: StandingClock
) -> None:
    party = office.apply(3)
    office.submit()
    office.scene.now = clock.stand_at("2026-05-19T09:00")
    office.refuse(party, 2)

    page = to_visitor(holder(party), party, 2, "refused")

    assert "다른 분으로 바꾸기" not in page.text
    assert not own(holder(party), party).has("exchange-visitor")


def test_who_was_to_go_alone_is_asked_nothing_where_only_one_thing_is_left(
    office: Office, holder: Callable[[UUID], Citizen], clock: StandingClock
) -> None:
    party = office.apply(1)
    office.submit()
    office.scene.now = clock.stand_at("2026-05-19T09:00")
    office.refuse(party, 1)
    citizen = holder(party)

    first = own(citizen, party)
    told_first = words(first.mark("clearance-choice"))
    page = to_visitor(citizen, party, 1, "refused")
    done = page.form(mark="refused-form").submit(citizen.client)

    assert "고르기" not in told_first
    assert first.has("refused")
    assert not any(first.has(mark) for mark in ("confirmed", "paper", "code", "calendar", "next", "transfer"))
    assert page.has("no-choice")
    assert "어떻게 하시겠습니까" not in page.text
    assert done.has("cancelled")


def test_the_visitors_of_others_do_not_exist(office: Office, holder: Callable[[UUID], Citizen]) -> None:
    mine, theirs = office.apply(2, foreign=True), office.apply(2, foreign=False)
    citizen = holder(mine)

    answers = [
        own(citizen, mine, f"/visitors/{visitors(theirs)[0].id}/{what}").status
        for what in ("complete", "exchange", "refused")
    ]

    assert answers == [404, 404, 404]


def test_a_course_whose_names_nobody_checks_shows_nothing_of_it(
    office: Office, holder: Callable[[UUID], Citizen]
) -> None:
    party = office.apply(2)
    db.session.get_one(Course, office.scene.course_id).names_checked = False
    db.session.commit()

    page = own(holder(party), party)

    assert not page.has("clearance-rule")
    assert not page.has("clearance")

"""Calling a departure off through its page: the number is said before, and everybody is told."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import departure, state
from tests.ground.pages import visit, words
from tests.rosters.gate import visitors
from tests.web.operator.conftest import Desk
from tourbook.applications.models import Attendance, State
from tourbook.notices import rendered
from tourbook.notices.models import Notice
from tourbook.rosters import mark_attendance


def reasons(session: Session) -> set[tuple[str, str]]:
    facts = session.scalars(select(Notice.facts).where(Notice.kind == "called_off"))
    return {(one["cause_ko"], one["cause_en"]) for one in facts}


def test_the_number_stands_in_the_warning_and_in_the_button(desk: Desk) -> None:
    desk.gate.apply(3)
    desk.gate.apply(2)

    page = desk.open("/call-off")

    assert "5명" in words(page.mark("affected"))
    assert "5명" in words(page.mark("call-off-submit"))


def test_where_nobody_applied_no_number_stands_there(desk: Desk) -> None:
    page = desk.open("/call-off")

    assert "신청한 사람이 없어" in words(page.mark("affected"))
    assert words(page.mark("call-off-submit")) == "이 회차 취소"


def test_a_usual_reason_reaches_everybody_in_both_languages(desk: Desk, session: Session) -> None:
    party = desk.gate.apply(3)

    page = desk.open("/call-off").form(mark="call-off").submit(desk.client, reason="weather")

    assert "3명" in page.text
    assert "기상 악화" in words(page.mark("called-off"))
    assert state(party) == State.CALLED_OFF
    assert reasons(session) == {
        ("기상 악화로 안전하게 진행하기 어렵습니다.", "The weather does not allow a safe visit.")
    }


def test_own_words_are_taken_in_both_languages(desk: Desk, session: Session) -> None:
    desk.gate.apply(1)
    form = desk.open("/call-off").form(mark="call-off")

    form.submit(desk.client, reason="own", reason_ko="산불이 났습니다", reason_en="There is a forest fire")

    assert reasons(session) == {("산불이 났습니다", "There is a forest fire")}


def test_who_is_at_the_meeting_place_already_is_not_told_to_stay_away(desk: Desk, session: Session) -> None:
    there, not_yet = desk.gate.apply(3), desk.gate.apply(2)
    mark_attendance(visitors(there)[1].id, Attendance.ARRIVED, actor=desk.gate.operator, now=desk.gate.now)

    desk.open("/call-off").form(mark="call-off").submit(desk.client, reason="weather")

    sent = {one.subject_id: one for one in session.scalars(select(Notice).where(Notice.kind == "called_off"))}
    said = {key: rendered(sent[key]).body for key in (there, not_yet)}
    away = ("집결지로 오지 마세요", "Please do not come")
    assert {key: any(one in body for one in away) for key, body in said.items()} == {there: False, not_yet: True}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "#reason-0"),
        ({"reason": "own"}, "#reason_ko"),
        ({"reason_ko": "산불"}, "#reason_en"),
        ({"reason": "weather", "reason_en": "fire"}, "#reason_ko"),
    ],
)
def test_without_a_reason_in_both_languages_nothing_is_called_off(
    desk: Desk, typed: dict[str, str], field: str
) -> None:
    page = desk.open("/call-off").form(mark="call-off").submit(desk.client, **typed)

    assert page.status == 422
    assert field in {link.get("href") for link in page.mark("error-summary").iter("a")}
    assert departure(desk.gate.departure_id).called_off_at is None


def test_a_departure_that_was_called_off_says_so_and_offers_nothing_more(desk: Desk) -> None:
    desk.gate.apply(1)
    form = desk.open("/call-off").form(mark="call-off")
    for _ in range(2):
        form.submit(desk.client, reason="military")

    page = desk.open()

    assert page.has("called-off")
    assert page.has("visitor")
    assert not any(page.has(mark) for mark in ("arrived", "free", "mark-arrived", "walk-up", "send-roster", "call-off"))
    assert not [form for form in desk.open("/call-off").forms if form.action.endswith("/call-off")]


def test_a_form_that_comes_after_somebody_else_called_off_is_told_so_and_nothing_else(desk: Desk) -> None:
    form = desk.open("/call-off").form(mark="call-off")
    form.submit(desk.client, reason="military")

    answer = form.submit(desk.client, reason="")

    assert answer.has("called-off")
    assert not answer.has("error-summary")


def test_parties_without_a_contact_are_named_as_such(desk: Desk) -> None:
    desk.gate.admit(2)

    page = desk.open("/call-off")
    done = page.form(mark="call-off").submit(desk.client, reason="site")

    assert "직접 알려" in words(page.mark("affected"))
    assert "직접 알려" in done.text


def test_whoever_left_no_contact_stays_on_the_list_of_calls_after_the_call_off(desk: Desk) -> None:
    let_in = desk.gate.admit(2)
    desk.gate.apply(1)
    desk.open("/call-off").form(mark="call-off").submit(desk.client, reason="site")

    roster, day = desk.open(), visit(desk.client, "/ko/operator/")
    calls = visit(desk.client, roster.mark("calls-without").get("href"))

    assert "1팀" in words(roster.mark("without-contact"))
    assert day.mark("next-calls").get("href") == f"{desk.address}/calls"
    assert let_in.reference in words(calls.mark("no-contact"))
    assert len(calls.marked("no-contact")) == 1
    assert not calls.has("nobody")


def test_where_all_left_a_contact_a_call_off_leaves_nobody_to_tell(desk: Desk) -> None:
    desk.gate.apply(1)
    desk.open("/call-off").form(mark="call-off").submit(desk.client, reason="site")

    assert not desk.open().has("without-contact")
    assert desk.open("/calls").has("nobody")


def test_a_reason_that_is_too_long_for_a_letter_is_kept_whole_and_said(desk: Desk, session: Session) -> None:
    desk.gate.apply(1)
    long = "산불 " * 101

    page = desk.open("/call-off").form(mark="call-off").submit(desk.client, reason="own", reason_ko=long, reason_en="f")

    assert page.status == 422
    assert "maxlength" not in page.html
    assert "300자" in words(page.mark("error-summary"))
    assert page.form(mark="call-off").values["reason_ko"].strip() == long.strip()
    assert reasons(session) == set()

"""Standby as operators use it on a phone, and as those who wait see it: numbers, and nothing of anybody."""

import pytest
from flask import Flask

from tests.ground.pages import Page, visit, words
from tests.rosters.gate import visitors
from tests.web.operator.conftest import Desk
from tourbook.applications.models import Attendance
from tourbook.operations import call_off_departure
from tourbook.rosters import NumberState, mark_attendance, standby_of


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Ten seats are taken; one of the people is recorded as not come."""
    people = [*visitors(desk.gate.apply(5)), *visitors(desk.gate.apply(5))]
    mark_attendance(people[0].id, Attendance.NO_SHOW, actor=desk.gate.operator, now=desk.gate.now)
    return desk


def draw(desk: Desk, people: str) -> Page:
    return desk.open("/standby").form(mark="draw-number").submit(desk.client, people=people)


def public(app: Flask, desk: Desk, number: str = "") -> Page:
    return visit(app.test_client(), f"/en/departures/{desk.gate.departure_id}/standby{number}")


def let_in(desk: Desk) -> Page:
    """Press the button beside the number that is called, and type who it is."""
    page = visit(desk.client, desk.open("/standby").mark("let-in").get("href", ""))
    typed = {"name": "현장 손님", "birth_date": "1985-05-05", "nationality": "KR"}
    filled = {f"visitors-0-{name}": value for name, value in typed.items()}
    return page.form(mark="walk-up").submit(desk.client, consent="y", **filled)


def test_a_number_is_given_called_and_let_in(app: Flask, busy: Desk, session) -> None:
    given = draw(busy, "1")
    assert "이 일행의 번호는 1번입니다." in given.text
    assert busy.press("call-next", on=given).has("called")
    assert words(public(app, busy).mark("called-now")).startswith("being called now1")

    page = let_in(busy)

    assert page.address.split("#")[0].endswith(busy.address)
    session.rollback()
    assert [one.state for one in standby_of(session, busy.gate.departure_id).numbers] == [NumberState.ADMITTED]


def test_nobody_is_let_in_past_those_who_wait(busy: Desk) -> None:
    draw(busy, "1")
    typed = {"visitors-0-name": "새치기", "visitors-0-birth_date": "1985-05-05", "visitors-0-nationality": "KR"}

    page = busy.open("/walk-up").form(mark="walk-up").submit(busy.client, consent="y", **typed)

    assert page.status == 422
    assert "번호를 받고 기다리는 분들이 있습니다." in page.text


def test_those_who_wait_see_how_many_are_before_them_and_no_name(app: Flask, busy: Desk) -> None:
    for _ in range(3):
        draw(busy, "1")
    busy.press("call-next", on=busy.open("/standby"))

    assert public(app, busy, "?number=1").has("own-called")
    assert "1 number is before yours." in words(public(app, busy, "?number=3").mark("own-waiting"))
    assert public(app, busy, "?number=9").has("own-unknown")
    assert words(public(app, busy).mark("waiting-now")) == "numbers waiting2"
    assert "현장" not in public(app, busy).text


def test_those_who_wait_read_that_the_departure_was_called_off_and_why(app: Flask, busy: Desk) -> None:
    for people in ("2", "1"):
        draw(busy, people)
    busy.press("call-next", on=busy.open("/standby"))
    assert "need not be the lowest" in public(app, busy).text
    call_off_departure(
        busy.gate.departure_id, reason_ko="낙석", reason_en="Rockfall", actor=busy.gate.operator, now=busy.gate.now
    )

    page = public(app, busy, "?number=1")

    assert "Rockfall" in words(page.mark("called-off"))
    assert not [mark for mark in ("called-now", "waiting-now", "own-waiting") if page.has(mark)]


def test_who_has_gone_can_come_back_to_the_old_turn(busy: Desk) -> None:
    draw(busy, "1")
    gone = busy.press("left", on=busy.open("/standby"))

    back = busy.press("here-after-all", on=gone)

    assert gone.has("gone-number")
    assert back.has("waiting-number")


def test_who_is_not_there_when_called_is_marked_gone_and_a_call_can_be_taken_back(busy: Desk) -> None:
    draw(busy, "1")
    called = busy.press("call-next", on=busy.open("/standby"))

    again = busy.press("call-back", on=called)
    gone = busy.press("gone", on=busy.press("call-next", on=again))

    assert again.has("waiting-number")
    assert gone.has("gone-number")


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("", "인원을 1에서 10"),
        ("0", "인원을 1에서 10"),
        ("two", "인원을 1에서 10"),
        ("9" * 400, "인원을 1에서 10"),
        ("6", "5"),
    ],
    ids=["nothing", "nobody", "a word", "more than a float holds", "a party that is too large"],
)
def test_a_number_needs_a_number_of_people(busy: Desk, people: str, said: str) -> None:
    page = draw(busy, people)

    assert page.status == 422
    assert said in page.text
    assert len(list(page.mark("error-summary").iter("li"))) == 1, "one fault is said once"


def test_before_the_day_there_is_nothing_to_call(app: Flask, desk: Desk) -> None:
    desk.stand_at("2026-05-19T23:50")

    assert public(app, desk).has("not-today")


def test_nobody_is_called_while_no_place_is_free(busy: Desk) -> None:
    draw(busy, "2")

    page = busy.press("call-next", on=busy.open("/standby"))

    assert "부를 수 있는 번호가 없습니다." in page.text
    assert not page.has("called")

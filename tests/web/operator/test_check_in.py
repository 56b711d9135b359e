"""Checking in as an operator does: hold up, read the answer, tap once; take it back with another tap."""

import pytest
from sqlalchemy.orm import Session

from tests.ground.pages import Page, visit, words
from tests.rosters.gate import standing
from tests.web.operator.conftest import Desk
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application, Attendance
from tourbook.rosters import pass_of

EXPECTED, ARRIVED, NO_SHOW, TURNED_AWAY = Attendance
PAGE = "/check-in"


def held(desk: Desk, code: str, *, language: str = "ko") -> Page:
    page = visit(desk.client, desk.address.replace("/ko/", f"/{language}/") + PAGE)
    return page.form(mark="check-in").submit(desk.client, code=code)


def verdict(page: Page) -> str:
    return page.mark("held").get("data-verdict", "")


def test_a_name_leads_to_the_party_and_one_tap_marks_all_of_it(desk: Desk) -> None:
    party = desk.gate.apply(3, names=["강하늘", "문바다", "이산들"])

    answer = held(desk, "바다")
    marked = desk.press("check-in-party", on=answer)

    assert "이 회차의 방문자입니다" in words(answer.mark("held"))
    assert "3명" in words(answer.mark("held-party"))
    assert standing(party) == [ARRIVED] * 3
    assert "도착 확인했습니다" in words(marked.mark("held"))
    assert "도착 3 / 3명" in words(marked.mark("arrived"))


def test_the_tap_is_taken_back_by_another(desk: Desk) -> None:
    party = desk.gate.apply(2, names=["강하늘", "문바다"])

    marked = desk.press("check-in-party", on=held(desk, "하늘"))
    undone = desk.press("check-in-undo", on=marked)

    assert standing(party) == [EXPECTED] * 2
    assert verdict(undone) == "expected"
    assert undone.has("check-in-party")


def test_a_code_that_was_used_says_since_when(desk: Desk, session: Session) -> None:
    party = session.get_one(Application, desk.gate.apply(2))
    desk.press("check-in-party", on=held(desk, pass_of(party)))
    desk.stand_at("2026-05-20T09:55")

    answer = held(desk, pass_of(party), language="en")

    assert "Arrived already: 09:30" in words(answer.mark("held"))
    assert not answer.has("check-in-undo")


def test_a_code_of_another_departure_leads_there(desk: Desk, session: Session) -> None:
    elsewhere = desk.gate.scene.add_departure("2026-05-26T14:00")
    party = session.get_one(Application, desk.gate.scene.apply(elsewhere, 2))

    answer = held(desk, pass_of(party))

    assert "2026년 5월 26일(화) 14:00" in words(answer.mark("held"))
    assert not answer.has("check-in-party")
    assert answer.mark("to-other-departure").get("href") == f"/ko/operator/departures/{elsewhere}/check-in"


def test_a_cancelled_party_and_a_forged_code_say_so(desk: Desk, session: Session) -> None:
    party = session.get_one(Application, desk.gate.apply(2))
    code = pass_of(party)
    cancel(party.id, actor=GUEST, now=desk.gate.now.replace(day=10))

    cancelled, forged = held(desk, code), held(desk, code[:-1] + ("A" if code[-1] != "A" else "B"))

    assert verdict(cancelled) == "not_coming"
    assert "취소" in words(cancelled.mark("held-state"))
    assert not cancelled.has("check-in-party")
    assert verdict(forged) == "forged"
    assert not forged.has("held-party")


def test_nothing_typed_is_refused_with_a_way_to_the_field(desk: Desk) -> None:
    page = held(desk, " ")

    assert page.status == 422
    assert page.has("error-summary")


def test_before_the_day_people_are_looked_up_and_not_marked(desk: Desk) -> None:
    desk.gate.apply(1, names=["강하늘"])
    desk.stand_at("2026-05-19T18:00")

    answer = held(desk, "하늘")

    assert verdict(answer) == "expected"
    assert answer.has("too-early")
    assert not answer.has("check-in-party")


@pytest.mark.sqlite_only("headers do not come from a database")
def test_the_camera_is_allowed_on_this_page_alone(desk: Desk) -> None:
    policies = {
        path: desk.client.get(desk.address + path).headers["Permissions-Policy"] for path in ("", PAGE, "/walk-up")
    }

    assert [path for path, policy in policies.items() if "camera=(self)" in policy] == [PAGE]
    assert all("microphone=()" in policy for policy in policies.values())


@pytest.mark.parametrize("moment", ["gestern", "2026-05-20T09:30"])
def test_a_moment_that_no_button_says_is_a_bad_request(desk: Desk, moment: str) -> None:
    desk.gate.apply(1, names=["강하늘"])
    marked = desk.press("check-in-party", on=held(desk, "하늘"))
    form = next(form for form in marked.forms if "marked_at" in form.values)

    assert form.submit(desk.client, marked_at=moment).status == 400

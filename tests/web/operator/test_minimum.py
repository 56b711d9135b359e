"""Deciding on a page whether a departure runs that few people want: counts before, the result after, a reason kept."""

from collections.abc import Callable
from datetime import time
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.applications.scene import departure, state
from tests.ground.pages import visit, words
from tests.rosters.gate import visitors
from tests.web.operator.conftest import Desk
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel_visitor
from tourbook.applications.models import Application, State
from tourbook.courses.models import TOO_FEW_PEOPLE, Course
from tourbook.db import db, transaction
from tourbook.operations import call_off_departure

EARLY = "2026-05-14T09:00"


@pytest.fixture
def short(desk: Desk) -> UUID:
    """Six days before a departure that runs with four people, of whom three have places; gives another of its day."""
    other = desk.gate.scene.add_departure("2026-05-20T14:00")
    with transaction() as session:
        course = session.get_one(Course, desk.gate.scene.course_id)
        course.runs_from_people, course.decided_days_before, course.decided_at = 4, 4, time(10)
    desk.gate.apply(3)
    desk.stand_at("2026-05-13T09:00")
    desk.gate.scene.apply(other, 5)
    desk.stand_at(EARLY)
    return other


@pytest.mark.usefixtures("short")
def test_operators_see_ahead_that_too_few_have_places(desk: Desk) -> None:
    day = visit(desk.client, "/ko/operator/?day=2026-05-20")

    said = [words(one).partition(" · ")[0] for one in day.marked("minimum")]
    assert said == ["확정 3명(최소 출발 인원 4명)", "확정 5명(최소 출발 인원 4명)"]
    assert "최소 출발 인원: 4명" in words(desk.open().mark("minimum"))


@pytest.mark.usefixtures("short")
def test_the_counts_stand_before_the_button_and_in_it(desk: Desk) -> None:
    page = desk.open("/minimum")

    assert "3명" in words(page.mark("decide-submit"))
    assert "3명" in words(page.mark("moved"))
    assert "14:00" in words(page.mark("moved"))


@pytest.mark.usefixtures("short")
def test_deciding_early_calls_off_and_says_whom_it_reached(desk: Desk) -> None:
    form = desk.open("/minimum").form(mark="decide")

    page = form.submit(desk.client)
    again = form.submit(desk.client)

    assert "3명에게 다른 회차를" in page.text
    assert "최소 출발 인원보다 적어" in words(page.mark("called-off"))
    assert departure(desk.gate.departure_id).called_off_cause == TOO_FEW_PEOPLE
    assert again.status == 200
    assert desk.open("/minimum").has("called-off")
    assert not desk.open("/minimum").has("decide")


@pytest.mark.usefixtures("short")
def test_it_is_kept_running_for_a_reason_in_both_languages(desk: Desk) -> None:
    form = desk.open("/minimum").form(mark="keep")

    refused = form.submit(desk.client, reason_ko="학교 단체")
    done = form.submit(desk.client, reason_ko="학교 단체", reason_en="A school class")

    assert refused.status == 422
    assert "#reason_en" in {link.get("href") for link in refused.mark("error-summary").iter("a")}
    assert refused.form(mark="keep").values["reason_ko"] == "학교 단체"
    assert "학교 단체" in words(done.mark("minimum"))
    assert departure(desk.gate.departure_id).runs_since is not None
    assert not any(desk.open("/minimum").has(mark) for mark in ("decide", "keep"))


def test_what_has_enough_people_by_then_is_not_called_off(desk: Desk, short: UUID) -> None:
    form = desk.open("/minimum").form(mark="decide")
    desk.gate.apply(2)

    page = form.submit(desk.client)

    assert page.status == 409
    assert "인원이 충분" in words(page.mark("error-summary"))
    assert not page.has("decide")
    assert "인원이 충분" in page.text
    assert departure(desk.gate.departure_id).called_off_at is None
    assert not visit(desk.client, f"/ko/operator/departures/{short}/minimum").has("decide")


def cancels_one(desk: Desk, _other: UUID) -> None:
    who = visitors(confirmed(desk.gate.departure_id)[0])[0]
    cancel_visitor(who.id, actor=GUEST, now=desk.gate.now)


def fills_the_other(desk: Desk, other: UUID) -> None:
    for _ in range(3):
        desk.gate.scene.apply(other, 5)


def calls_the_other_off(desk: Desk, other: UUID) -> None:
    reasons = {"reason_ko": "산불", "reason_en": "a fire"}
    call_off_departure(other, **reasons, actor=COMMAND, now=desk.gate.now)


@pytest.mark.parametrize(
    ("meanwhile", "people", "moved"),
    [
        (cancels_one, "2명", "2명"),
        (fills_the_other, "3명", "다른 회차에는 옮길 자리가 없습니다"),
        (calls_the_other_off, "3명", "다른 회차에는 옮길 자리가 없습니다"),
    ],
)
def test_what_is_decided_is_what_was_shown_or_it_is_asked_again(
    desk: Desk, short: UUID, meanwhile: Callable[[Desk, UUID], None], people: str, moved: str
) -> None:
    form = desk.open("/minimum").form(mark="decide")
    meanwhile(desk, short)

    page = form.submit(desk.client)

    assert page.status == 409
    assert "아무것도 처리하지 않았습니다" in words(page.mark("error-summary"))
    assert people in words(page.mark("decide-submit"))
    assert moved in words(page.mark("moved"))
    assert departure(desk.gate.departure_id).called_off_at is None
    done = page.form(mark="decide").submit(desk.client)
    assert done.status == 200
    assert departure(desk.gate.departure_id).called_off_cause == TOO_FEW_PEOPLE


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("shown", ["", "x", "1-3-0-0-1-3-", "9" * 5000])
def test_what_was_never_shown_is_not_decided(desk: Desk, shown: str) -> None:
    page = desk.open("/minimum").form(mark="decide").submit(desk.client, shown=shown)

    assert page.status == 409
    assert page.has("decide")
    assert departure(desk.gate.departure_id).called_off_at is None


def test_what_the_clock_asks_for_is_settled_before_the_second_look(desk: Desk, short: UUID) -> None:
    """A smaller size was not settled when the page was read: what is refused settles it all the same."""
    form = desk.open("/minimum").form(mark="decide")
    desk.gate.scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=2)

    first = form.submit(desk.client)
    assert first.status == 409
    assert departure(desk.gate.departure_id).called_off_at is None

    assert state(parties_of(desk.gate.departure_id)[0]) == State.DISPLACED


def parties_of(departure_id: UUID) -> list[UUID]:
    wanted = select(Application.id).where(Application.departure_id == departure_id).order_by(Application.id)
    return list(db.session.scalars(wanted))


def confirmed(departure_id: UUID) -> list[UUID]:
    return [one for one in parties_of(departure_id) if state(one) == State.CONFIRMED]


def test_without_a_minimum_the_page_says_so(desk: Desk) -> None:
    page = desk.open("/minimum")
    assert page.has("no-minimum")
    assert not desk.open().has("minimum")


@pytest.mark.usefixtures("short")
def test_citizens_read_the_rule_before_they_apply_and_how_it_stands(desk: Desk) -> None:
    course = visit(desk.client, "/en/courses/walk")
    shown = visit(desk.client, f"/en/departures/{desk.gate.departure_id}")

    assert "runs from 4 people" in words(course.mark("minimum-rule"))
    assert "4 days before it, at 10:00" in words(course.mark("minimum-rule"))
    said = words(shown.mark("minimum"))
    assert said.startswith("Note: Runs from 4 people. Decided on: Sat 16 May 2026, 10:00")
    assert "With confirmed places now: 3 people" in said


@pytest.mark.usefixtures("short")
def test_a_departure_called_off_for_it_says_so_to_everybody(desk: Desk) -> None:
    desk.open("/minimum").form(mark="decide").submit(desk.client)

    shown = visit(desk.client, f"/en/departures/{desk.gate.departure_id}")

    assert "Fewer people have places than this departure needs to run" in words(shown.mark("called-off"))
    assert not shown.has("minimum")


def test_another_organisation_finds_no_such_page(desk: Desk, short: UUID) -> None:
    with transaction() as session:
        session.get_one(Course, desk.gate.scene.course_id).organisation_id = None
    assert desk.open("/minimum").status == 404
    assert state_of_all(desk) == [None]


def state_of_all(desk: Desk) -> list[object]:
    return [departure(desk.gate.departure_id).called_off_at]


def test_nobody_is_moved_without_an_answer(desk: Desk, short: UUID) -> None:
    party = desk.gate.apply(1)
    with transaction() as session:
        session.get_one(Course, desk.gate.scene.course_id).runs_from_people = 6
    desk.open("/minimum").form(mark="decide").submit(desk.client)
    assert state(party) == State.CALLED_OFF
    assert departure(short).called_off_at is None

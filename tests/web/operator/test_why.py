"""Why is it 10? For now and for any past moment, with source and dates."""

from sqlalchemy.orm import Session

from tests.ground.pages import words
from tests.web.operator.conftest import Desk


def decide(desk: Desk) -> None:
    """On 12 May half the size was announced for the 18th."""
    desk.stand_at("2026-05-12T15:00")
    desk.gate.scene.add_order("half", "2026-05-18")
    desk.stand_at("2026-05-20T09:30")


def test_the_answer_for_now_names_each_step_with_source_and_dates(desk: Desk) -> None:
    decide(desk)

    page = desk.open("/why")

    steps = words(page.mark("why"))
    assert page.heading == "왜 5명인가요?"
    assert "이 회차의 정원 10명" in steps
    assert "근거: 이 회차의 정원" in steps
    assert "단계 half" in steps
    assert "근거: 거리두기 조치" in steps
    assert "발표 2026년 5월 12일(화) 15:00" in steps
    assert "2026년 5월 18일(월)부터" in steps


def test_the_answer_for_a_past_moment_knows_only_what_was_known_then(desk: Desk) -> None:
    decide(desk)
    form = desk.open("/why").form(mark="ask")

    before = form.submit(desk.client, as_of="2026-05-12 14:59")
    announced = form.submit(desk.client, as_of="2026-05-12T15:00")

    assert before.heading == "왜 10명인가요?"
    assert "2026년 5월 12일(화) 14:59" in words(before.mark("as-of"))
    assert announced.heading == "왜 5명인가요?"
    assert "as_of=2026-05-12T15" in announced.address


def test_a_moment_that_cannot_be_read_is_told_and_answered_for_now(desk: Desk, session: Session) -> None:
    page = desk.open("/why?as_of=yesterday")

    assert page.status == 422
    assert page.title.startswith("오류:")
    assert page.heading == "왜 10명인가요?"


def test_a_past_moment_may_be_typed_the_korean_way(desk: Desk) -> None:
    decide(desk)

    page = desk.open("/why").form(mark="ask").submit(desk.client, as_of="２０２６년 5월 12일 14시 59분")

    assert page.heading == "왜 10명인가요?"

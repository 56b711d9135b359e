"""The trail tells every act and every fact in words, in both languages."""

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from tests.applications.scene import Scene
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator
from tourbook.actor import COMMAND
from tourbook.applications.models import Attendance, Fee, State
from tourbook.audit import record
from tourbook.courses.models import Course
from tourbook.db import transaction
from tourbook.web.admin.trail_facts import facts_words
from tourbook.web.admin.trail_words import ACTS

MADE = {
    "application": State,
    "fee": [fee for fee in Fee if fee is not Fee.NONE],
    "visitor": Attendance,
}


@pytest.mark.sqlite_only("words ask no database")
@pytest.mark.parametrize("act", [f"{about}_{one.value}" for about, kinds in MADE.items() for one in kinds])
def test_every_act_about_people_has_words(act: str):
    assert act in ACTS


@pytest.mark.sqlite_only("words ask no database")
@pytest.mark.parametrize(
    ("fact", "value", "korean", "english"),
    [
        ("from", "held", "이전 상태: 자리 확보 중", "Before: Places kept"),
        ("was", "no_show", "이전 상태: 불참", "Before: Did not come"),
        ("was", "voucher_given", "이전 상태: 상품권 지급", "Before: Voucher given"),
        ("capacity", [20, 10], "정원: 20 → 10", "Size: 20 → 10"),
        ("party_max", None, "일행 인원 제한: –", "Party limit: –"),
        ("weekdays", [1, 5], "요일: 화요일, 토요일", "Weekdays: Tuesday, Saturday"),
        ("times", ["10:00", "14:00"], "출발 시각: 10:00, 14:00", "Departure times: 10:00, 14:00"),
        ("first_day", "2026-05-04", "첫날: 2026년 5월 4일(월)", "First day: Mon 4 May 2026"),
        ("channel", "walk_up", "접수 경로: 현장 접수", "Came in by: Walk-up"),
        ("purpose", "submission", "열람 목적: 명단 제출", "Read for: Handing over the names"),
        ("measure", "no_limit", "허용 기준: 제한 없음", "Allowed: no limit"),
        ("kind", "suspension", "종류: 운영 중단", "Kind: Suspension"),
        ("for", "trail", "대상: DMZ 평화의 길", "For: DMZ Peace Trail"),
        (
            "needs_passport",
            ["False", "True"],
            "외국인은 여권번호를 냄: 아니요 → 예",
            "Foreign visitors give a passport number: no → yes",
        ),
        (
            "deadline",
            "2026-05-04T00:00:00+00:00",
            "답변 기한: 2026년 5월 4일(월) 09:00",
            "Answer by: Mon 4 May 2026, 09:00 KST",
        ),
        ("from", "entered", "이전 상태: 추첨 응모", "Before: In the draw"),
        ("choices", ["one", "two"], "지망(1지망부터): one, two", "Choices, the most wanted first: one, two"),
        ("turn", 3, "추첨 순서: 3", "Turn in the draw: 3"),
        ("invented", "as_it_is", "invented: as_it_is", "invented: as_it_is"),
    ],
)
def test_a_fact_is_told_in_words(app: Flask, fact: str, value: Any, korean: str, english: str):
    with app.test_request_context("/"):
        with force_locale("ko"):
            assert facts_words({fact: value}, {}) == korean
        with force_locale("en"):
            assert facts_words({fact: value}, {}) == english


@pytest.mark.parametrize(("lang", "told"), [("ko", "소요 시간(분): 90 → 120"), ("en", "Length in minutes: 90 → 120")])
def test_the_page_tells_what_changed(admin: Administrator, scene: Scene, lang: str, told: str):
    with transaction() as writing:
        course = writing.get_one(Course, scene.course_id)
        facts = {"minutes": [90, 120]}
        record(writing, "course_edited", subject=course, actor=COMMAND, now=scene.now, facts=facts)
    admin.lang = lang

    (entry,) = admin.open("/trail?act=course_edited").marked("entry")

    assert told in words(entry)


def test_a_life_of_an_application_holds_no_code(admin: Administrator, scene: Scene):
    scene.apply(scene.add_departure("2026-05-14T10:00"), 2)

    for entry in admin.open("/trail").marked("entry"):
        told = words(list(entry)[4])
        assert "_" not in told
        assert "from:" not in told


def test_a_draw_may_be_called_like_a_day_that_there_is_not(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert "0000-00-00" in facts_words({"code": "0000-00-00"}, {})


@pytest.mark.sqlite_only("words ask no database")
@pytest.mark.parametrize("typed", ["0001-01-01T00:00+14:00", "2026-02-30"])
def test_words_may_look_like_a_moment_that_there_is_not(app: Flask, typed: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert typed in facts_words({"value": typed}, {})


@pytest.mark.sqlite_only("words ask no database")
def test_the_value_of_a_draw_that_may_still_be_taken_back_is_shown_to_no_administrator(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert "ab12" in facts_words({"value": "ab12"}, {})
        assert "ab12" not in facts_words({"value": "ab12", "kept_until": "2026-05-04T00:05:00+00:00"}, {})

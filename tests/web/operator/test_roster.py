"""The roster as an operator uses it: marked by plain buttons, which do no harm twice and lead back to their place."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.ground.pages import visit, words
from tests.rosters.gate import standing, trail, visitors
from tests.web.operator.conftest import Desk
from tourbook.actor import GUEST
from tourbook.applications import cancel, correct_name
from tourbook.applications.models import Application, Attendance, Fee
from tourbook.courses.models import Course
from tourbook.db import transaction
from tourbook.distancing.models import Order
from tourbook.web import refusals

EXPECTED, ARRIVED, NO_SHOW, TURNED_AWAY = Attendance


def test_the_days_departures_stand_with_their_counts(desk: Desk) -> None:
    desk.gate.apply(3)

    page = visit(desk.client, "/ko/operator/")

    assert page.heading.startswith("2026년 5월 20일(수)")
    assert "10:00 걷기" in words(page.mark("departure"))
    assert "도착 0 / 3명" in words(page.mark("departure"))
    assert page.link("10:00 걷기").endswith(desk.address)


def test_a_day_says_how_many_of_the_taken_places_are_only_offered(desk: Desk) -> None:
    scene = desk.gate.scene
    walk = scene.add_departure("2026-05-27T10:00", capacity=2)
    leaving = scene.apply(walk, 2)
    scene.apply(walk, 2, wait=True)
    cancel(leaving, actor=GUEST, now=scene.now)

    page = visit(desk.client, "/en/operator/?day=2026-05-27")

    assert "Full 2 of 2 taken · 2 of these offered, not answered yet" in words(page.mark("departure"))


def test_other_days_are_reached_by_links_and_by_date(desk: Desk) -> None:
    desk.gate.scene.add_departure("2026-05-23T14:00")

    page = visit(desk.client, "/ko/operator/")
    later = visit(desk.client, page.link("다음: 2026년 5월 23일(토)"))
    empty = page.form(mark="choose-day").submit(desk.client, day="2026-05-21")
    nonsense = page.form(mark="choose-day").submit(desk.client, day="morgen")

    assert "14:00 걷기" in later.text
    assert later.has("earlier")
    assert empty.has("no-departures")
    assert nonsense.status == 422


def test_a_roster_shows_party_visitor_age_nationality_contact_fee_and_status(desk: Desk, session: Session) -> None:
    party = desk.gate.apply(1, names=["강하늘"])

    page = desk.open()

    shown = words(page.mark("party"))
    assert session.get_one(Application, party).reference in shown
    assert "강하늘" in shown
    assert "36세 · 대한민국" in shown
    assert "***@example.kr" in shown
    assert "@example.kr" in shown
    assert "미납" in shown
    assert "미도착" in shown


def test_an_arrival_is_marked_and_taken_back_where_the_button_stands(desk: Desk) -> None:
    first, _ = visitors(desk.gate.apply(2))

    answer = desk.press("mark-arrived", follow=False)
    page = visit(desk.client, answer.response.headers["Location"])
    undone = desk.press("mark-undo", on=page)

    assert answer.status == 303
    assert urlsplit(answer.response.headers["Location"]).fragment == f"at-{first.id}"
    assert f'id="at-{first.id}"' in page.html
    assert "1 / 2" in words(page.mark("arrived"))
    assert words(page.mark("saved")) == "저장했습니다."
    assert undone.marked("mark-undo") == []
    assert standing(first.application_id) == [EXPECTED, EXPECTED]


def test_the_same_button_sent_twice_does_no_harm(desk: Desk, session: Session) -> None:
    party = desk.gate.apply(1)
    page = desk.open()

    for _ in range(2):
        desk.press("mark-no-show", on=page)

    assert standing(party) == [NO_SHOW]
    assert len(trail(session, "visitor_no_show")) == 1


@pytest.mark.parametrize(("button", "mark"), [("mark-turned-away", TURNED_AWAY), ("mark-no-show", NO_SHOW)])
def test_the_other_marks_are_buttons_too(desk: Desk, button: str, mark: Attendance) -> None:
    party = desk.gate.apply(1)

    desk.press(button)

    assert standing(party) == [mark]


def test_a_narrowed_roster_stays_narrowed_and_keeps_the_one_just_marked_in_sight(desk: Desk) -> None:
    first, second, third = visitors(desk.gate.apply(3))
    desk.press("mark-arrived", 0)

    narrowed = visit(desk.client, desk.open().link("미도착"))
    marked = desk.press("mark-arrived", 0, on=narrowed)

    assert first.name not in narrowed.text
    assert [second.name in marked.text, third.name in marked.text] == [True, True]
    assert parse_qs(urlsplit(marked.address).query) == {"show": ["expected"], "at": [str(second.id)]}


def test_what_is_refused_is_told_at_the_top_of_the_roster(app: Flask, desk: Desk) -> None:
    party = desk.gate.apply(1)
    page = desk.open()
    cancel(party, actor=GUEST, now=desk.gate.now)

    told = desk.press("mark-arrived", on=page)
    with app.test_request_context("/ko/operator/"):
        sentence = refusals.words("not_on_the_roster")

    assert told.status == 200
    assert sentence in told.text
    assert standing(party) == [EXPECTED]


def test_what_no_button_says_is_a_bad_request(desk: Desk) -> None:
    party = desk.gate.apply(1)
    button = next(form for form in desk.open().forms if form.action.endswith("/attendance"))

    answer = visit(desk.client, button.action, method="POST", data={**button.values, "attendance": "asleep"})

    assert answer.status == 400
    assert standing(party) == [EXPECTED]


def test_before_its_day_nobody_can_be_marked_or_let_in(desk: Desk) -> None:
    desk.gate.apply(1)
    desk.stand_at("2026-05-19T20:00")

    page = desk.open()

    assert not page.has("mark-arrived")
    assert not page.has("walk-up")
    assert desk.open("/walk-up").has("gate-closed")


def test_a_search_by_part_of_a_name_keeps_names_out_of_addresses(desk: Desk) -> None:
    desk.gate.apply(2, names=["강하늘", "이바다"])

    page = desk.open().form(mark="search").submit(desk.client, search="바다")

    assert "이바다" in page.text
    assert "강하늘" not in page.text
    assert "2명" in words(page.mark("party"))
    assert page.address.endswith(desk.address)


def test_nobody_found_says_so(desk: Desk) -> None:
    desk.gate.apply(1)

    assert desk.open().form(mark="search").submit(desk.client, search="없는 사람").has("nobody")


def test_people_are_found_on_all_departures_by_full_name_or_reference(desk: Desk, session: Session) -> None:
    party = desk.gate.apply(1, names=["강 하늘"])
    reference = session.get_one(Application, party).reference
    page = visit(desk.client, "/ko/operator/find")

    by_name, by_reference, nobody, nothing = (
        page.form(mark="find").submit(desk.client, search=typed)
        for typed in ("강하늘", reference.lower().replace("-", " "), "강하", "")
    )

    assert by_name.address.endswith("/ko/operator/find")
    for found in (by_name, by_reference):
        assert "강 하늘" in words(found.mark("found"))
        assert desk.address in found.link("강 하늘")
    assert nobody.has("nobody")
    assert nothing.status == 422


def test_the_fee_is_taken_given_back_and_undone(desk: Desk, session: Session) -> None:
    party = desk.gate.apply(2)

    paid = desk.press("fee-paid")
    fees = [session.get_one(Application, party, populate_existing=True).fee]
    for button in ("fee-voucher_given", "fee-paid", "fee-due"):
        desk.press(button)
        fees.append(session.get_one(Application, party, populate_existing=True).fee)

    assert "납부" in words(paid.mark("fee"))
    assert fees == [Fee.PAID, Fee.VOUCHER_GIVEN, Fee.PAID, Fee.DUE]


def test_what_the_level_asks_for_is_ticked_for_each_person(desk: Desk, session: Session) -> None:
    party = desk.gate.apply(1)
    order = desk.gate.scene.add_order("open", "2026-05-01")
    row = session.get_one(Order, order)
    row.condition_ko, row.condition_en = "접종 완료 또는 음성 확인", "Vaccinated, or a negative test"
    session.commit()

    page = desk.open()
    ticked = desk.press("condition", on=page)
    unticked = desk.press("condition-undo", on=ticked)

    assert "접종 완료 또는 음성 확인" in words(page.mark("condition-asked"))
    assert ticked.has("condition-shown")
    assert not unticked.has("condition-shown")
    assert visitors(party)[0].condition_shown is False


def test_the_names_are_sent_once_and_later_changes_are_told(desk: Desk, session: Session) -> None:
    desk.gate.apply(1)
    goes = desk.gate.apply(1)
    desk.stand_at("2026-05-18T18:00")

    before = desk.open()
    sent = desk.press("send-roster", on=before)
    desk.press("send-roster", on=before)
    cancel(goes, actor=GUEST, now=desk.gate.now)

    assert before.has("names-due")
    assert "2026년 5월 18일(월) 18:00" in words(sent.mark("names-sent"))
    assert not sent.has("send-roster")
    assert "1명이 빠졌습니다" in words(desk.open().mark("names-sent"))
    assert len(trail(session, "roster_sent")) == 1


def test_a_name_that_was_put_right_after_sending_is_told_too(desk: Desk) -> None:
    party = desk.gate.apply(1)
    desk.stand_at("2026-05-18T18:00")
    desk.press("send-roster")
    correct_name(visitors(party)[0].id, "김하늘", actor=GUEST, now=desk.gate.now + timedelta(minutes=1))

    assert "성명을 고친 분이 1명" in words(desk.open().mark("names-sent"))


def test_the_names_are_due_before_they_are_final_and_both_are_said_with_their_difference(desk: Desk) -> None:
    with transaction() as session:
        session.get_one(Course, desk.gate.scene.course_id).roster_due_days = 5
    desk.gate.apply(1)
    desk.stand_at("2026-05-14T12:00")

    due = words(desk.open().mark("names-due"))
    listed = words(visit(desk.client, "/ko/operator/?day=2026-05-20").mark("departure"))

    assert "2026년 5월 15일(금) 24:00" in due
    assert "제출한 뒤에도 2026년 5월 18일(월) 24:00까지는" in due
    assert "제출 뒤에도 명단이 바뀌는 기한: 2026년 5월 18일(월) 24:00까지" in listed


def test_where_both_are_one_moment_one_is_said(desk: Desk) -> None:
    desk.gate.apply(1)
    desk.stand_at("2026-05-14T12:00")

    assert "제출한 뒤에도" not in words(desk.open().mark("names-due"))


def test_on_the_day_people_come_before_what_is_said_of_the_names(desk: Desk) -> None:
    desk.gate.apply(1)
    desk.stand_at("2026-05-18T12:00")
    before = desk.open().html
    desk.press("send-roster")
    desk.stand_at("2026-05-20T09:30")
    on_the_day = desk.open().html

    assert before.index("names-due") < before.index('id="people"')
    assert on_the_day.index("names-sent") > on_the_day.index('id="people"')


def test_every_reading_of_names_is_written_down(desk: Desk, session: Session) -> None:
    desk.gate.apply(1)

    desk.open()
    desk.open("/print")
    desk.open("/why")
    desk.open("/walk-up")

    assert [entry.facts["purpose"] for entry in trail(session, "roster_read")] == ["gate", "print"]


def test_english_pages_speak_english(desk: Desk) -> None:
    desk.gate.apply(1)

    page = visit(desk.client, desk.address.replace("/ko/", "/en/"))

    assert page.heading == "Walk Wed 20 May 2026, 10:00 KST"
    assert "Did not come" in page.text

"""Writing to everybody through the pages: the letters and the count first, then one button that sends."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.ground.pages import Page, visit, words
from tests.operations.test_taking_back import GRACE, change
from tests.web.operator.conftest import Desk
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application
from tourbook.courses import MeasureDraft, enter_measure
from tourbook.db import transaction
from tourbook.kst import in_seoul
from tourbook.notices.models import Notice

TEXT = {"text_ko": "주차장이 공사 중입니다.\n버스를 이용해 주세요.", "text_en": "The car park is closed."}
NUMBER_OF_A_RESIDENT = "900101-1234567"


def preview(desk: Desk, path: str = "/message", **typed: str) -> Page:
    form = desk.open(path).form(mark="message-form")
    return form.submit(desk.client, button="stage", **{**TEXT, **typed})


def send(desk: Desk, page: Page) -> Page:
    return page.form(mark="send-form").submit(desk.client, stage="send")


def letters(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.scalars(select(Notice).where(Notice.kind == "message")))


def link_to(desk: Desk, session: Session, notice: Notice, lang: str) -> Page:
    session.rollback()
    token = session.get_one(Application, notice.subject_id).token
    return visit(desk.client, f"/{lang}/a/{token}")


def test_the_preview_shows_both_letters_and_the_count_and_sends_nothing(desk: Desk, session: Session) -> None:
    first, second = desk.gate.apply(2), desk.gate.apply(1)
    with transaction() as act:
        party = act.get_one(Application, second)
        party.contact_way, party.contact = "sms", "+821012345678"

    page = preview(desk)

    assert words(page.mark("send")) == "2팀에 보내기"
    assert words(page.mark("counts")).count("1팀") == 2
    assert "버스를 이용해 주세요." in words(page.mark("letter-ko"))
    assert "The car park is closed." in words(page.mark("letter-en"))
    assert "From the organiser" in words(page.mark("letter-en"))
    tokens = [session.get_one(Application, one).token for one in (first, second)]
    assert not any(token in page.html for token in tokens)
    assert letters(session) == []


def test_it_is_sent_from_the_preview_once(desk: Desk, session: Session) -> None:
    desk.gate.apply(2)
    page = preview(desk)

    done, again = send(desk, page), send(desk, page)

    assert "1팀에 보냈습니다" in done.text
    assert "1팀에 보냈습니다" in again.text
    assert len(letters(session)) == 1


def test_whoever_looks_too_late_is_shown_the_new_count_and_may_send_then(desk: Desk, session: Session) -> None:
    party = desk.gate.apply(2)
    desk.gate.apply(1)
    page = preview(desk)
    cancel(party, actor=GUEST, now=desk.gate.now)

    refused = send(desk, page)

    assert refused.status == 409
    assert "지금은 1팀입니다" in words(refused.mark("error-summary"))
    assert letters(session) == []
    assert "1팀에 보냈습니다" in send(desk, refused).text


def test_the_text_can_be_changed_from_the_preview(desk: Desk) -> None:
    desk.gate.apply(1)

    page = preview(desk).form(mark="send-form").submit(desk.client, stage="edit")

    assert page.form(mark="message-form").values["text_en"].strip() == TEXT["text_en"]


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"text_en": " "}, "#text_en", "두 언어로"),
        ({"text_ko": "가" * 501}, "#text_ko", "500자"),
        ({"text_ko": "<b>굵게</b>"}, "#text_ko", "글자 그대로"),
        ({"text_ko": f"{NUMBER_OF_A_RESIDENT} 님"}, "#text_ko", "주민등록번호"),
    ],
)
def test_what_may_not_be_sent_is_said_at_its_field(
    desk: Desk, session: Session, typed: dict[str, str], field: str, says: str
) -> None:
    desk.gate.apply(1)

    page = preview(desk, **typed)

    assert page.status == 422
    assert field in {link.get("href") for link in page.mark("error-summary").iter("a")}
    assert says in words(page.mark("error-summary"))
    assert NUMBER_OF_A_RESIDENT not in page.html


def test_parties_without_a_contact_are_named_and_lead_to_the_call_list(desk: Desk) -> None:
    desk.gate.apply(1)
    admitted = desk.gate.admit(1)

    page = preview(desk)
    calls = desk.open("/calls")

    assert admitted.reference in words(page.mark("unreachable"))
    assert page.mark("calls").get("href", "").endswith("/calls")
    assert admitted.reference in words(calls.mark("no-contact"))


def test_where_nobody_can_be_reached_there_is_no_button_that_sends(desk: Desk) -> None:
    page = preview(desk)

    assert page.has("nobody")
    assert not page.has("send")


def test_at_night_the_preview_says_when_text_messages_leave(desk: Desk) -> None:
    party = desk.gate.apply(1)
    with transaction() as act:
        one = act.get_one(Application, party)
        one.contact_way, one.contact = "sms", "+821012345678"
    assert not preview(desk).has("texts-wait")
    desk.stand_at("2026-05-17T22:00")

    assert "5월 18일" in words(preview(desk).mark("texts-wait"))


def test_a_whole_day_is_written_to_from_the_page_of_the_day(desk: Desk, session: Session) -> None:
    desk.gate.scene.add_departure("2026-05-20T14:00")
    desk.gate.apply(1)
    day = visit(desk.client, "/ko/operator/?day=2026-05-20")

    assert day.mark("message-to-day").get("href") == "/ko/operator/days/2026-05-20/message"
    form = visit(desk.client, "/ko/operator/days/2026-05-20/message").form(mark="message-form")
    done = send(desk, form.submit(desk.client, button="stage", **TEXT))

    assert "1팀에 보냈습니다" in done.text
    assert len(letters(session)) == 1


@pytest.mark.parametrize("day", ["2026-05-21", "tomorrow", "2026-02-30"])
def test_a_day_without_departures_is_not_there(desk: Desk, day: str) -> None:
    assert visit(desk.client, f"/ko/operator/days/{day}/message").status == 404


def test_a_departure_that_is_over_is_not_written_about(desk: Desk) -> None:
    over = desk.gate.scene.add_departure("2026-05-20T07:00")  # for two hours
    there = f"/ko/operator/departures/{over}"

    assert visit(desk.client, f"{there}/message").has("over")
    assert not visit(desk.client, there).has("message")
    assert desk.open().has("message")


def test_the_party_reads_it_on_its_page_in_its_language_while_the_departure_is_ahead(
    desk: Desk, session: Session
) -> None:
    desk.gate.apply(1)
    send(desk, preview(desk))
    (notice,) = letters(session)

    korean = words(link_to(desk, session, notice, "ko").mark("organiser-message"))
    english = words(link_to(desk, session, notice, "en").mark("organiser-message"))
    desk.stand_at("2026-05-20T10:00")

    assert "버스를 이용해 주세요." in korean
    assert "The car park is closed." in english
    assert "09:30" in english
    assert not link_to(desk, session, notice, "ko").has("organiser-message")


def test_both_pages_say_who_lost_places_by_a_change_that_can_still_be_taken_back(desk: Desk) -> None:
    desk.gate.apply(2)
    assert not desk.open("/message").has("lost-for-now")
    draft = MeasureDraft(
        course="walk",
        kind="suspension",
        announced_at=desk.gate.now,
        effective_from=date(2026, 5, 20),
        effective_until=date(2026, 5, 20),
        reason_ko="사유",
        reason_en="a reason",
    )
    change(desk.gate.scene, enter_measure, draft=draft)
    until = f"{in_seoul(desk.gate.now + GRACE):%H:%M}"

    for page in (desk.open("/message"), preview(desk)):
        said = words(page.mark("lost-for-now"))
        assert f"{until}까지 되돌릴 수 있는 변경으로 자리를 잃은 일행: 1팀" in said
        assert "그때까지 기다렸다가" in said
    english = visit(desk.client, desk.address.replace("/ko/", "/en/") + "/message")
    assert f"1 party has lost its places by a change that can still be taken back until {until}" in words(
        english.mark("lost-for-now")
    )

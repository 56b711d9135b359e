"""Calling people: a contact is opened by a button for one party, is in no address, and is gone with the next page."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.ground.pages import Page, visit, words
from tests.rosters.gate import trail
from tests.web.operator.conftest import Desk
from tourbook.applications.models import Application
from tourbook.db import transaction
from tourbook.notices import Notice, NoticeState

PHONE = "+821012345678"


@pytest.fixture
def party(desk: Desk) -> Application:
    """A party of one that is reached by telephone, beside another one; both were told."""
    desk.gate.apply(1)
    application_id = desk.gate.apply(1, names=["강하늘"])
    with transaction() as session:
        row = session.get_one(Application, application_id)
        row.contact, row.contact_way = PHONE, "sms"
        for notice in session.scalars(select(Notice)):
            notice.state = NoticeState.SENT
        return row


def missed(party: Application) -> None:
    """What the party was told is given up."""
    with transaction() as session:
        session.scalars(select(Notice).where(Notice.subject_id == party.id)).one().state = NoticeState.FAILED


def show_contact_of(party: Application, page: Page, desk: Desk) -> Page:
    form = next(one for one in page.forms if f"{party.id}/contact" in one.action)
    return form.submit(desk.client)


def test_a_roster_shows_contacts_masked_until_one_is_opened(desk: Desk, party: Application) -> None:
    page = desk.open()
    opened = show_contact_of(party, page, desk)

    assert PHONE[-8:] not in page.html
    assert opened.status == 200
    assert opened.link("010-1234-5678") == f"tel:{PHONE}"
    assert "강하늘" in words(opened.mark("contact"))
    assert ("****5678" in page.text, "****5678" in opened.text) == (True, False)


def test_the_page_stays_at_the_party_and_opens_no_other_contact(desk: Desk, party: Application) -> None:
    page = desk.open()
    form = next(one for one in page.forms if f"{party.id}/contact" in one.action)
    opened = form.submit(desk.client)

    assert form.action.endswith(f"#at-{party.id}")
    assert f'id="at-{party.id}"' in opened.html
    assert len(opened.marked("contact")) == 1
    assert len(opened.marked("show-contact")) == 1


def test_a_mail_address_is_a_link_too(desk: Desk, party: Application, session: Session) -> None:
    with transaction() as writing:
        row = writing.get_one(Application, party.id)
        row.contact, row.contact_way = "haneul@example.kr", "mail"

    opened = show_contact_of(party, desk.open(), desk)

    assert opened.link("haneul@example.kr") == "mailto:haneul@example.kr"


def test_the_contact_is_gone_with_the_next_page_and_each_look_is_written_down(
    desk: Desk, party: Application, session: Session
) -> None:
    for _ in range(2):
        show_contact_of(party, desk.open(), desk)
    back = visit(desk.client, f"/ko/operator/applications/{party.id}/contact")

    assert back.has("show-contact")
    assert not back.has("contact")
    assert [entry.subject_id for entry in trail(session, "contact_read")] == [party.id, party.id]


def test_a_narrowed_roster_stays_narrowed(desk: Desk, party: Application) -> None:
    desk.press("mark-arrived", 1)
    narrowed = visit(desk.client, desk.open().link("미도착"))

    opened = show_contact_of(party, narrowed, desk)

    assert len(opened.marked("party")) == 1


def test_before_the_names_are_due_there_is_nothing_to_press_and_the_reason_is_told(
    desk: Desk, party: Application, session: Session
) -> None:
    page = desk.open()
    desk.stand_at("2026-05-15T09:00")

    told = show_contact_of(party, page, desk)

    assert not desk.open().has("show-contact")
    assert "2026년 5월 19일(화) 00:00" in told.text
    assert PHONE[-8:] not in told.html
    assert trail(session, "contact_read") == []


def test_a_task_that_no_button_names_is_a_bad_request(desk: Desk, party: Application) -> None:
    form = next(one for one in desk.open().forms if f"{party.id}/contact" in one.action)

    answer = visit(desk.client, form.action, method="POST", data={**form.values, "task": "curiosity"})

    assert answer.status == 400


def test_who_was_not_reached_is_marked_on_the_roster_and_stands_on_the_call_list(
    desk: Desk, party: Application, session: Session
) -> None:
    missed(party)

    page = desk.open()
    calls = visit(desk.client, page.link("전화할 일행"))
    opened = show_contact_of(party, calls, desk)

    assert "1팀" in words(page.mark("missed"))
    assert len(page.marked("unreached")) == 1
    assert party.reference in words(calls.mark("to-call"))
    assert "강하늘" not in calls.text
    assert opened.link("010-1234-5678") == f"tel:{PHONE}"
    assert "강하늘" in words(opened.mark("contact"))
    assert trail(session, "contact_read")[0].facts["purpose"] == "unreached"


def test_with_everybody_reached_nobody_is_to_be_called(desk: Desk, party: Application) -> None:
    page = desk.open()

    assert not page.has("missed")
    assert not page.has("unreached")
    assert desk.open("/calls").has("nobody")


def test_who_was_reached_meanwhile_is_not_opened_from_an_old_list(desk: Desk, party: Application) -> None:
    missed(party)
    old = desk.open("/calls")
    with transaction() as session:
        session.scalars(select(Notice).where(Notice.subject_id == party.id)).one().state = NoticeState.SENT

    told = show_contact_of(party, old, desk)

    assert told.has("nobody")
    assert PHONE[-8:] not in told.html

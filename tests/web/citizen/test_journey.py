"""From the home page to a confirmed application, in both languages, without scripts."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, departure, state, told
from tests.web.citizen.people import Citizen, reference_on
from tests.web.signing import register
from tourbook.actor import COMMAND
from tourbook.applications.models import Application, State
from tourbook.db import db
from tourbook.operations import call_off_departure


def the_application(session: Session) -> Application:
    session.rollback()
    return session.scalars(select(Application)).one()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_somebody_applies_from_the_home_page_in_three_clicks_and_five_steps(
    scene: Scene, session: Session, citizen: Citizen, lang: str
) -> None:
    citizen.lang = lang
    walk = scene.add_departure("2026-05-20T10:00")

    home = citizen.open("/")
    course = citizen.open(home.link("걷기" if lang == "ko" else "Walk").split(f"/{lang}", 1)[1])
    party = citizen.open(f"/departures/{walk}")
    visitors = party.form(mark="party").submit(citizen.client, seats="2")
    contact = citizen.name_visitors(visitors, "홍길동", "HONG GIL-DONG")
    check = citizen.give_contact(contact, "010-1234-5678")
    done = citizen.send(check)

    assert f"/departures/{walk}" in str(course.links())
    assert done.has("confirmed")
    application = the_application(session)
    assert application.state == State.CONFIRMED
    assert application.contact == "+821012345678"
    assert application.language == lang
    assert reference_on(done) == application.reference
    assert told(session, application.id) == ["confirmed"]
    assert departure(walk).seats_taken == 2


def test_what_was_typed_stands_on_the_page_to_check(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")

    page = citizen.name_visitors(
        citizen.ask(walk, 1), "Anna Berg", **{"visitors-0-nationality": "SE", "visitors-0-birth_date": "1988. 2. 29."}
    )
    check = citizen.give_contact(page, "ANNA@example.se")

    for words in ("Anna Berg", "1988-02-29", "스웨덴", "ANNA@example.se", "걷기", "1명"):
        assert words in check.text


def test_a_change_on_the_last_page_leads_straight_back_to_it(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    check = citizen.give_contact(citizen.name_visitors(citizen.ask(walk, 1), "김하늘"))

    again = citizen.open(check.link("변경 – 방문자 1").split("/ko", 1)[1])
    back = citizen.name_visitors(again, "김바다")

    assert back.has("answer-visitor-0")
    assert "김바다" in back.text


def test_the_same_form_sent_twice_makes_one_application(scene: Scene, session: Session, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    form = citizen.open(f"/departures/{walk}").form(mark="party")

    first = form.submit(citizen.client, seats="2")
    second = form.submit(citizen.client, seats="2")
    other = form.submit(citizen.client, seats="3")

    assert first.address == second.address
    assert other.status == 422
    assert other.title.startswith("오류:")
    assert session.scalar(select(func.count()).select_from(Application)) == 1


def test_pressing_the_last_button_twice_is_the_same_application(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    check = citizen.give_contact(citizen.name_visitors(citizen.ask(walk, 1)))

    first = citizen.send(check)
    second = citizen.send(check)

    assert first.address == second.address
    assert departure(walk).seats_taken == 1


def test_a_full_departure_offers_the_nearest_others_and_the_waiting_list(
    scene: Scene, citizen: Citizen, session: Session
) -> None:
    full = scene.add_departure("2026-05-20T10:00", capacity=2)
    others = [scene.add_departure(f"2026-05-{day}T10:00") for day in (17, 19, 21, 26)]
    scene.apply(full, 2)

    page = citizen.open(f"/departures/{full}")
    waiting = citizen.apply(full, 2)

    nearest = [mark for mark in (e.get("data-test") for e in page.mark("nearest").iter()) if mark]
    assert [f"departure-{one}" for one in others[:3]] == nearest[1:]
    assert waiting.has("waiting")
    assert waiting.has("skip-rule")
    assert state(session.scalars(select(Application.id).order_by(Application.id.desc())).first()) == State.WAITING


def test_too_few_places_keep_the_wish_and_show_what_else_there_is(scene: Scene, citizen: Citizen) -> None:
    tight = scene.add_departure("2026-05-20T10:00", capacity=5)
    other = scene.add_departure("2026-05-21T10:00")
    scene.apply(tight, 3)

    page = citizen.ask(tight, 4)

    assert page.status == 409
    assert page.has("refused")
    assert page.has(f"departure-{other}")
    assert page.form(mark="party").values["seats"] == "4"
    held = page.form(mark="wait").submit(citizen.client)
    assert held.has("visitors")


def test_nobody_else_can_open_the_application(scene: Scene, citizen: Citizen, somebody) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    done = citizen.apply(walk)

    stranger = somebody().open(f"/applications/{reference_on(done)}")

    assert stranger.status == 404


def test_the_addresses_on_the_way_hold_no_personal_data(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    visitors = citizen.ask(walk, 1)
    contact = citizen.name_visitors(visitors, "남궁민수", **{"visitors-0-birth_date": "1971-07-17"})
    check = citizen.give_contact(contact, "010-9876-5432")
    done = citizen.send(check)

    addresses = [page.address for page in (visitors, contact, check, done)]
    addresses += [href for page in (check, done) for _, href in page.links()]

    for secret in ("남궁", "%EB", "1971", "9876", "5432"):
        assert not [address for address in addresses if secret in address]


def test_the_entry_for_a_calendar_is_the_visit(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    done = citizen.apply(walk)

    answer = citizen.client.get(f"/ko/applications/{reference_on(done)}/calendar.ics")

    assert answer.mimetype == "text/calendar"
    assert "DTSTART;TZID=Asia/Seoul:20260520T100000" in answer.text


def test_the_entry_of_a_visit_that_does_not_take_place_any_more_takes_it_out_of_the_calendar(
    scene: Scene, citizen: Citizen
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    address = f"/ko/applications/{reference_on(citizen.apply(walk))}/calendar.ics"
    before = citizen.client.get(address).text
    call_off_departure(walk, reason_ko="폭설", reason_en="Heavy snow", actor=COMMAND, now=scene.now)

    after = citizen.client.get(address)

    assert after.mimetype == "text/calendar"
    assert ("STATUS:CONFIRMED" in before, "STATUS:CANCELLED" in after.text) == (True, True)
    (uid,) = [line for line in before.splitlines() if line.startswith("UID:")]
    assert uid in after.text.splitlines()


def test_there_is_no_entry_of_a_visit_that_was_never_confirmed(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    scene.apply(walk, 2)
    waiting = citizen.apply(walk)  # its places are taken, so it asks to wait

    assert citizen.client.get(f"/ko/applications/{reference_on(waiting)}/calendar.ics").status_code == 404


@pytest.mark.parametrize(("language", "asked"), [("ko", "먼저 법정대리인의 동의"), ("en", "ask the guardian before")])
def test_the_consent_says_what_a_grandparent_does_who_applies_with_a_child(
    scene: Scene, somebody, language: str, asked: str
) -> None:
    walker = somebody(language)
    visitors = walker.ask(scene.add_departure("2026-05-20T10:00"), 2)

    contact = walker.name_visitors(visitors, **{"visitors-1-birth_date": "2015-01-01"})

    assert asked in contact.text


def test_an_account_lists_its_applications(scene: Scene, session: Session, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    register(citizen.client, "sky@example.kr")
    done = citizen.apply(walk)

    mine = citizen.open("/my")

    assert mine.has("application")
    assert reference_on(done) in mine.text
    db.session.rollback()


def test_a_contact_that_is_given_first_leads_to_the_visitors_who_are_missing(scene: Scene, citizen: Citizen) -> None:
    visitors = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)
    contact = citizen.open(visitors.address.split("/ko", 1)[1].replace("/visitors", "/contact"))

    assert citizen.give_contact(contact).address == visitors.address


def test_a_step_that_is_sent_after_the_application_was_sent_in_leads_to_the_application(
    scene: Scene, citizen: Citizen
) -> None:
    visitors = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)
    contact = citizen.name_visitors(visitors, "김하늘")
    check = citizen.give_contact(contact)
    done = citizen.send(check)

    again = [
        citizen.name_visitors(visitors, "김바다"),
        citizen.name_visitors(visitors, ""),
        citizen.give_contact(contact),
        citizen.send(check),
    ]

    assert [page.address for page in again] == [done.address] * 4
    assert "김하늘" in again[0].text

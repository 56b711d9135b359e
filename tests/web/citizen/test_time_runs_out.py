"""Places are kept for some minutes; whatever happens to them, nothing that was typed is lost."""

import pytest
from sqlalchemy import select

from tests.applications.scene import Scene, departure
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.citizen.people import Citizen
from tourbook.actor import SYSTEM
from tourbook.applications import settle_departure
from tourbook.applications.models import Application
from tourbook.db import db
from tourbook.errors import Conflict
from tourbook.kst import parse_moment


def test_the_page_says_until_when_places_are_kept(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")

    page = citizen.ask(walk, 2)

    timer = page.mark("hold")
    assert timer.get("data-hold-until", "").startswith("2026-05-04T00:15")
    assert "09:15" in page.text


def test_more_time_keeps_what_was_typed_so_far(scene: Scene, citizen: Citizen, clock: StandingClock) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    page = citizen.ask(walk, 2)
    clock.move(minutes=10)

    form = page.form(mark="visitors")
    form.action = form.action.replace("/visitors", "/extend")
    longer = form.submit(citizen.client, **{"visitors-0-name": "김하늘"})

    assert "09:25" in longer.text
    assert longer.form(mark="visitors").values["visitors-0-name"] == "김하늘"
    assert longer.form(mark="visitors").action.endswith("/visitors")


def test_a_form_whose_answer_was_lost_asks_for_more_time_once_and_the_next_one_asks_anew(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    form = citizen.ask(scene.add_departure("2026-05-20T10:00"), 2).form(mark="visitors")
    form.action = form.action.replace("/visitors", "/extend")

    clock.move(minutes=10)
    pages = [form.submit(citizen.client) for _ in range(2)]
    clock.move(minutes=10)
    next_form = pages[-1].form(mark="visitors")
    next_form.action = form.action
    last = next_form.submit(citizen.client)

    assert all("09:25" in page.text and page.has("hold-extend") for page in pages)
    assert "09:35" in last.text
    assert not last.has("hold-extend")


def test_the_time_cannot_be_extended_for_ever(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    page = citizen.ask(walk, 1)
    address = page.address.split("/ko", 1)[1].replace("/visitors", "/extend")
    token = page.form(mark="visitors").values["csrf_token"]

    for _ in range(3):
        page = citizen.open(address, method="POST", data={"csrf_token": token})

    assert not page.has("hold-extend")
    assert "2번" in page.text


def test_a_page_of_expired_places_offers_the_same_again(scene: Scene, citizen: Citizen, clock: StandingClock) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    contact = citizen.name_visitors(citizen.ask(walk, 2), "김하나", "김두리")
    clock.move(minutes=16)

    expired = citizen.open(contact.address.split("/ko", 1)[1])
    again = expired.form(to="/again").submit(citizen.client)

    assert expired.heading == "맡아 둔 시간이 끝났습니다"
    assert again.address == contact.address
    done = citizen.send(citizen.give_contact(again))
    assert "김두리" in done.text
    assert departure(walk).seats_taken == 2


@pytest.mark.parametrize(("at", "waits"), [("2026-05-18T19:30", True), ("2026-05-18T20:10", False)])
def test_a_page_of_expired_places_names_the_waiting_list_as_long_as_somebody_is_asked_from_it(
    scene: Scene, citizen: Citizen, clock: StandingClock, at: str, waits: bool
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=3)
    scene.now = clock.stand_at(parse_moment(at))
    page = citizen.ask(walk, 2)
    scene.now = clock.move(minutes=20)
    scene.apply(walk, 2)

    expired = citizen.open(f"/apply/{page.address.split('/')[-2]}/expired")

    assert not expired.has("again")
    assert expired.has("wait") is waits


def test_whose_places_were_taken_by_a_rule_reads_that_and_not_that_the_time_is_over(
    scene: Scene, citizen: Citizen, somebody, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    page = citizen.ask(walk, 1)
    scene.add_order("closed", "2026-05-10")

    gone = citizen.name_visitors(page, "김하늘")
    later = citizen.open(f"/apply/{page.address.split('/')[-2]}/expired")

    for shown in (gone, later):
        assert shown.heading == "맡아 둔 자리를 드릴 수 없게 되었습니다"
        assert "단계 closed" in words(shown.mark("cause"))


def test_places_that_a_rule_took_and_gave_back_are_taken_again(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    page = citizen.ask(walk, 1)
    order = scene.add_order("closed", "2026-05-10")
    assert departure(walk).seats_taken == 1
    settle_departure(walk, actor=SYSTEM, now=clock.now)
    scene.withdraw(order)

    contact = citizen.name_visitors(page, "김하늘")
    done = citizen.send(citizen.give_contact(contact))

    assert "기준이 바뀌었지만" in contact.text
    assert done.has("confirmed")
    assert not done.has("cause")


def test_what_is_sent_late_takes_the_same_places_again(scene: Scene, citizen: Citizen, clock: StandingClock) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    page = citizen.ask(walk, 1)
    clock.move(minutes=20)

    contact = citizen.name_visitors(page, "김하늘")

    assert contact.heading == "어디로 알려 드릴까요?"
    assert "다시 맡아" in contact.text


def test_what_is_sent_late_and_in_vain_is_carried_to_another_date(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    other = scene.add_departure("2026-05-21T10:00")
    page = citizen.ask(walk, 2)
    scene.now = clock.move(minutes=20)
    scene.apply(walk, 2)

    gone = citizen.name_visitors(page, "김하나", "김두리")
    contact = next(form for form in gone.forms if form.values.get("departure") == str(other)).submit(citizen.client)

    assert gone.status == 409
    assert gone.has("kept")
    assert contact.heading == "어디로 알려 드릴까요?"
    done = citizen.send(citizen.give_contact(contact))
    assert "김하나" in done.text
    assert departure(other).seats_taken == 2


def test_a_late_application_can_join_the_waiting_list_with_all_that_was_typed(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    page = citizen.ask(walk, 2)
    scene.now = clock.move(minutes=20)
    scene.apply(walk, 2)

    gone = citizen.name_visitors(page, "김하나", "김두리")
    contact = next(form for form in gone.forms if form.values.get("wait")).submit(citizen.client)
    done = citizen.send(citizen.give_contact(contact))

    assert done.has("waiting")


def test_one_browser_keeps_places_once_and_may_change_its_mind(scene: Scene, citizen: Citizen) -> None:
    walk, other = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00")
    contact = citizen.name_visitors(citizen.ask(walk, 2), "김하나", "김두리")
    citizen.give_contact(contact, "sky@example.kr")

    twice = citizen.ask(other, 3)
    visitors = twice.form(to="/elsewhere").submit(citizen.client)

    assert twice.status == 409
    assert "/check" in twice.mark("go-on").get("href", "")
    typed = visitors.form(mark="visitors").values
    assert (typed["visitors-0-name"], typed["visitors-1-name"], typed["visitors-2-name"]) == ("김하나", "김두리", "")
    assert departure(walk).seats_taken == 0
    assert departure(other).seats_taken == 3
    asked = citizen.name_visitors(visitors, "김하나", "김두리", "김세리")
    assert asked.form(mark="contact-form").values["contact"] == "sky@example.kr"
    assert "personal_data" not in asked.form(mark="contact-form").values


def test_a_second_hold_is_refused_calmly_even_where_the_first_has_gone_meanwhile(
    scene: Scene, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object, **_named: object) -> None:
        raise Conflict("hold_exists")

    monkeypatch.setattr("tourbook.web.citizen.apply.ask", refuse)

    page = citizen.ask(scene.add_departure("2026-05-20T10:00"), 1)

    assert page.status == 409
    assert page.has("refused")


@pytest.mark.parametrize("step", [0, 1, 2], ids=["visitors", "contact", "check"])
def test_places_can_be_given_up_at_every_step(scene: Scene, citizen: Citizen, step: int) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    page = citizen.ask(walk, 2)
    for go_on in (citizen.name_visitors, citizen.give_contact)[:step]:
        page = go_on(page)

    course = page.form(to="/give-up").submit(citizen.client)

    assert course.has("calendar")
    assert "자리를 포기하셨습니다" in course.text
    assert departure(walk).seats_taken == 0


def test_who_waits_gives_up_a_turn_not_places(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    scene.apply(walk, 2)
    page = citizen.ask(walk, 2)

    course = page.form(to="/give-up").submit(citizen.client)

    assert "순번을 포기하셨습니다" in course.text


def test_an_application_that_is_not_sent_yet_leads_on(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    page = citizen.ask(walk, 1)
    reference = db.session.scalars(select(Application.reference)).one()

    unsent = citizen.open(f"/applications/{reference}")

    assert unsent.has("held")
    assert citizen.open(unsent.mark("go-on").get("href", "").removeprefix("/ko")).address == page.address

"""An entry once it is in: what its page says before the draw, after the sealing, and when it is drawn or not."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.draws.lottery import Lottery, build_lottery, last_of
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.citizen.draws import DRAW, application_of, begin, entered, opened, play
from tests.web.citizen.people import Citizen, reference_on
from tests.web.signing import signed_in
from tourbook.actor import COMMAND, Role
from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure, SiteMeasure
from tourbook.db import transaction
from tourbook.distancing import raise_version
from tourbook.operations import call_off_departure


@pytest.fixture
def lottery(session: Session, clock: StandingClock) -> Lottery:
    """A draw of three departures of 20; it is 09:00 on the day before entries close."""
    lottery = build_lottery()
    lottery.now = clock.stand_at("2026-06-11T09:00")
    return lottery


def test_an_entry_that_is_typed_tells_so_on_its_page(lottery: Lottery, somebody, session: Session) -> None:
    citizen = somebody("en")
    begin(citizen, lottery.departures[0])
    reference = session.scalars(select(Application.reference)).one()

    page = citizen.open(f"/applications/{reference}")

    assert page.has("entering")
    assert words(page.mark("state")) == "Not sent in yet"
    assert not page.has("cancel")


def test_the_page_of_an_entry_says_when_the_result_comes_and_how_to_leave(
    lottery: Lottery, somebody, session: Session
) -> None:
    citizen = somebody("en")
    page = entered(citizen, *lottery.departures[:2], seats=2)
    assert "Sat 13 Jun 2026, 21:00 KST" in words(page.mark("entered"))
    assert "Fri 12 Jun 2026, 18:00 KST" in words(page.mark("next"))
    assert page.link("See the draw").endswith(DRAW)

    asked = citizen.open(f"/applications/{reference_on(page)}/cancel")
    assert asked.heading == "Leave the draw?"
    assert "You leave the draw, with your whole party." in words(asked.mark("consequences"))
    left = asked.form(mark="cancel-form").submit(citizen.client)

    assert left.has("cancelled")
    assert "You have left the draw." in left.text
    assert application_of(session, reference_on(page)).state is State.CANCELLED


@pytest.mark.parametrize(
    ("lang", "said", "stays", "done"),
    [
        ("ko", "일행이 최대 2명", "지망과 접수번호도 바뀌지 않습니다", "나머지 분들의 응모는 그대로입니다."),
        ("en", "too large for it as things stand: at most 2 people", "with the same choices", "stay in the draw."),
    ],
)
def test_a_party_that_is_too_large_for_a_choice_reads_so_beside_it_and_takes_somebody_out(
    lottery: Lottery, somebody, session: Session, lang: str, said: str, stays: str, done: str
) -> None:
    citizen = somebody(lang)
    morning, _, sunday = lottery.departures
    check = citizen.give_contact(citizen.name_visitors(begin(citizen, morning, sunday, seats=3)))
    lottery.add_order("open", "2026-07-11", "2026-07-11", party_max=2)
    reference = session.scalars(select(Application.reference)).one()

    asked = citizen.open(f"/apply/{application_of(session, reference).id}/check")
    assert said in words(asked.mark("answer-choices"))
    page = citizen.send(check)

    assert said in words(page.mark("journey"))
    assert said in words(page.mark("too-large"))
    cancelling = citizen.open(page.marked("cancel-visitor")[2].get("href", "").removeprefix(f"/{lang}"))
    assert stays in words(cancelling.mark("consequences"))
    left = cancelling.form(mark="cancel-form").submit(citizen.client)
    assert done in left.text
    assert not left.has("too-large")
    assert said not in left.text


@pytest.mark.parametrize(
    ("lang", "line", "reason", "open_words", "closed_words"),
    [
        ("ko", "지금은 운영이 중단된 회차입니다", "이유: 이유.", "다시 응모해 주세요", "자리가 날 때"),
        ("en", "Stopped: nobody can go on it at present", "Reason: a reason.", "enter anew", "before others"),
    ],
)
def test_a_choice_that_is_stopped_is_marked_and_the_page_says_what_follows(
    lottery: Lottery,
    somebody,
    session: Session,
    clock: StandingClock,
    lang: str,
    line: str,
    reason: str,
    open_words: str,
    closed_words: str,
) -> None:
    citizen = somebody(lang)
    morning, _, sunday = lottery.departures
    check = citizen.give_contact(citizen.name_visitors(begin(citizen, morning, sunday)))
    measure = lottery.add_measure("2026-07-11", "2026-07-11")
    reference = session.scalars(select(Application.reference)).one()

    asked = citizen.open(f"/apply/{application_of(session, reference).id}/check")
    assert words(asked.mark("answer-choices")).count(line) == 1
    page = citizen.send(check)

    assert words(page.mark("journey")).count(line) == 1
    assert reason in words(page.mark("stopped-choice"))
    assert open_words in words(page.mark("stopped-choice"))
    play(lottery, clock, "close")
    closed = opened(citizen, session, reference)
    assert closed_words in words(closed.mark("stopped-choice"))
    lift(measure)
    again = opened(citizen, session, reference)
    assert line not in words(again.mark("journey"))
    assert not again.has("stopped-choice")


def lift(measure: UUID) -> None:
    """End the stop before it begins."""
    with transaction() as session:
        session.delete(session.get_one(SiteMeasure, measure))
        raise_version(session)


@pytest.mark.parametrize(("lang", "said"), [("ko", "취소된 회차입니다"), ("en", "This departure was called off")])
def test_a_choice_that_was_called_off_is_marked(
    lottery: Lottery, somebody, session: Session, lang: str, said: str
) -> None:
    citizen = somebody(lang)
    page = entered(citizen, *lottery.departures[:2])
    assert said not in words(page.mark("journey"))
    reasons = {"reason_ko": "산불", "reason_en": "a fire"}
    call_off_departure(lottery.departures[1], **reasons, actor=COMMAND, now=lottery.now)

    page = citizen.open(f"/applications/{reference_on(page)}")

    assert words(page.mark("journey")).count(said) == 1
    assert not page.has("stopped-choice")


def test_after_the_sealing_leaving_says_that_the_sealed_list_stays(
    lottery: Lottery, somebody, clock: StandingClock, session: Session
) -> None:
    citizen = somebody("en")
    reference = reference_on(entered(citizen, lottery.departures[0], seats=2))
    play(lottery, clock, "close")

    asked = opened(citizen, session, reference, "/cancel")

    assert "What was sealed stays as it is" in words(asked.mark("consequences"))
    page = opened(citizen, session, reference)
    assert "Entries are closed." in page.text
    assert not page.has("cancel-visitor")


def test_the_list_of_ones_applications_names_the_first_choice_of_an_entry(lottery: Lottery, app: Flask) -> None:
    citizen = Citizen(signed_in(app, Role.CITIZEN), "en")
    entered(citizen, *lottery.departures[:2])

    listed = words(citizen.open("/my").mark("application"))

    assert "First choice: Sat 11 Jul 2026, 10:00 KST" in listed
    assert "In the draw" in listed


def lose(lottery: Lottery, citizen: Citizen, departure: UUID) -> str:
    """Enter until somebody of five has no place: the departure takes one party; gives the loser's reference."""
    with transaction() as session:
        session.get_one(Departure, departure).own_capacity = 5
        session.get_one(Departure, departure).version = -1
    lottery.settle()
    references = [reference_on(entered(citizen, departure, seats=4)) for _ in range(3)]
    lottery.close()
    lottery.draw()
    lottery.give()
    with transaction() as session:
        rows = session.scalars(select(Application).where(Application.reference.in_(references))).all()
        return next(row.reference for row in rows if row.state is not State.CONFIRMED)


def test_who_is_not_drawn_waits_in_turn_and_reads_why(
    lottery: Lottery, somebody, clock: StandingClock, session: Session
) -> None:
    citizen = somebody("en")
    reference = lose(lottery, citizen, lottery.departures[0])
    clock.stand_at(lottery.now)

    page = opened(citizen, session, reference)

    assert page.has("waiting")
    assert "You are number" in page.text
    assert "Sat 20 Jun 2026, 10:00 KST" in words(page.mark("after-draw"))
    why = citizen.open(page.link("Why was it not drawn?").split("/en", 1)[1])
    assert "not drawn, in reserve" in words(why.mark("outcome"))


def test_who_is_not_drawn_and_waits_for_nothing_reads_what_is_left(
    lottery: Lottery, somebody, clock: StandingClock, session: Session
) -> None:
    citizen, alone = somebody("en"), lottery.departures[0]
    reference = reference_on(entered(citizen, alone))
    with transaction() as changing:
        changing.get_one(Departure, alone).called_off_at = lottery.now
    play(lottery, clock, "close", "draw", "give")

    page = opened(citizen, session, reference)

    assert page.has("not-drawn")
    assert words(page.mark("state")) == "Not drawn"
    assert "free for everybody from Sat 20 Jun 2026, 10:00 KST" in words(page.mark("what-next"))
    assert page.has("result-link")
    assert not page.has("cancel")


def test_who_draws_another_choice_is_led_to_the_application_for_it(
    lottery: Lottery, somebody, clock: StandingClock, session: Session
) -> None:
    citizen = somebody("en")
    morning, noon, _ = lottery.departures
    reference = reference_on(entered(citizen, morning, noon))
    with transaction() as changing:
        changing.get_one(Departure, morning).called_off_at = lottery.now
    play(lottery, clock, "close", "draw", "give")

    page = opened(citizen, session, reference)

    assert page.heading == "You were drawn for another of your choices"
    new = citizen.open(page.link("Open the application for the new date").split("/en", 1)[1])
    assert new.has("confirmed")
    assert reference_on(new) == last_of(application_of(session, reference).id).reference

"""Entering a draw: its page, the steps of typing, and everything that can stand in the way."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import told
from tests.draws.lottery import TERMS, Lottery, build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.citizen.draws import DRAW, application_of, begin, entered, opened, play
from tests.web.citizen.people import reference_on
from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure
from tourbook.db import transaction


@pytest.fixture
def lottery(session: Session, clock: StandingClock) -> Lottery:
    """A draw of three departures of 20; it is 09:00 on the day before entries close."""
    lottery = build_lottery()
    lottery.now = clock.stand_at("2026-06-11T09:00")
    return lottery


@pytest.mark.parametrize(
    ("lang", "in_the_draw", "choice", "send", "drawn"),
    [
        ("ko", "추첨에 응모되었습니다", "2지망: 2026년 7월 11일(토) 14:00", "추첨에 응모하기", "확정되었습니다"),
        ("en", "You are in the draw", "Second choice: Sat 11 Jul 2026, 14:00 KST", "Enter the draw", "is confirmed"),
    ],
)
def test_a_party_enters_and_is_drawn(
    lottery: Lottery,
    session: Session,
    somebody,
    clock: StandingClock,
    lang: str,
    in_the_draw: str,
    choice: str,
    send: str,
    drawn: str,
) -> None:
    citizen = somebody(lang)
    morning, noon, _ = lottery.departures
    check = citizen.give_contact(citizen.name_visitors(begin(citizen, morning, noon)))
    assert choice in words(check.mark("answer-choices"))
    assert words(check.mark("apply")) == send

    page = citizen.send(check)

    reference = reference_on(page)
    assert page.heading == in_the_draw
    assert choice in words(page.mark("journey"))
    assert reference in words(page.mark("entered")).replace(" ", "")
    play(lottery, clock, "close", "draw", "give")
    won = opened(citizen, session, reference)
    assert won.has("confirmed")
    assert drawn in won.heading
    assert won.has("result-link")
    assert told(session, application_of(session, reference).id) == ["entered", "drawn"]


def test_the_typing_pages_speak_of_an_entry_and_not_of_places(lottery: Lottery, somebody) -> None:
    citizen = somebody("en")
    page = begin(citizen, lottery.departures[0])
    while True:
        assert "Send your entry in by 11:00." in page.text
        assert "Give this entry up" in page.text
        assert not page.has("hold-extend")
        assert "We keep" not in page.text
        assert "waiting list" not in page.text
        if not page.has("visitors"):
            break
        page = citizen.give_contact(citizen.name_visitors(page))

    assert "published with the draw, without names" in page.text


def test_there_is_no_more_time_than_until_entries_close(lottery: Lottery, somebody, clock: StandingClock) -> None:
    clock.stand_at(TERMS.closes_at - timedelta(minutes=20))

    page = begin(somebody("en"), lottery.departures[0])

    assert "Send your entry in by 18:00." in page.text


@pytest.mark.parametrize(
    ("choices", "field", "sentence"),
    [
        (("", "", ""), "choice_0", "Choose the departure that you want most."),
        (("0", "0", ""), "choice_1", "You have named this departure already."),
        (("0", "", "0"), "choice_1", "You have named this departure already."),
        (("another", "", ""), "choice_0", "does not belong to the draw"),
        (("unreadable", "", ""), "choice_0", "does not belong to the draw"),
    ],
)
def test_choices_that_cannot_be_come_back_with_all_that_was_typed(
    lottery: Lottery, somebody, choices: tuple[str, ...], field: str, sentence: str
) -> None:
    ids = {"0": str(lottery.departures[0]), "another": str(lottery.add_departure("2026-08-01T10:00"))}
    typed = {f"choice_{place}": ids.get(one, one) for place, one in enumerate(choices)}

    page = begin(somebody("en"), seats=3, **typed)

    assert page.status == 422
    assert sentence in words(page.mark("error-summary"))
    assert sentence in page.html.split(f'id="{field}-error"')[1][:400]
    assert page.form(mark="entry").values["seats"] == "3"


def test_an_entry_says_for_how_many(lottery: Lottery, somebody) -> None:
    page = begin(somebody("en"), lottery.departures[0], seats=None)

    assert page.status == 422
    assert "Choose how many people will go" in words(page.mark("error-summary"))
    assert page.form(mark="entry").values["choice_0"] == str(lottery.departures[0])


def test_a_departure_that_was_called_off_cannot_be_chosen_any_more(lottery: Lottery, somebody) -> None:
    citizen, gone = somebody("en"), lottery.departures[0]
    form = citizen.open(DRAW).form(mark="entry")
    with transaction() as session:
        session.get_one(Departure, gone).called_off_at = lottery.now

    page = form.submit(citizen.client, seats="2", choice_0=str(gone))

    assert "This departure was called off." in words(page.mark("error-summary"))
    assert str(gone) not in {option.get("value") for option in page.tree.iter("option")}


def test_a_third_choice_without_a_second_is_the_second(lottery: Lottery, somebody, session: Session) -> None:
    morning, _, sunday = lottery.departures
    page = begin(somebody(), morning, choice_2=str(sunday))

    assert page.has("visitors")
    made = session.scalars(select(Application)).one()
    assert made.choices == [str(morning), str(sunday)]


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        (TERMS.closes_at, "Entries for this draw closed on Fri 12 Jun 2026, 18:00 KST"),
        (TERMS.opens_at - timedelta(seconds=1), "Entries for this draw are taken from Mon 4 May 2026, 08:00 KST"),
    ],
)
def test_outside_its_time_an_entry_is_refused_in_words(
    lottery: Lottery, somebody, clock: StandingClock, moment, sentence: str
) -> None:
    citizen = somebody("en")
    form = citizen.open(DRAW).form(mark="entry")
    clock.stand_at(moment)

    page = form.submit(citizen.client, seats="2", choice_0=str(lottery.departures[0]))

    assert page.status == 409
    assert sentence in words(page.mark("refused"))
    assert not page.has("entry")


def test_an_unknown_draw_is_not_found(lottery: Lottery, somebody) -> None:
    page = somebody("en").open("/draws/nothing")

    assert page.status == 404
    assert "There is no such draw" in page.text


def test_nobody_stands_in_two_entries_and_is_told_what_to_do(lottery: Lottery, somebody) -> None:
    entered(somebody("en"), lottery.departures[0], names=("Hong Gildong", "Kim Cheolsu"))
    other = somebody("en")
    page = other.name_visitors(begin(other, lottery.departures[1]), "Im Kkeokjeong", "Hong Gildong")

    refused = other.send(other.give_contact(page))

    assert refused.status == 409
    assert "change the visitors of this entry, or cancel the other entry first" in refused.text
    assert refused.has("answer-visitor-1")


def test_one_browser_types_one_entry_and_may_begin_another_instead(lottery: Lottery, somebody) -> None:
    citizen = somebody("en")
    morning, noon, _ = lottery.departures
    citizen.name_visitors(begin(citizen, morning), "Hong Gildong", "Kim Cheolsu")

    asked = begin(citizen, noon)

    assert asked.status == 409
    assert asked.heading == "You are typing an entry already"
    assert "First choice: Sat 11 Jul 2026, 10:00 KST" in asked.text
    page = asked.form(to="/enter").submit(citizen.client)
    assert page.form(mark="visitors").values["visitors-0-name"] == "Hong Gildong"
    assert "First choice: Sat 11 Jul 2026, 14:00 KST" in page.text


def test_somebody_who_types_for_places_may_begin_an_entry_instead(lottery: Lottery, somebody) -> None:
    citizen = somebody("en")
    citizen.ask(lottery.add_departure("2026-06-20T10:00"), 2)

    asked = begin(citizen, lottery.departures[0])

    assert asked.heading == "You keep places already"
    assert "Send your entry in by" in asked.form(to="/enter").submit(citizen.client).text


def test_somebody_elses_application_is_not_let_go(lottery: Lottery, somebody, session: Session) -> None:
    begin(somebody(), lottery.departures[0])
    theirs = session.scalars(select(Application)).one()

    other = somebody()
    begin(other, lottery.departures[1])
    form = begin(other, lottery.departures[0]).form(to="/enter")
    form.values["instead"] = str(theirs.id)

    page = form.submit(other.client)

    assert page.status == 404
    session.rollback()
    assert session.scalars(select(Application.state)).all() == [State.ENTERED, State.ENTERED]


def test_an_entry_that_is_given_up_leads_back_to_the_draw(lottery: Lottery, somebody) -> None:
    citizen = somebody("en")

    page = begin(citizen, lottery.departures[0]).form(to="/give-up").submit(citizen.client)

    assert page.address.endswith(DRAW)
    assert "You have given this entry up." in page.text


def test_an_entry_whose_time_ran_out_is_begun_anew_with_all_that_was_typed(
    lottery: Lottery, somebody, clock: StandingClock
) -> None:
    citizen = somebody("en")
    page = citizen.name_visitors(begin(citizen, *lottery.departures[:2]), "Hong Gildong", "Kim Cheolsu")
    clock.move(hours=2, minutes=1)

    late = citizen.give_contact(page, "hong@example.kr")

    assert late.status == 409
    assert late.heading == "This entry was not sent in"
    assert "places" not in words(late.mark("kept"))
    again = late.form(to="/enter").submit(citizen.client)
    assert again.form(mark="visitors").values["visitors-1-name"] == "Kim Cheolsu"
    check = again.form(mark="visitors").submit(citizen.client)
    assert "hong@example.kr" in words(check.mark("answer-contact"))
    assert "Second choice: Sat 11 Jul 2026, 14:00 KST" in words(check.mark("answer-choices"))


def test_an_entry_that_is_late_for_the_closing_says_that_it_takes_no_part(
    lottery: Lottery, somebody, clock: StandingClock
) -> None:
    citizen = somebody("en")
    clock.stand_at(TERMS.closes_at - timedelta(minutes=20))
    page = citizen.give_contact(citizen.name_visitors(begin(citizen, lottery.departures[0])))
    play(lottery, clock, "close")

    late = citizen.send(page)

    assert late.heading == "This entry was not sent in"
    assert "It does not take part in the draw." in late.text
    assert not late.has("enter-again")

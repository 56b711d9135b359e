"""What is read of a draw whose departures were stopped meanwhile, of its reserve, and of a value that may not come."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import state
from tests.draws.lottery import TERMS, Lottery, application, build_lottery, last_facts
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.citizen.draws import DRAW, opened, play
from tests.web.citizen.people import Citizen
from tourbook.applications.models import State
from tourbook.courses.models import Course
from tourbook.db import transaction


@pytest.fixture
def lottery(session: Session) -> Lottery:
    """A draw of three departures of 20; entries are taken."""
    return build_lottery()


@pytest.fixture
def reader(somebody) -> Citizen:
    return somebody("en")


def stopped_before_the_draw(lottery: Lottery, clock: StandingClock) -> str:
    """Somebody draws Sunday, which was stopped after the sealing; gives the receipt."""
    receipt = application(lottery.enter(lottery.departures[2], seats=4)).reference
    lottery.enter(lottery.departures[0], seats=4)
    play(lottery, clock, "close")
    lottery.add_measure("2026-07-12", "2026-07-12", reason_ko="아프리카돼지열병", reason_en="African swine fever")
    play(lottery, clock, "settle")
    return receipt


def test_a_stop_after_the_sealing_is_named_on_the_page_of_the_draw_before_and_after_it(
    lottery: Lottery, reader: Citizen, clock: StandingClock
) -> None:
    stopped_before_the_draw(lottery, clock)

    for steps in ((), ("draw",), ("give", "settle")):
        play(lottery, clock, *steps)
        page = reader.open(DRAW)
        assert "Sun 12 Jul 2026, 10:00 KST: African swine fever" in words(page.mark("nobody-goes"))
        assert ["No visits" in words(one) for one in page.marked("demand-row")] == [False, False, True]
        assert "20 of them where nobody can go at present" in words(page.mark("all-places"))
    assert "4 of them where nobody can go at present" in words(page.mark("all-drawn"))


@pytest.mark.parametrize(
    ("lang", "looked_up", "on_its_page"),
    [
        ("en", "Nobody can go on that departure at present: African swine fever.", "The draw gave your party places"),
        ("ko", "아프리카돼지열병", "추첨에서"),
    ],
)
def test_who_drew_what_is_stopped_reads_so_by_the_receipt_and_on_its_page(
    lottery: Lottery, somebody, session: Session, clock: StandingClock, lang: str, looked_up: str, on_its_page: str
) -> None:
    receipt, citizen = stopped_before_the_draw(lottery, clock), somebody(lang)
    play(lottery, clock, "draw", "give", "settle")

    own = opened(citizen, session, receipt)
    result = citizen.open(DRAW, query_string={"receipt": receipt})

    assert looked_up in words(result.mark("outcome-in-vain"))
    assert on_its_page in words(own.mark("displaced"))
    assert receipt in own.link("How the draw went" if lang == "en" else "추첨 결과와")


def in_reserve(lottery: Lottery, clock: StandingClock) -> str:
    """Six parties of four want the morning of twenty places; gives the receipt of the one in reserve."""
    parties = [lottery.enter(lottery.departures[0], seats=4) for _ in range(6)]
    play(lottery, clock, "close", "draw", "give")
    return next(application(one).reference for one in parties if state(one) is State.WAITING)


@pytest.mark.parametrize(
    ("lang", "order", "arrival"),
    [
        ("en", "in the order of the draw, and then by arrival", "goes by arrival"),
        ("ko", "추첨 순서대로", "대기는 신청한"),
    ],
)
def test_the_reserve_of_a_draw_reads_one_order_of_its_waiting_list(
    lottery: Lottery, somebody, session: Session, clock: StandingClock, lang: str, order: str, arrival: str
) -> None:
    receipt, citizen = in_reserve(lottery, clock), somebody(lang)

    page = opened(citizen, session, receipt)

    assert order in words(page.mark("skip-rule"))
    assert arrival not in page.text
    assert not page.has("before")
    clock.stand_at(TERMS.left_overs_at)
    assert arrival not in citizen.open(f"/departures/{lottery.departures[0]}").text


def test_who_waits_reads_how_many_that_lost_places_are_asked_first(
    lottery: Lottery, reader: Citizen, session: Session, clock: StandingClock
) -> None:
    for _ in range(2):
        lottery.enter(lottery.departures[2], seats=2)
    receipt = in_reserve(lottery, clock)
    lottery.add_measure("2026-07-12", "2026-07-12", reason_ko="군 작전", reason_en="army training")
    play(lottery, clock, "settle")

    page = opened(reader, session, receipt)

    assert "Before this waiting list 2 parties are asked" in words(page.mark("before"))


@pytest.mark.parametrize(
    ("lang", "moment"), [("en", "Tue 16 Jun 2026, 21:00 KST"), ("ko", "2026년 6월 16일(화) 21:00")]
)
def test_an_entry_says_when_the_result_comes_also_where_the_value_does_not(
    session: Session, somebody, clock: StandingClock, lang: str, moment: str
) -> None:
    fallback_at = TERMS.value_at + timedelta(days=3)
    lottery = build_lottery(terms=replace(TERMS, fallback_at=fallback_at))
    entry = lottery.enter(lottery.departures[0])

    page = opened(somebody(lang), session, application(entry).reference)

    assert moment in words(page.mark("fallback-at"))
    assert last_facts(session, entry)["fallback_at"] == fallback_at.isoformat()


def test_where_no_second_moment_is_announced_an_entry_names_none(
    lottery: Lottery, reader: Citizen, session: Session
) -> None:
    entry = lottery.enter(lottery.departures[0])

    assert not opened(reader, session, application(entry).reference).has("fallback-at")
    assert "fallback_at" not in last_facts(session, entry)


def test_from_the_published_hour_on_left_over_places_are_open_on_every_page_though_the_course_opens_later(
    lottery: Lottery, reader: Citizen, clock: StandingClock
) -> None:
    with transaction() as session:
        session.get_one(Course, lottery.course_id).opens_days_before = 14
    play(lottery, clock, "close", "draw", "give")
    clock.stand_at(TERMS.left_overs_at)
    morning = lottery.departures[0]

    page = reader.open(f"/departures/{morning}")
    calendar = reader.open("/courses/walk", query_string={"month": "2026-07"})
    found = reader.open("/search?first_day=2026-07-11&last_day=2026-07-11")

    assert page.has("party")
    assert "opens" not in words(calendar.mark("day-2026-07-11"))
    assert f"departure-{morning}" in [one.get("data-test") for one in found.mark("free").iter("a")]
    assert reader.client.get(f"/en/departures/{morning}/opens.ics").status_code == 404

"""Draws for administrators: announced after a second look, watched, given their value once, taken back while empty."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.accounts.people import PASSWORD, Somebody
from tests.draws.lottery import TERMS, VALUE, Lottery, build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.admin.deciding import Administrator, errors, rows
from tests.web.admin.test_overview import value
from tests.web.signing import sign_in
from tourbook.actor import COMMAND, Role
from tourbook.applications import cancel
from tourbook.courses.models import Departure, Round
from tourbook.db import transaction
from tourbook.draws import announce_round, give_value, round_by_code, rounds, seal_due, withdraw_round
from tourbook.kst import parse_moment

AUGUST = {
    "course": "walk",
    "code": "august",
    "first_day": "2026-08-01",
    "last_day": "2026-08-31",
    "opens_at": "2026-05-05 10:00",
    "closes_at": "2026-06-20 18:00",
    "value_at": "2026-06-22 21:00",
    "left_overs_at": "2026-07-01 10:00",
    "source_ko": "로또 1235회 당첨 번호",
    "source_en": "the winning numbers of Lotto 1235",
    "fallback_ko": "다음 회차의 번호",
    "fallback_en": "those of the next draw",
    "fallback_at": "2026-06-29 21:00",
}


@pytest.fixture
def lottery(session: Session, clock: StandingClock) -> Lottery:
    """A draw of three departures in July, for which entries are taken. Monday 4 May 2026, 09:00."""
    return build_lottery(clock.now.isoformat())


def look_at(admin: Administrator, **typed: Any) -> Page:
    """Fill in an announcement and go on to what it covers."""
    return admin.fill_in("/draws/new", "draw-form", **(AUGUST | typed))


def announce(admin: Administrator, check: Page) -> Page:
    return check.form(mark="announce-form").submit(admin.client, button="stage")


def type_value(admin: Administrator, typed: str = VALUE) -> Page:
    return admin.fill_in("/draws/july", "value-form", value=typed)


def until_the_value(lottery: Lottery, clock: StandingClock, admin: Administrator) -> None:
    """Entries close and are sealed; when the moment of the value comes, the administrator signs in again."""
    lottery.close()
    lottery.now = TERMS.value_at
    clock.stand_at(TERMS.value_at.isoformat())
    sign_in(admin.client, Somebody("boss@example.kr", PASSWORD, Role.ADMINISTRATOR))


def seal_late(
    lottery: Lottery, session: Session, clock: StandingClock, admin: Administrator, *, fallback_at: datetime | None
) -> None:
    """The timetable stood still until the value was known; an hour later the administrator looks."""
    with transaction() as writing:
        writing.get_one(Round, lottery.round_id).fallback_at = fallback_at
    seal_due(now=TERMS.value_at)
    lottery.now = TERMS.value_at + timedelta(hours=1)
    clock.stand_at(lottery.now.isoformat())
    sign_in(admin.client, Somebody("boss@example.kr", PASSWORD, Role.ADMINISTRATOR))


def test_what_a_draw_covers_is_shown_before_it_is_announced(
    admin: Administrator, lottery: Lottery, session: Session
) -> None:
    lottery.add_departure("2026-08-01T10:00")
    lottery.add_departure("2026-08-02T10:00", capacity=30)

    check = look_at(admin)

    assert (value(check, "departures"), value(check, "places")) == ("2", "50")
    assert "Sun 2 Aug 2026, 10:00 KST" in words(check.mark("announced"))
    assert [one.code for one in rounds(session)] == ["july"]


def test_a_draw_is_announced_once(admin: Administrator, lottery: Lottery, session: Session) -> None:
    departure = lottery.add_departure("2026-08-01T10:00")
    check = look_at(admin)

    pages = [announce(admin, check), announce(admin, check)]

    announced = round_by_code(session, "august")
    assert [page.heading for page in pages] == ["Draw august", "Draw august"]
    assert session.get_one(Departure, departure).round_id == announced.id
    assert announced.fallback_at == parse_moment("2026-06-29T21:00")
    assert (announced.source_ko, announced.fallback_en) == ("로또 1235회 당첨 번호", "those of the next draw")


def test_a_form_that_is_sent_again_after_the_withdrawal_says_so_and_can_announce_anew(
    admin: Administrator, lottery: Lottery, session: Session
) -> None:
    lottery.add_departure("2026-08-01T10:00")
    check = look_at(admin)
    announce(admin, check)
    withdraw_round(round_by_code(session, "august").id, actor=COMMAND, now=lottery.now)

    again = announce(admin, check)

    assert again.status == 422
    assert "and withdrawn since" in errors(again)
    assert [one.code for one in rounds(session)] == ["july"]
    once_more = announce(admin, again.form(mark="draw-form").submit(admin.client, button="stage"))
    assert once_more.heading == "Draw august"


def test_an_announcement_can_be_changed_after_the_second_look(admin: Administrator, lottery: Lottery) -> None:
    lottery.add_departure("2026-08-01T10:00")
    form = look_at(admin).form(mark="announce-form")
    form.values["stage"] = "edit"

    again = form.submit(admin.client)

    assert again.status == 200
    assert again.form(mark="draw-form").values["source_en"] == "the winning numbers of Lotto 1235"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"code": "July!"}, "This cannot be a code."),
        ({"code": "check"}, "This cannot be a code."),
        ({"code": "july"}, "There is a draw with this code already."),
        ({"last_day": "2026-07-31"}, "lies before the first"),
        ({"value_at": "2026-06-20 18:00"}, "This must come later than the moment before it."),
        ({"first_day": "2026-07-01"}, "The departure of Sat 11 Jul 2026, 10:00 KST belongs to another draw."),
        ({"first_day": "2026-09-01", "last_day": "2026-09-30"}, "The course has no departures on these days."),
        (
            {"left_overs_at": "2026-07-31 00:00"},
            "Applications for the first departures close on Thu 30 Jul 2026",
        ),
        ({"source_ko": ""}, "Fill this in."),
        ({"opens_at": "soon"}, "is not a time"),
    ],
)
def test_what_cannot_be_announced_is_said_at_its_field(
    admin: Administrator, lottery: Lottery, typed: dict[str, str], told: str
) -> None:
    lottery.add_departure("2026-08-01T10:00")

    page = look_at(admin, **typed)

    assert page.status == 422
    assert told in errors(page)
    assert page.form(mark="draw-form").values["fallback_en"] == "those of the next draw"


def test_the_list_says_how_every_draw_stands(admin: Administrator, lottery: Lottery, clock: StandingClock) -> None:
    lottery.enter(lottery.departures[0])

    open_ = words(admin.open("/draws").mark("draw"))
    until_the_value(lottery, clock, admin)
    due = admin.open("/draws")

    assert "Entries are taken" in open_
    assert open_.endswith("1")
    assert "Waiting for its value" in words(due.mark("draw"))
    assert "The value of july is due" in words(due.mark("value-due"))


def test_the_overview_says_that_a_value_is_due(admin: Administrator, lottery: Lottery, clock: StandingClock) -> None:
    before = value(admin.open("/"), "value-due")
    until_the_value(lottery, clock, admin)
    due = value(admin.open("/"), "value-due")
    lottery.draw()

    assert (before, due, value(admin.open("/"), "value-due")) == ("0", "1", "0")


def test_a_draw_shows_demand_seal_and_result(admin: Administrator, lottery: Lottery, clock: StandingClock) -> None:
    for _ in range(6):
        lottery.enter(*lottery.departures[:2], seats=4)
    before = admin.open("/draws/july")
    until_the_value(lottery, clock, admin)
    lottery.draw()
    lottery.give()

    page = admin.open("/draws/july")

    assert rows(before, "departures")[0][1:] == ["20260711-1000", "20", "6", "24", "–"]
    assert [row[2:] for row in rows(page, "departures")] == [
        ["20", "6", "24", "20"],
        ["20", "0", "0", "4"],
        ["20", "0", "0", "0"],
    ]
    assert (value(page, "entries"), value(page, "places")) == ("6", "60")
    facts = words(page.mark("facts"))
    assert lottery.round.seal
    assert lottery.round.seal in facts
    assert VALUE in facts
    assert words(page.mark("stage")) == "Given"


def test_the_value_is_shown_once_more_before_it_counts(
    admin: Administrator, lottery: Lottery, clock: StandingClock
) -> None:
    assert not admin.open("/draws/july").has("value-form")
    until_the_value(lottery, clock, admin)

    check = type_value(admin, f" {VALUE} ")

    assert check.heading == "Is this the value?"
    assert VALUE in words(check.mark("typed"))
    assert lottery.round.value is None

    done = check.form(mark="give-form").submit(admin.client, button="stage")

    assert lottery.round.value == VALUE
    assert words(done.mark("stage")) == "About to be drawn"
    assert not done.has("value-form")


def test_after_a_late_seal_only_the_fallback_can_be_entered(
    admin: Administrator, lottery: Lottery, session: Session, clock: StandingClock
) -> None:
    seal_late(lottery, session, clock, admin, fallback_at=TERMS.value_at + timedelta(hours=1))

    page = admin.open("/draws/july")

    assert "Only what was announced for the case" in words(page.mark("only-fallback"))
    assert "those of the next draw" in words(type_value(admin).mark("typed"))
    type_value(admin).form(mark="give-form").submit(admin.client, button="stage")
    assert (lottery.round.value, lottery.round.by_fallback) == (VALUE, True)


def test_a_draw_that_no_value_may_decide_asks_to_be_withdrawn(
    admin: Administrator, lottery: Lottery, session: Session, clock: StandingClock
) -> None:
    lottery.enter(lottery.departures[0])
    seal_late(lottery, session, clock, admin, fallback_at=None)

    listed, page = admin.open("/draws"), admin.open("/draws/july")

    assert "july was sealed too late" in words(listed.mark("lost"))
    assert "Then announce it anew" in words(page.mark("lost"))
    assert not page.has("value-form")
    admin.fill_in(f"/draws/{lottery.round_id}/withdraw", "withdraw-form")
    assert lottery.round.withdrawn_at


def test_a_value_can_be_corrected_before_it_counts(
    admin: Administrator, lottery: Lottery, clock: StandingClock
) -> None:
    until_the_value(lottery, clock, admin)
    form = type_value(admin, "4 9 17").form(mark="give-form")
    form.values["stage"] = "edit"

    again = form.submit(admin.client)

    assert again.status == 200
    assert again.form(mark="value-form").values["value"] == "4 9 17"
    assert lottery.round.value is None


@pytest.mark.parametrize(("typed", "told"), [("", "Enter the value as its source"), ("당첨 번호", "plain letters")])
def test_a_value_that_cannot_be_is_refused_at_its_field(
    admin: Administrator, lottery: Lottery, clock: StandingClock, typed: str, told: str
) -> None:
    until_the_value(lottery, clock, admin)

    page = type_value(admin, typed)

    assert page.status == 422
    assert told in errors(page)


def test_a_second_value_is_refused(admin: Administrator, lottery: Lottery, clock: StandingClock) -> None:
    until_the_value(lottery, clock, admin)
    check = type_value(admin, "4 9 17")
    give_value(lottery.round_id, VALUE, actor=COMMAND, now=clock.now)

    page = check.form(mark="give-form").submit(admin.client, button="stage")

    assert page.status == 422
    assert f"This draw has its value already: {VALUE}." in errors(page)
    assert lottery.round.value == VALUE


def test_a_value_before_its_moment_is_refused(admin: Administrator, lottery: Lottery, clock: StandingClock) -> None:
    until_the_value(lottery, clock, admin)
    form = admin.open("/draws/july").form(mark="value-form")
    clock.stand_at((TERMS.value_at - timedelta(minutes=1)).isoformat())

    page = form.submit(admin.client, value=VALUE)

    assert page.status == 422
    assert "is known from Sat 13 Jun 2026, 21:00 KST on" in errors(page)


def test_a_draw_is_withdrawn_after_what_follows_was_shown(
    admin: Administrator, lottery: Lottery, session: Session
) -> None:
    page = admin.open(f"/draws/{lottery.round_id}/withdraw")
    form = page.form(mark="withdraw-form")

    done, again = form.submit(admin.client), form.submit(admin.client)

    assert "open to everybody again" in page.text
    for answer in (done, again):
        assert (answer.heading, "The draw july was withdrawn." in answer.text) == ("Draws", True)
    assert list(rounds(session)) == []


def test_an_old_button_never_withdraws_a_new_draw_of_the_same_code(
    admin: Administrator, lottery: Lottery, session: Session
) -> None:
    form = admin.open(f"/draws/{lottery.round_id}/withdraw").form(mark="withdraw-form")
    form.submit(admin.client)
    announced = announce_round(lottery.course_id, TERMS, form_id="once more", actor=COMMAND, now=lottery.now)

    form.submit(admin.client)

    assert [one.id for one in rounds(session)] == [announced]
    assert admin.open(f"/draws/{lottery.round_id}/withdraw").heading == "Draws"


def test_a_draw_that_somebody_has_entered_stays(admin: Administrator, lottery: Lottery, session: Session) -> None:
    cancel(lottery.enter(lottery.departures[0]), actor=COMMAND, now=lottery.now)

    page = admin.fill_in(f"/draws/{lottery.round_id}/withdraw", "withdraw-form")

    assert page.status == 422
    assert "Somebody has begun to enter for this draw" in errors(page)
    assert session.get(Round, lottery.round_id)


def test_a_draw_is_offered_for_withdrawal_only_while_that_can_be_done(
    admin: Administrator, lottery: Lottery, clock: StandingClock
) -> None:
    empty = admin.open("/draws/july").has("withdraw")
    entered = lottery.enter(lottery.departures[0])
    with_an_entry = admin.open("/draws/july").has("withdraw")
    cancel(entered, actor=COMMAND, now=lottery.now)
    until_the_value(lottery, clock, admin)

    assert (empty, with_an_entry, admin.open("/draws/july").has("withdraw")) == (True, False, False)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_trail_tells_the_whole_life_of_a_draw(
    admin: Administrator, lottery: Lottery, clock: StandingClock, lang: str
) -> None:
    admin.lang = lang
    entered = [lottery.enter(*lottery.departures[:2], seats=4) for _ in range(11)]
    until_the_value(lottery, clock, admin)
    lottery.draw()
    lottery.give()

    of_draw = [words(entry) for entry in admin.open("/trail?subject=july").marked("entry")]
    of_entry = [words(entry) for entry in admin.open(f"/trail?subject={entered[0]}").marked("entry")]

    told = {
        "ko": ("추첨 배정 완료", "추첨 실시", "추첨 공개 값 입력", "추첨 봉인", "추첨 공고"),
        "en": ("All of a draw given", "Draw made", "Value of a draw entered", "Draw sealed", "Draw announced"),
    }[lang]
    assert len(of_draw) == len(told)
    assert all(any(what in entry for entry in of_draw) for what in told)
    assert all(("추첨 july" if lang == "ko" else "Draw july") in entry for entry in of_draw)
    begun = "지망(1지망부터)" if lang == "ko" else "Choices, the most wanted first"
    starts = "walk 2026년 7월 11일(토) 10:00" if lang == "ko" else "walk Sat 11 Jul 2026, 10:00 KST"
    assert any(f"{begun}: {starts}, walk" in entry for entry in of_entry)
    assert not any("draw_" in entry or "application_" in entry for entry in [*of_draw, *of_entry])


def test_a_departure_added_to_the_days_of_a_draw_says_what_becomes_of_it(
    admin: Administrator, lottery: Lottery, clock: StandingClock
) -> None:
    joined = admin.fill_in("/courses/walk/departures", "add-form", start="2026-07-12 16:00")
    lottery.close()
    clock.stand_at(lottery.now.isoformat())
    sign_in(admin.client, Somebody("boss@example.kr", PASSWORD, Role.ADMINISTRATOR))
    late = admin.fill_in("/courses/walk/departures", "add-form", start="2026-07-12 17:00")

    assert "1 departure joins the draw july." in joined.text
    assert "nobody can apply for it before Sat 20 Jun 2026, 10:00 KST" in late.text
    page = admin.open("/draws/july")
    assert "Departures that joined it since it was announced1" in words(page.mark("facts"))
    assert "made after entries had closed, which it does not draw1" in words(page.mark("facts"))
    assert "(joined on Mon 4 May 2026, 09:00 KST)" in rows(page, "departures")[3][0]

"""The pages of draws for whoever looks: which there are, how far they are, what they gave, and how to check it."""

import json

import pytest
from sqlalchemy.orm import Session

from tests.draws.lottery import TERMS, VALUE, Lottery, application, build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.draws import DRAW, play
from tests.web.citizen.people import Citizen
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.courses import add_departure
from tourbook.courses.models import Departure
from tourbook.db import transaction
from tourbook.draws import faults, published, read, seal_due
from tourbook.kst import civil_day, parse_moment
from tourbook.web.citizen import standing

RESULT = f"{DRAW}/result.json"


@pytest.fixture
def lottery(session: Session) -> Lottery:
    """A draw of three departures of 20; entries are taken."""
    return build_lottery()


@pytest.fixture
def reader(somebody) -> Citizen:
    return somebody("en")


def row(page: Page, place: int) -> list[str]:
    """The numbers of one departure."""
    return [words(cell) for cell in page.marked("demand-row")[place].iter("td")]


def numbers(page: Page, mark: str) -> list[str]:
    """A big number and what stands below it."""
    return [words(value) for value in page.mark(mark).iter("dd")]


@pytest.mark.parametrize(
    ("lang", "reserve"), [("ko", "지망한 모든 회차의 대기 명단"), ("en", "the waiting lists of its choices")]
)
def test_the_reserve_waits_for_all_choices_in_both_languages(lottery: Lottery, somebody, lang: str, reserve: str):
    rules = words(somebody(lang).open(DRAW).mark("rules"))

    assert reserve in rules
    assert "1지망 회차의 대기 명단" not in rules


@pytest.mark.parametrize(
    ("lang", "rule", "source", "fallback", "heading"),
    [
        ("ko", "한 사람은 이 추첨에 한 번만", "로또 1234회 당첨 번호", "다음 회차의 번호", "추첨: "),
        (
            "en",
            "Each person may stand in one entry",
            "the winning numbers of Lotto 1234",
            "those of the next",
            "Draw: ",
        ),
    ],
)
def test_a_draw_says_its_rules_its_moments_and_what_decides(
    lottery: Lottery, somebody, lang: str, rule: str, source: str, fallback: str, heading: str
) -> None:
    page = somebody(lang).open(DRAW)

    assert rule in words(page.mark("rules"))
    assert source in words(page.mark("source"))
    assert fallback in words(page.mark("fallback"))
    assert page.heading.startswith(heading)
    assert len(list(page.mark("moments").iter("li"))) == 4


def test_the_numbers_of_those_who_entered_are_shown_while_entries_are_taken(lottery: Lottery, reader: Citizen) -> None:
    morning, noon, _ = lottery.departures
    lottery.enter(morning, noon, seats=3)
    lottery.enter(morning, seats=2)
    lottery.begin(noon, seats=4)

    page = reader.open(DRAW)

    assert row(page, 0) == ["20", "2", "5 people"]
    assert row(page, 1) == ["20", "0", "0 people"]
    assert numbers(page, "all-entries") == ["2", "5 people in all"]
    assert numbers(page, "all-places") == ["60"]


def test_a_departure_that_is_stopped_is_marked_and_cannot_be_chosen(
    lottery: Lottery, reader: Citizen, session: Session
) -> None:
    days = [civil_day(session.get_one(Departure, one).starts_at).isoformat() for one in lottery.departures]
    day, others = days[0], [one for one, on in zip(lottery.departures, days, strict=True) if on != days[0]]
    lottery.add_measure(day, day, reason_ko="군 작전", reason_en="army training")

    page = reader.open(DRAW)

    options = [one.get("value") for one in page.mark("choice-0").iter("option")]
    assert options == ["", *map(str, others)]
    assert ["No visits" in words(one) for one in page.marked("demand-row")] == [on == day for on in days]


def test_after_the_sealing_the_seal_and_what_was_sealed_are_shown_whatever_is_cancelled(
    lottery: Lottery, reader: Citizen, clock: StandingClock
) -> None:
    morning = lottery.departures[0]
    entries = [lottery.enter(morning, seats=4) for _ in range(3)]
    lottery.close()
    cancel(entries[0], actor=GUEST, now=lottery.now)
    clock.stand_at(lottery.now)

    page = reader.open(DRAW)

    assert lottery.round.seal in words(page.mark("seal"))
    assert row(page, 0) == ["20", "3", "12 people"]
    assert not page.has("entry")
    assert not page.has("result")
    assert not page.has("sealed-late")


def test_a_seal_that_came_when_the_value_may_have_been_known_says_so(
    lottery: Lottery, reader: Citizen, clock: StandingClock
) -> None:
    seal_due(now=TERMS.value_at)
    clock.stand_at(TERMS.value_at)

    assert reader.open(DRAW).has("sealed-late")


def drawn_lottery(lottery: Lottery, clock: StandingClock) -> list[str]:
    """Seven parties of four want the morning, noon second; gives their receipts in order of turn."""
    for _ in range(11):
        lottery.enter(*lottery.departures[:2], seats=4)
    play(lottery, clock, "close", "draw", "give")
    with transaction() as session:
        found = published(session, lottery.round)
    assert found is not None
    return [one.receipt for one in found.drawn]


def test_a_drawn_round_shows_value_and_results_in_numbers(
    lottery: Lottery, reader: Citizen, clock: StandingClock
) -> None:
    drawn_lottery(lottery, clock)

    page = reader.open(DRAW)

    assert words(page.mark("value")) == VALUE
    assert words(page.mark("state")) == "Drawn"
    assert row(page, 0) == ["20", "11", "44 people", "5", "20"]
    assert row(page, 1) == ["20", "0", "0 people", "5", "20"]
    assert numbers(page, "all-drawn") == ["10", "40 people in all"]


@pytest.mark.parametrize("spelt", [str, str.lower, lambda receipt: f" {receipt.replace('-', ' ')} "])
def test_whoever_has_a_receipt_reads_what_came_of_the_entry_and_why(
    lottery: Lottery, reader: Citizen, clock: StandingClock, spelt
) -> None:
    in_turn = drawn_lottery(lottery, clock)

    def asked(turn: int) -> str:
        form = reader.open(DRAW).form(mark="receipt-form")
        return words(form.submit(reader.client, receipt=spelt(in_turn[turn - 1])).mark("outcome"))

    first, sixth, last = asked(1), asked(6), asked(11)

    assert "drawn for Sat 11 Jul 2026, 10:00 KST" in first
    assert "Turn 1 of 11, for 4 people." in first
    assert "left at this turn: 20, enough for 4 people: given" in first
    assert "Second choice, Sat 11 Jul 2026, 14:00 KST – not looked at: an earlier choice was given" in first
    assert "drawn for Sat 11 Jul 2026, 14:00 KST" in sixth
    assert "left at this turn: 0, not enough for 4 people" in sixth
    assert "not drawn, in reserve" in last
    assert last.count("left at this turn: 0, not enough for 4 people") == 2


@pytest.mark.parametrize("typed", ["ABCD-2345", "", "<b>x</b>"])
def test_an_unknown_receipt_is_answered_with_a_clear_sentence(
    lottery: Lottery, reader: Citizen, clock: StandingClock, typed: str
) -> None:
    drawn_lottery(lottery, clock)

    page = reader.open(DRAW, query_string={"receipt": typed})

    assert page.status == 200
    assert "No entry of this draw has the receipt" in words(page.mark("outcome"))


def test_who_asks_before_the_draw_reads_when_the_result_comes(lottery: Lottery, reader: Citizen) -> None:
    receipt = application(lottery.enter(lottery.departures[0])).reference

    page = reader.open(DRAW, query_string={"receipt": receipt})

    assert "The value that decides is known on Sat 13 Jun 2026, 21:00 KST." in words(page.mark("outcome"))


def test_the_file_of_the_result_is_right_names_nobody_and_is_kept(
    lottery: Lottery, reader: Citizen, clock: StandingClock
) -> None:
    drawn_lottery(lottery, clock)

    answer = reader.client.get(f"/en{RESULT}")

    text = answer.get_data(as_text=True)
    assert faults(read(text)) == []
    assert len(json.loads(text)["entries"]) == 11
    assert "방문자" not in text
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="draw-july.json"'
    assert "immutable" in answer.headers["Cache-Control"]
    again = reader.client.get(f"/en{RESULT}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_there_is_no_file_before_the_draw(lottery: Lottery, reader: Citizen, clock: StandingClock) -> None:
    play(lottery, clock, "close")

    page = reader.open(RESULT)

    assert page.status == 404
    assert "known on Sat 13 Jun 2026, 21:00 KST" in page.text


def test_draws_are_listed_by_what_can_be_done(lottery: Lottery, reader: Citizen, clock: StandingClock) -> None:
    listed = reader.open("/draws")
    assert [words(item) for item in listed.marked("draw")] != []
    assert "Entries are taken until Fri 12 Jun 2026, 18:00 KST" in words(listed.mark("draw"))
    assert "Sat 11 Jul 2026 – Sun 12 Jul 2026" in words(listed.mark("draw"))

    home = reader.open("/")
    assert "Entries are taken until" in words(home.mark("draws"))
    play(lottery, clock, "close", "draw")

    assert "The places were drawn." in words(reader.open("/draws").mark("draw"))
    assert not reader.open("/").has("draws")


def test_without_draws_the_list_says_how_places_are_given(session: Session, reader: Citizen) -> None:
    assert "first come, first served" in words(reader.open("/draws").mark("none"))


def test_a_departure_of_a_draw_says_so_wherever_it_stands(
    lottery: Lottery, reader: Citizen, clock: StandingClock
) -> None:
    morning = lottery.departures[0]
    page = reader.open(f"/departures/{morning}")

    assert words(page.mark("state")) == "Draw"
    assert "Entries are taken until Fri 12 Jun 2026, 18:00 KST. The draw is on Sat 13 Jun 2026, 21:00 KST." in words(
        page.mark("by-draw")
    )
    assert not page.has("party")
    calendar = reader.open("/courses/walk", query_string={"month": "2026-07"})
    assert "By draw" in words(calendar.mark("day-2026-07-11"))
    entry = reader.open(page.link("Enter the draw").split("/en", 1)[1]).form(mark="entry")
    assert entry.values["choice_0"] == str(morning)


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (("close",), "Entries are closed and sealed."),
        (("close", "draw"), "The places were drawn."),
    ],
)
def test_a_departure_says_how_far_its_draw_is(
    lottery: Lottery, reader: Citizen, clock: StandingClock, steps: tuple[str, ...], sentence: str
) -> None:
    play(lottery, clock, *steps)

    page = reader.open(f"/departures/{lottery.departures[0]}")

    assert sentence in words(page.mark("by-draw"))
    assert words(page.mark("draw-link")) == "See the draw"


def test_left_over_places_are_applied_for_as_everywhere(
    lottery: Lottery, reader: Citizen, clock: StandingClock
) -> None:
    play(lottery, clock, "close", "draw", "give")
    clock.stand_at(TERMS.left_overs_at)

    page = reader.open(f"/departures/{lottery.departures[0]}")

    assert page.has("party")
    assert page.has("draw-link")


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("ko", "2026년 6월 20일(토) 10:00부터 누구나 신청"),
        ("en", "free for everybody from Sat 20 Jun 2026, 10:00 KST"),
    ],
)
def test_places_that_a_draw_gives_are_refused_in_words(lottery: Lottery, somebody, lang: str, sentence: str) -> None:
    citizen = somebody(lang)
    form = citizen.open(f"/departures/{lottery.add_departure('2026-05-20T10:00')}").form(mark="party")
    form.action = form.action.rsplit("/departures", 1)[0] + f"/departures/{lottery.departures[0]}/hold"

    page = form.submit(citizen.client, seats="2")

    assert page.status == 409
    assert sentence in words(page.mark("refused"))


def test_departures_that_a_draw_gives_hide_no_others(
    lottery: Lottery, reader: Citizen, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "LOOKED_AT", len(lottery.departures))
    gone, free = lottery.add_departure("2026-07-11T12:00"), lottery.add_departure("2026-07-13T10:00")
    with transaction() as session:
        session.get_one(Departure, gone).called_off_at = lottery.now
    play(lottery, clock, "close", "draw", "give", "settle")
    clock.stand_at("2026-06-15T11:00")

    page = reader.open(f"/departures/{gone}")

    assert [link.get("data-test") for link in page.mark("nearest").iter("a")] == [f"departure-{free}"]


def test_a_departure_that_joined_a_draw_is_named_on_its_page(
    lottery: Lottery, reader: Citizen, clock: StandingClock
) -> None:
    assert not reader.open(DRAW).has("joined")
    add_departure(lottery.course_id, parse_moment("2026-07-12T16:00"), actor=GUEST, now=lottery.now)

    page = reader.open(DRAW)

    assert "Sun 12 Jul 2026, 16:00 KST" in words(page.mark("joined"))
    assert "keeps the choices" in words(page.mark("joined"))
    assert len(page.marked("demand-row")) == 4


def test_a_departure_that_came_too_late_for_a_draw_says_from_when_it_is_free(
    lottery: Lottery, somebody, clock: StandingClock
) -> None:
    play(lottery, clock, "close")
    late = add_departure(lottery.course_id, parse_moment("2026-07-12T16:00"), actor=GUEST, now=lottery.now)
    lottery.settle()

    for lang, title, since in (
        ("ko", "추첨하고 남은 자리와 함께 열리는 회차입니다", "2026년 6월 20일(토) 10:00부터 누구나"),
        ("en", "opens together with what a draw leaves over", "free for everybody from Sat 20 Jun 2026, 10:00 KST"),
    ):
        page = somebody(lang).open(f"/departures/{late.departure_id}")
        assert title in words(page.mark("by-draw"))
        assert since in words(page.mark("window"))
        assert not page.has("party")

"""At which of its moments a draw is, as its page says it: the present one, and what is so where it is late."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.draws.lottery import TERMS, VALUE, Lottery, build_lottery
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.draws import DRAW, play
from tests.web.citizen.people import Citizen
from tourbook.actor import COMMAND
from tourbook.draws import draw_due, give_value


@pytest.fixture
def lottery(session: Session) -> Lottery:
    """A draw of three departures of 20; entries are taken."""
    return build_lottery()


@pytest.fixture
def reader(somebody) -> Citizen:
    return somebody("en")


def current(page: Page) -> list[str]:
    """The moment of the timeline that is the present one."""
    items = page.mark("moments").iter("li")
    return [words(next(item.iter("p"))) for item in items if item.get("aria-current") == "step"]


def test_the_present_moment_of_a_draw_is_marked(lottery: Lottery, reader: Citizen, clock: StandingClock) -> None:
    seen = []
    clock.stand_at("2026-05-04T07:59")
    seen.append(current(reader.open(DRAW)))
    clock.stand_at(lottery.now)
    seen.append(current(reader.open(DRAW)))
    for steps in ((), ("close",), ("draw",), ("give",)):
        clock.stand_at(TERMS.closes_at)
        play(lottery, clock, *steps) if steps else None
        seen.append(current(reader.open(DRAW)))
    clock.stand_at(TERMS.left_overs_at)
    seen.append(current(reader.open(DRAW)))

    sealing, drawing = "Entries are sealed", "The public value is known, and the places are drawn"
    assert seen == [
        [],
        ["Entries are taken"],
        [sealing],
        [sealing],
        [drawing],
        [drawing],
        ["Left-over places are free for everybody"],
    ]


@pytest.mark.parametrize(
    ("lang", "line", "moment", "day"),
    [
        (
            "en",
            "has not been entered yet",
            "announced for Sat 13 Jun 2026, 21:00 KST, not drawn yet",
            "Fri 19 Jun 2026, 21:00 KST (announced for Sat 13 Jun 2026, 21:00 KST)",
        ),
        (
            "ko",
            "아직 입력되지 않았습니다",
            "알린 때: 2026년 6월 13일(토) 21:00, 아직 추첨하지 않음",
            "2026년 6월 19일(금) 21:00(원래 알린 때: 2026년 6월 13일(토) 21:00)",
        ),
    ],
)
def test_a_draw_that_is_late_says_so_and_afterwards_on_which_day_it_was(
    lottery: Lottery, somebody, clock: StandingClock, lang: str, line: str, moment: str, day: str
) -> None:
    citizen = somebody(lang)
    play(lottery, clock, "close")
    clock.stand_at(TERMS.value_at - timedelta(minutes=1))
    before = citizen.open(DRAW)
    clock.stand_at(TERMS.value_at + timedelta(days=6))
    late = citizen.open(DRAW)
    give_value(lottery.round_id, VALUE, actor=COMMAND, now=clock.now)
    given = citizen.open(DRAW)
    draw_due(now=clock.now)
    drawn = citizen.open(DRAW)

    assert (line in words(before.mark("line")), moment in words(before.mark("moments"))) == (False, False)
    assert (line in words(late.mark("line")), moment in words(late.mark("moments"))) == (True, True)
    assert (line in words(drawn.mark("line")), moment in words(drawn.mark("moments"))) == (False, False)
    assert line not in words(given.mark("line"))
    assert day in words(drawn.mark("moments"))

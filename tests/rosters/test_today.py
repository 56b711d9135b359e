"""What an operator does next about a departure, as the page of the day says it first."""

from datetime import datetime

import pytest

from tourbook.kst import parse_moment
from tourbook.rosters import NextAct, ToDo, next_act

STARTS = parse_moment("2026-05-20T10:00")
DUE = parse_moment("2026-05-19T00:00")


def at(moment: str) -> datetime:
    return parse_moment(moment)


@pytest.mark.parametrize(
    ("moment", "expected", "act"),
    [
        ("2026-05-20T00:00", 3, NextAct.CHECK_IN),
        ("2026-05-20T09:59", 1, NextAct.CHECK_IN),
        ("2026-05-20T09:59", 0, None),
        ("2026-05-20T10:00", 1, NextAct.MARK_REST),
        ("2026-05-22T10:00", 1, NextAct.MARK_REST),
        ("2026-05-22T10:00", 0, None),
    ],
)
def test_on_its_day_people_come_first_and_then_those_who_did_not_come(moment: str, expected: int, act: NextAct | None):
    assert next_act(ToDo(STARTS, expected), at(moment)) is act
    assert next_act(ToDo(STARTS, expected, DUE, to_hand_over=True), at(moment)) is act


@pytest.mark.parametrize(
    ("moment", "to_hand_over", "act"),
    [
        ("2026-05-17T23:59", False, None),
        ("2026-05-18T00:00", False, NextAct.SEND_NAMES),
        ("2026-05-19T23:59", False, NextAct.SEND_NAMES),
        ("2026-05-12T09:00", True, NextAct.HAND_OVER),
        ("2026-05-19T23:59", True, NextAct.HAND_OVER),
    ],
)
def test_before_the_day_names_come_first(moment: str, to_hand_over: bool, act: NextAct | None):
    assert next_act(ToDo(STARTS, 4, DUE, to_hand_over=to_hand_over), at(moment)) is act


def test_names_that_were_sent_are_not_asked_for_again():
    assert next_act(ToDo(STARTS, 4, None), at("2026-05-19T12:00")) is None

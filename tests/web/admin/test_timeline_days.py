"""Days beside each other: pieces of a span, runs, lanes, and what there is room for."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tourbook.web.admin.timeline_days import Piece, Span, lanes, runs
from tourbook.web.admin.timeline_picture import fitting, shortened
from tourbook.web.admin.timeline_rows import mark_of

SPAN = Span(date(2026, 5, 4), 2)
DAYS = st.integers(-30, 60).map(lambda number: SPAN.first + timedelta(days=number))


@given(DAYS, st.none() | DAYS)
def test_a_piece_holds_exactly_the_days_of_the_span_that_lie_in_it(first: date, last: date | None) -> None:
    inside = [place for place, day in enumerate(SPAN.days) if first <= day and (last is None or day <= last)]

    piece = SPAN.piece(first, last)

    assert (list(range(piece.place, piece.end)) if piece else []) == inside


@given(st.lists(st.sampled_from("abc")))
def test_runs_hold_every_day_once_and_no_two_that_touch_are_the_same(values: list[str]) -> None:
    found = list(runs(values))

    assert [run.value for run in found for _ in range(run.piece.length)] == values
    assert [run.piece.place for run in found[1:]] == [run.piece.end for run in found[:-1]]
    assert all(one.value != other.value for one, other in itertools.pairwise(found))


@given(st.lists(st.builds(Piece, st.integers(0, 20), st.integers(1, 9))))
def test_no_bar_lies_on_another_and_no_lane_is_wasted(pieces: list[Piece]) -> None:
    pieces.sort(key=lambda piece: piece.place)
    found = list(zip(lanes(pieces), pieces, strict=True))

    for number, (lane, piece) in enumerate(found):
        for other_lane, other in found[:number]:
            assert lane != other_lane or other.end <= piece.place
    deepest = max((sum(one.place <= day < one.end for one in pieces) for day in range(30)), default=0)
    assert len({lane for lane, _piece in found}) == deepest


@pytest.mark.parametrize(("level", "mark"), [("2.5", "2.5"), ("phase1", "P1"), ("4", "4"), ("closed", "C")])
def test_a_level_in_very_few_letters(level: str, mark: str) -> None:
    assert mark_of(level) == mark


@pytest.mark.parametrize(("room", "expected"), [(200, "파주 임진각 코스"), (80, "파주 임진각…"), (5, "")])
def test_a_name_is_cut_where_there_is_no_room(room: float, expected: str) -> None:
    assert shortened("파주 임진각 코스", room) == expected
    assert fitting(room, "long as it is, and wide", "x") in {"long as it is, and wide", "x", ""}

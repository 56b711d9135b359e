"""Plots that the server draws: bars between nothing and the largest figure, and words that leave room for figures."""

import pytest

from tourbook.web.plots import WIDTH, Line, plot, shortened


def test_a_bar_is_as_long_as_its_figure_and_none_is_drawn_without_one() -> None:
    drawn = plot("Chance", [Line("a", "25 %", 0.25, 0.1, 0.5), Line("b", "–", None)], largest=1.0)

    first, second = drawn.bars
    assert (first.width, first.low, first.high) == (WIDTH / 4, WIDTH / 10, WIDTH / 2)
    assert (second.width, second.low) == (None, None)
    assert second.top > first.top


def test_without_a_measure_the_largest_figure_fills_the_width() -> None:
    assert [bar.width for bar in plot("People", [Line("a", "2", 2), Line("b", "8", 8)]).bars] == [WIDTH / 4, WIDTH]


def test_where_all_figures_are_zero_nothing_is_filled() -> None:
    assert plot("People", [Line("a", "0", 0)]).bars[0].width == 0


@pytest.mark.parametrize("words", ["a" * 40, "가" * 20])
def test_words_that_leave_room_for_the_figure_stay(words: str) -> None:
    assert shortened(words) == words


@pytest.mark.parametrize(("words", "left"), [("a" * 41, "a" * 40), ("가" * 21, "가" * 20)])
def test_longer_words_are_cut_short(words: str, left: str) -> None:
    assert shortened(words) == f"{left}…"

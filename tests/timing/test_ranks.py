"""The judge of times: held against known results, and against lists that do differ."""

from random import Random

import pytest

from tests.timing.ranks import chance


def test_it_finds_what_the_books_say() -> None:
    """Figures of R: wilcox.test(x, y, exact=FALSE, correct=FALSE)."""
    some = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    others = [1.15, 0.88, 0.90, 0.74, 1.21]

    assert chance(some, others) == pytest.approx(0.2207, abs=0.0005)  # W = 35, mean 25, spread 66.7
    assert chance(some, others) == pytest.approx(chance(others, some))


def test_ties_count_half_on_each_side() -> None:
    assert chance([1, 1, 1, 2], [1, 1, 1, 2]) == pytest.approx(1)
    assert chance([1] * 30, [1] * 30) == 1


def test_a_twentieth_of_a_spread_is_not_found_and_a_whole_one_is() -> None:
    random = Random("ranks")
    some = [random.gauss(45, 1) for _ in range(250)]

    assert chance(some, [random.gauss(45.05, 1) for _ in range(250)]) > 0.01
    assert chance(some, [random.gauss(46, 1) for _ in range(250)]) < 1e-9


def test_nothing_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        chance([], [1.0])

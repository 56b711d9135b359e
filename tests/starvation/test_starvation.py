"""No waiting party is passed by more often than the bound says, and nobody is asked after the freeze line.

`python -m tests.starvation --seasons 10000` is the whole dose.
"""

from random import Random

from tests.starvation.season import BOUND, Season

SEASONS = 150


def test_nobody_who_waits_is_passed_by_more_often_than_the_bound() -> None:
    played = [Season(Random(f"short {number}")).play() for number in range(SEASONS)]

    assert max(season.most_passed for season in played) == BOUND  # it is reached, and never passed
    assert sum(season.offers for season in played) > SEASONS
    assert sum(season.late_offers for season in played) == 0


def test_control_without_the_skip_rule_somebody_is_passed_by_again_and_again() -> None:
    played = [Season(Random(f"short {number}"), bound=1000).play() for number in range(SEASONS)]

    assert max(season.most_passed for season in played) > BOUND

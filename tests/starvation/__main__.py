"""`python -m tests.starvation --seasons 10000`: play so many seasons; exit 1 where somebody was passed by too often."""

import argparse
import sys
from random import Random

from tests.starvation.season import BOUND, Season

EVERY = 250


def main() -> int:
    """Play, print how far it is, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seasons", type=int, default=10_000)
    parser.add_argument("--seed", default="1")
    asked = parser.parse_args()
    worst = late = offers = at_bound = 0
    for number in range(asked.seasons):
        season = Season(Random(f"{asked.seed} {number}")).play()
        worst, late, offers = max(worst, season.most_passed), late + season.late_offers, offers + season.offers
        at_bound += season.most_passed == BOUND
        if (number + 1) % EVERY == 0:
            print(f"[starvation] {number + 1} of {asked.seasons} seasons", file=sys.stderr, flush=True)
    print(f"{asked.seasons} seasons, {offers} offers: passed by at most {worst} times (bound {BOUND}), ", end="")
    print(f"in {at_bound} seasons as often as that; {late} offers after the freeze line")
    return 0 if worst <= BOUND and late == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

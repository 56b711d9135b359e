"""The rank sum test of Mann and Whitney: could two lists of times be of one kind?"""

from collections.abc import Sequence
from itertools import groupby
from math import erfc, sqrt


def chance(some: Sequence[float], others: Sequence[float]) -> float:
    """How often lists of one kind differ as much as these by chance (p, two-sided; normal approximation with ties).

    From about twenty values a list; refuses an empty one with ValueError.
    """
    if not some or not others:
        raise ValueError("there is nothing to compare")
    few, many = len(some), len(others)
    whole = few + many
    ranked = sorted([(one, True) for one in some] + [(one, False) for one in others])
    below, ranks, ties = 0, 0.0, 0
    for _, equal in groupby(ranked, key=lambda one: one[0]):
        group = list(equal)
        ranks += sum(mine for _, mine in group) * (below + (len(group) + 1) / 2)
        ties += len(group) ** 3 - len(group)
        below += len(group)
    surplus = ranks - few * (few + 1) / 2 - few * many / 2
    spread = few * many / 12 * (whole + 1 - ties / (whole * (whole - 1)))
    return erfc(abs(surplus) / sqrt(2 * spread)) if spread else 1.0

"""How many departures are settled in one transaction: as many as keep no lock for long. Pure."""

AIM = 0.05
"""Seconds: half of the 0.1 within which nobody notices a lock, as the next chunk may have more to move."""

FEWEST, MOST = 4, 100
"""Fewer would not be faster by much: most of what a small chunk takes is the same for any number of departures."""

MOST_MOVES = 250
"""A chunk ends with the departure that reaches this many moves: the last chunk may have had nothing to move."""


class Pace:
    """Begins small, and follows what the last chunk took."""

    def __init__(self) -> None:
        self.size = FEWEST

    def learn(self, settled: int, seconds: float) -> None:
        """So many were settled in that time: grow to at most twice as many, or shrink at once. Those that were left for
        the next chunk, because enough people had been moved, were read in vain.
        """
        wanted = settled if settled < self.size else max(int(settled * AIM / seconds), FEWEST)
        self.size = min(wanted, 2 * settled, MOST)

    def stumble(self) -> None:
        """A chunk failed: go on one by one, so that only the faulty departure is left behind."""
        self.size = 1

    def rest(self) -> None:
        """Nothing is due: the next change may move more people than this one."""
        self.size = FEWEST

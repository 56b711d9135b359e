"""How the size of a party bears on its chance: `python -m tests.draws.tail` measures it, and draws it.

The order knows no sizes. But the last places go to whoever fits in them, and small parties fit more often. How much
that is follows from the rules alone: the values are fixed, so everybody gets these figures.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from tests.house.sources import REPOSITORY
from tourbook.draws.rules import Entry, draw

DEPARTURE = "0520-10"
PLACES = 20
SIZES = (1, 2, 3, 4)
DEMANDS = (3, 12)
DRAWS = 10_000
PICTURE = REPOSITORY / "docs" / "img" / "draw-tail.svg"


@dataclass(frozen=True)
class Tail:
    """What was measured at one demand: how often a party got places, by its size, and how full the departure was."""

    demand: int
    chances: dict[int, float]
    filled: float

    @property
    def even(self) -> float:
        """The chance of each, if parties could be split."""
        return 1 / self.demand


def parties(demand: int) -> list[Entry]:
    """As many parties of each size, so that `demand` people want each place."""
    of_each = demand * PLACES // sum(SIZES)
    return [Entry(f"{size}-{number}", size, (DEPARTURE,)) for size in SIZES for number in range(of_each)]


@cache
def measured(demand: int) -> Tail:
    """Draw so many times, and count."""
    entries = parties(demand)
    sizes = {entry.receipt: entry.seats for entry in entries}
    won: Counter[int] = Counter()
    for number in range(DRAWS):
        drawn = draw(f"tail {demand} {number}", {DEPARTURE: PLACES}, entries)
        won.update(sizes[one.receipt] for one in drawn if one.departure)
    of_each = len(entries) // len(SIZES) * DRAWS
    people = sum(size * times for size, times in won.items())
    return Tail(demand, {size: won[size] / of_each for size in SIZES}, people / (PLACES * DRAWS))


def table() -> list[str]:
    """What was measured, as lines of Markdown."""
    tails = [measured(demand) for demand in DEMANDS]
    return [
        _row("party of", (f"{tail.demand} people for each place" for tail in tails)),
        _row("---", ("---:" for _ in tails)),
        *(_row(str(size), (f"{tail.chances[size]:.1%}" for tail in tails)) for size in SIZES),
        _row("for comparison: places by people", (f"{tail.even:.1%}" for tail in tails)),
        _row("places that were filled", (f"{tail.filled:.1%}" for tail in tails)),
    ]


def _row(first: str, others: Iterable[str]) -> str:
    return f"| {' | '.join([first, *others])} |"


def picture() -> str:
    """The same as bars; the line is what each would have if parties could be split."""
    bars = "\n".join(line for place, demand in enumerate(DEMANDS) for line in _bars(measured(demand), 20 + place * 260))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 540 250" role="img" '
        'font-family="sans-serif" font-size="13">\n'
        "<title>Chance of a place by the size of the party</title>\n"
        f"{bars}\n</svg>\n"
    )


def _bars(tail: Tail, left: int) -> Iterator[str]:
    height = 150 / max(tail.chances.values())
    for place, (size, chance) in enumerate(tail.chances.items()):
        x, tall = left + place * 60, chance * height
        yield f'<rect x="{x}" y="{200 - tall:.1f}" width="44" height="{tall:.1f}" fill="#256ef4"/>'
        yield f'<text x="{x + 22}" y="192" text-anchor="middle" fill="#fff">{chance:.1%}</text>'
        yield f'<text x="{x + 22}" y="217" text-anchor="middle">{size}</text>'
    even = f"{200 - tail.even * height:.1f}"
    yield f'<path d="M{left - 6} {even}h236" stroke="#1e2124" stroke-dasharray="4 3"/>'
    yield f'<text x="{left + 112}" y="240" text-anchor="middle">party of, at {tail.demand} people for each place</text>'


def main() -> None:
    """Print the table, and draw the picture."""
    print("\n".join(table()))
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()

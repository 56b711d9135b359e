"""Plots as the server draws them: where each bar lies in an SVG that scales with the page. Pure.

A plot shows what stands in the table below it, and nothing more; so it is one picture with a name to screen readers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

WIDTH = 640
ROW = 60
BAR_TOP = 38
BAR = 14
WIDEST = 40
"""So many narrow letters stand beside a figure on a phone; Korean ones are twice as wide. The table says it in full."""


@dataclass(frozen=True)
class Bar:
    """One line of a plot: its words, its figure in words, and where its bar and its interval lie from left to right.

    `width` None: there is no figure to draw.
    """

    label: str
    value: str
    top: int
    width: float | None = None
    low: float | None = None
    high: float | None = None
    kind: str = "taken"

    @property
    def baseline(self) -> int:
        """Where the words stand."""
        return self.top + BAR_TOP - 12

    @property
    def bar_top(self) -> int:
        """The upper edge of the bar."""
        return self.top + BAR_TOP

    @property
    def middle(self) -> int:
        """The height at which the interval is drawn."""
        return self.bar_top + BAR // 2


@dataclass(frozen=True)
class Plot:
    """A plot by its name, which says what is drawn, and its lines."""

    name: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """How high it is where it is WIDTH wide."""
        return len(self.bars) * ROW + 8


@dataclass(frozen=True)
class Line:
    """What is to be drawn in one line: a figure between 0 and the plot's largest, perhaps with its interval."""

    label: str
    value: str
    amount: float | None
    low: float | None = None
    high: float | None = None
    kind: str = "taken"


def plot(name: str, lines: Iterable[Line], *, largest: float | None = None) -> Plot:
    """Draw these lines below each other; `largest` is what fills the whole width (None: the largest figure)."""
    drawn = list(lines)
    whole = largest or _largest(drawn)
    return Plot(name, tuple(_bar(one, place * ROW, whole) for place, one in enumerate(drawn)))


def _bar(one: Line, top: int, whole: float) -> Bar:
    width, low, high = (_along(amount, whole) for amount in (one.amount, one.low, one.high))
    return Bar(shortened(one.label), one.value, top, width, low, high, one.kind)


def _largest(lines: Sequence[Line]) -> float:
    return max((one.amount for one in lines if one.amount), default=1.0)


def _along(amount: float | None, whole: float) -> float | None:
    return None if amount is None else round(WIDTH * min(amount / whole, 1.0), 1)


def shortened(words: str) -> str:
    """Words as far as they leave room for the figure at the other end of their line."""
    width = 0
    for place, letter in enumerate(words):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > WIDEST:
            return f"{words[:place].rstrip()}…"
    return words

"""How high a way goes, as the server draws it: a line over kilometres and metres in an SVG that scales. Pure.

It shows what stands in the table below it, and nothing more; so it is one picture with a name to screen readers.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 48
STEPS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
LINES = 4

Profile = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Mark:
    """A figure at an axis, and where it stands along it."""

    at: float
    label: str


@dataclass(frozen=True)
class Drawn:
    """The line of a profile, the ground below it, and the marks of both axes."""

    name: str
    line: str
    ground: str
    metres: tuple[Mark, ...]
    kilometres: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def drawn(name: str, profile: Profile) -> Drawn:
    """Draw a profile of at least two points, in kilometres from the start and metres above the sea."""
    length = profile[-1][0] or 1.0
    lowest = min(0.0, *(metres for _, metres in profile))
    step = _step(max(metres for _, metres in profile) - lowest)
    first, last = math.floor(lowest / step), max(math.ceil(max(metres for _, metres in profile) / step), 1)
    low, high = first * step, last * step

    def across(kilometres: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * kilometres / length, 1)

    def up(metres: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (metres - low) / (high - low), 1)

    line = "L".join(f"{across(kilometres)} {up(metres)}" for kilometres, metres in profile)
    return Drawn(
        name,
        line=f"M{line}",
        ground=f"M{line}V{up(low)}H{across(0)}Z",
        metres=tuple(Mark(up(number * step), f"{number * step:g} m") for number in range(first, last + 1)),
        kilometres=tuple(Mark(across(at), f"{at:g} km") for at in _along(length)),
    )


def _along(length: float) -> Iterator[float]:
    step = _step(length)
    return (round(number * step, 1) for number in range(math.floor(length / step) + 1))


def _step(span: float) -> float:
    """A round step by which few lines reach across a span."""
    return next((one for one in STEPS if span / one <= LINES), STEPS[-1])

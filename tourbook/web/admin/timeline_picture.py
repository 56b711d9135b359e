"""The timeline as a picture: where everything lies in an SVG that scales with the page. Pure.

It holds nothing that does not stand in the list below it, and is for eyes and a mouse alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from unicodedata import east_asian_width

from tourbook.web.admin.timeline_days import Piece, Span, lanes
from tourbook.web.admin.timeline_rows import Bar, CourseRow, Day, Level, RegionRow

WIDTH = 1200
LEFT = 212
INDENT = 12
HEAD = 44
LANE = 26
STRIP = 26
FILL = 30
GAP = 10
LETTER = 7.0
MONDAY = 0


@dataclass(frozen=True)
class Box:
    """A rectangle with words in it; `kind` is what it looks like, `over` the pattern that lies on it."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    text: str = ""
    over: str | None = None
    href: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Band:
    """One row: its name at the left, a link for each day, what lies on it, the places of its departures as paths."""

    name: str
    y: float
    height: float
    is_course: bool
    cells: tuple[Box, ...] = ()
    boxes: tuple[Box, ...] = ()
    free: str = ""
    taken: str = ""
    over: str = ""


@dataclass(frozen=True)
class Mark:
    """Words at a place along the days."""

    x: float
    text: str


@dataclass(frozen=True)
class Picture:
    """The whole picture; `today` is where today begins, None where it lies outside."""

    width: int
    height: float
    indent: int
    months: tuple[Mark, ...]
    weeks: tuple[Mark, ...]
    today: float | None
    step: float
    bands: tuple[Band, ...]


class _Pen:
    """Knows how wide a day is, and how far down it has come."""

    def __init__(self, span: Span, link: Callable[[str, date], str]) -> None:
        self._span, self._link = span, link
        self.step = (WIDTH - LEFT) / len(span.days)
        self.y = float(HEAD)

    def x(self, place: int) -> float:
        return round(LEFT + place * self.step, 1)

    def wide(self, piece: Piece) -> float:
        return round(piece.length * self.step, 1)

    def region(self, row: RegionRow) -> Band:
        found = list(_laid(row.bars))
        height = max([lane + 1 for lane, _, _ in found], default=1) * LANE
        cells = [
            Box(self.x(place), self.y, round(self.step, 1), height, "day", href=self._link(row.code, day))
            for place, day in enumerate(self._span.days)
        ]
        boxes = tuple(self._bars(found, self.y))
        return self._down(Band(shortened(row.name, LEFT), self.y, height, False, tuple(cells), boxes))

    def course(self, row: CourseRow) -> Band:
        found = list(_laid(row.bars))
        measures = max([lane + 1 for lane, _, _ in found], default=0) * LANE
        fill_top = self.y + STRIP + measures + 2
        boxes = [*self._levels(row), *self._bars(found, self.y + STRIP + 2)]
        free, taken, over = (self._fill(row.days, fill_top, which) for which in (_free, _taken, _over))
        height = STRIP + measures + FILL + 4
        name = shortened(row.name, LEFT - INDENT)
        return self._down(Band(name, self.y, height, True, (), tuple(boxes), free, taken, over))

    def _down(self, band: Band) -> Band:
        self.y += band.height + GAP
        return band

    def _bars(self, found: Sequence[tuple[int, Piece, Bar]], top: float) -> Iterator[Box]:
        for lane, piece, bar in found:
            room = piece.length * self.step - 12
            text = fitting(room, bar.short, bar.mark)
            yield Box(
                x=self.x(piece.place),
                y=top + lane * LANE + 1,
                width=self.wide(piece),
                height=LANE - 3,
                kind=bar.state,
                text=text,
                href=bar.href,
                title=bar.said,
            )

    def _levels(self, row: CourseRow) -> Iterator[Box]:
        for run in row.levels:
            level: Level = run.value
            text = fitting(run.piece.length * self.step - 6, level.name, level.mark)
            x, width = self.x(run.piece.place), self.wide(run.piece)
            yield Box(x, self.y, width, STRIP, f"tone-{level.tone}", text, over=level.pattern)

    def _fill(self, days: Sequence[Day], top: float, part: Callable[[Day], tuple[float, float]]) -> str:
        width = round(max(self.step - 2, 1), 1)
        path = []
        for place, day in enumerate(days):
            begins, ends = part(day)
            if ends > begins:
                y, height = round(top + FILL * (1 - ends), 1), round(FILL * (ends - begins), 1)
                path.append(f"M{round(self.x(place) + 1, 1)} {y}h{width}v{height}h-{width}z")
        return "".join(path)


def picture(
    span: Span,
    rows: Sequence[RegionRow | CourseRow],
    today: date,
    *,
    link: Callable[[str, date], str],
    month: Callable[[date], str],
) -> Picture:
    """Draw these rows below each other; `link` is where a day of a region leads to."""
    pen = _Pen(span, link)
    bands = tuple(pen.region(row) if isinstance(row, RegionRow) else pen.course(row) for row in rows)
    days = span.days
    months = [(next(group), name) for name, group in groupby(days, key=month)]
    marks = [Mark(pen.x((first - span.first).days), name) for first, name in months if _has_room(first, span)]
    return Picture(
        width=WIDTH,
        height=pen.y,
        indent=INDENT,
        months=tuple(mark for mark in marks if mark.x <= WIDTH - _wide(mark.text)),
        weeks=tuple(Mark(pen.x(place), str(day.day)) for place, day in enumerate(days) if day.weekday() == MONDAY),
        today=pen.x((today - span.first).days) if span.first <= today <= span.last else None,
        step=round(pen.step, 1),
        bands=bands,
    )


def fitting(room: float, *words: str) -> str:
    """The first of these words that there is room for; nothing where there is none."""
    return next((text for text in words if _wide(text) <= room), "")


def shortened(text: str, room: float) -> str:
    """As much of a name as there is room for."""
    cuts = (f"{text[:length].rstrip()}…" for length in range(len(text) - 1, 0, -1))
    return fitting(room, text, *cuts)


def _wide(text: str) -> float:
    return sum(LETTER * (1.75 if east_asian_width(letter) in "WF" else 1) for letter in text)


def _has_room(first: date, span: Span) -> bool:
    """A month whose last days alone are shown has no room for its name."""
    return first != span.first or (first + timedelta(days=6)).month == first.month


def _laid(bars: Sequence[Bar]) -> Iterator[tuple[int, Piece, Bar]]:
    in_order = sorted(bars, key=lambda bar: (bar.piece.place, -bar.piece.length))
    for lane, bar in zip(lanes(bar.piece for bar in in_order), in_order, strict=True):
        yield lane, bar.piece, bar


def _share(day: Day) -> float:
    """How full: of the places there are; where people must still go, all of it and more."""
    return min(day.taken / day.places, 1.0) if day.places else float(day.taken > 0)


def _free(day: Day) -> tuple[float, float]:
    return (_share(day), 1.0) if day.departures else (0.0, 0.0)


def _taken(day: Day) -> tuple[float, float]:
    return (0.0, _share(day)) if day.departures and not day.over else (0.0, 0.0)


def _over(day: Day) -> tuple[float, float]:
    return (0.0, 1.0) if day.over else (0.0, 0.0)

"""What the timeline shows: regions with their orders, courses with their levels, measures and departures."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.courses import courses, ends_of_measures, last_day_of
from tourbook.courses.models import Course, Departure, SiteMeasure
from tourbook.distancing import Allowance, Facts, Slot, allowance, facts_by_course
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Level as LevelRow
from tourbook.distancing.models import Order
from tourbook.kst import at, civil_day, end_of_day, start_of_day
from tourbook.web import present
from tourbook.web.admin.measures import state_of_measure, what_of_measure
from tourbook.web.admin.orders import order_state, state_words
from tourbook.web.admin.outlook import MORNING, size_words
from tourbook.web.admin.timeline_days import Piece, Run, Span, runs

TONES = 4
LETTERS_OF_A_MARK = 4


@dataclass(frozen=True)
class Bar:
    """An order or a measure as it lies on its days, with what can be done about it.

    `short` is what it says where there is room, `mark` where there is little, `href` where its end is moved.
    """

    id: str
    piece: Piece
    days: str
    what: str
    state: str
    cause: str
    short: str
    mark: str
    said: str
    href: str
    withdraw: str | None = None


@dataclass(frozen=True)
class Level:
    """What holds for a course: the level, how large that makes its departures, on what basis.

    `tone` is how strict it is within its scale, 0 to TONES; `pattern` shut where nobody may go, unsure where no order
    covers the day. `meanwhile` is the size as long as that has not begun, where it is another; else empty.
    """

    name: str
    mark: str
    size: str
    basis: str
    tone: int
    pattern: str | None
    meanwhile: str = ""


@dataclass
class Day:
    """The departures of one course on one day, with the places that there are and that are taken."""

    departures: int = 0
    places: int = 0
    taken: int = 0
    over: int = 0
    called_off: int = 0

    def add(self, other: "Day") -> None:
        """Count another day's too."""
        self.departures += other.departures
        self.places += other.places
        self.taken += other.taken
        self.over += other.over
        self.called_off += other.called_off


@dataclass(frozen=True)
class RegionRow:
    """A region with the orders for it, under the code by which one would be entered."""

    code: str
    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class CourseRow:
    """A course: its levels in runs of days, its measures, its departures day by day."""

    code: str
    region: str
    name: str
    levels: tuple[Run[Level], ...]
    bars: tuple[Bar, ...]
    days: tuple[Day, ...] = field(default=())

    def within(self, piece: Piece) -> Day:
        """Its departures of some days together."""
        found = Day()
        for day in self.days[piece.place : piece.end]:
            found.add(day)
        return found


Row = RegionRow | CourseRow


def timeline_rows(session: Session, span: Span, now: datetime) -> list[Row]:
    """The rows from the widest region down to the courses: every region of a course, and above it those that have an
    order in this span. Statements: as many for one course as for all, and for one week as for a season.
    """
    known = facts_by_course(session)
    listed = list(courses(session))
    levels = _Levels(session)
    bars = _order_bars(session, span, now, levels)
    measures = _measure_bars(session, span)
    days = _departures(session, span)
    rows: list[Row] = []
    shown: set[tuple[str, ...]] = set()
    in_order = sorted(((_places(known[course.id], now), course) for course in listed), key=lambda one: one[0])
    for places, course in in_order:
        facts = known[course.id]
        rows += _regions(facts, places, bars, shown, now)
        rows.append(
            CourseRow(
                code=course.code,
                region=places[-1][0],
                name=present.in_lang(course, "name"),
                levels=tuple(runs([levels.on(day, course, facts, now) for day in span.days])),
                bars=tuple(measures[course.id]),
                days=tuple(days[course.id, day] for day in span.days),
            )
        )
    return rows


def _places(facts: Facts, now: datetime) -> tuple[tuple[str, ...], ...]:
    """Where a course lies today, from the widest region down: for each the codes that are one region, the one under
    which an order would be entered first.
    """
    by_distance: dict[int, list[str]] = defaultdict(list)
    for code, distance in facts.regions.ranks(facts.region, civil_day(now)).items():
        by_distance[distance].append(code)
    inward = [sorted(by_distance[one]) for one in sorted(by_distance, reverse=True)]
    return tuple(tuple(sorted(codes, key=lambda one: facts.regions.current(one) != one)) for codes in inward)


def _regions(
    facts: Facts,
    places: tuple[tuple[str, ...], ...],
    bars: Mapping[str, Sequence[Bar]],
    shown: set[tuple[str, ...]],
    now: datetime,
) -> Iterator[RegionRow]:
    """The regions of a course that no row shows yet; those above its own only where an order is there to show."""
    for codes in places:
        found = tuple(bar for code in codes for bar in bars.get(code, ()))
        if codes not in shown and (found or codes == places[-1]):
            shown.add(codes)
            yield RegionRow(codes[0], present.said(facts.regions.name(codes[0])), found)


class _Levels:
    """Levels in words, and how strict each is within its scale."""

    def __init__(self, session: Session) -> None:
        scales: dict[str, list[LevelRow]] = defaultdict(list)
        for row in session.scalars(select(LevelRow).order_by(LevelRow.scale, LevelRow.place)):
            scales[row.scale].append(row)
        self._tones = {
            (scale, row.level): round(TONES * number / max(len(rows) - 1, 1))
            for scale, rows in scales.items()
            for number, row in enumerate(rows)
        }
        self._names = {
            (row.scale, row.level): Words(row.name_ko, row.name_en) for rows in scales.values() for row in rows
        }

    def name(self, scale: str | None, level: str | None) -> str:
        """A level in words."""
        if scale is None or level is None:
            return str(_("no order"))
        return present.said(self._names.get((scale, level), Words(level, level)))

    def on(self, day: date, course: Course, facts: Facts, now: datetime) -> Level:
        """What holds for a morning departure: of a day that is over as it was known then, of a day to come as it is
        known now, or will be when the day begins.
        """
        starts_at = at(day, MORNING)
        as_of = starts_at if day < civil_day(now) else max(now, start_of_day(day))
        slot = Slot(starts_at, course.minutes)
        found = allowance(slot, facts, as_of)
        is_to_come = as_of > now  # until then somebody may decide, so that no end has passed yet
        basis = "projected" if is_to_come and found.basis == "lapsed" else found.basis
        until_then = size_words(allowance(slot, facts, now)) if is_to_come else size_words(found)
        return self._level(found, basis, "" if until_then == size_words(found) else until_then)

    def _level(self, found: Allowance, basis: str, meanwhile: str) -> Level:
        unsure = "unsure" if basis in {"projected", "lapsed"} else None
        return Level(
            name=self.name(found.scale, found.level),
            mark=mark_of(found.level or "–"),
            size=size_words(found),
            basis=basis,
            tone=self._tones.get((found.scale or "", found.level or ""), 0),
            pattern="shut" if found.closed else unsure,
            meanwhile=meanwhile,
        )


def mark_of(level: str) -> str:
    """A level in very few letters: 2.5, P1 for phase1."""
    digits = "".join(letter for letter in level if letter.isdigit() or letter == ".")
    return level if len(level) <= LETTERS_OF_A_MARK else f"{level[0].upper()}{digits}"


def _order_bars(session: Session, span: Span, now: datetime, levels: _Levels) -> dict[str, list[Bar]]:
    """The orders that lie in this span, by the code of their region; of a withdrawn one what it was in force."""
    found: dict[str, list[Bar]] = defaultdict(list)
    within = (
        Order.effective_from <= span.last,
        Order.planned_until.is_(None) | (Order.planned_until >= span.first),
    )
    for order in session.scalars(select(Order).where(*within).order_by(Order.effective_from, Order.entry)):
        state = order_state(order, now)
        piece = span.piece(order.effective_from, _stood_until(order, state))
        if piece:
            found[order.region_code].append(_order_bar(order, state, piece, levels.name(order.scale, order.level)))
    return found


def _stood_until(order: Order, state: str) -> date | None:
    """The day before it was withdrawn, where it was; else its planned end."""
    if state != "withdrawn" or order.withdrawn_at is None:
        return order.planned_until
    withdrawn = civil_day(order.withdrawn_at) - timedelta(days=1)
    return min(withdrawn, order.planned_until or withdrawn)


def _order_bar(order: Order, state: str, piece: Piece, name: str) -> Bar:
    days, words = _days(order.effective_from, order.planned_until), state_words()[state]
    standing = state != "withdrawn"
    detail = present.in_lang(order, "condition") or ""
    return Bar(
        id=f"order-{order.id}",
        piece=piece,
        days=days,
        what=name,
        state=state,
        cause=", ".join(filter(None, (_known(state, order.announced_at, order.known_at), detail))),
        short=f"{name} · {words}",
        mark=mark_of(order.level),
        said=f"{name}, {days}, {words}",
        href=url_for("admin.move_end", order_id=order.id) if standing else url_for("admin.orders", state="withdrawn"),
        withdraw=url_for("admin.withdraw", order_id=order.id) if standing else None,
    )


def _measure_bars(session: Session, span: Span) -> dict[UUID, list[Bar]]:
    """The measures that lie in this span, by the course; one that was taken back before its first day is left out."""
    found: dict[UUID, list[Bar]] = defaultdict(list)
    ends = ends_of_measures(session)
    wanted = select(SiteMeasure).where(SiteMeasure.effective_from <= span.last)
    for measure in session.scalars(wanted.order_by(SiteMeasure.effective_from, SiteMeasure.entry)):
        last = last_day_of(measure, ends.get(measure.id, ()))
        state = state_of_measure(measure, last)
        piece = span.piece(measure.effective_from, last)
        if piece and state != "withdrawn":
            found[measure.course_id].append(_measure_bar(measure, state, piece, _days(measure.effective_from, last)))
    return found


def _measure_bar(measure: SiteMeasure, state: str, piece: Piece, days: str) -> Bar:
    what, words, reason = what_of_measure(measure), state_words()[state], present.in_lang(measure, "reason")
    stop = measure.stop_id and url_for("admin.end_stop", stop_id=measure.stop_id)
    return Bar(
        id=f"measure-{measure.id}",
        piece=piece,
        days=days,
        what=what,
        state=state,
        cause=", ".join((reason, _known(state, measure.announced_at, measure.known_at))),
        short=f"{what} · {reason} · {words}",
        mark="■",
        said=f"{what}, {days}, {reason}, {words}",
        href=stop or url_for("admin.end", measure_id=measure.id),
    )


def _known(state: str, announced_at: datetime | None, known_at: datetime) -> str:
    """Since when it is known, or from which minute it will be; both where it became public later than it was made."""
    announced = str(_("announced %(moment)s", moment=present.instant(announced_at))) if announced_at else ""
    if state != "embargoed" and (announced_at is None or known_at <= announced_at):
        return announced
    public = str(_("public from %(moment)s", moment=present.instant(known_at)))
    return public if state == "embargoed" else f"{announced}, {public}"


def _days(first: date, last: date | None) -> str:
    return f"{present.day(first)} – {present.day(last) if last else _('open-ended')}"


def _departures(session: Session, span: Span) -> dict[tuple[UUID, date], Day]:
    """The departures of the span, course by course and day by day, as they were settled last: one statement."""
    columns = (
        Departure.course_id,
        Departure.starts_at,
        Departure.allowed,
        Departure.seats_taken,
        Departure.over_capacity,
        Departure.called_off_at,
    )
    within = (Departure.starts_at >= start_of_day(span.first), Departure.starts_at < end_of_day(span.last))
    found: dict[tuple[UUID, date], Day] = defaultdict(Day)
    for course_id, starts_at, allowed, taken, over, called_off_at in session.execute(select(*columns).where(*within)):
        one = Day(called_off=1) if called_off_at else Day(1, allowed, taken, int(over))
        found[course_id, civil_day(starts_at)].add(one)
    return found

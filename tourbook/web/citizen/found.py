"""What a search finds: places for so many, what is full with its nearest alternatives, what opens later, and draws.

A season is read once. Which departures have places is told from what is stored; only those that are shown are looked
at as closely as a departure's own page does, so that the work does not grow with the season.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.applications.queries import promising
from tourbook.courses import Way, courses, departures_between, gives_by_draw, way_of, window
from tourbook.courses.models import Course, Departure
from tourbook.distancing import facts_of
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.citizen.reasons import reasons
from tourbook.web.citizen.search_form import Wish
from tourbook.web.citizen.standing import BOOKABLE, LOOK_AHEAD, NEAREST, Standing, is_open, standings

MOST_FREE, MOST_OTHERS = 20, 6
SPARE = 2
"""So many more are looked at where something may have changed since the departures were settled."""


@dataclass(frozen=True)
class Full:
    """A departure without places for so many, and the nearest that have them."""

    one: Standing
    others: list[Standing]


@dataclass(frozen=True)
class CourseLink:
    """A course by its name and the address of a part of its page."""

    name: str
    href: str


@dataclass(frozen=True)
class Stopped:
    """A course on which nobody may go on wished days, and why."""

    course: CourseLink
    why: str


@dataclass(frozen=True)
class Found:
    """The answer, each part soonest first; `more_from` is the day from which there are more places than are shown.

    `nearest` are the nearest days with places where the wished ones have none, `stopped` the courses that have none
    as nobody may go there. `unsure` are courses of which it is not
    known whether they fit; `calendars` those that fit. `largest` is how large a party may be where all of these days
    are for smaller ones; else None.
    """

    people: int
    largest: int | None
    free: list[Standing]
    more_from: date | None
    full: list[Full]
    later: list[Standing]
    drawn: list[Standing]
    nearest: list[Standing]
    stopped: list[Stopped]
    unsure: list[CourseLink]
    calendars: list[CourseLink]

    @property
    def fewer_might_fit(self) -> bool:
        """Is there something on these days that a smaller party could have?"""
        return bool(self.full) or self.largest is not None


def find_places(session: Session, wish: Wish, now: datetime) -> Found:
    """What there is on the wished days. As many statements for five hundred departures as for five."""
    all_of_them = {course.id: (course, fits(course, wish)) for course in courses(session)}
    fitting = {key: course for key, (course, fit) in all_of_them.items() if fit}
    there = _Season(session, fitting, wish, now)
    shown = there.looked_at()
    free = [one for one in shown.values() if _has_places(one, wish)]
    wished = [one for one in shown.values() if one.departure.id in there.wished_ids]
    on_days = [one for one in wished if _has_places(one, wish)]
    short = [one for one in wished if _is_full(one, wish)]
    full = [one for one in short if one.outlook.could_take(wish.people)]
    return Found(
        people=wish.people,
        largest=_largest(short) if short and not (on_days or full) else None,
        free=on_days[:MOST_FREE],
        more_from=on_days[MOST_FREE].day if len(on_days) > MOST_FREE else None,
        full=[Full(one, _nearest(one, free)) for one in full[:MOST_OTHERS]],
        later=[one for one in wished if one.state == "not_yet"],
        drawn=[one for one in wished if one.state == "draw"],
        nearest=[] if on_days else there.nearest_of(free),
        stopped=there.stopped(shown, besides={one.course.id for one in on_days}),
        unsure=[_link(course, "way") for course, fit in all_of_them.values() if fit is None],
        calendars=[_calendar(course, wish.first) for course in fitting.values()],
    )


def fits(course: Course, wish: Wish) -> bool | None:
    """Does a course suit what is wished of place, walking and access? None: that is not known. Pure."""
    way = way_of(course)
    answers = list(_answers(course, way, wish))
    return False if False in answers else None if None in answers else True


def _answers(course: Course, way: Way, wish: Wish) -> Iterable[bool | None]:
    yield not wish.region or course.region_code == wish.region
    if wish.levels:
        yield way.level in wish.levels if way.level else None
    if wish.wheelchair:
        yield way.wheelchair
    if wish.toilets:
        yield way.toilets


class _Season:
    """The departures of the courses that fit, on the wished days and around them, sorted by what is stored of them."""

    def __init__(self, session: Session, fitting: dict[UUID, Course], wish: Wish, now: datetime) -> None:
        self._session, self._courses, self._wish, self._now = session, fitting, wish, now
        read = departures_between(session, civil_day(now), wish.last + LOOK_AHEAD, course_ids=list(fitting))
        self._all = [one for one in read if self._is_wanted(one)]
        self._wished = [one for one in self._all if wish.first <= civil_day(one.starts_at) <= wish.last]
        self.wished_ids = {one.id for one in self._wished}
        open_ones = [one for one in self._all if is_open(one, fitting[one.course_id], now)]
        self._could = promising(session, open_ones, wish.people, now, most=len(open_ones))
        could = {one.id for one in self._could}
        self._full = [one for one in open_ones if one.id not in could and one.allowed]

    def looked_at(self) -> dict[UUID, Standing]:
        """How all that may be shown stand, soonest first."""
        on_days = [one for one in self._could if one.id in self.wished_ids][: MOST_FREE + SPARE]
        full = [one for one in self._full if one.id in self.wished_ids][:MOST_OTHERS]
        around = chain.from_iterable(_closest(one, self._could, NEAREST + SPARE) for one in full)
        near = [] if on_days else self._closest_to_days(self._could, NEAREST + SPARE)
        chosen = {one.id: one for one in chain(on_days, full, around, near, self._closed_yet())}
        return {one.departure.id: one for one in _by_start(self._standings(chosen.values()))}

    def nearest_of(self, free: Sequence[Standing]) -> list[Standing]:
        """Those nearest to the wished days."""
        chosen = {one.id for one in self._closest_to_days([one.departure for one in free], NEAREST)}
        return [one for one in free if one.departure.id in chosen]

    def stopped(self, shown: Mapping[UUID, Standing], *, besides: Set[UUID]) -> list[Stopped]:
        """The other courses on which nobody may go on wished days, as the first of these days tells."""
        seen = {key for key, one in shown.items() if one.state == "suspended"}
        firsts: dict[UUID, Departure] = {}
        for one in self._wished:
            if one.course_id not in besides and (one.id in seen or (one.id not in shown and not one.allowed)):
                firsts.setdefault(one.course_id, one)
        found = ((one, reasons(one, facts_of(self._session, key), self._now)) for key, one in firsts.items())
        return [Stopped(_link(self._courses[one.course_id], "dates"), why.brief) for one, why in found if why.closed]

    def _is_wanted(self, one: Departure) -> bool:
        ahead = one.starts_at > self._now and one.called_off_at is None
        return ahead and (not self._wish.weekdays or civil_day(one.starts_at).weekday() in self._wish.weekdays)

    def _closed_yet(self) -> list[Departure]:
        """What a draw gives, and what is not open yet; a few of each."""
        drawn = [one for one in self._wished if gives_by_draw(one, self._now)]
        later = [one for one in self._wished if self._opens_later(one)]
        return [*drawn[:MOST_OTHERS], *later[:MOST_OTHERS]]

    def _opens_later(self, one: Departure) -> bool:
        opens_at = window(self._courses[one.course_id], one).opens_at
        return self._now < opens_at and not gives_by_draw(one, self._now)

    def _closest_to_days(self, found: Sequence[Departure], most: int) -> list[Departure]:
        return sorted(found, key=lambda one: _days_off(civil_day(one.starts_at), self._wish))[:most]

    def _standings(self, chosen: Iterable[Departure]) -> list[Standing]:
        by_course: dict[UUID, list[Departure]] = defaultdict(list)
        for one in chosen:
            by_course[one.course_id].append(one)
        found = (standings(self._session, some, self._courses[key], self._now) for key, some in by_course.items())
        return list(chain.from_iterable(found))


def _has_places(one: Standing, wish: Wish) -> bool:
    return one.state in BOOKABLE and one.outlook.admits(wish.people)


def _is_full(one: Standing, wish: Wish) -> bool:
    return one.state in {"waiting", "full"} or (one.state in BOOKABLE and not one.outlook.admits(wish.people))


def _largest(found: Iterable[Standing]) -> int:
    """How large a party may be on any of these departures."""
    sizes = (min(one.outlook.party_max or one.outlook.allowed, one.outlook.allowed) for one in found)
    return max(sizes)


def _nearest(one: Standing, free: Sequence[Standing]) -> list[Standing]:
    """The nearest in time with places: of the same course first, then of the others that fit."""
    near = {other.id for other in _closest(one.departure, [found.departure for found in free], NEAREST)}
    return [found for found in free if found.departure.id in near]


def _closest(one: Departure, found: Sequence[Departure], most: int) -> list[Departure]:
    def off(other: Departure) -> tuple[bool, float]:
        return other.course_id != one.course_id, abs((other.starts_at - one.starts_at).total_seconds())

    return sorted(found, key=off)[:most]


def _days_off(day: date, wish: Wish) -> int:
    """How many days lie between a day and the wished ones."""
    return max((wish.first - day).days, (day - wish.last).days, 0)


def _by_start(found: Iterable[Standing]) -> list[Standing]:
    return sorted(found, key=lambda one: (one.departure.starts_at, one.departure.course_id))


def _link(course: Course, part: str) -> CourseLink:
    return CourseLink(str(present.in_lang(course, "name")), url_for("citizen.course", code=course.code, _anchor=part))


def _calendar(course: Course, first: date) -> CourseLink:
    href = url_for("citizen.course", code=course.code, month=f"{first:%Y-%m}", _anchor="dates")
    return CourseLink(str(present.in_lang(course, "name")), href)

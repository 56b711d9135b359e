"""How departures stand for somebody who thinks of applying: state, places left, the next minute that matters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.applications import still_offers
from tourbook.applications.queries import Outlook, outlooks, promising
from tourbook.courses import Window, departures_between, gives_by_draw, window
from tourbook.courses.models import Course, Departure
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _

FEW = 4
LOOK_AHEAD = timedelta(days=60)
NEAREST = 3
LOOKED_AT = 12
BEST_FIRST = ("open", "few", "waiting", "draw", "not_yet", "full", "suspended", "closed", "called_off", "past")
BOOKABLE = frozenset({"open", "few"})


@dataclass(frozen=True)
class Standing:
    """One departure as it stands at a moment.

    `state` is open, few, waiting (full, with a waiting list), full (without one), not_yet, draw (a draw gives the
    places), suspended (the rule allows nobody), closed, called_off or past. `has_list` says that whoever joins the
    waiting list may still be asked.
    """

    departure: Departure
    course: Course
    outlook: Outlook
    window: Window
    has_list: bool
    state: str

    @property
    def day(self) -> date:
        """The day in Korea on which it starts."""
        return civil_day(self.departure.starts_at)

    @property
    def time(self) -> str:
        """10:00"""
        return present.clock_time(self.departure.starts_at)

    @property
    def when(self) -> str:
        """Its start in full."""
        return present.instant(self.departure.starts_at)

    @property
    def href(self) -> str:
        """Its page."""
        return url_for("citizen.departure", departure_id=self.departure.id)

    @property
    def left(self) -> int | None:
        """Places that anybody may take; None where nobody can apply."""
        return self.outlook.free if self.state in BOOKABLE else None

    @property
    def takes_applications(self) -> bool:
        """Can somebody apply now, for places or for the waiting list?"""
        return self.state in BOOKABLE | {"waiting"}

    @property
    def opens_at(self) -> datetime | None:
        """The minute still to come from which everybody can apply; None where there is none, or a draw comes before."""
        if self.state == "not_yet":
            return self.window.opens_at
        return self.departure.by_draw_until if self.state == "draw" and self.departure.round_id is None else None

    @property
    def tag(self) -> str:
        """The state by its name in the components."""
        return {"suspended": "stopped"}.get(self.state, self.state)

    @property
    def text(self) -> str | None:
        """Words for the state where the component's own do not say enough."""
        if self.state == "not_yet":
            return _("opens %(moment)s", moment=wording.briefly(self.window.opens_at))
        return {"closed": _("Too late"), "draw": _("By draw")}.get(self.state)

    @property
    def sentence(self) -> str:
        """What somebody has to know about the window, with the exact minute."""
        if self.state == "not_yet":
            return _("Applications open on %(moment)s.", moment=present.instant(self.window.opens_at))
        if self.state == "draw" and self.departure.by_draw_until:
            moment = present.instant(self.departure.by_draw_until)
            if self.departure.round_id is None:
                return _("No draw gives its places: they are free for everybody from %(moment)s.", moment=moment)
            return _("Places that the draw leaves over are free for everybody from %(moment)s.", moment=moment)
        closes_at = present.deadline(self.window.closes_at)
        if self.takes_applications:
            return _("Applications are taken until %(moment)s.", moment=closes_at)
        if self.state == "full":
            return _(
                "All places are taken, and the waiting list has ended. Places that are given back until %(moment)s are "
                "free for everybody.",
                moment=closes_at,
            )
        return _("Applications were taken until %(moment)s.", moment=closes_at) if self.state == "closed" else ""


def standing(departure: Departure, course: Course, outlook: Outlook, now: datetime) -> Standing:
    """How one departure stands. Pure."""
    opens = window(course, departure)
    has_list = still_offers(course, departure, now)
    state = _state(departure, outlook, opens, now)
    served = "full" if state == "waiting" and not has_list else state
    return Standing(departure, course, outlook, opens, has_list, served)


def standings(session: Session, departures: Iterable[Departure], course: Course, now: datetime) -> list[Standing]:
    """How these departures of one course stand, in the order given."""
    wanted = list(departures)
    found = outlooks(session, wanted, course, now)
    return [standing(departure, course, found[departure.id], now) for departure in wanted]


def ahead(session: Session, course: Course, now: datetime, days: timedelta = LOOK_AHEAD) -> list[Standing]:
    """How the departures of the coming days stand, soonest first."""
    today = civil_day(now)
    departures = departures_between(session, today, today + days, course_ids=[course.id])
    return standings(session, [one for one in departures if one.starts_at > now], course, now)


def nearest(session: Session, like: Departure, course: Course, seats: int, now: datetime) -> list[Standing]:
    """The departures nearest in time to this one that have places for so many, soonest first.

    Those that would have to be planned first, as all do right after a change of level, are looked at as far as the
    nearest LOOKED_AT.
    """
    wished = civil_day(like.starts_at)
    first = max(civil_day(now), wished - LOOK_AHEAD)
    around = departures_between(session, first, wished + LOOK_AHEAD, course_ids=[course.id])
    others = [one for one in around if one.id != like.id and is_open(one, course, now)]
    others.sort(key=lambda one: abs(one.starts_at - like.starts_at))
    looked_at = promising(session, others, seats, now, most=LOOKED_AT)
    fitting = (one for one in standings(session, looked_at, course, now) if one.state in BOOKABLE)
    chosen = islice((one for one in fitting if one.outlook.admits(seats)), NEAREST)
    return sorted(chosen, key=lambda one: one.departure.starts_at)


def same_week(session: Session, like: Departure, course: Course, seats: int, now: datetime) -> list[Standing]:
    """All other departures of the same week, from Monday to Sunday, that have places for so many, soonest first."""
    day = civil_day(like.starts_at)
    monday = day - timedelta(days=day.weekday())
    week = departures_between(session, monday, monday + timedelta(days=6), course_ids=[course.id])
    others = [one for one in week if one.id != like.id and is_open(one, course, now)]
    fitting = promising(session, others, seats, now, most=len(others))
    found = [one for one in standings(session, fitting, course, now) if one.state in BOOKABLE]
    return sorted((one for one in found if one.outlook.admits(seats)), key=lambda one: one.departure.starts_at)


def is_open(departure: Departure, course: Course, now: datetime) -> bool:
    """Are applications for it taken at that moment, whatever its places?"""
    there = departure.called_off_at is None and now < departure.starts_at and not gives_by_draw(departure, now)
    return there and window(course, departure).is_open(now)


def next_up(coming: Sequence[Standing]) -> Standing | None:
    """The one that people want to know about first: open for applications, else about to be, else the soonest."""
    for states in (BOOKABLE | {"waiting"}, {"draw", "not_yet", "suspended"}):
        found = next((one for one in coming if one.state in states), None)
        if found:
            return found
    return coming[0] if coming else None


def best(standings: Sequence[Standing]) -> Standing:
    """The one that promises most to somebody who looks at a day as a whole."""
    return min(standings, key=lambda one: (BEST_FIRST.index(one.state), -one.outlook.free, one.departure.starts_at))


def _state(departure: Departure, outlook: Outlook, opens: Window, now: datetime) -> str:
    checks = (
        ("past", now >= departure.starts_at),
        ("called_off", departure.called_off_at is not None),
        ("suspended", outlook.allowed == 0),
        ("closed", now >= opens.closes_at),
        ("draw", gives_by_draw(departure, now)),
        ("not_yet", now < opens.opens_at),
        ("waiting", outlook.free <= 0),
        ("few", outlook.free <= FEW),
    )
    return next((state for state, applies in checks if applies), "open")

"""The home page: what can be visited, when, whether there are places, and when applications open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import render_template, url_for
from sqlalchemy.orm import Session

from tourbook.courses import courses, regions
from tourbook.courses.models import Course, Round
from tourbook.db import db
from tourbook.distancing import Facts, facts_by_course
from tourbook.draws import rounds
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.draw_facts import ListedDraw, listed_draws
from tourbook.web.citizen.draw_moments import Phase, phase_of
from tourbook.web.citizen.facts import CourseFacts, course_facts
from tourbook.web.citizen.reasons import Reasons, reasons
from tourbook.web.citizen.standing import BOOKABLE, Standing, ahead, next_up
from tourbook.web.citizen.stretches import Stretches, stretches
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.kept_pages import kept

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Card:
    """A course on the home page: its facts, its next departures, and why it is smaller than usual."""

    facts: CourseFacts
    region_code: str
    href: str
    with_places: Standing | None
    waiting: Standing | None
    not_yet: Standing | None
    draw: ListedDraw | None
    stopped: Standing | None
    reasons: Reasons | None
    smaller: Stretches

    @property
    def state(self) -> str:
        """The course as a whole, by the states of departures."""
        if self.with_places:
            return self.with_places.state
        found = (
            ("waiting", self.waiting),
            ("draw", self.draw),
            ("not_yet", self.not_yet),
            ("stopped", self.stopped),
        )
        return next((name for name, there in found if there), "closed")

    @property
    def lines(self) -> list[tuple[str, str]]:
        """When there are places, and until when to apply; where there are none, when the next applications open."""
        if self.with_places:
            closes_at = present.deadline(self.with_places.window.closes_at, briefly=True)
            return [(_("Next places"), _places(self.with_places)), (_("Apply by"), closes_at)]
        lines = [(_("Waiting list"), wording.shortly(self.waiting.departure.starts_at))] if self.waiting else []
        if self.draw:
            lines.append((_("Draw"), self.draw.days))
        if self.not_yet:
            lines.append((_("Opens"), _opens(self.not_yet)))
        return lines

    @property
    def note(self) -> str:
        """One line for the map."""
        if self.with_places:
            return _("Next places: %(when)s", when=_places(self.with_places))
        if self.draw:
            return self.draw.line
        if self.not_yet:
            return self.not_yet.sentence
        return self.reasons.in_short if self.stopped and self.reasons else _("No places at present")

    @property
    def notices(self) -> list[str]:
        """That its next departure is smaller than usual, and the days ahead that are, the soonest of them."""
        told = [self.reasons.brief] if self.reasons and self.reasons.brief else []
        return told + self.smaller.lines[:1]

    @property
    def walking(self) -> tuple[str, str]:
        """How hard the walking is, as the course's page says it first."""
        return self.facts.way.rows[0]

    @property
    def name(self) -> str:
        """The name of the course."""
        return self.facts.name


@blueprint.get("/")
@permission(Permission.PUBLIC)
@kept
def home() -> str:
    """The home page."""
    session, now = db.session(), request_time()
    draws = _draws(session, now)
    by_course = {one.course_id: draw for one, draw in reversed(draws)}  # of several, the one that closes first
    return render_template(
        "citizen/home.html",
        cards=_cards(session, by_course, now),
        draws=[draw for _round, draw in draws],
        looks=_looks(civil_day(now)),
    )


def _looks(today: date) -> list[tuple[str, str]]:
    """Searches that people begin with, as words and addresses; the form for all others is a step away."""
    two_weeks = (today + 2 * A_WEEK).isoformat()
    return [
        (_("In the next two weeks"), url_for("citizen.search", last_day=two_weeks, _anchor="found")),
        (_("At the weekend"), url_for("citizen.search", weekday=[5, 6], _anchor="found")),
        (_("For two people"), url_for("citizen.search", people=2, _anchor="found")),
        (_("Easy walks"), url_for("citizen.search", level="easy", _anchor="found")),
        (_("Other days, other wishes"), url_for("citizen.search")),
    ]


def _draws(session: Session, now: datetime) -> list[tuple[Round, ListedDraw]]:
    """The draws that take entries, or will."""
    found = [one for one in rounds(session, ending_after=now) if phase_of(one, now) in {Phase.OPEN, Phase.COMING}]
    return list(zip(found, listed_draws(session, found, now), strict=True))


def _cards(session: Session, draws: Mapping[UUID, ListedDraw], now: datetime) -> list[Card]:
    names = {region.code: present.in_lang(region, "name") for region in regions(session)}
    known = facts_by_course(session)
    return [
        _card(session, course, names[course.region_code], known[course.id], draws.get(course.id), now)
        for course in courses(session)
    ]


def _card(session: Session, course: Course, region: str, known: Facts, draw: ListedDraw | None, now: datetime) -> Card:
    coming = _coming(session, course, now)
    next_one = next_up(coming)
    why = reasons(next_one.departure, known, now) if next_one else None
    told = next_one.departure if next_one and why and why.reduced else None
    return Card(
        facts=course_facts(course, region),
        region_code=course.region_code,
        href=url_for("citizen.course", code=course.code),
        with_places=_first(coming, *BOOKABLE),
        waiting=_first(coming, "waiting"),
        not_yet=_first(coming, "not_yet"),
        draw=draw,
        stopped=_first(coming, "suspended"),
        reasons=why,
        smaller=stretches([one.departure for one in coming], known, now, told=told),
    )


def _coming(session: Session, course: Course, now: datetime) -> list[Standing]:
    """As far as applications are taken and a week more; where nobody can go so soon, on to the next that opens."""
    near = ahead(session, course, now, timedelta(days=course.opens_days_before) + A_WEEK)
    return near if _first(near, *BOOKABLE, "waiting", "not_yet") else ahead(session, course, now)


def _first(standings: list[Standing], *states: str) -> Standing | None:
    return next((one for one in standings if one.state in states), None)


def _places(one: Standing) -> str:
    return _("%(when)s, %(left)s left", when=wording.shortly(one.departure.starts_at), left=one.left)


def _opens(one: Standing) -> str:
    opens, visit = wording.shortly(one.window.opens_at), wording.shortly(one.departure.starts_at)
    return _("%(opens)s, for %(visit)s", opens=opens, visit=visit)

"""A random walk: somebody does something, time passes, and after every step everything must still hold.

A walk is told by its seed alone. What is refused is part of life; anything else that comes out of an act is a fault.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tests.rosters.gate import run_by
from tourbook.applications import (
    VisitorDetails,
    settle_due,
)
from tourbook.applications.models import Application, Attendance, Offer, OfferState, State, Visitor
from tourbook.courses.models import Departure, Policy
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import civil_day
from tourbook.operations import check

STARTS = ("2026-05-08T10:00", "2026-05-12T10:00", "2026-05-13T17:00", "2026-05-20T10:00", "2026-06-03T10:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


Act = Callable[["Walk"], object]
Acts = dict[Act, float]


class NobodyThere(Exception):
    """There is nobody who could do that now."""


class Walk:
    """One world with its people, driven by one seed; `log` tells what was done and what came of it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.scene: Scene = build_scene(
            policy=self.random.choice(list(Policy)), skip_bound=self.random.choice([0, 1, 2, 3])
        )
        self.operator = run_by("paju", self.scene.course_id)
        for start in self.random.sample(STARTS, 4):
            self.scene.add_departure(start, self.random.choice([4, 5, 6, 9]))
        self.log: list[str] = []
        self._number = 0
        self._clerk = self.random.choice(["on time", "late", "away"])  # who keeps the timetable

    @property
    def now(self) -> datetime:
        return self.scene.now

    def go(self, acts: Acts, steps: int) -> None:
        """Take so many steps of what people may do, each as often as its weight says; recount after each."""
        for act in self.random.choices(list(acts), weights=list(acts.values()), k=steps):
            self.do(act)
            if self._clerk == "on time" or (self._clerk == "late" and self.random.random() < 0.1):
                self.do(Walk.settle)

    def do(self, act: Act) -> None:
        """Let somebody do something, whatever they are told, and recount."""
        try:
            result = act(self)
        except NobodyThere:
            return
        except Refused as refused:
            result = refused
        self.log.append(f"{self.now:%m-%d %H:%M} {act.__name__}: {result}")
        self.recount()

    def settle(self) -> int:
        done = 0
        while settle_due(now=self.now):
            done += 1
            assert done < 200, "settling never ends"
        return done

    def recount(self) -> None:
        session = fresh()
        found = check(session, now=self.now).findings
        assert not found, "\n".join([*self.log[-25:], *map(str, found)])
        faults = [*_oversold(session), *_asked_twice(session), *_passed_otherwise(session)]
        assert not faults, "\n".join([*self.log[-25:], *faults])

    # -- choosing --------------------------------------------------------------------------------------------------

    def number(self) -> int:
        self._number += 1
        return self._number

    def any_of(self, wanted: Any) -> Any:
        """Some row of a query, or NobodyThere."""
        rows = list(fresh().scalars(wanted))
        if not rows:
            raise NobodyThere
        return self.random.choice(rows)

    def departure(self) -> UUID:
        """Mostly one that lies ahead and runs."""
        wanted = select(Departure.id).order_by(Departure.starts_at)
        if self.random.random() < 0.9:
            wanted = wanted.where(
                Departure.starts_at > self.now + 2 * DAY, Departure.called_off_at.is_(None), Departure.allowed > 0
            )
        return self.any_of(wanted)

    def application(self, *states: State) -> UUID:
        wanted = select(Application.id).order_by(Application.id)
        return self.any_of(wanted.where(Application.state.in_(states)) if states else wanted)

    def someone(self) -> VisitorDetails:
        return VisitorDetails(f"사람 {self.random.randrange(90)}", date(1990, 1, 1), "KR")

    def days(self) -> date:
        return civil_day(self.now) + self.random.randrange(-2, 14) * DAY


def fresh() -> Session:
    """A session that has read nothing yet."""
    db.session.rollback()
    db.session.expire_all()
    return db.session()


def _oversold(session: Session) -> list[str]:
    """Departures on which more people are seated than are allowed, counted by heads and not by the stored seats."""
    heads = (
        select(func.count(Visitor.id))
        .join(Application, Application.id == Visitor.application_id)
        .where(
            Visitor.departure_id == Departure.id,
            Visitor.cancelled_at.is_(None),
            Visitor.attendance != Attendance.NO_SHOW,
            Application.state.in_((State.CONFIRMED, State.MUST_SHRINK)),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Departure.starts_at, Departure.allowed, heads).where(
            Departure.version >= 0, heads > Departure.allowed, Departure.over_capacity.is_(False)
        )
    )
    return [f"{starts_at}: {people} people on {allowed} places" for starts_at, allowed, people in rows]


def _passed_otherwise(session: Session) -> list[str]:
    """Waiting parties that count more, or fewer, that passed them by than have seats or an offer for which they did."""
    offered = select(Offer.application_id).where(Offer.state == OfferState.OPEN)
    seated = Application.state.in_((State.HELD, State.CONFIRMED, State.MUST_SHRINK)) | Application.id.in_(offered)
    passing = Counter(one for passes in session.scalars(select(Application.passes).where(seated)) for one in passes)
    waiting = session.scalars(select(Application).where(Application.state == State.WAITING))
    return [
        f"{one.reference} counts {one.passed_by} that passed it by, who are {passing[str(one.id)]}"
        for one in waiting
        if one.passed_by != passing[str(one.id)]
    ]


def _asked_twice(session: Session) -> list[str]:
    """Parties that were offered a departure again which they had let go."""
    rows = session.execute(
        select(Offer.application_id, Offer.departure_id)
        .where(Offer.state.in_((OfferState.DECLINED, OfferState.LAPSED)))
        .group_by(Offer.application_id, Offer.departure_id)
        .having(func.count() > 1)
    )
    return [f"{application} was offered {departure} twice" for application, departure in rows]

"""A small world for tests: a course with departures, a distancing order or two, and parties that apply."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Protocol
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import GUEST
from tourbook.applications import Asked, VisitorDetails, confirm, describe_party, give_contact, hold, settle_due
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.courses.models import Course, CourseFigures, Departure, Policy, Region, SiteMeasure
from tourbook.db import db, new_id, transaction
from tourbook.distancing import raise_version
from tourbook.distancing.models import Level, Measure, Order, TableCell
from tourbook.errors import Refused
from tourbook.kst import parse_moment, start_of_day
from tourbook.notices.models import Notice
from tourbook.operations import check

_number = count(1)
ENTRIES_OF_TESTS = 1_000_000
"""From here on tests may number facts of their own: a process never counts that far, whatever ran in it before."""


@dataclass
class Scene:
    """A course of Paju with 20 seats and parties of up to 5, open from 28 days before to 2 days before.

    Levels of scale "s": open (100 %), half (50 %), closed. `now` moves only when the test says so.
    """

    now: datetime
    course_id: UUID = field(default_factory=new_id)

    def add_departure(self, starts: str, capacity: int | None = None) -> UUID:
        """A departure at that Korean time; gives its id."""
        with transaction() as session:
            departure = Departure(
                course_id=self.course_id, starts_at=parse_moment(starts), minutes=120, own_capacity=capacity
            )
            session.add(departure)
            return departure.id

    def add_order(self, level: str, first: str, until: str | None = None, **changed: object) -> UUID:
        """An order of the province, announced and known now unless `changed` says otherwise."""
        first_day = date.fromisoformat(first)
        values: dict[str, object] = {
            "entry": next(_number),
            "region_code": "41",
            "announced_at": self.now,
            "known_at": self.now,
            "effective_from": first_day,
            "planned_until": date.fromisoformat(until) if until else None,
            "applies_at": start_of_day(first_day),
            "scale": "s",
            "level": level,
        }
        with transaction() as session:
            order = Order(**{**values, **changed})
            session.add(order)
            raise_version(session)
            return order.id

    def withdraw(self, order_id: UUID) -> None:
        """Withdraw an order now."""
        with transaction() as session:
            session.get_one(Order, order_id).withdrawn_at = self.now
            raise_version(session)

    def add_measure(self, first: str, until: str | None = None, **changed: object) -> UUID:
        """A suspension of the course, announced now unless `changed` says otherwise."""
        values: dict[str, object] = {
            "entry": next(_number),
            "course_id": self.course_id,
            "kind": "suspension",
            "announced_at": self.now,
            "known_at": self.now,
            "effective_from": date.fromisoformat(first),
            "planned_until": date.fromisoformat(until) if until else None,
            "reason_ko": "이유",
            "reason_en": "a reason",
        }
        with transaction() as session:
            measure = SiteMeasure(**{**values, **changed})
            session.add(measure)
            raise_version(session)
            return measure.id

    def hold(self, departure_id: UUID, seats: int = 2, *, wait: bool = False, **changed: object) -> UUID:
        """Somebody in a browser of their own asks for seats; gives the application's id."""
        number = next(_number)
        values: dict[str, object] = {
            "seats": seats,
            "wait": wait,
            "browser": f"browser {number}",
            "address": f"10.0.{number // 250}.{number % 250}",
            "language": "en" if number % 2 else "ko",
            "person_id": None,
        }
        form_id = str(changed.pop("form_id", f"form {number}"))
        asked = Asked(**{**values, **changed})  # type: ignore[arg-type]  # fields by name
        return hold(departure_id, asked, form_id=form_id, actor=GUEST, now=self.now).application_id

    def fill_in(self, application_id: UUID, *, names: list[str] | None = None) -> None:
        """Type visitors, contact and consents."""
        seats = db.session.get_one(Application, application_id, populate_existing=True).seats
        named = names or [f"방문자 {next(_number)}" for _ in range(seats)]
        visitors = [VisitorDetails(name, date(1990, 1, 1), "KR") for name in named]
        describe_party(application_id, visitors, actor=GUEST, now=self.now)
        give_contact(
            application_id,
            contact=f"party{next(_number)}@example.kr",
            way="mail",
            consents={"personal_data", "conduct"},
            actor=GUEST,
            now=self.now,
        )

    def apply(self, departure_id: UUID, seats: int = 2, *, wait: bool = False, names: list[str] | None = None) -> UUID:
        """The whole way from choosing to confirmed (or waiting); a minute passes so that the order is plain."""
        application_id = self.hold(departure_id, seats, wait=wait)
        self.fill_in(application_id, names=names)
        confirm(application_id, form_id=f"confirm {next(_number)}", actor=GUEST, now=self.now)
        self.now += timedelta(minutes=1)
        return application_id


def build_scene(now: str = "2026-05-04T09:00", *, policy: Policy = Policy.CANCEL_ALL, skip_bound: int = 3) -> Scene:
    """Make the course and its table; nothing is in force yet."""
    scene = Scene(parse_moment(now))
    with transaction() as session:
        for code, parent in (("KR", None), ("41", "KR"), ("41480", "41")):
            session.add(Region(code=code, parent=parent, name_ko=f"지역 {code}", name_en=f"Region {code}"))
        session.flush()  # the course refers to its region
        session.add(_course(scene.course_id, policy, skip_bound))
        session.flush()  # figures refer to the course
        session.add(CourseFigures(course_id=scene.course_id, entry=1, capacity=20, party_limit=5))
        for place, (level, measure, amount) in enumerate(_LEVELS):
            session.add(Level(scale="s", level=level, place=place, name_ko=f"단계 {level}", name_en=f"Level {level}"))
            session.add(
                TableCell(entry=next(_number), scale="s", level=level, kind="trail", measure=measure, amount=amount)
            )
    return scene


_LEVELS = (("open", Measure.PERCENT, 100), ("half", Measure.PERCENT, 50), ("closed", Measure.CLOSED, None))


def _course(course_id: UUID, policy: Policy, skip_bound: int) -> Course:
    return Course(
        id=course_id,
        code="walk",
        kind="trail",
        region_code="41480",
        name_ko="걷기",
        name_en="Walk",
        min_age=10,
        opens_days_before=28,
        opens_at=time(10),
        closes_days_before=2,
        roster_due_days=2,
        amend_until_days=2,
        minutes=120,
        meeting_place_ko="집결지",
        meeting_place_en="Meeting place",
        id_rule_ko="신분증",
        id_rule_en="photo ID",
        fee_krw=10000,
        policy=policy,
        skip_bound=skip_bound,
    )


def state(application_id: UUID) -> State:
    """Where an application stands now."""
    return db.session.get_one(Application, application_id, populate_existing=True).state


def departure(departure_id: UUID) -> Departure:
    """A departure as it is now."""
    return db.session.get_one(Departure, departure_id, populate_existing=True)


def open_offer(application_id: UUID) -> Offer | None:
    """The open offer of an application, if it has one."""
    return db.session.scalar(
        select(Offer).where(Offer.application_id == application_id, Offer.state == OfferState.OPEN)
    )


def told(session: Session, application_id: UUID) -> list[str]:
    """The kinds of notice about an application, oldest first."""
    return list(session.scalars(select(Notice.kind).where(Notice.subject_id == application_id).order_by(Notice.id)))


class Timed(Protocol):
    """A scene, a gate or a clock: whatever says what time it is."""

    @property
    def now(self) -> datetime: ...


def settle_all(at: Timed) -> None:
    """Settle whatever is due."""
    while settle_due(now=at.now):
        pass


def assert_sound(scene: Scene, session: Session) -> None:
    """Everything that must always hold holds, recounted from the tables."""
    session.rollback()
    session.expire_all()
    report = check(session, now=scene.now)
    assert report.ok, report.findings


def refusal(error: pytest.ExceptionInfo[Refused]) -> str:
    """The code of what was refused."""
    return error.value.code

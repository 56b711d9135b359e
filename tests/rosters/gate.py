"""The scene on the day: a course that an organisation runs, with parties that come, and people who just turn up."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tourbook import accounts
from tourbook.actor import COMMAND, Actor, Role
from tourbook.applications import VisitorDetails
from tourbook.applications.models import Application, Attendance, State, Visitor
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, CourseFigures, Policy
from tourbook.db import db, new_id, transaction
from tourbook.kst import parse_moment
from tourbook.rosters import Admitted, GateParty, admit_at_gate

APPLIED = "2026-05-10T09:00"
STARTS = "2026-05-20T10:00"
AT_THE_GATE = "2026-05-20T09:30"
CONSENTS = frozenset({"personal_data", "conduct"})

_number = count(1)


@dataclass
class Gate:
    """A departure of ten seats with parties that applied, and an operator of its organisation on the day."""

    scene: Scene
    departure_id: UUID
    operator: Actor

    @property
    def now(self) -> datetime:
        """The moment at which things are done."""
        return self.scene.now

    def apply(self, seats: int = 2, *, names: list[str] | None = None) -> UUID:
        """A party that applied in time."""
        today, self.scene.now = self.scene.now, parse_moment(APPLIED)
        try:
            return self.scene.apply(self.departure_id, seats, names=names)
        finally:
            self.scene.now = today

    def admit(self, people: int = 1, **changed: object) -> Admitted:
        """So many people turn up without an application."""
        form_id = str(changed.pop("form_id", f"gate form {next(_number)}"))
        party = gate_party(people, **changed)
        return admit_at_gate(self.departure_id, party, form_id=form_id, actor=self.operator, now=self.now)


def gate_party(people: int = 1, **changed: object) -> GateParty:
    """People whom nobody knows yet."""
    values: dict[str, object] = {
        "visitors": [VisitorDetails(f"현장 {next(_number)}", date(1985, 5, 5), "KR") for _ in range(people)],
        "contact": None,
        "consents": CONSENTS,
        "language": "ko",
    }
    return GateParty(**{**values, **changed})  # type: ignore[arg-type]  # fields by name


def build_gate(capacity: int = 10, *, policy: Policy = Policy.CANCEL_ALL) -> Gate:
    """Make the scene, half an hour before its departure leaves."""
    scene = build_scene(AT_THE_GATE, policy=policy)
    operator = run_by("paju", scene.course_id)
    return Gate(scene, scene.add_departure(STARTS, capacity), operator)


def run_by(code: str, course_id: UUID) -> Actor:
    """Let an organisation run a course; gives one of its operators."""
    with transaction() as session:
        organisation = accounts.enter_organisation(
            session, code, name_ko=code, name_en=code, actor=COMMAND, now=parse_moment(APPLIED)
        )
        session.flush()  # the course refers to it
        session.get_one(Course, course_id).organisation_id = organisation.id
        return operator_of(organisation.id)


def another_course(session: Session) -> UUID:
    """A course like the first in everything but its code and who runs it."""
    with transaction() as act:
        first = session.scalars(select(Course)).one()
        columns = {one.key: getattr(first, one.key) for one in Course.__table__.columns if one.key != "id"}
        other = Course(**{**columns, "code": "other", "organisation_id": None})
        act.add(other)
        act.flush()  # the figures refer to it
        act.add(CourseFigures(course_id=other.id, entry=9_000, capacity=20, party_limit=5))
        return other.id


def operator_of(organisation_id: UUID) -> Actor:
    """Somebody who works for an organisation."""
    return Actor("person", person_id=new_id(), role=Role.OPERATOR, organisation_id=organisation_id)


def visitors(application_id: UUID) -> list[Visitor]:
    """The visitors of a party as they stand now."""
    wanted = select(Visitor).where(Visitor.application_id == application_id).order_by(Visitor.place)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def standing(application_id: UUID) -> list[Attendance]:
    """How each visitor of a party is marked."""
    return [visitor.attendance for visitor in visitors(application_id)]


def people_present(session: Session, departure_id: UUID) -> int:
    """Those who may still come or have come: everybody seated who is not a no-show."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Visitor)
            .join(Application, Application.id == Visitor.application_id)
            .where(
                Visitor.departure_id == departure_id,
                Visitor.cancelled_at.is_(None),
                Visitor.attendance != Attendance.NO_SHOW,
                Application.state.in_((State.CONFIRMED, State.MUST_SHRINK)),
            )
        )
        or 0
    )


def trail(session: Session, *acts: str) -> list[TrailEntry]:
    """The entries of these acts, oldest first."""
    return list(session.scalars(select(TrailEntry).where(TrailEntry.act.in_(acts)).order_by(TrailEntry.id)))

"""The scene of clearance: a walk whose names are checked, a departure of ten seats, and somebody at the desk.

The departure is on Wednesday 20 May 2026. The NIS must have the names by 13 May 24:00, UN Command by 17 May 24:00; the
freeze line is 18 May 24:00.
"""

from dataclasses import dataclass
from datetime import date
from itertools import count
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tests.rosters.gate import run_by, visitors
from tourbook import clearance
from tourbook.actor import COMMAND, GUEST, Actor
from tourbook.applications import VisitorDetails, confirm, describe_party, give_contact
from tourbook.applications.models import Application, Visitor
from tourbook.audit import TrailEntry
from tourbook.clearance import Authority, Standing
from tourbook.clearance.models import ClearanceChoice
from tourbook.db import db
from tourbook.kst import parse_moment

APPLIED, STARTS = "2026-05-04T09:00", "2026-05-20T10:00"
BEFORE_ANYTHING_IS_DUE, AFTER_THE_FIRST = "2026-05-12T10:00", "2026-05-14T10:00"
BEFORE_THE_FREEZE, AFTER_THE_FREEZE = "2026-05-18T12:00", "2026-05-19T00:00"
UNC, NIS = Authority.UN_COMMAND, Authority.NIS

_number = count(1)


@dataclass
class Office:
    """A departure whose names are checked, and an operator of its organisation."""

    scene: Scene
    departure_id: UUID
    operator: Actor

    def at(self, moment: str) -> "Office":
        """Let it be another moment."""
        self.scene.now = parse_moment(moment)
        return self

    def apply(self, seats: int = 2, *, foreign: bool = False, wait: bool = False) -> UUID:
        """A party that applied; a foreign one has its first visitor from Germany, who gave no passport number."""
        if not foreign:
            return self.scene.apply(self.departure_id, seats, wait=wait)
        application_id = self.scene.hold(self.departure_id, seats)
        people = [person(nationality="DE"), *(person() for _ in range(seats - 1))]
        told = {"actor": GUEST, "now": self.scene.now}
        describe_party(application_id, people, **told)
        consents = {"personal_data", "conduct"}
        give_contact(application_id, contact="guest@example.kr", way="mail", consents=consents, **told)
        confirm(application_id, form_id=f"foreign {next(_number)}", **told)
        return application_id

    def submit(self, authority: Authority = NIS) -> int:
        """Hand over whoever is to be handed over now."""
        shown = clearance.read_clearance(self.departure_id, actor=self.operator, now=self.scene.now)
        mark = shown.upcoming[authority].mark
        return clearance.record_submission(
            self.departure_id, authority, mark=mark, actor=self.operator, now=self.scene.now
        )

    def reply(self, *lines: str, authority: Authority = NIS) -> clearance.Replied:
        """A file of answers comes in."""
        return clearance.import_replies(
            self.departure_id, authority, sheet(*lines), actor=self.operator, now=self.scene.now
        )

    def refuse(self, application_id: UUID, number: int = 1, *, note: str = "") -> Visitor:
        """The authority does not let that visitor in; gives the visitor."""
        self.reply(f"{reference(application_id)},{number},refused,{note}")
        return next(one for one in visitors(application_id) if one.place == number - 1)

    def standings(self, application_id: UUID) -> list[Standing]:
        """Where the people of a party stand with all authorities together."""
        session = db.session()
        session.expire_all()
        demands = clearance.demands_on(session, self.scene.course_id)
        return [one.standing for one in clearance.checked(session, [self.departure_id], demands, party=application_id)]


def build_office(capacity: int = 10) -> Office:
    """Make the scene, on 4 May, before anything is due."""
    scene = build_scene(APPLIED)
    operator = run_by("paju", scene.course_id)
    for authority, days, passports in ((NIS, 7, True), (UNC, 3, True)):
        clearance.require_clearance(
            scene.course_id, authority, due_days=days, asks_passport=passports, actor=COMMAND, now=scene.now
        )
    return Office(scene, scene.add_departure(STARTS, capacity), operator)


def person(name: str | None = None, nationality: str = "KR", document: str | None = None) -> VisitorDetails:
    """Somebody whom nobody knows yet."""
    return VisitorDetails(name or f"동행 {next(_number)}", date(1988, 8, 8), nationality, document)


def sheet(*lines: str) -> str:
    """A file of replies."""
    return "\n".join(["reference,visitor,answer,note", *lines])


def reference(application_id: UUID) -> str:
    """How a party is called in files."""
    return db.session.get_one(Application, application_id, populate_existing=True).reference


def choice_about(visitor: Visitor) -> ClearanceChoice:
    """The question that was put to a party about a visitor."""
    wanted = select(ClearanceChoice).where(ClearanceChoice.visitor_id == visitor.id)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def trail(session: Session, act: str) -> list[dict[str, object]]:
    """The facts of all entries of an act, oldest first."""
    return list(session.scalars(select(TrailEntry.facts).where(TrailEntry.act == act).order_by(TrailEntry.id)))

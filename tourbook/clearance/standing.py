"""Where everybody of a departure stands with those who check names."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tourbook.applications.line import line_of
from tourbook.applications.models import Application, Visitor
from tourbook.applications.situation import AT_THE_GATE
from tourbook.clearance.listed import still_stands
from tourbook.clearance.models import Authority, ClearanceChoice, ClearanceDemand, Exchange, Standing, VisitorClearance
from tourbook.clearance.rules import lacks_passport, overall
from tourbook.courses.models import Departure
from tourbook.errors import NotFound
from tourbook.rosters.rules import TRAVELLING


@dataclass(frozen=True)
class Checked:
    """A visitor with the party, and where they stand with each authority; `answers` are the rows of those who know of
    them.
    """

    visitor: Visitor
    application: Application
    by: dict[Authority, Standing]
    answers: dict[Authority, VisitorClearance]

    @property
    def standing(self) -> Standing:
        """Where they stand with all of them together."""
        return overall(self.by.values())

    @property
    def number(self) -> int:
        """Their number within the party, as it stands in files; it is never given to somebody else."""
        return self.visitor.place + 1


def demands_of(session: Session, course_ids: Iterable[UUID]) -> dict[UUID, list[ClearanceDemand]]:
    """Who checks the names of these courses, by course, the first due first. A query."""
    found: dict[UUID, list[ClearanceDemand]] = defaultdict(list)
    wanted = select(ClearanceDemand).where(ClearanceDemand.course_id.in_(list(course_ids)))
    for demand in session.scalars(wanted.order_by(ClearanceDemand.due_days.desc(), ClearanceDemand.authority)):
        found[demand.course_id].append(demand)
    return found


def demands_on(session: Session, course_id: UUID) -> list[ClearanceDemand]:
    """Who checks the names of one course; nobody: it has nothing to do with clearance. A query."""
    return demands_of(session, [course_id])[course_id]


def demand_of(session: Session, course_id: UUID, authority: Authority) -> ClearanceDemand:
    """What one authority demands of a course; NotFound where it checks no names there."""
    for demand in demands_on(session, course_id):
        if demand.authority is authority:
            return demand
    raise NotFound("authority_unknown")


def checked(
    session: Session, departures: Collection[UUID], demands: Sequence[ClearanceDemand], *, party: UUID | None = None
) -> list[Checked]:
    """Everybody who is to travel on these departures of one course, or only one party's people; those from the gate are
    not checked by anybody. A query.
    """
    wanted = (
        select(Application, Visitor)
        .join(Visitor, Visitor.application_id == Application.id)
        .where(
            Application.departure_id.in_(list(departures)),
            Application.state.in_(TRAVELLING),
            Application.channel.not_in(AT_THE_GATE),
            Visitor.cancelled_at.is_(None),
        )
        .order_by(Application.reference, Visitor.place)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(wanted if party is None else wanted.where(Application.id == party)).all()
    answers = answers_about(session, [visitor.id for _, visitor in rows], still_stands())
    return [checked_one(application, visitor, demands, answers[visitor.id]) for application, visitor in rows]


def answers_about(
    session: Session, visitor_ids: Collection[UUID], *such: ColumnElement[bool]
) -> dict[UUID, dict[Authority, VisitorClearance]]:
    """What authorities were told and have answered about these visitors; only `such` of it. A query."""
    found: dict[UUID, dict[Authority, VisitorClearance]] = defaultdict(dict)
    wanted = select(VisitorClearance).where(VisitorClearance.visitor_id.in_(list(visitor_ids)), *such)
    for one in session.scalars(wanted.execution_options(populate_existing=True)):
        found[one.visitor_id][one.authority] = one
    return found


def checked_one(
    application: Application,
    visitor: Visitor,
    demands: Sequence[ClearanceDemand],
    answers: dict[Authority, VisitorClearance],
) -> Checked:
    """Where one visitor stands, from the rows about them."""
    by = {
        one.authority: answers[one.authority].standing
        if one.authority in answers
        else (Standing.MISSING if lacks_passport(one, visitor) else Standing.READY)
        for one in demands
    }
    return Checked(visitor, application, by, answers)


def open_choices(session: Session, application_ids: Collection[UUID]) -> dict[UUID, ClearanceChoice]:
    """The questions that these parties have not answered yet, by the visitor whom they are about. A query."""
    wanted = select(ClearanceChoice).where(
        ClearanceChoice.application_id.in_(list(application_ids)), ClearanceChoice.answer.is_(None)
    )
    return {one.visitor_id: one for one in session.scalars(wanted.execution_options(populate_existing=True))}


def exchanges_of(session: Session, application_id: UUID) -> Sequence[Exchange]:
    """Who of a party came in place of another, here or on a date from which it moved. A query."""
    return session.scalars(select(Exchange).where(Exchange.application_id.in_(line_of(application_id)))).all()


def departure_of(session: Session, visitor_id: UUID) -> tuple[Visitor, Departure]:
    """A visitor and the departure, as they were read; NotFound for nobody. A query."""
    visitor = session.get(Visitor, visitor_id)
    if visitor is None:
        raise NotFound("visitor_unknown")
    return visitor, session.get_one(Departure, visitor.departure_id)

"""What a party does of which a visitor was refused: it goes without them, exchanges them, or cancels altogether.

Whatever it chooses costs it nothing. Where nobody answers in time, it goes without the person who was refused.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM, Actor
from tourbook.applications.acts.beginning import caught_up_for
from tourbook.applications.acts.cancel import end_party, shrink_party
from tourbook.applications.models import Application, Visitor
from tourbook.applications.settle import locked_queue
from tourbook.applications.telling import tell
from tourbook.clearance.models import Answer, ClearanceChoice, Standing
from tourbook.clearance.rules import Deadlines, choice_deadline
from tourbook.clearance.standing import answers_about
from tourbook.courses.models import Course, Departure
from tourbook.db import db, find_anew
from tourbook.errors import Conflict, NotFound
from tourbook.rosters.rules import TRAVELLING


def ask(
    session: Session,
    application: Application,
    visitor: Visitor,
    when: Deadlines,
    *,
    course: Course,
    departure: Departure,
    now: datetime,
) -> None:
    """Step: ask a party what it will do about a visitor who was refused; again where the authority thought again."""
    deadline = choice_deadline(when, now, course.shrink_hours)
    choice = session.scalar(select(ClearanceChoice).where(ClearanceChoice.visitor_id == visitor.id))
    if choice is None:
        choice = ClearanceChoice(visitor_id=visitor.id, application_id=application.id)
        session.add(choice)
    choice.asked_at, choice.deadline, choice.answer, choice.answered_at = now, deadline, None, None
    answers = answers_about(session, [visitor.id])[visitor.id].values()
    noted = any(one.note for one in answers if one.standing is Standing.REFUSED)
    told = {"deadline": deadline.isoformat(), "alone": application.seats == 1, "noted": noted}
    tell(session, "clearance_refused", application, course=course, departure=departure, now=now, **told)


def close_choice(choice: ClearanceChoice, answer: Answer, now: datetime) -> None:
    """Step: write down what became of the question."""
    choice.answer, choice.answered_at = answer, now


def choose(visitor_id: UUID, answer: Answer, *, actor: Actor, now: datetime) -> Answer:
    """Act: go without the visitor who was refused (go_without), or cancel the whole party (cancelled). Gives what came
    of it: a party of one that would go without its only visitor is cancelled. The same answer twice does no harm.

    Locks the departure. What becomes free is offered on, before the freeze line. Refuses `choice_answered`,
    `choice_over`, and `state_changed` where the party does not travel any more.
    """
    asked = _choice_about(visitor_id)
    with caught_up_for(asked.application_id, actor=actor, now=now) as (session, (application, departure)):
        choice = find_anew(session, ClearanceChoice, asked.id)
        visitor = find_anew(session, Visitor, visitor_id)
        if choice.answer is not None:
            return _answered_so(choice, answer)
        if now >= choice.deadline:
            raise Conflict("choice_over", deadline=choice.deadline)
        if not _is_open(application, visitor):
            raise Conflict("state_changed", state=application.state.value)
        return _carry_out(session, choice, answer, application, visitor, departure, actor=actor, now=now)


def close_due(*, now: datetime) -> bool:
    """Act of the timetable: let the next party that did not answer in time go without the visitor who was refused.
    Says whether there was one.
    """
    due = select(ClearanceChoice).where(ClearanceChoice.answer.is_(None), ClearanceChoice.deadline <= now)
    found = db.session.scalar(due.order_by(ClearanceChoice.deadline, ClearanceChoice.id).limit(1))
    if found is None:
        return False
    with caught_up_for(found.application_id, actor=SYSTEM, now=now) as (session, (application, departure)):
        choice = find_anew(session, ClearanceChoice, found.id)
        visitor = find_anew(session, Visitor, choice.visitor_id)
        if choice.answer is None and choice.deadline <= now:
            if not _is_open(application, visitor) or now >= departure.starts_at:
                close_choice(choice, Answer.MOOT, now)
            else:
                _carry_out(session, choice, Answer.GO_WITHOUT, application, visitor, departure, actor=SYSTEM, now=now)
    return True


def _carry_out(
    session: Session,
    choice: ClearanceChoice,
    answer: Answer,
    application: Application,
    visitor: Visitor,
    departure: Departure,
    *,
    actor: Actor,
    now: datetime,
) -> Answer:
    departures = {departure.id: departure}
    final = Answer.CANCELLED if application.seats == 1 else answer
    close_choice(choice, final, now)
    facts = {"answer": final.value, "departure": str(departure.id), "application": str(application.id)}
    audit.record(session, "clearance_chosen", subject=visitor, actor=actor, now=now, facts=facts)
    if final is Answer.CANCELLED:
        notice, free = "clearance_cancelled", {"without_penalty": True}
        locked_queue(session, departure.course_id)  # before letters about it
        end_party(session, application, departures, notice=notice, actor=actor, now=now, **free)
    else:
        notice = "gone_without"
        shrink_party(session, application, visitor, departures, notice=notice, actor=actor, now=now)
    return final


def _choice_about(visitor_id: UUID) -> ClearanceChoice:
    found = db.session.scalar(select(ClearanceChoice).where(ClearanceChoice.visitor_id == visitor_id))
    if found is None:
        raise NotFound("visitor_unknown")
    return found


def _answered_so(choice: ClearanceChoice, answer: Answer) -> Answer:
    """What was chosen before, for whoever chooses it again."""
    given = {answer} | ({Answer.CANCELLED} if answer is Answer.GO_WITHOUT else set())
    if choice.answer is None or choice.answer not in given:
        raise Conflict("choice_answered")
    return choice.answer


def _is_open(application: Application, visitor: Visitor) -> bool:
    return application.state in TRAVELLING and visitor.cancelled_at is None

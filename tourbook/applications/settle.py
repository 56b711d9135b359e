"""Settling departures: reading them under their locks, planning, and writing exactly what was planned.

Departures are locked by ascending id, then the queue of the course, the facts and the notices (decision 83). An act
that takes seats settles first when the departure is due; the timetable does early what the next act would do, for some
departures of a course at once.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tourbook.actor import SYSTEM, Actor
from tourbook.applications.aside import left_of
from tourbook.applications.deadlines import decided_as_of
from tourbook.applications.decided import Limit, Plan
from tourbook.applications.desk import Desk
from tourbook.applications.due import due_among, next_due
from tourbook.applications.foresight import Foreseen, foresee
from tourbook.applications.grace import Under, settled_under
from tourbook.applications.instead import apart, typing_again, withdraw_elsewhere, without
from tourbook.applications.ledger import NOBODY, Ledger
from tourbook.applications.models import CourseQueue
from tourbook.applications.pace import MOST_MOVES, Pace
from tourbook.applications.parties import Situation
from tourbook.applications.plan import serves_queue
from tourbook.applications.queue import Queue, QueueTooShort
from tourbook.applications.situation import lost_there, queue_of, situations
from tourbook.applications.undone import with_undone
from tourbook.applications.unheard import end_questions, hearing_of
from tourbook.applications.untold import quietly
from tourbook.applications.writing import write_plan
from tourbook.courses import course_by_id
from tourbook.courses.models import Departure
from tourbook.db import add_unless_there, lock, transaction
from tourbook.distancing import Allowance, Facts, allowance, allowances, slot_of, versioned_facts_of
from tourbook.errors import NotFound
from tourbook.garbage import put_off

_ASLEEP = 2**31 - 1  # no stamp comes so far: a departure that offers nothing need not look at the queue

_PACE = Pace()  # of this process: how much one chunk may be depends on the machine, not on the act


@dataclass(frozen=True)
class Settled:
    """Departures of one course that were settled together, in the order in which it was done."""

    departure_ids: tuple[UUID, ...]


class NotSettled(Exception):
    """Settling failed, for the reason that this is raised from; nothing was written of the departures it was about,
    of which this names the first. `alone` says that there was no other.
    """

    def __init__(self, departure_id: UUID, *, alone: bool = True) -> None:
        super().__init__(f"departure {departure_id}")
        self.departure_id = departure_id
        self.alone = alone


def settle_departure(departure_id: UUID, *, actor: Actor, now: datetime) -> Plan:
    """Act: settle one departure whether it is due or not."""
    with transaction() as session:
        return settle(session, locked_departure(session, departure_id), actor=actor, now=now)


def settle_due(*, now: datetime, passing_over: Collection[UUID] = ()) -> Settled | None:
    """Act of the timetable: settle the next departures of one course that are due and not to be passed over, as many
    as keep their locks short; None when nothing is due.

    Departures whose facts or clock have moved come first, in order of their start: each for those who lost their places
    on it, then, where seats are left, for everybody (decision 24). Only those whose clock came long ago go before them
    (decision 28). They are followed, likewise, by those that may have seats for somebody who was displaced meanwhile.
    What comes of it is what settling them one by one would do. A departure that is being worked on elsewhere is passed
    over. Where settling several fails, the first is settled alone; raises NotSettled where that fails, which names the
    departure, so that one fault does not keep all the others waiting.
    """
    try:
        return _settle_chunk(now, passing_over)
    except NotSettled as fault:
        if fault.alone:
            raise
        _PACE.stumble()
    return _settle_chunk(now, passing_over)


def _settle_chunk(now: datetime, passing_over: Collection[UUID]) -> Settled | None:
    with put_off(), transaction() as session:
        began = monotonic()
        departures, only_own = next_due(session, now, passing_over, _PACE.size)
        if not departures:
            _PACE.rest()
            return None
        try:
            done = settle_in_turn(session, departures, actor=SYSTEM, now=now, only_own=only_own)
        except Exception as fault:
            raise NotSettled(departures[0].id, alone=len(departures) == 1) from fault
    _PACE.learn(len(done), monotonic() - began)
    return Settled(tuple(one.departure_id for one in done))


def locked_departure(session: Session, departure_id: UUID) -> Departure:
    """The departure under its lock, as it is now; NotFound where there is none."""
    found = lock(session, Departure, [departure_id])
    if not found:
        raise NotFound("departure_unknown")
    return found[0]


def settle_if_due(session: Session, departure: Departure, *, actor: Actor, now: datetime) -> None:
    """Step: settle the locked departure when its facts, its clock or its course's queue have moved."""
    if is_due(session, departure, now):
        settle(session, departure, actor=actor, now=now)


def is_due(session: Session, departure: Departure, now: datetime) -> bool:
    """Would settling this departure now look at anything new?"""
    return departure.id in due_among(session, [departure.id], now)


def settle(
    session: Session,
    departure: Departure,
    *,
    actor: Actor,
    now: datetime,
    told_otherwise: Collection[UUID] = (),
    drew_untold: Mapping[UUID, str] = NOBODY,
) -> Plan:
    """Step: plan for the locked departure and write the plan: moves, notices, trail, figures. Locks the queue.

    Who is `told_otherwise` is offered seats, or need not become smaller, without a notice of it: the act writes one
    that says it with more. Who has its seats by a draw and was not told so (`drew_untold`, with its receipt) hears of
    it where it loses them.
    """
    (settled,) = settle_in_turn(
        session, [departure], actor=actor, now=now, told_otherwise=told_otherwise, drew_untold=drew_untold
    )
    return settled.plan


def settle_in_turn(
    session: Session,
    departures: Sequence[Departure],
    *,
    actor: Actor,
    now: datetime,
    only_own: bool = False,
    told_otherwise: Collection[UUID] = (),
    drew_untold: Mapping[UUID, str] = NOBODY,
) -> Sequence[Foreseen]:
    """Step: settle locked departures of one course, one after the other, reading and writing in bulk. Locks the queue.

    Ends early, with the departure that reaches MOST_MOVES; gives those that were settled. With `only_own` seats are
    offered only to those who lost places there; a departure that has more stays due.
    """
    session.flush()  # what the act did so far is read, and then written to, past the session's own rows
    course = course_by_id(session, departures[0].course_id)
    queue = locked_queue(session, course.id)
    under, facts = _decided_under(session, departures, course.id, now)
    answers = allowances({one.id: slot_of(one) for one in departures}, facts, now)
    deciding = answers | _known_at_the_start(departures, facts, now)
    answers |= {one: answer for one, answer in deciding.items() if answer.capacity == 0}
    limits = {departure_id: Limit(answer.capacity, answer.party_max) for departure_id, answer in deciding.items()}
    read = quietly(session, situations(session, departures, course, facts, now), under.offers)
    read = with_undone(session, departures, read, under.version, now)
    foreseen = _foreseen_of_own if only_own else _foreseen
    done = _claimed(session, departures, read, lambda some: foreseen(session, course.id, some, limits, now))
    ledger = Ledger(session, actor=actor, now=now, drew_untold=drew_untold)
    hearing = hearing_of(session, (move for one in done for move in one.plan.moves))
    ended = [one for one, after in zip(departures, done, strict=False) if _ends_question(one, after.plan)]
    never_asked = end_questions(session, [one.id for one in ended])
    for departure, one in zip(departures, done, strict=False):
        answer, hold = answers[departure.id], under.holds.get(departure.id)
        desk = Desk(ledger, departure, course, answer, under.version, hold, under.offers, hearing)
        write_plan(desk, one.plan, told_otherwise)
        queue.stamp += one.queue_grew
        decided = one.plan if departure.starts_at > now else _at_the_gate(one.plan, answer)
        _set_figures(ledger, departure, decided, under.version, queue.stamp, asked=departure.id not in never_asked)
    withdraw_elsewhere(session, done, actor=actor, now=now)
    ledger.write()
    session.flush()  # a later step of the same act must read the stamp
    return done


def _decided_under(
    session: Session, departures: Sequence[Departure], course_id: UUID, now: datetime
) -> tuple[Under, Facts]:
    """Under what these departures are settled, and by which facts, of the same version: what a change between reading
    the one and the other brings would be told at once, though it could be taken back.
    """
    while True:
        under = settled_under(session, departures, now)
        version, facts = versioned_facts_of(session, course_id)
        if version == under.version:
            return under, facts


def _known_at_the_start(departures: Sequence[Departure], facts: Facts, now: datetime) -> dict[UUID, Allowance]:
    """What decides over those who were to go, of departures that have begun. What was decided since counts for whoever
    comes to the gate, except where it was closed before it began: then it stays so.
    """
    begun = (one for one in departures if one.starts_at <= now)
    return {one.id: allowance(slot_of(one), facts, decided_as_of(one.starts_at, now)) for one in begun}


def _at_the_gate(decided: Plan, answer: Allowance) -> Plan:
    """With the figures by which whoever comes late is let in."""
    over = decided.seats_taken > answer.capacity
    return replace(decided, allowed=answer.capacity, party_max=answer.party_max, over_capacity=over)


def _claimed(
    session: Session,
    departures: Sequence[Departure],
    read: Mapping[UUID, Situation],
    foreseen: Callable[[Sequence[Situation]], Sequence[Foreseen]],
) -> Sequence[Foreseen]:
    """What becomes of these departures; who would hold places again in a browser that types something else does not."""
    while True:
        done = foreseen(apart([read[one.id] for one in departures]))
        typing_elsewhere = typing_again(session, done)
        if not typing_elsewhere:
            return done
        read = without(read, typing_elsewhere)


def _foreseen_of_own(
    session: Session, course_id: UUID, read: Sequence[Situation], limits: dict[UUID, Limit], now: datetime
) -> Sequence[Foreseen]:
    """What becomes of these departures while each asks nobody but those who lost places there."""
    return list(_in_turn(read, limits, lost_there(session, limits), now, only_own=True))


def _foreseen(
    session: Session, course_id: UUID, read: Sequence[Situation], limits: dict[UUID, Limit], now: datetime
) -> Sequence[Foreseen]:
    """What becomes of these departures, planned with as much of the queue as it takes."""
    seats = sum(limits[one.departure_id].capacity for one in read if serves_queue(one, now))
    if seats == 0:
        return list(_in_turn(read, limits, Queue(), now))
    for most in (min(seats, MOST_MOVES), 10 * MOST_MOVES, None):
        try:
            queue = queue_of(session, course_id, most=most, asked_for=limits)
            return list(_in_turn(read, limits, queue, now))
        except QueueTooShort:
            continue
    raise AssertionError("a queue that was read to its end is never too short")


def _in_turn(
    read: Iterable[Situation], limits: dict[UUID, Limit], queue: Queue, now: datetime, *, only_own: bool = False
) -> Iterator[Foreseen]:
    moves = 0
    for situation in read:
        foreseen = foresee(situation, limits[situation.departure_id], now, queue, only_own=only_own)
        yield foreseen
        moves += len(foreseen.plan.moves)
        if moves >= MOST_MOVES:
            return


def locked_queue(session: Session, course_id: UUID) -> CourseQueue:
    """The queue row of a course, under its lock. It is made with the course's first departure that is settled."""
    asked = {"course_id": course_id}
    found = session.scalar(_QUEUE, asked)
    if found is None:
        add_unless_there(session, CourseQueue(course_id=course_id, stamp=0))
        found = session.scalars(_QUEUE, asked).one()
    return found


_QUEUE = (
    select(CourseQueue)
    .where(CourseQueue.course_id == bindparam("course_id"))
    .execution_options(populate_existing=True)
    .with_for_update()
)


def _ends_question(departure: Departure, decided: Plan) -> bool:
    return departure.volunteers_until is not None and decided.volunteers_until is None


def _set_figures(
    ledger: Ledger, departure: Departure, decided: Plan, version: int, queue_stamp: int, *, asked: bool
) -> None:
    """`asked` says whether everybody has heard of the question to volunteers that ends by this, where one does."""
    had_volunteers_until = _had_volunteers_until(departure, decided, version) if asked else None
    if decided.own_asked:  # the others come next: it stays as due as it was
        version, queue_stamp, next_due_at = departure.version, departure.queue_stamp, departure.next_due_at
    else:
        queue_stamp, next_due_at = queue_stamp if decided.serves_queue else _ASLEEP, decided.next_due_at
    ledger.set_figures(
        departure,
        seats_taken=decided.seats_taken,
        allowed=decided.allowed,
        party_max=decided.party_max,
        over_capacity=decided.over_capacity,
        public_free=decided.public_free,
        own_asked=decided.own_asked,
        next_due_at=next_due_at,
        version=version,
        queue_stamp=queue_stamp,
        trail_length=departure.trail_length,
        seats_allotted=left_of(decided.allotments),
        volunteers_until=decided.volunteers_until,
        had_volunteers_until=had_volunteers_until,
        draws_held=decided.draws_held + bool(decided.drawn),
    )


def _had_volunteers_until(departure: Departure, decided: Plan, version: int) -> datetime | None:
    """Until when volunteers would be looked for, had these facts not ended it: forgotten with the next facts."""
    if decided.volunteers_until is None and departure.volunteers_until:
        return departure.volunteers_until
    same = departure.version == version or departure.own_asked  # else these are the next facts
    return departure.had_volunteers_until if same and decided.volunteers_until is None else None

"""A minimum to run: how departures stand against it, and the acts that decide.

A departure that too few people want is called off early, in public, and its parties are offered places on another one
of the course. rules.py decides which; the call-off and the offers are those of every other call-off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM, Actor
from tourbook.applications.acts.beginning import caught_up
from tourbook.applications.aside import left_of
from tourbook.applications.decided import Limit
from tourbook.applications.grace import in_grace
from tourbook.applications.models import Application, State
from tourbook.applications.parties import Situation
from tourbook.applications.plan import serves_queue
from tourbook.applications.settle import is_due, settle_if_due
from tourbook.applications.situation import AT_THE_GATE, situations
from tourbook.audit import TrailEntry
from tourbook.courses import course_by_id, departure_by_id, departures_between, minimum_decided_at
from tourbook.courses.models import TOO_FEW_PEOPLE, Course, Departure
from tourbook.db import lock, snapshot, transaction
from tourbook.distancing import allowances, facts_of, slot_of
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Change
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.kst import civil_day
from tourbook.operations.call_off import Affected, affected_by_call_off, end_departure
from tourbook.operations.rules import Candidate, Outcome, Verdict, taken_by, verdict
from tourbook.rosters import own_departure

CONFIRMED = frozenset({"confirmed", "must_shrink"})
ONE_WEEK = timedelta(days=7)
DECISIONS = ("departure_called_off", "departure_runs", "departure_kept_running")
LATE = timedelta(hours=1)  # the timetable looks every minute; so late, it has not looked
TOO_FEW = Words(
    "신청 인원이 최소 출발 인원보다 적어 이 회차는 출발하지 않습니다",
    "Fewer people have places than this departure needs to run",
)
"""What everybody reads and is told of a departure that is called off for this cause."""


@dataclass(frozen=True)
class StandingToRun:
    """How a departure stands against the minimum of its course: it runs with `least` people, and `people` have places;
    that is decided at `decided_at`, or was, where it `runs` whatever comes.
    """

    least: int
    people: int
    decided_at: datetime
    runs: bool

    @property
    def falls_short(self) -> bool:
        """Would it be called off as it stands?"""
        return not self.runs and self.people < self.least


@dataclass(frozen=True)
class Foreseen:
    """What deciding now would do: whom it reaches, which departure its parties are offered (None: none has room for
    any), and how many of its people that has places for. It `may_end` unless something else is to be decided first.
    """

    standing: StandingToRun
    may_end: bool
    affected: Affected
    into: Departure | None
    parties: int
    people: int

    @property
    def counts(self) -> str:
        """All of it that somebody decides upon, to be compared with what it is when they do."""
        reached = self.affected
        told = (reached.parties, reached.people, reached.offers, reached.unreachable, self.parties, self.people)
        return "-".join([*map(str, told), str(self.into.id) if self.into and self.people else ""])


def standings_to_run(session: Session, departures: Sequence[Departure], course: Course) -> dict[UUID, StandingToRun]:
    """How those of a course's departures stand that a minimum is about: one statement, or none where none is. A query.

    A minimum is never more than the size that was settled last: it is not people who are missing above that.
    """
    about = {one.id: one for one in departures if minimum_decided_at(course, one.starts_at) and not one.called_off_at}
    if not about:
        return {}
    seated = select(Application.departure_id, func.sum(Application.seats).label("people")).where(
        Application.departure_id.in_(about),
        Application.state.in_((State.CONFIRMED, State.MUST_SHRINK)),
        Application.channel.not_in(AT_THE_GATE),
    )
    rows = session.execute(seated.group_by(Application.departure_id))
    people = {row.departure_id: row.people for row in rows}
    return {one.id: _standing(one, people.get(one.id, 0), course) for one in about.values()}


def foreseen_now(session: Session, departure: Departure, course: Course, now: datetime) -> Foreseen | None:
    """What deciding early would do; None where nothing is to be decided. A query."""
    standing = standings_to_run(session, [departure], course).get(departure.id)
    if standing is None or now >= departure.starts_at:
        return None
    own, others = _around(session, departure, course, now)
    return _foreseen(session, standing, own, others) if own else None


def _foreseen(session: Session, standing: StandingToRun, own: Candidate, others: Sequence[Candidate]) -> Foreseen:
    found = verdict(own, others, early=True)
    into = next((one for one in others if one.departure_id == found.into), None)
    taken = taken_by(into, own) if into else []
    other = departure_by_id(session, into.departure_id) if into else None
    affected = affected_by_call_off(session, own.departure_id)
    return Foreseen(standing, own.decidable, affected, other, len(taken), sum(taken))


def decide_due(*, now: datetime) -> bool:
    """Act of the timetable: decide one departure whose moment has come: it runs, or is called off for too few people.

    What is to be decided is looked for before anything is locked, and decided anew under the locks of the departure and
    of the one whose places its parties are offered. False where nothing is left to decide.
    """
    with snapshot() as session:
        found = _next_due(session, now)
    if found is None:
        return False
    with transaction() as session:
        _decide(session, *found, actor=SYSTEM, now=now)
    return True


def decide_early(departure_id: UUID, *, shown: str | None = None, actor: Actor, now: datetime) -> Affected:
    """Act: call a departure off before its moment, as too few people want it, and offer its parties another one.

    `shown` are the counts that whoever decides has seen (Foreseen.counts; None: nobody has). What is due is settled
    first, in a transaction of its own, so that a second look shows what the refusal was about. Twice does no harm.
    Refuses `no_minimum`, `enough_people`, `runs_anyway` where it is settled that it runs, `counts_changed` where others
    are reached or offered places than were shown, and `decided_afterwards` while a draw, volunteers, a stop or a change
    in its grace is still to say who has places.
    """
    into_id, due = _planned_into(departure_id, actor, now)
    for one_id in due:
        with caught_up(one_id, actor=actor, now=now):
            pass
    with transaction() as session:
        departure, into = _locked(session, departure_id, into_id)
        if departure.called_off_at:
            return Affected(0, 0, 0, 0)
        for one in (departure, into):
            if one:
                settle_if_due(session, one, actor=actor, now=now)
        _check_early(session, departure, into, shown, now)
        return end_departure(session, departure, TOO_FEW, cause=TOO_FEW_PEOPLE, into=into, actor=actor, now=now)


def _planned_into(departure_id: UUID, actor: Actor, now: datetime) -> tuple[UUID | None, list[UUID]]:
    """Whose places its parties would be offered, read before anything is locked, and which of the two are due."""
    with snapshot() as session:
        departure, course = own_departure(session, departure_id, actor=actor)
        own, others = _around(session, departure, course, now)
        into_id = verdict(own, others, early=True).into if own else None
        both = [departure, *([departure_by_id(session, into_id)] if into_id else [])]
        return into_id, [one.id for one in both if is_due(session, one, now)]


def _check_early(
    session: Session, departure: Departure, into: Departure | None, shown: str | None, now: datetime
) -> None:
    """Refuse to call a locked departure off early where that may not be, or would do something else than was shown."""
    standing = _undecided(session, departure, now)
    own, others = _around(session, departure, course_by_id(session, departure.course_id), now)
    if own is None or not own.decidable:
        raise Conflict("decided_afterwards")
    if not standing.falls_short:
        raise Conflict("enough_people", people=standing.people, least=standing.least)
    foreseen = _foreseen(session, standing, own, others)
    if shown is not None and (foreseen.counts != shown or foreseen.into != into):
        raise Conflict("counts_changed")


def keep_running(departure_id: UUID, *, reason_ko: str, reason_en: str, actor: Actor, now: datetime) -> None:
    """Act: settle that a departure runs with however few people, for a reason that everybody may read. Twice does no
    harm. Refuses without a reason in each language, `no_minimum`, and `called_off_already`.
    """
    for field, reason in (("reason_ko", reason_ko), ("reason_en", reason_en)):
        if not reason.strip():
            raise Refused("reason_missing", field=field)
    with transaction() as session:
        own_departure(session, departure_id, actor=actor)
        departure, _ = _locked(session, departure_id, None)
        if departure.called_off_at:
            raise Conflict("called_off_already")
        if departure.runs_since:
            return
        standing = _undecided(session, departure, now)
        departure.kept_running_ko, departure.kept_running_en = reason_ko, reason_en
        told = {"reason_ko": reason_ko, "reason_en": reason_en}
        _settle_that_it_runs(session, departure, standing, "departure_kept_running", told, actor=actor, now=now)


def _next_due(session: Session, now: datetime) -> tuple[UUID, UUID | None] | None:
    """The first departure that can be decided, course by course, with the one whose places its parties are offered."""
    for course in session.scalars(select(Course).where(Course.runs_from_people.is_not(None)).order_by(Course.id)):
        candidates = _candidates_of(session, course, now)
        for one in candidates:
            found = _verdict_of(one, candidates) if one.due else Verdict(Outcome.WAITS)
            if found.outcome is not Outcome.WAITS:
                return one.departure_id, found.into
    return None


def _decide(session: Session, departure_id: UUID, into_id: UUID | None, *, actor: Actor, now: datetime) -> None:
    """Decide under the locks; where that comes to something else than was found before, it is looked at again."""
    departure, into = _locked(session, departure_id, into_id)
    for one in (departure, into):
        if one:
            settle_if_due(session, one, actor=actor, now=now)
    course = course_by_id(session, departure.course_id)
    own, others = _around(session, departure, course, now)
    if own is None or not own.due:
        return
    found = verdict(own, others)
    if found.outcome is Outcome.RUNS:
        standing = _standing(departure, own.people, course)
        _settle_that_it_runs(session, departure, standing, "departure_runs", {}, actor=actor, now=now)
    elif found == Verdict(Outcome.ENDS, into_id):
        end_departure(session, departure, TOO_FEW, cause=TOO_FEW_PEOPLE, into=into, actor=actor, now=now)


def _settle_that_it_runs(
    session: Session,
    departure: Departure,
    standing: StandingToRun,
    act: str,
    told: dict[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    departure.runs_since = now
    facts = {"people": standing.people, "least": standing.least, **told}
    audit.record(session, act, subject=departure, actor=actor, now=now, facts=facts, within=departure)


def _locked(session: Session, departure_id: UUID, into_id: UUID | None) -> tuple[Departure, Departure | None]:
    """Both departures under their locks, which are had in the order of their ids."""
    wanted = {departure_id} | ({into_id} if into_id else set())
    found = {one.id: one for one in lock(session, Departure, wanted)}
    if departure_id not in found:
        raise NotFound("departure_unknown")
    return found[departure_id], found.get(into_id) if into_id else None


def _undecided(session: Session, departure: Departure, now: datetime) -> StandingToRun:
    """How a locked departure stands of which it can still be decided whether it runs."""
    course = course_by_id(session, departure.course_id)
    standing = standings_to_run(session, [departure], course).get(departure.id)
    if standing is None or now >= departure.starts_at:
        raise Conflict("no_minimum")
    if standing.runs:
        raise Conflict("runs_anyway")
    return standing


def _ahead(session: Session, course: Course, now: datetime) -> list[Departure]:
    """The departures from now to the end of the last week in which any is due."""
    today = civil_day(now)
    last = today + timedelta(days=course.decided_days_before or 0) + ONE_WEEK
    found = departures_between(session, today, last, course_ids=[course.id])
    return [one for one in found if one.starts_at > now and not one.called_off_at]


def _candidates_of(session: Session, course: Course, now: datetime) -> list[Candidate]:
    """The departures ahead, read with their parties only where the moment of any has come and nothing is settled."""
    ahead = _ahead(session, course, now)
    moments = [minimum_decided_at(course, one.starts_at) for one in ahead if one.runs_since is None]
    return _candidates(session, ahead, course, now) if any(one and one <= now for one in moments) else []


def _around(
    session: Session, departure: Departure, course: Course, now: datetime
) -> tuple[Candidate | None, list[Candidate]]:
    """A departure and the others of its week, as the rule sees them."""
    day = civil_day(departure.starts_at)
    monday = day - timedelta(days=day.weekday())
    week = departures_between(session, monday, monday + timedelta(days=6), course_ids=[course.id])
    ahead = [one for one in week if one.starts_at > now and not one.called_off_at]
    found = {one.departure_id: one for one in _candidates(session, ahead, course, now)}
    own = found.pop(departure.id, None)
    return own, list(found.values())


def _verdict_of(own: Candidate, candidates: Sequence[Candidate]) -> Verdict:
    """As _around has it: the others of the same week alone."""
    return verdict(own, [one for one in candidates if one is not own and one.week == own.week])


def _candidates(session: Session, departures: Sequence[Departure], course: Course, now: datetime) -> list[Candidate]:
    """These departures of one course, in the order given, read in a handful of statements."""
    if not departures:
        return []
    facts = facts_of(session, course.id)
    answers = allowances({one.id: slot_of(one) for one in departures}, facts, now)
    read = situations(session, departures, course, facts, now)
    limits = {one: Limit(answer.capacity, answer.party_max) for one, answer in answers.items()}
    stands_still = in_grace(session, now)  # whoever lost places by a mistake has them again when it is taken back
    return [_candidate(one, course, read[one.id], limits[one.id], now, stands_still) for one in departures]


def _candidate(
    departure: Departure, course: Course, read: Situation, limit: Limit, now: datetime, stands_still: bool
) -> Candidate:
    seated = sorted((one for one in read.parties if one.state in CONFIRMED), key=lambda one: one.by_confirmation)
    offered = sum(one.seats for one in read.offers)
    held = [one for one in read.parties if one.state == "held"]
    moment = minimum_decided_at(course, departure.starts_at)
    open_question = moment is not None and departure.runs_since is None
    begun = [one for one in held if moment and one.created_at < moment and one.typing_until and one.typing_until > now]
    aside = left_of(read.allotments) or 0  # a group's, whether it fills them or not
    taken = sum(one.occupies for one in (*seated, *held)) + offered + read.walk_ups + aside
    asks_volunteers = departure.volunteers_until is not None and departure.volunteers_until > now
    by_draw = departure.awaits_draw or departure.places_to_draw is not None
    least = min(course.runs_from_people or 0, limit.capacity) if open_question else 0
    decidable = bool(open_question and least and not (asks_volunteers or by_draw or stands_still))
    return Candidate(
        departure_id=departure.id,
        starts_at=departure.starts_at,
        least=least,
        due=bool(decidable and moment and moment <= now),
        people=sum(one.seats for one in seated),
        pending=offered + sum(one.seats for one in begun),
        free=limit.capacity - taken,
        party_max=limit.party_max,
        receives=serves_queue(read, now) and not (asks_volunteers or by_draw),
        sizes=tuple(one.seats for one in seated),
        who=tuple(one.persons for one in seated),
        there=read.present.union(*(one.persons for one in read.parties), *(one.party.persons for one in read.offers)),
        first=seated[0].confirmed_at if seated else None,
        decidable=decidable,
    )


def _standing(departure: Departure, people: int, course: Course) -> StandingToRun:
    moment = minimum_decided_at(course, departure.starts_at)
    if moment is None or course.runs_from_people is None:
        raise ValueError("a minimum that was declared is decided at some moment")
    least = min(course.runs_from_people, departure.allowed or course.runs_from_people)
    return StandingToRun(least, people, moment, departure.runs_since is not None)


def undecided(session: Session, now: datetime) -> list[tuple[Departure, StandingToRun]]:
    """The departures whose moment came some time ago, and of which nothing was decided though it could be. A query.

    Where a stop, a draw, a question to volunteers or a change in its grace was in the way until lately, or people have
    come and gone, the timetable may not have looked yet.
    """
    found = []
    for course in session.scalars(select(Course).where(Course.runs_from_people.is_not(None)).order_by(Course.id)):
        candidates = _candidates_of(session, course, now)
        for one in (one for one in candidates if one.due):
            departure = session.get_one(Departure, one.departure_id)
            standing = _standing(departure, one.people, course)
            late = now - standing.decided_at > LATE
            if late and _verdict_of(one, candidates).outcome is not Outcome.WAITS:
                near = [other.departure_id for other in candidates if other.due and other.day == one.day]
                if not _changed_lately(session, departure, near, now):
                    found.append((departure, standing))
    return found


def _changed_lately(session: Session, departure: Departure, near: Sequence[UUID], now: datetime) -> bool:
    """Could it be that nothing was to be decided of it until lately? `near` are all of its day that are due."""
    since = now - LATE
    size_then = allowances({departure.id: slot_of(departure)}, facts_of(session, departure.course_id), since)
    asked = departure.volunteers_until is not None and departure.volunteers_until > since
    if asked or not size_then[departure.id].capacity:
        return True
    back = Change.taken_back_at
    grace = select(Change.id).where(Change.grace_until > since, or_(back.is_(None), back > since))
    of_course = select(Departure.id).where(Departure.course_id == departure.course_id)
    settled = and_(TrailEntry.act.in_(DECISIONS), TrailEntry.subject_id.in_(of_course))
    moved = or_(TrailEntry.departure_id.in_(near), settled, TrailEntry.act == "draw_withdrawn")
    lines = select(TrailEntry.id).where(TrailEntry.at > since, moved)
    return any(session.scalar(one.limit(1)) is not None for one in (grace, lines))

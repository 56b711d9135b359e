"""Announcing a round: which departures are drawn, until when entries are taken, and what decides."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.courses import course_by_id, departures_between, gives_by_draw, lock_course, window
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import lock, transaction
from tourbook.distancing import allowances, facts_of, slot_of
from tourbook.errors import Conflict, NotFound, Refused

CODE = re.compile(r"[0-9a-z]+(-[0-9a-z]+)*")
LONGEST_CODE = 40
NO_CODES = frozenset({"new", "check"})
"""Where the address of a draw would lead to another page."""
MOST_DEPARTURES = 4_000


@dataclass(frozen=True)
class RoundTerms:
    """What is announced of a round. Days are civil days in Korea, both included; the rest are instants, and words in
    both languages: what the public value is and where it is published, and what counts where it does not come. From
    `fallback_at` that is known; without it a round that is sealed too late for the value cannot be drawn at all.
    """

    code: str
    first_day: date
    last_day: date
    opens_at: datetime
    closes_at: datetime
    value_at: datetime
    left_overs_at: datetime
    source_ko: str
    source_en: str
    fallback_ko: str
    fallback_en: str
    fallback_at: datetime | None = None


@dataclass(frozen=True)
class Covered:
    """What an announcement would cover: how many departures, from when to when, and for how many people, by the rule as
    it is known now.
    """

    departures: int
    places: int
    first_starts_at: datetime
    last_starts_at: datetime


def announce_round(course_id: UUID, terms: RoundTerms, *, form_id: str, actor: Actor, now: datetime) -> UUID:
    """Act: have a draw give the places of all departures of a course on these days. Gives the round's id.

    From now on nobody takes their places before `left_overs_at`; departures that are made later on these days join it
    while entries are taken. Locks the course, then the departures. The same form announces once; what was withdrawn
    since it does not announce again (`draw_withdrawn_since`). Refuses moments that do not follow each other, a code
    that is in use, no departure, one that another round draws or that people could apply for already, and left-over
    places that come too late to be applied for.
    """
    content = {"course": str(course_id), **asdict(terms)}
    with transaction() as session:
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return _unless_withdrawn(session, earlier)
        _check_terms(terms, now)  # a form that comes again may come after its entries have closed
        course = lock_course(session, course_id)  # or a departure that is being made would be in no round
        departures = lock(session, Departure, [one.id for one in _departures(session, course, terms)])
        for departure in departures:
            _refuse_taken(course, departure, terms, now)
        round_ = _add_round(session, course, terms)
        for departure in departures:
            departure.round_id, departure.by_draw_until = round_.id, terms.left_overs_at
            departure.awaits_draw = True
        facts = {"code": terms.code, "departures": len(departures), "closes_at": terms.closes_at.isoformat()}
        audit.record(session, "draw_announced", subject=round_, actor=actor, now=now, facts=facts)
        once.remember(session, form_id, content, result_id=round_.id, now=now)
        return round_.id


def covered(session: Session, course_id: UUID, terms: RoundTerms, *, now: datetime) -> Covered:
    """What `announce_round` would cover, before anything is done. Refuses what it refuses. A query."""
    _check_terms(terms, now)
    course = course_by_id(session, course_id)
    _refuse_used_code(session, terms.code)
    departures = _departures(session, course, terms)
    for departure in departures:
        _refuse_taken(course, departure, terms, now)
    going = {departure.id: slot_of(departure) for departure in departures if not departure.called_off_at}
    answers = allowances(going, facts_of(session, course.id), now)
    return Covered(
        departures=len(departures),
        places=sum(answer.capacity for answer in answers.values()),
        first_starts_at=departures[0].starts_at,
        last_starts_at=departures[-1].starts_at,
    )


def first_round(*due: ColumnElement[bool], by: Any) -> Select[Round]:
    """The first round of which all this is so, in that order."""
    wanted = select(Round).where(*due).order_by(by, Round.id).limit(1)
    return wanted.execution_options(populate_existing=True)


def locked_first_round(*due: ColumnElement[bool], by: Any) -> Select[Round]:
    """The same under its lock; one that somebody else is at work on is passed over."""
    return first_round(*due, by=by).with_for_update(skip_locked=True, key_share=True)


def locked_round(session: Session, round_id: UUID) -> Round:
    """Step: a round under its lock, as it is now. Refuses `no_such_draw`."""
    found = lock(session, Round, [round_id])
    if not found:
        raise NotFound("no_such_draw")
    return found[0]


def departure_ids(session: Session, round_id: UUID) -> Sequence[UUID]:
    """The departures of a round. A query."""
    return session.scalars(select(Departure.id).where(Departure.round_id == round_id)).all()


def _check_terms(terms: RoundTerms, now: datetime) -> None:
    if not CODE.fullmatch(terms.code) or len(terms.code) > LONGEST_CODE or terms.code in NO_CODES:
        raise Refused("draw_code_unfit", field="code")
    if terms.last_day < terms.first_day:
        raise Refused("until_before_from", field="last_day", first=terms.first_day, last=terms.last_day)
    if terms.closes_at <= now:
        raise Refused("draw_closes_in_past", field="closes_at")
    in_order = ("opens_at", "closes_at", "value_at", "left_overs_at")
    check_moments(*((name, getattr(terms, name)) for name in in_order), fallback_at=terms.fallback_at)
    for field in ("source_ko", "source_en", "fallback_ko", "fallback_en"):
        if not getattr(terms, field).strip():
            raise Refused("draw_words_missing", field=field)


def check_moments(*in_order: tuple[str, datetime], fallback_at: datetime | None) -> None:
    """Refuse moments, each with the name of its field, that do not follow each other; of the last two, the first is
    that of the value, and what counts instead is known later than it. Pure.
    """
    for (_, earlier), (field, later) in pairwise(in_order):
        if later <= earlier:
            raise Refused("draw_moments_out_of_order", field=field)
    if fallback_at is not None and fallback_at <= dict(in_order)["value_at"]:
        raise Refused("draw_fallback_too_early", field="fallback_at")


def _departures(session: Session, course: Course, terms: RoundTerms) -> Sequence[Departure]:
    found = departures_between(session, terms.first_day, terms.last_day, course_ids=[course.id])
    if not found:
        raise Refused("draw_without_departures", field="first_day")
    if len(found) > MOST_DEPARTURES:
        raise Refused("draw_too_large", field="last_day", most=MOST_DEPARTURES)
    return found


def _refuse_taken(course: Course, departure: Departure, terms: RoundTerms, now: datetime) -> None:
    own = window(course, departure)
    if departure.round_id:
        raise Conflict("draw_has_departure", field="first_day", starts_at=departure.starts_at)
    if own.opens_at <= now and not gives_by_draw(departure, now):
        raise Conflict("draw_after_opening", field="first_day", starts_at=departure.starts_at)
    if own.closes_at <= terms.left_overs_at:
        raise Refused("draw_left_overs_too_late", field="left_overs_at", closes_at=own.closes_at)


def _unless_withdrawn(session: Session, round_id: UUID) -> UUID:
    """The round that a form announced before. To say so of one that was withdrawn would be untrue."""
    if session.get_one(Round, round_id).withdrawn_at:
        raise Conflict("draw_withdrawn_since")
    return round_id


def _refuse_used_code(session: Session, code: str) -> None:
    if session.scalar(select(Round.id).where(Round.code == code, Round.withdrawn_at.is_(None))):
        raise Conflict("draw_code_taken", field="code")


def _add_round(session: Session, course: Course, terms: RoundTerms) -> Round:
    _refuse_used_code(session, terms.code)
    round_ = Round(course_id=course.id, **asdict(terms))
    session.add(round_)
    session.flush()  # departures refer to it
    return round_

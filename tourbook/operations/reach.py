"""Whom a change reaches beside its moves: who cannot be told, what is to be given back, which draws it puts on hold,
and who of a draw is told that departures of its choice are stopped.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.decided import DISPLACES
from tourbook.applications.models import Application, Fee, State
from tourbook.courses.models import Course, Departure, Round
from tourbook.distancing import Facts
from tourbook.distancing.facts import Words
from tourbook.draws import count_entries, is_bound, stop_of
from tourbook.kst import civil_day
from tourbook.operations.stages import Stage

AT_ONCE = 500  # ids in one statement: a database takes only so many parameters


@dataclass(frozen=True)
class HeldDraw:
    """A draw that is put on hold, or that cannot be any more: its code, its course, and who has entered."""

    code: str
    course: Words
    parties: int
    people: int


@dataclass(frozen=True)
class ToldDraw:
    """A draw of which some departures are stopped while others run: its code, which, and how many of those who entered
    are written to, as they chose one of them.
    """

    code: str
    departures: tuple[UUID, ...]
    parties: int


@dataclass(frozen=True)
class Reach:
    """Of one moment of a change: displaced parties without a contact, those that are offered another date at once, the
    fees that are to be returned (parties, KRW), the draws that are put on hold, and those of which who entered is told
    of stopped departures. `drawn` are draws of stopped departures that what decides them may be known of already: they
    are drawn as they were sealed.
    """

    unreached: int
    offered: int
    fees: int
    fees_krw: int
    held: tuple[HeldDraw, ...]
    told: tuple[ToldDraw, ...]
    drawn: tuple[HeldDraw, ...]

    @property
    def entrants_told(self) -> int:
        """How many parties that entered a draw are written to."""
        return sum(one.parties for one in self.held) + sum(one.parties for one in self.told)


def reach_of(
    session: Session,
    stage: Stage,
    before: Mapping[UUID, Facts],
    after: Mapping[UUID, Facts],
    since: datetime | None = None,
) -> Reach:
    """Whom a stage of a change reaches, from the facts without it and with it; `since` is the moment of the stage
    before it, if there is one. A query.
    """
    displaced = {move.party.id: move.party for move in stage.moves if move.kind in DISPLACES}
    offered = {move.party.id for move in stage.moves if move.kind == "offer"}
    fees, krw = _fees(session, list(displaced))
    return Reach(
        unreached=sum(party.way is None for party in displaced.values()),
        offered=len(offered & displaced.keys()),
        fees=fees,
        fees_krw=krw,
        held=tuple(_held(session, before, after, stage.moment)),
        told=tuple(_told(session, before, after, stage.moment, since)),
        drawn=tuple(_drawn_all_the_same(session, before, after, stage.moment, since)),
    )


def _fees(session: Session, ids: list[UUID]) -> tuple[int, int]:
    """What was paid and not given back: parties, and KRW."""
    parties = krw = 0
    paid = select(func.count(), func.coalesce(func.sum(Application.fee_krw), 0)).where(Application.fee == Fee.PAID)
    for first in range(0, len(ids), AT_ONCE):
        found = session.execute(paid.where(Application.id.in_(ids[first : first + AT_ONCE]))).one()
        parties, krw = parties + found[0], krw + int(found[1])
    return parties, krw


def _held(
    session: Session, before: Mapping[UUID, Facts], after: Mapping[UUID, Facts], moment: datetime
) -> list[HeldDraw]:
    """The draws of which every departure that is left at that moment is stopped with the change, and not without."""
    found = []
    for round_ in _concerned(session, before, after, moment):
        starts = _starts_left(session, round_, moment).values()
        stopped = [stop_of(starts, facts[round_.course_id], moment) for facts in (before, after)]
        if stopped[1] and not stopped[0]:
            found.append(_as_held(session, round_))
    return found


def _told(
    session: Session,
    before: Mapping[UUID, Facts],
    after: Mapping[UUID, Facts],
    moment: datetime,
    since: datetime | None,
) -> Iterable[ToldDraw]:
    """The draws of which some departures, but not all, are stopped at that moment by the change."""
    for round_ in _concerned(session, before, after, moment):
        starts, with_it = _starts_left(session, round_, moment), after[round_.course_id]
        if not starts or stop_of(starts.values(), with_it, moment):
            continue  # everybody who entered is told of the hold instead
        stopped = _newly_stopped(starts, before[round_.course_id], with_it, moment, since)
        if stopped:
            yield ToldDraw(round_.code, stopped, _who_chose(session, round_, stopped))


def _drawn_all_the_same(
    session: Session,
    before: Mapping[UUID, Facts],
    after: Mapping[UUID, Facts],
    moment: datetime,
    since: datetime | None,
) -> Iterator[HeldDraw]:
    """The draws of which the change stops departures, that are not drawn yet and cannot be put on hold any more."""
    undrawn = select(Round).where(Round.drawn_at.is_(None), Round.withdrawn_at.is_(None), Round.held_at.is_(None))
    for round_ in session.scalars(undrawn.order_by(Round.closes_at, Round.id)).all():
        course_id = round_.course_id
        if course_id not in before or not is_bound(round_, moment):
            continue
        starts = _starts_left(session, round_, moment)
        if _newly_stopped(starts, before[course_id], after[course_id], moment, since):
            yield _as_held(session, round_)


def _newly_stopped(
    starts: Mapping[UUID, datetime], before: Facts, after: Facts, moment: datetime, since: datetime | None
) -> tuple[UUID, ...]:
    """Which of these departures the change stops at that moment."""
    known = [(before, moment), *([(after, since)] if since else [])]
    return tuple(one for one, at in starts.items() if _is_new(civil_day(at), after, moment, known))


def _is_new(day: date, facts: Facts, moment: datetime, known: Iterable[tuple[Facts, datetime]]) -> bool:
    """Is that day stopped, and not by the same stop as was known before?"""
    stop = facts.stop_on(day, moment)
    return stop is not None and all(earlier.stop_on(day, at) != stop for earlier, at in known)


def _who_chose(session: Session, round_: Round, departure_ids: Iterable[UUID]) -> int:
    """How many parties stand in a draw with one of these departures among their choices."""
    entered = (
        select(Application.choices)
        .join(Departure, Departure.id == Application.departure_id)
        .where(Departure.round_id == round_.id, Application.state == State.ENTERED, Application.typing_until.is_(None))
    )
    wanted = {str(one) for one in departure_ids}
    return sum(not wanted.isdisjoint(choices or ()) for choices in session.scalars(entered))


def _concerned(
    session: Session, before: Mapping[UUID, Facts], after: Mapping[UUID, Facts], moment: datetime
) -> Iterator[Round]:
    """The draws without a value whose course is stopped otherwise with the change than without. One whose value may be
    known at that moment is drawn all the same, and whoever draws what is stopped is told then.
    """
    undecided = select(Round).where(Round.value.is_(None), Round.withdrawn_at.is_(None), Round.held_at.is_(None))
    for round_ in session.scalars(undecided.order_by(Round.closes_at, Round.id)).all():
        course_id = round_.course_id
        if is_bound(round_, moment) or course_id not in before:
            continue
        if before[course_id].measures != after[course_id].measures:
            yield round_


def _starts_left(session: Session, round_: Round, moment: datetime) -> dict[UUID, datetime]:
    ahead = select(Departure.id, Departure.starts_at).where(
        Departure.round_id == round_.id, Departure.starts_at > moment, Departure.called_off_at.is_(None)
    )
    return {one: starts_at for one, starts_at in session.execute(ahead.order_by(Departure.starts_at))}  # noqa: C416 - rows are no pairs to mypy


def _as_held(session: Session, round_: Round) -> HeldDraw:
    course, entries = session.get_one(Course, round_.course_id), count_entries(session, round_)
    return HeldDraw(round_.code, Words(course.name_ko, course.name_en), entries.parties, entries.people)

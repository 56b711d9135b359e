"""Whom a change reaches beside its moves: who cannot be told, what is to be given back, which draws it puts on hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, Fee
from tourbook.applications.plan import DISPLACES
from tourbook.courses.models import Course, Departure, Round
from tourbook.distancing import Facts
from tourbook.distancing.facts import Words
from tourbook.draws import count_entries, is_bound, stop_of
from tourbook.operations.stages import Stage

AT_ONCE = 500  # ids in one statement: a database takes only so many parameters


@dataclass(frozen=True)
class HeldDraw:
    """A draw that is put on hold: its code, its course, and who has entered."""

    code: str
    course: Words
    parties: int
    people: int


@dataclass(frozen=True)
class Reach:
    """Of one moment of a change: displaced parties without a contact, those that are offered another date at once, the
    fees that are to be returned (parties, KRW), and the draws that are put on hold.
    """

    unreached: int
    offered: int
    fees: int
    fees_krw: int
    held: tuple[HeldDraw, ...]


def reach_of(session: Session, stage: Stage, before: Mapping[UUID, Facts], after: Mapping[UUID, Facts]) -> Reach:
    """Whom a stage of a change reaches, from the facts without it and with it. A query."""
    displaced = {move.party.id: move.party for move in stage.moves if move.kind in DISPLACES}
    offered = {move.party.id for move in stage.moves if move.kind == "offer"}
    fees, krw = _fees(session, list(displaced))
    return Reach(
        unreached=sum(party.way is None for party in displaced.values()),
        offered=len(offered & displaced.keys()),
        fees=fees,
        fees_krw=krw,
        held=tuple(_held(session, before, after, stage.moment)),
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
    """The draws of which every departure that is left at that moment is stopped with the change, and not without.
    One whose value may be known by then is drawn all the same.
    """
    open_rounds = select(Round).where(Round.value.is_(None), Round.withdrawn_at.is_(None), Round.held_at.is_(None))
    found = []
    for round_ in session.scalars(open_rounds.order_by(Round.closes_at, Round.id)):
        if round_.course_id not in before or before[round_.course_id].measures == after[round_.course_id].measures:
            continue
        if is_bound(round_, moment):
            continue
        starts = session.scalars(
            select(Departure.starts_at)
            .where(Departure.round_id == round_.id, Departure.starts_at > moment, Departure.called_off_at.is_(None))
            .order_by(Departure.starts_at)
        ).all()
        stopped = [stop_of(starts, facts[round_.course_id], moment) for facts in (before, after)]
        if stopped[1] and not stopped[0]:
            found.append(_as_held(session, round_))
    return found


def _as_held(session: Session, round_: Round) -> HeldDraw:
    course, entries = session.get_one(Course, round_.course_id), count_entries(session, round_)
    return HeldDraw(round_.code, Words(course.name_ko, course.name_en), entries.parties, entries.people)

"""What parties have not heard of yet: its notice is kept back in the grace time of a change, waits for the morning, or
is suspended, and no sender has begun to try it. What is true no more by then never leaves.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from tourbook.applications.decided import DISPLACES, Move
from tourbook.applications.models import Application, Fee, PriorityRight
from tourbook.applications.parties import Situation
from tourbook.applications.told import TAKES_BACK, Hearing
from tourbook.notices import SUSPENDED, UNHEARD, Kind, Notice, NoticeState, drop_untold, made_use_of

_LIMITS = frozenset({Kind.MUST_SHRINK, Kind.SET_ASIDE})
_MAY_BE_OVER = _LIMITS | {Kind.OFFER, Kind.DISPLACED_OFFERED}
_LOSSES = frozenset({Kind.DISPLACED, Kind.DISPLACED_OFFERED, Kind.VOLUNTEER_RELEASED})
_END_A_QUESTION = _LOSSES | {Kind.VOLUNTEER_KEPT, Kind.QUESTION_OVER, Kind.SHRINK_LAPSED, Kind.MOVED, Kind.TRANSFERRED}
_SAY_WHERE_IT_STANDS = _LIMITS | {Kind.RESTORED, Kind.TAKEN_BACK, Kind.CONFIRMED, Kind.VISITOR_CANCELLED}


def hearing_of(session: Session, moves: Iterable[Move]) -> Hearing:
    """Step: what those have heard who are told of these moves only if they had heard of something before. Until the act
    ends no sender begins to try what they have not.
    """
    moves = list(moves)
    back = {move.party.id for move in moves if move.kind == "put_back"}
    over = [move.party.id for move in moves if move.kind in TAKES_BACK or _was_asked(move)]
    of_these = Notice.subject_id.in_(over)
    rows = session.execute(_unheard(of_these).with_for_update()).all() if over else ()
    stay = [move.party.id for move in moves if move.kind == "end_question"]
    asked = _asked_as_told(session, Notice.subject_id.in_(stay)) if stay else frozenset()
    return replace(_hearing(session, rows, back), asked=asked)


def _was_asked(move: Move) -> bool:
    """Does it lose its places while it has to become smaller?"""
    return move.kind in DISPLACES and move.party.state == "must_shrink"


def hearing_of_all(session: Session, course_id: UUID, read: Iterable[Situation]) -> Hearing:
    """What everybody of a course has heard; `read` are its departures, on which somebody may be put back. A query."""
    read = list(read)
    back = {one.party.id for situation in read for one in situation.undone}
    of_course = _unheard(Application.course_id == course_id).join(Application, Application.id == Notice.subject_id)
    asking = [one.departure_id for one in read if one.volunteers_until or one.had_volunteers_until]
    of_these = Notice.subject_id.in_(select(Application.id).where(Application.departure_id.in_(asking)))
    hearing = _hearing(session, session.execute(of_course).all(), back)
    return replace(hearing, asked=_asked_as_told(session, of_these)) if asking else hearing


def _unheard(of_these: ColumnElement[bool]) -> Any:
    return select(Notice.subject_id, Notice.kind, Notice.due_at).where(of_these, UNHEARD, Notice.kind.in_(_MAY_BE_OVER))


def _hearing(session: Session, rows: Iterable[Any], back: Collection[UUID]) -> Hearing:
    """Whoever knows of a limit from before hears that it is lifted, whatever it has not heard of since."""
    found: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    for subject, kind, due_at in rows:
        found[subject][kind] = due_at
    limited = {subject for subject, kinds in found.items() if not _LIMITS.isdisjoint(kinds)}
    return Hearing(found, _limited_as_told(session, limited.union(back)))


def _limited_as_told(session: Session, application_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those who were told at last, of what was told of that at all, that a limit is in their way."""
    if not application_ids:
        return frozenset()
    told = (Notice.kind.in_(_SAY_WHERE_IT_STANDS), ~UNHEARD, Notice.state != NoticeState.WITHDRAWN)
    wanted = select(Notice.subject_id, Notice.kind, Notice.facts).where(
        Notice.subject_id.in_(list(application_ids)), *told
    )
    rows = session.execute(wanted.order_by(Notice.created_at, Notice.id))
    last = {subject: kind in _LIMITS or facts.get("fits") is False for subject, kind, facts in rows}
    return frozenset(subject for subject, limited in last.items() if subject and limited)


def _asked_as_told(session: Session, of_these: ColumnElement[bool]) -> frozenset[UUID]:
    """Of these, those who were asked to give way, and have heard of no end of that."""
    told = (Notice.kind.in_(_END_A_QUESTION | {Kind.VOLUNTEERS_ASKED}), ~UNHEARD, Notice.state != NoticeState.WITHDRAWN)
    wanted = select(Notice.subject_id, Notice.kind).where(of_these, *told)
    rows = session.execute(wanted.order_by(Notice.created_at, Notice.id))
    last = {subject: kind for subject, kind in rows if subject}
    return frozenset(subject for subject, kind in last.items() if kind == Kind.VOLUNTEERS_ASKED)


def leave_offers_untold(session: Session, application_ids: Collection[UUID]) -> None:
    """Step: the offers of these have ended. Whoever has not heard of its offer never does, and where one letter would
    have told of lost places with it, it tells of these alone.
    """
    if not application_ids:
        return
    drop_untold(session, application_ids, [Kind.OFFER])
    lost = (Notice.subject_id.in_(list(application_ids)), Notice.kind == Kind.DISPLACED_OFFERED, UNHEARD)
    rows = session.execute(_LETTERS.where(*lost).with_for_update()).all()
    more = _of_lost_places(session, [row.subject_id for row in rows])
    for row in rows:
        facts = made_use_of(Kind.DISPLACED, {**row.facts, **more.get(row.subject_id, {})})
        _write(session, row.id, kind=Kind.DISPLACED, facts=facts)


_LETTERS = select(Notice.id, Notice.subject_id, Notice.kind, Notice.facts)


def _write(session: Session, notice_id: UUID, **columns: object) -> None:
    session.connection().execute(update(Notice).where(Notice.id == notice_id).values(**columns))


def say_anew(session: Session, anew: Mapping[UUID, Mapping[str, Mapping[str, Any]]]) -> None:
    """Step: what is suspended of these applications, and is true after all, says these facts by kind of notice: about
    the departure that they name. Whoever lost its places reads the same on its page.
    """
    if not anew:
        return
    for row in session.execute(_LETTERS.where(SUSPENDED, Notice.subject_id.in_(list(anew)))).all():
        of_today = anew[row.subject_id].get(row.kind, {})
        if of_today.get("starts_at") != row.facts["starts_at"]:
            continue
        _write(session, row.id, facts=made_use_of(row.kind, {**row.facts, **of_today}))
        if row.kind in _LOSSES:
            lost = update(Application).where(Application.id == row.subject_id)
            causes = {name: of_today[name] for name in ("cause_ko", "cause_en")}
            session.connection().execute(lost.values(**causes))


def _of_lost_places(session: Session, application_ids: Collection[UUID]) -> dict[UUID, dict[str, object]]:
    """What the letter to these says beside: until when the right lasts that they have, and whether they have paid."""
    if not application_ids:
        return {}
    unused = (PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None))
    rows = session.execute(
        select(Application.id, Application.fee, PriorityRight.lasts_until)
        .join(PriorityRight, (PriorityRight.application_id == Application.id) & unused[0] & unused[1], isouter=True)
        .where(Application.id.in_(list(application_ids)))
    )
    return {
        one: {"paid": fee == Fee.PAID, "right_until": until.isoformat() if until else None} for one, fee, until in rows
    }


def end_questions(session: Session, departure_ids: Collection[UUID]) -> set[UUID]:
    """Step: nobody is asked any more on these departures to give way: whoever has not heard of that question never
    does. Gives the departures on which somebody had not.
    """
    if not departure_ids:
        return set()
    asked = (
        select(Application.id, Application.departure_id)
        .join(Notice, Notice.subject_id == Application.id)
        .where(Application.departure_id.in_(list(departure_ids)))
        .where(UNHEARD, Notice.kind == Kind.VOLUNTEERS_ASKED)
    )
    rows = session.execute(asked).all()
    drop_untold(session, [row.id for row in rows], [Kind.VOLUNTEERS_ASKED])
    return {row.departure_id for row in rows}

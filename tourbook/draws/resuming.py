"""Letting a round on hold go on, with moments and a value that are announced anew."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.courses import course_by_id, window
from tourbook.courses.models import Departure, Round
from tourbook.db import lock, transaction
from tourbook.draws.holding import RESUMED, stop_of_round
from tourbook.draws.rounds import check_moments, departure_ids, locked_round
from tourbook.errors import Conflict, Refused


@dataclass(frozen=True)
class NewMoments:
    """What is announced anew of a round that was on hold: as of its announcement. `closes_at` None leaves a round that
    is sealed closed; one that is not takes entries until then.
    """

    closes_at: datetime | None
    value_at: datetime
    left_overs_at: datetime
    source_ko: str
    source_en: str
    fallback_ko: str
    fallback_en: str
    fallback_at: datetime | None = None


def resume_round(round_id: UUID, moments: NewMoments, *, actor: Actor, now: datetime) -> None:
    """Act: let a round on hold go on. What was entered, and sealed, stays; everybody who entered is told, by the
    timetable. Twice the same does no harm.

    No value counts that was known by now: whoever lets it go on must not be able to choose by that who wins. Refuses
    `draw_not_on_hold`, `draw_still_stopped`, moments that do not follow each other or that have come already, and
    left-over places that come too late for every departure that is left.
    """
    with transaction() as session:
        round_ = locked_round(session, round_id)
        announced = _as_announced(round_, moments)
        if round_.held_at is None or round_.withdrawn_at:
            if round_.resumed_at and all(getattr(round_, name) == value for name, value in announced.items()):
                return
            raise Conflict("draw_not_on_hold")
        departures = lock(session, Departure, departure_ids(session, round_id))
        if stop_of_round(session, round_, now):
            raise Conflict("draw_still_stopped")
        check_new_moments(session, round_, moments, now=now)
        for name, value in announced.items():
            setattr(round_, name, value)
        for departure in departures:
            departure.by_draw_until = moments.left_overs_at
        round_.held_at = round_.held_ko = round_.held_en = round_.missed_at = None
        round_.resumed_at, round_.news, round_.told_until = now, RESUMED, None
        facts = {"code": round_.code, "value_at": moments.value_at.isoformat()}
        audit.record(session, "draw_resumed", subject=round_, actor=actor, now=now, facts=facts)


def check_new_moments(session: Session, round_: Round, moments: NewMoments, *, now: datetime) -> None:
    """Refuse what `resume_round` refuses of moments and words. A query."""
    closes_at = _closes_at(round_, moments)
    if round_.sealed_at is None and closes_at <= now:
        raise Refused("draw_closes_in_past", field="closes_at")
    if moments.value_at <= now:
        raise Refused("draw_value_in_past", field="value_at")
    check_moments(
        ("opens_at", round_.opens_at),
        ("closes_at", closes_at),
        ("value_at", moments.value_at),
        ("left_overs_at", moments.left_overs_at),
        fallback_at=moments.fallback_at,
    )
    for field in ("source_ko", "source_en", "fallback_ko", "fallback_en"):
        if not getattr(moments, field).strip():
            raise Refused("draw_words_missing", field=field)
    _refuse_too_late(session, round_, moments, now)


def _refuse_too_late(session: Session, round_: Round, moments: NewMoments, now: datetime) -> None:
    """Somebody must still be able to apply for places that are left over on one of its departures."""
    course = course_by_id(session, round_.course_id)
    ahead = select(Departure).where(Departure.round_id == round_.id, Departure.starts_at > now)
    left = session.scalars(ahead.where(Departure.called_off_at.is_(None)))
    closings = [window(course, one).closes_at for one in left]
    if not closings or max(closings) <= moments.left_overs_at:
        closes_at = max(closings, default=now)
        raise Refused("draw_resumed_too_late", field="left_overs_at", closes_at=closes_at)


def _as_announced(round_: Round, moments: NewMoments) -> dict[str, object]:
    return asdict(moments) | {"closes_at": _closes_at(round_, moments)}


def _closes_at(round_: Round, moments: NewMoments) -> datetime:
    return round_.closes_at if moments.closes_at is None or round_.sealed_at else moments.closes_at

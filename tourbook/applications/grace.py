"""The grace time of a change: until its end the notices of what it settles are kept back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from tourbook.courses.models import Departure
from tourbook.distancing import is_heard_of_before
from tourbook.distancing.models import Change, Ruleset
from tourbook.notices import SUSPENDED, Hold, Notice

KEPT_BACK = frozenset(
    {"displaced", "displaced_offered", "must_shrink", "set_aside", "offer_revoked"}
    | {"volunteers_asked", "volunteer_released", "restored", "taken_back"}
)
"""What such a change brings, good or bad; offers are kept back for longer, see `Under`."""

BEFORE = timedelta(microseconds=1)
_LOOKED = "tourbook_looked_for_grace"
_STANDS_STILL = "tourbook_stands_still"


@dataclass(frozen=True)
class Under:
    """The version under which departures are settled; by departure, how long its notices are kept back, where it comes
    from before a change in its grace time. As long as there is any such change, `offers` keeps back what tells of an
    offer, of whatever departure: its seats may be there by that change alone, and so may those who are asked.
    """

    version: int
    holds: Mapping[UUID, Hold] = field(default_factory=dict)
    offers: Hold | None = None


def settled_under(session: Session, departures: Sequence[Departure], now: datetime) -> Under:
    """Step: under what these locked departures are settled.

    Where one change was taken back, others that are in their grace time still may be why a notice that it suspended is
    true after all: that is kept back for as long as they are, and finds its end with them.

    Then no change is made or taken back until the act ends: else it could be taken back between these facts being read
    and the notices being written, and would not find them. Locks the facts after departures and queue, and before any
    notice that is there already.
    """
    version, changes = _version_in_grace(session, now)
    if changes and not _stands_still(session):
        stand_still(session)
        version, changes = _version_in_grace(session, now)
    if not changes:
        return Under(version)
    offers = Hold(version, max(until for _, until in changes))
    before = {one.id: _came_from(one) for one in departures}
    if min(before.values()) >= version:
        return Under(version, offers=offers)
    anew = _any_suspended(session)
    since = {departure_id: -1 if anew and after < version else after for departure_id, after in before.items()}
    ends = {departure_id: [until for made, until in changes if made > after] for departure_id, after in since.items()}
    holds = {departure_id: Hold(version, max(some)) for departure_id, some in ends.items() if some}
    return Under(version, holds, offers)


def in_grace(session: Session, now: datetime) -> bool:
    """Can the last change of facts still be taken back without a trace? A query."""
    return bool(_in_grace(session, now))


def grace_ends(session: Session, now: datetime) -> datetime | None:
    """Until when one of the changes of facts can still be taken back without a trace; None where none can. A query."""
    return max((until for _, until in _in_grace(session, now)), default=None)


def final_before(session: Session, moment: datetime) -> datetime:
    """The last instant before `moment` that no change had touched yet which could still be taken back at `moment`: what
    stood then, nobody can choose by what comes to light at `moment`. A query.
    """
    back = Change.taken_back_at
    first = select(func.min(Change.made_at)).where(Change.made_at < moment, Change.grace_until > moment)
    return (session.scalar(first.where(or_(back.is_(None), back >= moment))) or moment) - BEFORE


def come_from_before(session: Session, departure: Departure, now: datetime) -> None:
    """Step: let a locked departure come from before the changes in their grace time, as there is somebody on it whom no
    settling under them has seen: what that has to tell of them is then kept back with the rest that they bring.
    """
    first = min((version for version, _ in _in_grace(session, now)), default=None)
    if first is not None:
        departure.version = min(departure.version, first - 1)


def _came_from(departure: Departure) -> int:
    """The version from which a departure comes. While volunteers are looked for, whatever made it too full may be in
    its grace time still, and who comes forward goes for that: then it comes from before all changes.
    """
    return departure.version if departure.volunteers_until is None else -1


def stand_still(session: Session) -> None:
    """Step: let nobody change the facts until the act ends; others who only settle need not wait."""
    session.connection().execute(select(Ruleset.id).with_for_update(read=True))
    session.info[_STANDS_STILL] = session.get_transaction()


def stand_still_in_grace(session: Session, now: datetime) -> None:
    """Step, before an act touches notices that are there already: while any change can be taken back, let nobody do so
    until the act ends.

    Taking back locks the facts, then the notices that were kept back for the change: an act that had dropped one of
    these and then settled would wait for the facts, and taking back for that notice. An act looks once: what is kept
    back for a change that is made later is about departures that the act has not locked.
    """
    if _stands_still(session) or session.info.get(_LOOKED) is session.get_transaction():
        return
    session.info[_LOOKED] = session.get_transaction()
    if session.connection().scalar(_CAN_BE_TAKEN_BACK, {"now": now}) is not None:
        stand_still(session)


def _stands_still(session: Session) -> bool:
    return session.info.get(_STANDS_STILL) is session.get_transaction()


def _any_suspended(session: Session) -> bool:
    return session.scalar(select(Notice.id).where(SUSPENDED).limit(1)) is not None


def _in_grace(session: Session, now: datetime) -> list[tuple[int, datetime]]:
    """The changes that can be taken back, by version, with the end of that time. Of which nobody may know before it is
    over is not among them: an embargo would show in what waits for it.
    """
    return _version_in_grace(session, now)[1]


def _version_in_grace(session: Session, now: datetime) -> tuple[int, list[tuple[int, datetime]]]:
    """The version of the facts and these changes, as of one moment: none is made in between."""
    rows: Sequence[tuple[int, Change | None]] = session.execute(_IN_GRACE, {"now": now}).all()
    version = rows[0][0] if rows else 0
    ends = [(change, change.grace_until) for _, change in rows if change is not None]
    heard = [(change.version, until) for change, until in ends if until and is_heard_of_before(session, change, until)]
    return version, heard


_OPEN = and_(Change.grace_until > bindparam("now"), Change.taken_back_at.is_(None))
_IN_GRACE = select(Ruleset.version, Change).join(Change, _OPEN, isouter=True)
_CAN_BE_TAKEN_BACK = select(Change.id).where(_OPEN).limit(1)

"""Forgetting people on time: who they are goes some days after it has served its purpose.

What stays names nobody: states, sizes, nationalities, days, marks at the gate, and the keyed hash by which one person
is counted once and a closure is reckoned. Rows stay too, so every figure is the same before and after.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from tourbook import audit
from tourbook.actor import SYSTEM
from tourbook.applications.closures import Appeal
from tourbook.applications.models import Allotment, Application, Fee, Offer, OfferState, PriorityRight, State, Visitor
from tourbook.clearance.models import VisitorClearance
from tourbook.courses.models import Departure
from tourbook.db import Row, transaction
from tourbook.kst import civil_day, start_of_day
from tourbook.notices.models import Notice, NoticeState
from tourbook.rosters import DOES_NOT_GO
from tourbook.rosters.models import DepartureCrew
from tourbook.seal import FORGOTTEN

AT_ONCE = 200
LATE = timedelta(days=1)

_ENDED_FOR_GOOD = (State.CANCELLED, State.EXPIRED)
_STILL_OPEN = (State.HELD, State.ENTERED, State.WAITING)
_STILL_TO_LEAVE = (NoticeState.WAITING, NoticeState.SUSPENDED)

LOCKED_WITH: tuple[type[Row], ...] = (Application, Departure)
"""Whoever comes back to an application holds its departure, and neither is waited for."""


def forget_due(*, now: datetime) -> int:
    """Act of the timetable: forget the people of some applications, guides, and names and contacts of groups, whose
    time is over; says of how many applications, departures and groups, 0 where none is left.

    An application is forgotten so many days after its departure (TOURBOOK_FORGET_AFTER_DAYS), or after it ended where
    it was cancelled or ran out before; later where something is still owed to the party: a right to be asked first, an
    answer to its appeal, a fee, a notice that has not left. A group waits for its notices too. Locks the applications
    and groups with their departures, so that nobody comes back to one meanwhile; whose departure somebody else has, is
    forgotten the next time.
    """
    before = _kept_since(now)
    with transaction() as session:
        wanted = _due(before).order_by(Application.id).limit(AT_ONCE)
        locked = wanted.with_for_update(of=LOCKED_WITH, skip_locked=True, key_share=True)
        applications = session.scalars(locked).all()
        if applications:
            _forget_people(session, applications, now)
        facts = {
            "applications": len(applications),
            "guides": _forget_guides(session, before),
            "groups": _forget_groups(session, before),
        }
        if not any(facts.values()):
            return 0
        told = audit.entry(
            "people_forgotten", subject_kind="application", subject_id=None, actor=SYSTEM, now=now, facts=facts
        )
        audit.record_all(session, [told])
        return sum(facts.values())


def kept_until(state: State, starts_at: datetime, closed_at: datetime | None) -> date:
    """The last day, to its end, on which the people of such an application are readable where nothing is owed to them;
    as long as it is open, counted from its departure.
    """
    ended = closed_at if state in _ENDED_FOR_GOOD and closed_at else starts_at
    days: int = current_app.config["TOURBOOK"].forget_after_days
    return civil_day(min(ended, starts_at)) + timedelta(days=days)


def owed_among(session: Session, applications: Collection[UUID]) -> set[UUID]:
    """To which of these parties something is owed, for which they are kept longer. A query."""
    clear = select(Application.id).where(Application.id.in_(applications), *_nothing_is_owed())
    return set(applications) - set(session.scalars(clear))


def kept_too_long(session: Session, now: datetime) -> int:
    """Of how many applications, departures and groups people should be forgotten for more than a day. A query."""
    before = _kept_since(now) - LATE
    counts = (select(func.count()).select_from(one(before).subquery()) for one in (_due, _guides, _groups))
    return sum(session.scalar(one) or 0 for one in counts)


def _kept_since(now: datetime) -> datetime:
    """What was over before that instant, the beginning of a day in Korea, is to be forgotten."""
    days = current_app.config["TOURBOOK"].forget_after_days
    return start_of_day(civil_day(now) - timedelta(days=days))


def _due(before: datetime) -> Select[UUID]:
    """The applications whose people are to be forgotten."""
    over = and_(Departure.starts_at < before, Application.state.not_in(_STILL_OPEN))
    ended = and_(Application.state.in_(_ENDED_FOR_GOOD), Application.closed_at < before)
    wanted = select(Application.id).join(Departure, Departure.id == Application.departure_id)
    return wanted.where(Application.forgotten_at.is_(None), or_(over, ended), *_nothing_is_owed())


def _nothing_is_owed() -> Sequence[ColumnElement[bool]]:
    right = (PriorityRight.application_id == Application.id, PriorityRight.used_at.is_(None))
    offer = (Offer.application_id == Application.id, Offer.state == OfferState.OPEN)
    appeal = (Appeal.application_id == Application.id, Appeal.decided_at.is_(None))
    return (
        ~exists().where(*right, PriorityRight.ended_at.is_(None)),
        ~exists().where(*offer),
        ~exists().where(*appeal),
        _everything_has_left(Application.id),
        ~and_(Application.fee == Fee.PAID, Application.state.in_(DOES_NOT_GO)),
    )


def _everything_has_left(subject: ColumnElement[UUID] | InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    return ~exists().where(Notice.subject_id == subject, Notice.state.in_(_STILL_TO_LEAVE))


def _forget_people(session: Session, applications: Sequence[UUID], now: datetime) -> None:
    people = select(Visitor.id).where(Visitor.application_id.in_(applications))
    notes = update(VisitorClearance).where(VisitorClearance.visitor_id.in_(people))
    session.execute(notes.values(note_sealed=None))
    who = {"name_sealed": FORGOTTEN, "birth_date_sealed": FORGOTTEN, "document_sealed": None, "name_index": ""}
    session.execute(update(Visitor).where(Visitor.application_id.in_(applications)).values(who))
    _forget_addresses(session, applications)
    reached = {"contact_sealed": None, "contact_index": None, "browser_hash": None, "address_hash": None}
    gone = {**reached, "token_sealed": FORGOTTEN, "forgotten_at": now}
    session.execute(update(Application).where(Application.id.in_(applications)).values(gone))


def _forget_addresses(session: Session, subjects: Sequence[UUID]) -> None:
    """To whom and with which link notices about these have gone."""
    told = update(Notice).where(Notice.subject_id.in_(subjects))
    session.execute(told.values(contact_sealed=None, link_sealed=None))


def _forget_guides(session: Session, before: datetime) -> int:
    """Who guided, in which vehicles, and what the gate was told, of some departures; says of how many."""
    some = _guides(before).order_by(DepartureCrew.id).limit(AT_ONCE)
    gone = delete(DepartureCrew).where(DepartureCrew.id.in_(some)).returning(DepartureCrew.id)
    return len(session.scalars(gone).all())


def _guides(before: datetime) -> Select[UUID]:
    wanted = select(DepartureCrew.id).join(Departure, Departure.id == DepartureCrew.departure_id)
    return wanted.where(Departure.starts_at < before)


def _forget_groups(session: Session, before: datetime) -> int:
    """The names, contacts and links of some groups; says of how many."""
    wanted = _groups(before).order_by(Allotment.id).limit(AT_ONCE)
    locked = wanted.with_for_update(of=(Allotment, Departure), skip_locked=True, key_share=True)
    groups = session.scalars(locked).all()
    _forget_addresses(session, groups)
    gone = update(Allotment).where(Allotment.id.in_(groups))
    nobody = {"name_sealed": None, "group_name_before": "", "contact_sealed": None, "token_sealed": FORGOTTEN}
    session.execute(gone.values(nobody))
    return len(groups)


def _groups(before: datetime) -> Select[UUID]:
    wanted = select(Allotment.id).join(Departure, Departure.id == Allotment.departure_id)
    named = or_(Allotment.name_sealed.is_not(None), Allotment.group_name_before != "")
    known = or_(func.length(Allotment.token_sealed) > 0, named)
    return wanted.where(Departure.starts_at < before, known, _everything_has_left(Allotment.id))

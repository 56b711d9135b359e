"""Places set aside for groups: reading them for a plan, finding them, and writing what a plan decided of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session

from tourbook import seal
from tourbook.applications.aside import Freed
from tourbook.applications.models import Allotment, Application, State
from tourbook.applications.parties import UNSEATED, Allotted, Party
from tourbook.applications.rules import SEATED
from tourbook.applications.telling import departure_facts
from tourbook.courses import allotments_until
from tourbook.courses.models import Course, Departure
from tourbook.db import find_anew
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict, NotFound
from tourbook.notices import Hold, Kind, Notice, enqueue, made_use_of

_DEPARTURES: BindParameter[UUID] = bindparam("departure_ids", expanding=True)
_OPEN = select(
    Allotment.id,
    Allotment.departure_id,
    Allotment.seats,
    Allotment.made_at,
    Allotment.releases_at,
    Allotment.contact_way.is_not(None).label("reachable"),
).where(Allotment.departure_id.in_(_DEPARTURES), Allotment.released_at.is_(None))


@dataclass(frozen=True)
class Filled:
    """An allotment as pages show it: of `allotment.seats` so many are `filled`, by these `parties`."""

    allotment: Allotment
    filled: int
    parties: tuple[Application, ...]
    ends_at: datetime

    @property
    def left(self) -> int:
        """The places that are set aside and nobody's yet."""
        return 0 if self.allotment.released_at else max(self.allotment.seats - self.filled, 0)

    def is_open(self, now: datetime) -> bool:
        """Is anything set aside at that moment, also where its end was not written yet?"""
        return self.allotment.released_at is None and self.ends_at > now


def allotted(
    session: Session, course: Course, departures: Sequence[Departure], parties: Mapping[UUID, Iterable[Party]]
) -> dict[UUID, tuple[Allotted, ...]]:
    """What is set aside on each of these departures of one course, beside what these parties have of it. A query;
    nothing is asked where no group has any.
    """
    starts = {one.id: one.starts_at for one in departures if one.seats_allotted is not None}
    if not starts:
        return {}
    found: dict[UUID, tuple[Allotted, ...]] = {}
    for row in session.connection().execute(_OPEN.order_by(Allotment.id), {"departure_ids": list(starts)}):
        ends_at = min(row.releases_at, allotments_until(course, starts[row.departure_id]))
        left = max(row.seats - _filled(parties.get(row.departure_id, ()), row.id), 0)
        one = Allotted(row.id, left, row.made_at, ends_at, row.reachable)
        found[row.departure_id] = (*found.get(row.departure_id, ()), one)
    return found


def _filled(parties: Iterable[Party], allotment_id: UUID) -> int:
    return sum(one.occupies for one in parties if one.allotment_id == allotment_id and one.state not in UNSEATED)


def allotments_of(session: Session, departure: Departure, course: Course) -> list[Filled]:
    """The allotments of a departure, those that have ended too, in the order in which they were made. Two queries."""
    wanted = select(Allotment).where(Allotment.departure_id == departure.id).order_by(Allotment.made_at, Allotment.id)
    return _with_parties(session, session.scalars(wanted).all(), departure, course)


def filled(session: Session, allotment: Allotment) -> Filled:
    """One allotment with its parties. A query."""
    departure = session.get_one(Departure, allotment.departure_id)
    [found] = _with_parties(session, [allotment], departure, session.get_one(Course, departure.course_id))
    return found


def _with_parties(
    session: Session, allotments: Sequence[Allotment], departure: Departure, course: Course
) -> list[Filled]:
    of_these = (Application.allotment_id.in_([one.id for one in allotments]), Application.state.in_(SEATED))
    theirs: dict[UUID | None, list[Application]] = {}
    for party in session.scalars(select(Application).where(*of_these).order_by(Application.id)):
        theirs.setdefault(party.allotment_id, []).append(party)
    latest = allotments_until(course, departure.starts_at)
    return [
        Filled(one, sum(party.seats for party in parties), tuple(parties), min(one.releases_at, latest))
        for one in allotments
        for parties in [theirs.get(one.id, [])]
    ]


def allotment_by_token(session: Session, token: str) -> Allotment:
    """The allotment whose link holds this token; NotFound for any other. A query."""
    found = session.scalar(select(Allotment).where(Allotment.token_hash == seal.token_hash(token)))
    if found is None:
        raise NotFound("allotment_unknown")
    return found


def refuse_allotment_short(session: Session, allotment_id: UUID, departure: Departure, seats: int) -> None:
    """Refuse places of an allotment that has ended or is another departure's, and more than are left of it. The
    departure is locked and settled.
    """
    allotment = find_anew(session, Allotment, allotment_id)
    if allotment.departure_id != departure.id:
        raise NotFound("allotment_unknown")
    if allotment.released_at:
        raise Conflict("allotment_over")
    left = max(allotment.seats - seats_filled(session, allotment_id), 0)
    if seats > left:
        raise Conflict("allotment_short", left=left, seats=seats)


def seats_filled(session: Session, allotment_id: UUID) -> int:
    """How many places of an allotment its parties have. A query."""
    filling = (Application.allotment_id == allotment_id, Application.state.in_(SEATED))
    return session.scalar(select(func.coalesce(func.sum(Application.seats), 0)).where(*filling)) or 0


def somebody_waits(session: Session, departure_id: UUID) -> bool:
    """Is there a party on the waiting list that could be offered places? A query."""
    waits = select(Application.id).where(
        Application.departure_id == departure_id,
        Application.state == State.WAITING,
        Application.typing_until.is_(None),
        Application.set_aside_at.is_(None),
    )
    return session.scalar(waits.limit(1)) is not None


@dataclass(frozen=True)
class Ending:
    """What a plan decided of one allotment, and why: `cause` where it is for lack of room."""

    freed: Freed
    departure: Departure
    course: Course
    cause: Words | None
    hold: Hold | None


def write_ending(session: Session, ending: Ending, *, now: datetime) -> None:
    """Step: write it, and tell the group's contact of places that were nobody's yet, where it left one.

    Bad news waits for the end of a change's grace time, but is never withdrawn: what was given up does not come back.
    """
    allotment, freed = session.get_one(Allotment, ending.freed.allotment_id), ending.freed
    given_up = freed.lost + (0 if freed.over else freed.unfilled)
    allotment.seats, allotment.yielded = allotment.seats - given_up, allotment.yielded + given_up
    if freed.over:
        allotment.released_at = now
    if freed.unfilled:
        facts = {"seats": freed.unfilled} | (_cause(ending.cause) if ending.cause else {})
        kind = "group_lost" if ending.cause else "group_released"
        notice = tell_group(session, kind, allotment, ending.course, ending.departure, facts, now=now)
        if notice and ending.hold:
            notice.due_at = max(notice.due_at, ending.hold.until)


def _cause(cause: Words) -> dict[str, str]:
    return {"cause_ko": cause.ko, "cause_en": cause.en}


def tell_group(
    session: Session,
    kind: str,
    allotment: Allotment,
    course: Course,
    departure: Departure,
    facts: Mapping[str, object],
    *,
    now: datetime,
) -> Notice | None:
    """Step: write a notice to the contact of a group, with its own link; None where it left no contact."""
    if allotment.contact is None or allotment.contact_way is None:
        return None
    told = made_use_of(Kind(kind), {**departure_facts(course, departure), **facts})
    return enqueue(
        session,
        kind,
        subject_id=allotment.id,
        contact=allotment.contact,
        way=allotment.contact_way,
        language=allotment.language,
        link_token=allotment.token,
        facts=told,
        now=now,
    )

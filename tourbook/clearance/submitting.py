"""Handing names over: the first list of a departure for an authority, and numbered amendments to it.

A file is made when it is asked for and kept nowhere; the trail says who asked for it. What is written down as handed
over is what the page showed: where the names have changed since, it is refused.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.models import Application, Visitor
from tourbook.applications.settle import locked_departure
from tourbook.clearance.listed import known_to, may_come_back
from tourbook.clearance.models import (
    Authority,
    ClearanceDemand,
    Listed,
    Listing,
    Standing,
    Submission,
    VisitorClearance,
)
from tourbook.clearance.rules import Deadlines, check_not_frozen, compared, deadlines
from tourbook.clearance.standing import Checked, answers_about, checked, demand_of, demands_on
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.records import record_reading
from tourbook.rosters import own_departure
from tourbook.rosters.sending import note_sent


@dataclass(frozen=True)
class NextList:
    """What is to be handed over next: its number, who stands in it and how, and a digest of their sealed details."""

    authority: Authority
    number: int
    listed: dict[UUID, Listed]
    mark: str

    def count(self, listed: Listed) -> int:
        """How many stand in it so."""
        return list(self.listed.values()).count(listed)

    @property
    def has_news(self) -> bool:
        """Is there anybody whom the authority must be told of?"""
        return any(one is not Listed.STAYS for one in self.listed.values())


@dataclass(frozen=True)
class NamedPerson:
    """One line of a file for an authority; `number` counts from 1 within the party."""

    reference: str
    number: int
    name: str
    birth_date: date | None
    nationality: str
    document: str | None
    listed: Listed


@dataclass(frozen=True)
class SubmissionFile:
    """The content of a file for an authority: everybody of a first list, of an amendment those who came or went."""

    departure: Departure
    course: Course
    number: int
    people: tuple[NamedPerson, ...]


def next_list(
    session: Session, departure_id: UUID, demand: ClearanceDemand, everybody: Sequence[Checked], now: datetime
) -> NextList:
    """Who would be handed over to an authority now: all but those of whom something is missing, or who were refused;
    whoever is on its list stays there as long as nobody was told of losing the places. A query.
    """
    last = last_submission(session, departure_id, demand.authority)
    there = known_to(session, departure_id, demand.authority)
    present = [one.visitor.id for one in everybody if _is_named(one, demand.authority)]
    present += may_come_back(session, there, now) if there else []
    listed = compared(there, present, _refused_by(session, demand.authority, there))
    number = last.number + 1 if last else 1
    return NextList(demand.authority, number, listed, _mark(session, demand.authority, number, listed))


def last_submission(session: Session, departure_id: UUID, authority: Authority) -> Submission | None:
    """What was handed over last. A query."""
    found = submissions(session, departure_id)
    return next((one for one in reversed(found) if one.authority is authority), None)


def submissions(session: Session, departure_id: UUID) -> list[Submission]:
    """All that was handed over of a departure, in order. A query."""
    wanted = select(Submission).where(Submission.departure_id == departure_id)
    return list(session.scalars(wanted.order_by(Submission.authority, Submission.number)))


def read_submission(
    departure_id: UUID, authority: Authority, *, number: int | None = None, actor: Actor, now: datetime
) -> SubmissionFile:
    """Act: open the names and identities that are to be handed over next, or of the list with that number which was
    handed over, as they are written by now; and write down, each time, that it was done.

    Refuses `nothing_to_submit`, and `list_unknown` where no such list was handed over.
    """
    with transaction() as session:
        departure, course = own_departure(session, departure_id, actor=actor)
        demand = demand_of(session, course.id, authority)
        if number is None:
            upcoming = _upcoming(session, departure, course, demand, now)
            number, listed = upcoming.number, upcoming.listed
        else:
            listed = _handed_over(session, departure_id, authority, number)
        wanted = {Listed.CAME, Listed.WENT} if number > 1 else {Listed.CAME}
        shown = {one: how for one, how in listed.items() if how in wanted}
        people = _people(session, shown)
        facts = {"purpose": "clearance_file", "authority": authority.value, "number": number, "people": len(people)}
        audit.record(session, "roster_read", subject=departure, actor=actor, now=now, facts=facts)
        opened, purpose = ("name", "birth_date", "document"), f"clearance_file:{authority.value}"
        record_reading(session, shown, *opened, task="roster_read", purpose=purpose, actor=actor, now=now)
        return SubmissionFile(departure, course, number, people)


def _handed_over(session: Session, departure_id: UUID, authority: Authority, number: int) -> dict[UUID, Listed]:
    """Who stood how in a list that was handed over."""
    found = (one for one in submissions(session, departure_id) if one.authority is authority)
    submission = next((one for one in found if one.number == number), None)
    if submission is None:
        raise NotFound("list_unknown")
    return {one.visitor_id: one.listed for one in _listings(session, submission)}


def record_submission(departure_id: UUID, authority: Authority, *, mark: str, actor: Actor, now: datetime) -> int:
    """Act: write down that the names were handed over to an authority; gives the number of the list. Twice does no
    harm.

    `mark` is that of the list as it was shown. Locks the departure, so that nobody joins, leaves or is exchanged
    between. Refuses `names_changed` where another list would be handed over by now, `names_frozen` for additions
    after the freeze line, a departure that was called off or has left.
    """
    with transaction() as session:
        _, course = own_departure(session, departure_id, actor=actor)
        demand = demand_of(session, course.id, authority)
        departure = locked_departure(session, departure_id)
        last = last_submission(session, departure_id, authority)
        if last and last.mark == mark:
            return last.number
        upcoming = _upcoming(session, departure, course, demand, now)
        if upcoming.mark != mark:
            raise Conflict("names_changed")
        _check(departure, upcoming, deadlines(course, [demand], departure.starts_at), now)
        _write(session, departure, upcoming, actor=actor, now=now)
        return upcoming.number


def _upcoming(
    session: Session, departure: Departure, course: Course, demand: ClearanceDemand, now: datetime
) -> NextList:
    everybody = checked(session, [departure.id], demands_on(session, course.id))
    upcoming = next_list(session, departure.id, demand, everybody, now)
    if not upcoming.has_news:
        raise Refused("nothing_to_submit")
    return upcoming


def _check(departure: Departure, upcoming: NextList, when: Deadlines, now: datetime) -> None:
    """A first list may be written down late; nobody is added to one after the freeze line."""
    if departure.called_off_at:
        raise Conflict("called_off_already")
    if now >= departure.starts_at:
        raise Conflict("departure_left")
    if upcoming.number > 1 and upcoming.count(Listed.CAME):
        check_not_frozen(when, now)


def _write(session: Session, departure: Departure, upcoming: NextList, *, actor: Actor, now: datetime) -> None:
    authority, number = upcoming.authority, upcoming.number
    submission = Submission(
        departure_id=departure.id, authority=authority, number=number, submitted_at=now, mark=upcoming.mark
    )
    session.add(submission)
    session.flush()  # its lines refer to it
    came = [one for one, listed in upcoming.listed.items() if listed is Listed.CAME]
    session.add_all(
        Listing(submission_id=submission.id, visitor_id=one, listed=listed) for one, listed in upcoming.listed.items()
    )
    _stand_as_submitted(session, authority, came)
    facts = {"authority": authority.value, "number": number, "came": len(came), "went": upcoming.count(Listed.WENT)}
    audit.record(session, "names_submitted", subject=departure, actor=actor, now=now, facts=facts)
    if departure.roster_sent_at is None:
        note_sent(session, departure, came, actor=actor, now=now)


def _stand_as_submitted(session: Session, authority: Authority, came: Sequence[UUID]) -> None:
    """Whoever was taken back by name and comes again is checked anew: what was answered before is over."""
    known = answers_about(session, came)
    for one in came:
        if authority in known[one]:
            again = known[one][authority]
            again.standing, again.answered_at, again.note = Standing.SUBMITTED, None, None
        else:
            session.add(VisitorClearance(visitor_id=one, authority=authority, standing=Standing.SUBMITTED))


def _is_named(one: Checked, authority: Authority) -> bool:
    return one.standing is not Standing.REFUSED and one.by[authority] is not Standing.MISSING


def _refused_by(session: Session, authority: Authority, visitor_ids: Sequence[UUID]) -> set[UUID]:
    refused = select(VisitorClearance.visitor_id).where(
        VisitorClearance.authority == authority, VisitorClearance.standing == Standing.REFUSED
    )
    return set(session.scalars(refused.where(VisitorClearance.visitor_id.in_(visitor_ids))))


def _listings(session: Session, submission: Submission) -> Sequence[Listing]:
    return session.scalars(
        select(Listing).where(Listing.submission_id == submission.id).order_by(Listing.visitor_id)
    ).all()


def _mark(session: Session, authority: Authority, number: int, listed: dict[UUID, Listed]) -> str:
    """What was typed anew is sealed anew, so the digest differs from the one before; it opens nothing."""
    digest = hashlib.sha256(f"{authority} {number}".encode())
    sealed = select(
        Visitor.id, Visitor.name_sealed, Visitor.birth_date_sealed, Visitor.nationality, Visitor.document_sealed
    ).where(Visitor.id.in_(list(listed)))
    for row in session.execute(sealed.order_by(Visitor.id)):
        digest.update(repr((str(row.id), listed[row.id].value, *map(_bytes, row[1:]))).encode())
    return digest.hexdigest()


def _bytes(value: object) -> object:
    return bytes(value) if isinstance(value, bytes | memoryview) else value


def _people(session: Session, listed: dict[UUID, Listed]) -> tuple[NamedPerson, ...]:
    rows = session.execute(
        select(Application.reference, Visitor)
        .join(Visitor, Visitor.application_id == Application.id)
        .where(Visitor.id.in_(list(listed)))
        .order_by(Application.reference, Visitor.place)
    )
    return tuple(_person(reference, visitor, listed[visitor.id]) for reference, visitor in rows)


def _person(reference: str, visitor: Visitor, listed: Listed) -> NamedPerson:
    return NamedPerson(
        reference=reference,
        number=visitor.place + 1,
        name=visitor.name,
        birth_date=date.fromisoformat(visitor.birth_date) if visitor.birth_date else None,
        nationality=visitor.nationality,
        document=visitor.document,
        listed=listed,
    )

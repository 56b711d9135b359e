"""Setting places aside for a group: an operator's word, under the lock of the departure, and within its allowance."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit, once, seal
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up
from tourbook.applications.allotments import Filled, filled, seats_filled, somebody_waits, tell_group
from tourbook.applications.models import Allotment
from tourbook.applications.settle import settle
from tourbook.courses import allotments_until, gives_by_draw
from tourbook.courses.models import Course, Departure
from tourbook.db import db, find_anew
from tourbook.errors import Conflict, NotFound, Refused, refuse_all
from tourbook.rosters.visible import is_visible, own_departure

LONGEST_NAME = 60


@dataclass(frozen=True)
class GroupPlaces:
    """What is to be set aside: for whom, how many places, until when, and whom to tell of it (a way and an address)."""

    name: str
    seats: int
    releases_at: datetime
    contact: tuple[str, str] | None = None
    language: str = "ko"


def set_aside(departure_id: UUID, places: GroupPlaces, *, form_id: str, actor: Actor, now: datetime) -> UUID:
    """Act: set places of a departure aside for a group; gives the id of the allotment. The same form gives the same.

    Locks the departure and settles it if due. They count as taken from now on, so that only places that anybody may
    take can be set aside. Refuses while a draw gives the places or somebody waits for some, a departure that was called
    off, has left or is too full, more places than are free, and a moment that has passed or is too late for the course.
    """
    content = {"set aside": str(departure_id), **_content(places)}
    own_departure(db.session(), departure_id, actor=actor)
    with caught_up(departure_id, actor=actor, now=now) as (session, departure):
        _, course = own_departure(session, departure_id, actor=actor)
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return earlier
        _refuse_unless_it_gives(departure, now)
        refuse_all(flaws_of(places, course, departure, now=now))
        _refuse_without_room(session, departure, places.seats)
        allotment = _added(session, departure, places, now)
        departure.seats_allotted = departure.seats_allotted or 0  # from now on a plan asks what is set aside
        _record(session, "allotment_made", allotment, departure, actor=actor, now=now)
        once.remember(session, form_id, content, result_id=allotment.id, now=now)
        session.flush()  # settling reads the tables
        settle(session, departure, actor=actor, now=now)
        _tell(session, "group_set_aside", allotment, course, departure, now)
        return allotment.id


def change_allotment(
    allotment_id: UUID,
    places: GroupPlaces,
    *,
    form_id: str,
    made_from: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Act: set other places aside for the group, or until another moment. The same form does it once.

    Locks the departure. Refuses what `set_aside` refuses, `allotment_over` once it has ended, fewer places than its
    parties have, and `group_changed_meanwhile` where something else stands than what it was `made_from` (stands_of).
    Without a contact the one before is kept; another one is sent the link.
    """
    content = {"change": str(allotment_id), **_content(places)}
    departure_id = own_allotment(db.session(), allotment_id, actor=actor).departure_id
    with caught_up(departure_id, actor=actor, now=now) as (session, departure):
        if once.earlier_result(session, form_id, content):
            return
        allotment = _open(session, allotment_id)
        _refuse_if_changed(allotment, places, made_from)
        course = session.get_one(Course, departure.course_id)
        refuse_all(flaws_of(places, course, departure, now=now))
        parties_have = seats_filled(session, allotment_id)
        if places.seats < parties_have:
            raise Refused("allotment_below_filled", field="seats", filled=parties_have)
        if places.seats > allotment.seats:
            _refuse_unless_it_gives(departure, now)
            _refuse_without_room(session, departure, places.seats - allotment.seats)
        if places.releases_at != allotment.releases_at:
            allotment.reminded_days = None
        is_reached_anew = places.contact is not None and places.contact != _contact_of(allotment)
        _write(allotment, places)
        _record(session, "allotment_changed", allotment, departure, actor=actor, now=now)
        once.remember(session, form_id, content, result_id=allotment.id, now=now)
        session.flush()  # settling reads the tables
        settle(session, departure, actor=actor, now=now)
        if is_reached_anew:
            _tell(session, "group_set_aside", allotment, course, departure, now)


def release_allotment(allotment_id: UUID, *, shown: str | None = None, actor: Actor, now: datetime) -> int:
    """Act: end an allotment now: what is nobody's yet is offered to those who wait, then free for everybody; gives how
    many places. Its parties keep theirs. Locks the departure. Twice does no harm. Refuses `group_release_changed` where
    something else would be released than was `shown` (releases_of).
    """
    departure_id = own_allotment(db.session(), allotment_id, actor=actor).departure_id
    with caught_up(departure_id, actor=actor, now=now) as (session, departure):
        allotment = find_anew(session, Allotment, allotment_id)
        if allotment.released_at:
            return 0
        left = max(allotment.seats - seats_filled(session, allotment_id), 0)
        if shown is not None and shown != releases_of(allotment, left):
            raise Conflict("group_release_changed", left=left)
        allotment.releases_at = now
        session.flush()  # settling reads the tables
        freed = settle(session, departure, actor=actor, now=now).freed
        return sum(one.unfilled for one in freed if one.allotment_id == allotment_id)


def own_allotment(session: Session, allotment_id: UUID, *, actor: Actor) -> Allotment:
    """An allotment of a departure that the actor may see; NotFound for any other."""
    found = session.scalar(
        select(Allotment)
        .join(Departure, Departure.id == Allotment.departure_id)
        .join(Course, Course.id == Departure.course_id)
        .where(Allotment.id == allotment_id, is_visible(actor))
    )
    if found is None:
        raise NotFound("allotment_unknown")
    return found


def stands_of(allotment: Allotment) -> str:
    """What tells an allotment as it stands from any other, and says nothing of it without the key."""
    return seal.keyed_fingerprint("allotment", repr(_standing(allotment)))


def releases_of(allotment: Allotment, left: int) -> str:
    """What tells releasing these places of an allotment, as it stands, from releasing any others."""
    return seal.keyed_fingerprint("release", repr((left, *_standing(allotment))))


def own_filled(session: Session, allotment_id: UUID, *, actor: Actor) -> Filled:
    """The same with its parties. A query."""
    return filled(session, own_allotment(session, allotment_id, actor=actor))


def flaws_of(places: GroupPlaces, course: Course, departure: Departure, *, now: datetime) -> list[Refused]:
    """What stands against it whatever is free: all at once. Pure."""
    latest, flaws = allotments_until(course, departure.starts_at), []
    if not places.name.strip():
        flaws.append(Refused("group_name_missing", field="name"))
    if places.seats < 1:
        flaws.append(Refused("allotment_too_small", field="seats"))
    if places.releases_at > latest:
        flaws.append(Refused("allotment_too_late", field="releases_at", closes_at=latest))
    elif places.releases_at <= now:
        flaws.append(Refused("allotment_past", field="releases_at"))
    return flaws


def _refuse_unless_it_gives(departure: Departure, now: datetime) -> None:
    if departure.called_off_at:
        raise Conflict("departure_called_off")
    if now >= departure.starts_at:
        raise Conflict("departure_left")
    if gives_by_draw(departure, now):
        raise Conflict("allotment_by_draw")


def _refuse_without_room(session: Session, departure: Departure, seats: int) -> None:
    if somebody_waits(session, departure.id):
        raise Conflict("allotment_others_wait")
    free = 0 if departure.over_capacity else departure.public_free
    if seats > free:
        raise Refused("allotment_full", field="seats", free=free)


def _added(session: Session, departure: Departure, places: GroupPlaces, now: datetime) -> Allotment:
    token = seal.token()
    allotment = Allotment(
        departure_id=departure.id,
        token_hash=seal.token_hash(token),
        token=token,
        seats=0,
        made_at=now,
        releases_at=places.releases_at,
    )
    _write(allotment, places)
    session.add(allotment)
    session.flush()  # the trail names it
    return allotment


def _write(allotment: Allotment, places: GroupPlaces) -> None:
    allotment.group_name, allotment.seats = places.name.strip(), places.seats
    allotment.releases_at = places.releases_at
    if places.contact:
        allotment.language = places.language
        allotment.contact_way, allotment.contact = places.contact


def _open(session: Session, allotment_id: UUID) -> Allotment:
    allotment = find_anew(session, Allotment, allotment_id)
    if allotment.released_at:
        raise Conflict("allotment_over")
    return allotment


def _content(places: GroupPlaces) -> dict[str, object]:
    """What tells a repeated form from another one; of name and contact a keyed hash alone, which stays."""
    who = seal.keyring().blind_index("group", repr((places.name.strip(), places.contact)))
    return {"seats": places.seats, "until": places.releases_at, "who": who}


def _refuse_if_changed(allotment: Allotment, places: GroupPlaces, made_from: str | None) -> None:
    """Who asks for what stands already overwrites nothing."""
    asked = (places.name.strip(), places.seats, places.releases_at, places.contact or _contact_of(allotment))
    if made_from is not None and made_from != stands_of(allotment) and asked != _standing(allotment):
        raise Conflict("group_changed_meanwhile", stands=stands_of(allotment))  # pages put it into words


def _standing(allotment: Allotment) -> tuple[str, int, datetime, tuple[str, str] | None]:
    return allotment.group_name, allotment.seats, allotment.releases_at, _contact_of(allotment)


def _contact_of(allotment: Allotment) -> tuple[str, str] | None:
    if allotment.contact_way is None or not allotment.contact:
        return None
    return allotment.contact_way, allotment.contact


def _record(
    session: Session, act: str, allotment: Allotment, departure: Departure, *, actor: Actor, now: datetime
) -> None:
    """The trail keeps the places and the moment, and neither name nor contact."""
    facts = {"allotment": str(allotment.id), "seats": allotment.seats, "until": allotment.releases_at.isoformat()}
    audit.record(session, act, subject=departure, actor=actor, now=now, facts=facts, within=departure)


def _tell(
    session: Session, kind: str, allotment: Allotment, course: Course, departure: Departure, now: datetime
) -> None:
    facts = {"seats": allotment.seats, "deadline": allotment.releases_at.isoformat()}
    tell_group(session, kind, allotment, course, departure, facts, now=now)

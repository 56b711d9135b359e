"""Recounting draws: invariant 16 of `tourbook check`. Each finding is what it is about and what does not hold of it.

Every round that was drawn, computed anew from what was sealed, is what is stored; everybody got what was drawn, or has
lawfully gone on from there; no value that could have decided was put aside for another one; places are kept back from
the sealing until they are given, and at no other time; nobody stands in two entries of a round.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from tourbook.applications.grace import final_before
from tourbook.applications.models import Application, State, Visitor
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure, Round
from tourbook.distancing import facts_of
from tourbook.draws import could_decide, faults, published, stop_of, usable_from
from tourbook.draws.drawing import sealed_entries, sealed_places
from tourbook.draws.models import DrawnEntry, SealedEntry, SealedPlaces
from tourbook.draws.rules import seal

Finding = tuple[str, str]
"""What it is about, and what does not hold."""

Happened = tuple[str, UUID | None, int | None]
"""An act; of a confirmation its departure; and the turn with which it was done."""

TWICE = "someone_there"
CANCELLED: Happened = ("application_cancelled of an entry", None, None)
NOT_DRAWN: Happened = ("application_not_drawn of an entry", None, None)
ENDING = frozenset({"application_not_drawn", "application_cancelled"})
TOLD_APART = frozenset({"application_confirmed", "application_waiting", *ENDING})


def draw_findings(session: Session) -> Iterator[Finding]:
    """Whatever does not hold of draws. A query."""
    for look in (_computed_anew, _put_off, _given, _still_entered, _kept_back, _in_two_entries):
        yield from look(session)


def _computed_anew(session: Session) -> Iterator[Finding]:
    """Entries and places are those that were sealed, before the value was known, and the result follows from both."""
    for round_ in session.scalars(select(Round).where(Round.sealed_at.is_not(None))).all():
        if round_.value is not None and not could_decide(round_, fallback=round_.by_fallback):
            yield f"draw {round_.code}", "has a value that may have been known before its entries were sealed"
        if round_.by_fallback and _by_choice(session, round_):
            yield f"draw {round_.code}", "was decided by the fall-back, and nobody had said that the value did not come"
        drawn = published(session, round_)
        if drawn is not None:
            for fault in faults(drawn):
                yield f"draw {round_.code}", f"computed again, differs in its {fault}"
        elif seal(round_.code, sealed_places(session, round_.id), sealed_entries(session, round_.id)) != round_.seal:
            yield f"draw {round_.code}", "holds other entries or places than were sealed"


def _by_choice(session: Session, round_: Round) -> bool:
    """Could whoever entered the fall-back have entered the value as well? Before 0074 nobody had to say why: the trail
    of such a draw does not name `missed_at`.
    """
    given = select(TrailEntry.facts).where(TrailEntry.subject_id == round_.id, TrailEntry.act == "draw_value_given")
    facts = session.scalars(given).first() or {}
    return "missed_at" in facts and usable_from(round_, fallback=True) is None


def _put_off(session: Session) -> Iterator[Finding]:
    """A round that was put on hold when its value was known already, by a stop that did not stand before: whoever did
    that could choose whether that value decides. What the trail does not name of holds of before decision 79 is left.
    """
    announced: dict[UUID | None, datetime] = {}
    for entry in session.scalars(_HOLDS):
        if entry.act == "draw_resumed":
            announced[entry.subject_id] = datetime.fromisoformat(entry.facts["value_at"])
            continue
        known_at = _known_at(session, entry, announced.get(entry.subject_id))
        if known_at and known_at <= entry.at and not _was_stopped(session, entry, known_at):
            yield f"draw {entry.facts['code']}", "was put on hold when its value was known already"


_HOLDS = (
    select(TrailEntry).where(TrailEntry.act.in_(("draw_held", "draw_resumed"))).order_by(TrailEntry.at, TrailEntry.id)
)


def _known_at(session: Session, held: TrailEntry, announced: datetime | None) -> datetime | None:
    """From when the value was known that would have decided a round which is put on hold; where that does not say so,
    as it was announced when the draw went on before, if it was sealed by then. None where nothing could decide it.
    """
    if "value_at" in held.facts or announced is None:
        named = held.facts.get("value_at")
        return datetime.fromisoformat(named) if named else None
    sealed_at = session.get_one(Round, held.subject_id).sealed_at
    return announced if sealed_at and sealed_at < announced else None


def _was_stopped(session: Session, held: TrailEntry, known_at: datetime) -> bool:
    """Did a stop of all departures that it had stand before that, which could not be taken back any more?"""
    round_, as_of = session.get_one(Round, held.subject_id), final_before(session, known_at)
    runs = or_(Departure.called_off_at.is_(None), Departure.called_off_at > as_of)
    starts = session.scalars(
        select(Departure.starts_at)
        .join(SealedPlaces, SealedPlaces.departure_id == Departure.id)
        .where(SealedPlaces.round_id == round_.id, Departure.starts_at > as_of, runs)
    )
    return stop_of(starts, facts_of(session, round_.course_id), as_of) is not None


def _given(session: Session) -> Iterator[Finding]:
    """With their turn, those who drew a departure were confirmed there and the others put in reserve, unless there was
    a reason not to, of which they were told; whoever had cancelled before has nothing. Of those who drew a departure
    that is one alone: somebody of them was there already, which the trail names.
    """
    happened = _happened(session)
    rows: Iterable[tuple[str, int, UUID | None, UUID | None]] = session.execute(_DREW)  # of outer joins
    for receipt, turn, application_id, departure_id in rows:
        if application_id is None:
            yield receipt, "was drawn, and there is no such application"
        elif not happened[application_id] & _lawful(departure_id, turn):
            what = f"a place on departure {departure_id}" if departure_id else "a turn in reserve"
            yield receipt, f"drew {what}, and was never given it"


def _lawful(departure_id: UUID | None, turn: int) -> set[Happened]:
    """What may have become of an entry that drew this departure, or nothing."""
    if departure_id:
        return {("application_confirmed", departure_id, turn), (TWICE, None, turn), CANCELLED}
    return {("application_waiting", None, turn), NOT_DRAWN, CANCELLED}


_DREW = (
    select(DrawnEntry.receipt, DrawnEntry.turn, Application.id, SealedPlaces.departure_id)
    .join(Round, Round.id == DrawnEntry.round_id)
    .outerjoin(Application, Application.reference == DrawnEntry.receipt)
    .outerjoin(
        SealedPlaces, (SealedPlaces.round_id == DrawnEntry.round_id) & (SealedPlaces.code == DrawnEntry.departure)
    )
    .where(Round.given_at.is_not(None))
    .order_by(DrawnEntry.round_id, DrawnEntry.turn)
)


def _happened(session: Session) -> dict[UUID | None, set[Happened]]:
    """What the trail tells of each application that was drawn, and of the one that replaced it when it was given."""
    first, successor = aliased(Application), aliased(Application)
    own = select(first.id.label("entry"), first.id.label("subject"))
    replaced = select(first.id, successor.id).join(successor, successor.replaces_id == first.id)
    drawn = first.reference.in_(select(DrawnEntry.receipt))
    subjects = own.where(drawn).union(replaced.where(drawn)).subquery()
    rows = session.execute(
        select(subjects.c.entry, TrailEntry.act, TrailEntry.departure_id, TrailEntry.facts)
        .join(TrailEntry, TrailEntry.subject_id == subjects.c.subject)
        .where(TrailEntry.subject_kind == Application.__tablename__, TrailEntry.act.in_(TOLD_APART))
    )
    found = defaultdict(set)
    for entry, act, departure_id, facts in rows:
        found[entry].add(_as_happened(act, departure_id, facts))
    return found


def _as_happened(act: str, departure_id: UUID | None, facts: dict[str, Any]) -> Happened:
    if facts.get("from") == State.ENTERED.value and facts.get("someone_there"):
        return TWICE, None, facts.get("turn")
    if facts.get("from") == State.ENTERED.value and act in ENDING:
        return f"{act} of an entry", None, None
    return act, departure_id if act == "application_confirmed" else None, facts.get("turn")


def _still_entered(session: Session) -> Iterator[Finding]:
    rows = session.execute(
        select(Application.reference, Round.code)
        .join(Departure, Departure.id == Application.departure_id)
        .join(Round, Round.id == Departure.round_id)
        .where(Application.state == State.ENTERED, Round.given_at.is_not(None))
    )
    for reference, code in rows:
        yield reference, f"is still entered for draw {code}, which was given"


def _kept_back(session: Session) -> Iterator[Finding]:
    """From the sealing until a departure's places are given they are kept back, and at no other time."""
    rows = session.execute(
        select(Departure.id, Departure.places_to_draw, Round.sealed_at, Round.drawn_at, Round.given_at)
        .outerjoin(Round, Round.id == Departure.round_id)
        .where(or_(Departure.places_to_draw.is_not(None), Round.sealed_at.is_not(None)))
    )
    for departure_id, places, sealed_at, drawn_at, given_at in rows:
        if places is not None and (sealed_at is None or given_at is not None):
            yield str(departure_id), f"keeps {places} places back for a draw, outside of its sealing and giving"
        if places is None and drawn_at is None:
            yield str(departure_id), "keeps no places back, and its draw is sealed and not drawn"


def _in_two_entries(session: Session) -> Iterator[Finding]:
    """Among those that are entered now, and among those that were sealed, whatever has become of them since."""
    who = (Visitor.person_index, Visitor.namesake)
    rows = session.execute(
        select(Round.code, func.count(Application.id.distinct()))
        .join(Departure, Departure.round_id == Round.id)
        .join(Application, Application.departure_id == Departure.id)
        .join(Visitor, Visitor.application_id == Application.id)
        .outerjoin(SealedEntry, (SealedEntry.round_id == Round.id) & (SealedEntry.receipt == Application.reference))
        .where(Visitor.cancelled_at.is_(None), Application.typing_until.is_(None))
        .where(or_(Application.state == State.ENTERED, SealedEntry.receipt.is_not(None)))
        .group_by(Round.code, Round.id, *who)
        .having(func.count(Application.id.distinct()) > 1)
    )
    for code, count in rows:
        yield f"draw {code}", f"has the same person in {count} entries"

"""Sealing a round when its entries close: who has entered, for what, and how many places there are, all fixed."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM
from tourbook.applications.models import Application, State
from tourbook.applications.settle import settle_if_due
from tourbook.bulk import stream_rows
from tourbook.courses.models import Departure, Round
from tourbook.db import lock, transaction
from tourbook.draws.holding import stop_of_round
from tourbook.draws.models import SealedEntry, SealedPlaces
from tourbook.draws.rounds import departure_ids, locked_first_round
from tourbook.draws.rules import Entry, seal
from tourbook.garbage import put_off
from tourbook.kst import in_seoul


def seal_due(*, now: datetime) -> UUID | None:
    """Act of the timetable: seal the next round whose entries have closed, but for those of which every departure is
    stopped; None where there is none.

    Locks the round, then all its departures, and settles those that are due, so that whoever did not send the entry in
    is out. The places are what the rule allows now, less those that are taken; from here on none of them is offered to
    anybody before the draw has given them.
    """
    with put_off(), transaction() as session:
        closed = session.scalars(_DUE.where(Round.closes_at <= now).limit(None)).all()
        round_ = next((one for one in closed if stop_of_round(session, one, now) is None), None)
        if round_ is None:
            return None
        departures = lock(session, Departure, departure_ids(session, round_.id))
        for departure in departures:
            settle_if_due(session, departure, actor=SYSTEM, now=now)
        codes = {departure.id: code_of(departure) for departure in departures}
        places = {codes[departure.id]: places_left(departure) for departure in departures}
        entries = sorted(_entries(session, codes))
        for departure in departures:
            departure.places_to_draw = places[codes[departure.id]]
        sealed = [(round_.id, codes[one.id], one.id, one.places_to_draw) for one in departures]
        stream_rows(session, SealedPlaces, ("round_id", "code", "departure_id", "places"), sealed)
        rows = ((round_.id, one.receipt, one.seats, ",".join(one.choices), one.tickets) for one in entries)
        stream_rows(session, SealedEntry, ("round_id", "receipt", "seats", "choices", "tickets"), rows)
        round_.seal, round_.sealed_at = seal(round_.code, places, entries), now
        facts = {"code": round_.code, "seal": round_.seal, "entries": len(entries), "places": sum(places.values())}
        audit.record(session, "draw_sealed", subject=round_, actor=SYSTEM, now=now, facts=facts)
        return round_.id


_DUE = locked_first_round(
    Round.sealed_at.is_(None), Round.withdrawn_at.is_(None), Round.held_at.is_(None), by=Round.closes_at
)


def code_of(departure: Departure) -> str:
    """What a published draw calls a departure: its start in Korea, 20260520-1000."""
    return in_seoul(departure.starts_at).strftime("%Y%m%d-%H%M")


def places_left(departure: Departure) -> int:
    """How many people it would take if it were sealed as it was settled last."""
    return 0 if departure.called_off_at else max(departure.allowed - departure.seats_taken, 0)


def _entries(session: Session, codes: dict[UUID, str]) -> Iterator[Entry]:
    """Each party that has entered, known by its reference."""
    rows = session.connection().execute(
        select(Application.reference, Application.seats, Application.choices)
        .where(Application.departure_id.in_(codes), Application.state == State.ENTERED)
        .where(Application.typing_until.is_(None))
    )
    by_text = {str(departure_id): code for departure_id, code in codes.items()}
    for reference, seats, choices in rows:
        yield Entry(reference, seats, tuple(by_text[one] for one in choices or ()))

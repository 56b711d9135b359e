"""Sealing a round when its entries close: who has entered, for what, and how many places there are, all fixed.

A choice that takes no party of that size any more is not sealed: who drew it would have to become smaller at once.
What is sealed can never be put right, so sealing waits for changes that can still be taken back, but not for ever.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM
from tourbook.applications.grace import in_grace, stand_still
from tourbook.applications.models import Application, State
from tourbook.applications.settle import settle_if_due
from tourbook.bulk import stream_rows
from tourbook.courses.models import Departure, Round
from tourbook.db import lock, transaction
from tourbook.draws.holding import stop_of_round
from tourbook.draws.models import LeftOutEntry, SealedEntry, SealedPlaces
from tourbook.draws.rounds import departure_ids, locked_first_round
from tourbook.draws.rules import Entry, seal
from tourbook.draws.tallies import first_choices
from tourbook.garbage import put_off
from tourbook.kst import in_seoul

LONGEST_WAIT = timedelta(hours=1)


def seal_due(*, now: datetime) -> UUID | None:
    """Act of the timetable: seal the next round whose entries have closed, but for those of which every departure is
    stopped; None where there is none. While a change can be taken back without a trace it waits, at most until
    `seals_by`: a mistake of two minutes must not cost anybody the draw.

    Locks the round, then all its departures, and settles those that are due, so that whoever did not send the entry in
    is out. The places are what the rule allows now, less those that are taken; from here on none of them is offered to
    anybody before the draw has given them. Choices whose party limit is below the size of their party now are left out,
    and an entry that has no other is; leaving_out.py tells these parties.
    """
    with put_off(), transaction() as session:
        closed = session.scalars(_DUE.where(Round.closes_at <= now).limit(None)).all()
        ready = (one for one in closed if not _waits(session, one, now) and stop_of_round(session, one, now) is None)
        round_ = next(ready, None)
        if round_ is None:
            return None
        departures = lock(session, Departure, departure_ids(session, round_.id))
        for departure in departures:
            settle_if_due(session, departure, actor=SYSTEM, now=now)
        stand_still(session)  # or a change could be made between this look and the sealing
        if _waits(session, round_, now):
            return None
        codes = {departure.id: code_of(departure) for departure in departures}
        places = {codes[departure.id]: places_left(departure) for departure in departures}
        limits = {codes[departure.id]: _limit(departure) for departure in departures}
        entries, left_out = sealable(sorted(_entries(session, codes)), limits)
        for departure in departures:
            departure.places_to_draw = places[codes[departure.id]]
        stream_rows(session, SealedPlaces, SEALED_PLACES, _sealed_places(round_, departures, limits, entries))
        stream_rows(session, LeftOutEntry, ("round_id", "receipt"), ((round_.id, one) for one in left_out))
        rows = ((round_.id, one.receipt, one.seats, ",".join(one.choices), one.tickets) for one in entries)
        stream_rows(session, SealedEntry, ("round_id", "receipt", "seats", "choices", "tickets"), rows)
        round_.seal, round_.sealed_at = seal(round_.code, places, entries), now
        facts = {"code": round_.code, "seal": round_.seal, "entries": len(entries), "places": sum(places.values())}
        facts |= {"left_out": len(left_out)} if left_out else {}
        audit.record(session, "draw_sealed", subject=round_, actor=SYSTEM, now=now, facts=facts)
        return round_.id


_DUE = locked_first_round(
    Round.sealed_at.is_(None), Round.withdrawn_at.is_(None), Round.held_at.is_(None), by=Round.closes_at
)


def seals_by(round_: Round) -> datetime:
    """Until when sealing waits for changes that can be taken back: at most an hour, and half of the time that is left
    before the value, however many follow each other. Pure.
    """
    return round_.closes_at + min(LONGEST_WAIT, (round_.value_at - round_.closes_at) / 2)


def _waits(session: Session, round_: Round, now: datetime) -> bool:
    return now < seals_by(round_) and in_grace(session, now)


SEALED_PLACES = (
    *("round_id", "code", "departure_id", "places", "party_max"),
    *("parties", "people", "drawn_parties", "drawn_people"),
)


def _sealed_places(
    round_: Round, departures: list[Departure], limits: Mapping[str, int | None], entries: list[Entry]
) -> Iterator[tuple[object, ...]]:
    """A row for each departure, which nobody has drawn yet."""
    parties, people = first_choices(entries)
    for one in departures:
        code = code_of(one)
        yield round_.id, code, one.id, one.places_to_draw, limits[code], parties[code], people[code], 0, 0


def sealable(entered: list[Entry], limits: Mapping[str, int | None]) -> tuple[list[Entry], list[str]]:
    """The entries with the choices that take a party of their size, in the same order, and the receipts of those that
    lost one; an entry without any is none. Pure.
    """
    tightest = min((limit for limit in limits.values() if limit is not None), default=None)
    if tightest is None:
        return entered, []
    fitting = [one if one.seats <= tightest else _within(one, limits) for one in entered]
    left_out = [one.receipt for one, fit in zip(entered, fitting, strict=True) if fit is not one]
    return [one for one in fitting if one.choices], left_out


def _within(entry: Entry, limits: Mapping[str, int | None]) -> Entry:
    """The same entry where nothing of it is left out."""
    kept = tuple(code for code in entry.choices if fits(entry.seats, limits[code]))
    return entry if kept == entry.choices else entry._replace(choices=kept)


def fits(seats: int, party_max: int | None) -> bool:
    """Is a party of that size within the limit?"""
    return party_max is None or seats <= party_max


def _limit(departure: Departure) -> int | None:
    """The largest party that it takes; one that was called off is sealed as it was, since its entrants were told."""
    return None if departure.called_off_at else departure.party_max


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

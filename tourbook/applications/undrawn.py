"""Draws among the booked whose change is taken back before anybody was told: their value has decided nothing.

While the letters of a draw are kept back, so is its value: it is shown to nobody, and the pledge stays what it was.
Taken back in that time, and with everybody sitting again, the value decides the next draw; so a cut that is made, taken
back and made again names the same parties. Where somebody stays moved by it, it counts, and is shown.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, State
from tourbook.applications.parties import Situation, Undrawn
from tourbook.audit import TrailEntry
from tourbook.distancing.models import Change


def standing_draws(session: Session, departure_ids: Sequence[UUID]) -> dict[UUID, list[TrailEntry]]:
    """By departure its draws that count, the last one first. A query."""
    wanted = (TrailEntry.departure_id.in_(departure_ids), TrailEntry.act.in_(("lots_drawn", "lots_taken_back")))
    found: dict[UUID, list[TrailEntry]] = defaultdict(list)
    for entry in session.scalars(select(TrailEntry).where(*wanted).order_by(TrailEntry.number)):
        if entry.departure_id:
            found[entry.departure_id].append(entry)
    return {departure_id: list(_standing(entries)) for departure_id, entries in found.items()}


def _standing(entries: Sequence[TrailEntry]) -> Iterator[TrailEntry]:
    back = {one.facts["draw"] for one in entries if one.act == "lots_taken_back"}
    return (one for one in reversed(entries) if one.act == "lots_drawn" and one.number not in back)


def is_kept_back(draw: TrailEntry, now: datetime) -> bool:
    """Is its value still to be shown, with the letters of its change?"""
    until = draw.facts.get("kept_until")
    return until is not None and now < datetime.fromisoformat(until)


def with_undrawn(session: Session, read: Mapping[UUID, Situation]) -> Mapping[UUID, Situation]:
    """Add to what was read of locked departures which of their draws were for a change that was taken back. A query."""
    drew = [one for one, situation in read.items() if situation.draws_held]
    found = standing_draws(session, drew) if drew else {}
    added = {one: replace(read[one], undrawn=tuple(_undrawn(session, draws))) for one, draws in found.items()}
    return {**read, **added}


def _undrawn(session: Session, draws: Sequence[TrailEntry]) -> Iterator[Undrawn]:
    for draw in takewhile(lambda one: _is_taken_back(session, one), draws):
        references = {words.rpartition(" ")[0] for words in draw.facts["go"]}
        gave_up = select(Application.reference).where(
            Application.reference.in_(references), Application.state == State.CANCELLED
        )
        yield Undrawn(draw.number or 0, frozenset(references - set(session.scalars(gave_up))))


def _is_taken_back(session: Session, draw: TrailEntry) -> bool:
    """Was a change that the departure came to by this settling taken back while the draw was kept back?"""
    facts = draw.facts
    until = facts.get("kept_until")
    return until is not None and bool(
        session.scalar(
            select(Change.id).where(
                Change.version > facts["after"],
                Change.version <= facts["version"],
                Change.taken_back_at >= draw.at,
                Change.taken_back_at < datetime.fromisoformat(until),
            )
        )
    )

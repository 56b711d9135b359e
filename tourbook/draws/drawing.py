"""The public value, and the draw that follows from it; and reading a round as it is published."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM, Actor
from tourbook.bulk import LOT, stream_rows
from tourbook.courses.models import Round
from tourbook.db import snapshot, transaction
from tourbook.draws.holding import stop_that_holds
from tourbook.draws.models import DrawnEntry, SealedEntry, SealedPlaces
from tourbook.draws.rounds import first_round, locked_round
from tourbook.draws.rules import Drawn, Entry, Published, draw
from tourbook.draws.tallies import count_drawn
from tourbook.draws.values import check_missed, check_value
from tourbook.errors import Conflict, NotFound
from tourbook.garbage import put_off
from tourbook.kst import in_seoul


def give_value(round_id: UUID, value: str, *, fallback: bool = False, actor: Actor, now: datetime) -> None:
    """Act: enter the public value as its source published it; the draw follows from it. Twice the same does no harm.
    With `fallback` it is what was announced to count where the value does not come.

    Refuses what `check_value` refuses, and a round that was withdrawn (`no_such_draw`).
    """
    with transaction() as session:
        round_ = locked_round(session, round_id)
        if round_.withdrawn_at:
            raise NotFound("no_such_draw")
        if round_.value is None and stop_that_holds(session, round_, now):
            raise Conflict("draw_on_hold", field="value")  # the timetable has not said so yet
        plain = check_value(round_, value, fallback=fallback, now=now)
        if round_.value == plain:
            return
        round_.value, round_.by_fallback = plain, fallback
        facts = {"code": round_.code, "value": plain} | (_why_fallback(round_) if fallback else {})
        audit.record(session, "draw_value_given", subject=round_, actor=actor, now=now, facts=facts)


def _why_fallback(round_: Round) -> dict[str, object]:
    missed = round_.missed_at.isoformat() if round_.missed_at else None  # none after a late seal
    return {"by_fallback": True, "missed_at": missed}


def say_missed(round_id: UUID, *, fallback_at: datetime | None = None, actor: Actor, now: datetime) -> None:
    """Act: say, for everybody to read, that the announced value of a round did not come. From now on what was announced
    for that case counts, and never the value; `fallback_at` is from when that is known, where it was not announced or
    has come. Twice does no harm. Refuses what `check_missed` refuses, and a round that was withdrawn.
    """
    with transaction() as session:
        round_ = locked_round(session, round_id)
        if round_.withdrawn_at:
            raise NotFound("no_such_draw")
        if round_.missed_at:
            return
        if stop_that_holds(session, round_, now):
            raise Conflict("draw_on_hold")  # the timetable has not said so yet
        round_.fallback_at, round_.missed_at = check_missed(round_, fallback_at, now=now), now
        facts = {"code": round_.code, "fallback_at": round_.fallback_at.isoformat()}
        audit.record(session, "draw_value_missed", subject=round_, actor=actor, now=now, facts=facts)


def draw_due(*, now: datetime) -> UUID | None:
    """Act of the timetable: draw the next round whose value is known; None where there is none.

    All of it follows from what was sealed and the value, neither of which changes any more: so it is computed before
    anything is locked, and whoever is interrupted begins anew, and gets the same.
    """
    with put_off():
        with snapshot() as session:
            round_ = session.scalar(_DUE)
            if round_ is None or round_.value is None:
                return None
            round_id, value = round_.id, round_.value
            places, entries = sealed_places(session, round_id), list(sealed_entries(session, round_id))
        drawn = list(draw(value, places, entries))
        with transaction() as session:
            round_ = locked_round(session, round_id)
            if round_.drawn_at:
                return round_id  # somebody else has come to the same
            rows = ((round_id, one.receipt, turn, one.departure) for turn, one in enumerate(drawn, start=1))
            stream_rows(session, DrawnEntry, ("round_id", "receipt", "turn", "departure"), rows)
            count_drawn(session, round_id)
            round_.drawn_at = now
            facts = {"code": round_.code, "entries": len(drawn)}
            audit.record(session, "draw_drawn", subject=round_, actor=SYSTEM, now=now, facts=facts)
            return round_id


_DUE = first_round(Round.value.is_not(None), Round.drawn_at.is_(None), by=Round.value_at)


def sealed_places(session: Session, round_id: UUID) -> dict[str, int]:
    """How many people each departure of a sealed round takes, by its code. A query."""
    rows = session.execute(
        select(SealedPlaces.code, SealedPlaces.places)
        .where(SealedPlaces.round_id == round_id)
        .order_by(SealedPlaces.code)
    )
    return {row.code: row.places for row in rows}


def sealed_entries(session: Session, round_id: UUID) -> Iterator[Entry]:
    """The entries of a sealed round, in no order; a code that many chose is one text. A query."""
    codes: dict[str, str] = {}
    asked = (SealedEntry.receipt, SealedEntry.seats, SealedEntry.choices, SealedEntry.tickets)
    rows = session.connection().execute(select(*asked).where(SealedEntry.round_id == round_id))
    for lot in rows.partitions(LOT):
        for receipt, seats, choices, tickets in lot:
            yield Entry(receipt, seats, tuple([codes.setdefault(one, one) for one in choices.split(",")]), tickets)


def published(session: Session, round_: Round) -> Published | None:
    """A drawn round as anybody may read it; None before it is drawn. A query."""
    if round_.drawn_at is None or round_.value is None or round_.seal is None:
        return None
    rows = session.connection().execute(
        select(DrawnEntry.receipt, DrawnEntry.departure)
        .where(DrawnEntry.round_id == round_.id)
        .order_by(DrawnEntry.turn)
    )
    return Published(
        round=round_.code,
        value=round_.value,
        places=sealed_places(session, round_.id),
        seal=round_.seal,
        entries=tuple(sorted(sealed_entries(session, round_.id))),
        drawn=tuple(Drawn(receipt, departure) for receipt, departure in rows),
        sealed_at=in_seoul(round_.sealed_at).isoformat() if round_.sealed_at else None,
        by_fallback=round_.by_fallback,
    )

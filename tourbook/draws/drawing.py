"""The public value, and the draw that follows from it; and reading a round as it is published."""

import re
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
from tourbook.draws.models import DrawnEntry, SealedEntry, SealedPlaces
from tourbook.draws.rounds import first_round, locked_round
from tourbook.draws.rules import Drawn, Entry, Published, draw
from tourbook.errors import Conflict, Refused
from tourbook.garbage import put_off

VALUE = re.compile(r"[!-~]+( [!-~]+)*")
LONGEST_VALUE = 200


def give_value(round_id: UUID, value: str, *, actor: Actor, now: datetime) -> None:
    """Act: enter the public value as its source published it; the draw follows from it. Twice the same does no harm.

    Refuses what `check_value` refuses.
    """
    with transaction() as session:
        round_ = locked_round(session, round_id)
        plain = check_value(round_, value, now=now)
        if round_.value == plain:
            return
        round_.value = plain
        facts = {"code": round_.code, "value": plain}
        audit.record(session, "draw_value_given", subject=round_, actor=actor, now=now, facts=facts)


def check_value(round_: Round, value: str, *, now: datetime) -> str:
    """The value as it counts: without blanks around.

    Refuses before the entries are sealed, before the announced moment (`draw_value_early`), another value than was
    given before, and one that not everybody would write alike: plain letters, digits and signs, single spaces.
    """
    plain = value.strip()
    if not VALUE.fullmatch(plain) or len(plain) > LONGEST_VALUE:
        raise Refused("draw_value_unfit", field="value")
    if round_.value not in (None, plain):
        raise Conflict("draw_value_given", field="value", value=round_.value)
    if round_.sealed_at is None or now < round_.value_at:
        raise Conflict("draw_value_early", field="value", value_at=round_.value_at)
    return plain


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
    )

"""Entries of a draw with a choice that takes no such party, or nobody, as the rule is known: said while it helps."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tourbook.courses.models import Departure
from tourbook.distancing import allowance, facts_of, slot_of
from tourbook.distancing.facts import Words
from tourbook.kst import civil_day


def limits_below(session: Session, seats: int, choices: Iterable[Departure], now: datetime) -> dict[UUID, int]:
    """The choices, all of one course, that take no party of that size, with the largest that they take, as it is known
    now; one that was called off is none. A query.

    At the sealing they are left out. The limit of the rule is asked, not the figures that a departure was settled with.
    """
    standing = [one for one in choices if one.called_off_at is None]
    if not standing:
        return {}
    facts = facts_of(session, standing[0].course_id)
    limits = {one.id: allowance(slot_of(one), facts, now).party_max for one in standing}
    return {departure_id: most for departure_id, most in limits.items() if most is not None and most < seats}


def stops_of(session: Session, choices: Sequence[Departure], now: datetime) -> dict[UUID, Words]:
    """The choices, all of one course, that a stop lets nobody go on, each with its reason, as far as it is known now;
    one that was called off is none. A query.
    """
    if not choices:
        return {}
    facts = facts_of(session, choices[0].course_id)
    stops = {one.id: facts.stop_on(civil_day(one.starts_at), now) for one in choices if one.called_off_at is None}
    return {departure_id: stop.reason for departure_id, stop in stops.items() if stop}

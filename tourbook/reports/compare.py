"""A season played again: as it was, held against what the tables say, and beside it what would have been otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.acts.typing import settings
from tourbook.applications.models import Allotment
from tourbook.courses.models import Course
from tourbook.errors import Refused
from tourbook.reports.demand import AS_IT_WAS, GONE, Alternative, Demand
from tourbook.reports.period import Period
from tourbook.reports.playing import Outcome, play
from tourbook.reports.reading import asked_in, recorded


@dataclass(frozen=True)
class Replayed:
    """What playing the season once came to, under one alternative."""

    alternative: Alternative
    places: int
    seated: int
    fill: float
    parties_lost: int
    people_lost: int
    asked_to_shrink: int
    promoted: int
    median_wait: float | None
    waiting: int
    turned_away: int


@dataclass(frozen=True)
class Replay:
    """The season as it was and under each alternative; `parties` is how many asked.

    `differing` counts the parties that stand elsewhere in the replay of what was than in the tables, `lost_differing`
    those that lost places in the one and not in the other: 0 and 0 where nothing is missing from the record.
    `set_aside` is how many places were once set aside for groups: the replay has their parties, and does not keep
    these places for them.
    """

    parties: int
    differing: int
    lost_differing: int
    played: tuple[Replayed, ...]
    set_aside: int = 0


def replay_season(
    session: Session,
    course: Course,
    period: Period,
    alternatives: Sequence[Alternative],
    *,
    now: datetime,
    most: int | None = None,
) -> Replay:
    """Play the departures of one course in the period, until now, as it was and under each alternative. A query.

    Refuses `replay_too_large` where more than `most` applications are to be played, and what `play` refuses.
    """
    asked = asked_in(session, period)
    if most is not None and asked > most:
        raise Refused("replay_too_large", asked=asked, most=most)
    hold_for = timedelta(minutes=settings().hold_minutes)
    played = replayed(recorded(session, course, period, now=now, hold_for=hold_for), alternatives)
    return replace(played, set_aside=_once_set_aside(session, period))


def _once_set_aside(session: Session, period: Period) -> int:
    """What groups had at most, also where a smaller size has taken it since. A query."""
    places = func.coalesce(func.sum(Allotment.seats + Allotment.yielded), 0)
    return session.scalar(select(places).where(Allotment.departure_id.in_(period.departures))) or 0


def replayed(demand: Demand, alternatives: Sequence[Alternative]) -> Replay:
    """The same for demand that was read before. Pure."""
    was = play(demand, AS_IT_WAS)
    others = [(one, play(demand, one)) for one in alternatives]
    differing = [party for party in demand.askers if demand.ended.get(party, GONE) != was.stays.get(party, GONE)]
    played = (_summed(one, outcome) for one, outcome in [(AS_IT_WAS, was), *others])
    return Replay(len(demand.askers), len(differing), len(demand.lost.keys() ^ was.lost.keys()), tuple(played))


def _summed(alternative: Alternative, outcome: Outcome) -> Replayed:
    return Replayed(
        alternative=alternative,
        places=outcome.places,
        seated=outcome.seated,
        fill=outcome.fill,
        parties_lost=len(outcome.lost),
        people_lost=outcome.people_lost,
        asked_to_shrink=len(outcome.asked_to_shrink),
        promoted=len(outcome.waited),
        median_wait=outcome.median_wait,
        waiting=sum(stay.state in {"waiting", "displaced"} for stay in outcome.stays.values()),
        turned_away=len(outcome.turned_away),
    )

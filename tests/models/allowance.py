"""How many people may go, by the orders and measures that are known: section 5 of the design, line by line."""

from datetime import date, datetime, timedelta

from tests.models.things import Departure, Measure, Order

DAY, JUST_BEFORE = timedelta(days=1), timedelta(microseconds=1)
PARTY_LIMIT = 5
PERCENT = {"open": 100, "half": 50, "closed": 0}


def limit(here: Departure, orders: list[Order], measures: list[Measure], now: datetime) -> tuple[int, int]:
    """How many people may go, in parties of how many: the orders that apply, tightened by those announced. Once it has
    begun what was known before counts.
    """
    as_of = min(now, here.starts_at - JUST_BEFORE)
    known = [one for one in orders if one.announced_at <= as_of]
    known = [one for one in known if one.withdrawn_at is None or one.withdrawn_at > as_of]
    known.sort(key=lambda one: one.announced_at)
    day = here.starts_at.date()
    both = [_standing(known, day), _standing([one for one in known if one.applies_at <= as_of], day)]
    capacity = min(here.base * PERCENT[one.level] // 100 if one else here.base for one in both)
    party_max = min([PARTY_LIMIT, *(one.party_max for one in both if one and one.party_max)])
    counting = [one for one in measures if one.known_at <= as_of and _covers(one, day)]
    return _with_measures(capacity, here, counting), party_max


def _with_measures(capacity: int, here: Departure, counting: list[Measure]) -> int:
    raising = [one.capacity for one in counting if one.raises]
    lifted = max(capacity, min([here.base, *raising])) if raising else capacity
    return min([lifted, *(one.capacity for one in counting if not one.raises)])


def _covers(fact: Order | Measure, day: date) -> bool:
    return fact.first <= day and (fact.until is None or day <= fact.until)


def _standing(orders: list[Order], day: date) -> Order | None:
    """The order in force on that day; else that of the latest day before it which does not end by itself."""
    for back in range((day - min((one.first for one in orders), default=day)).days + 1):
        covering = [one for one in orders if _covers(one, day - back * DAY)]
        if covering and (back == 0 or not covering[-1].ends_by_itself):
            return covering[-1]
    return None

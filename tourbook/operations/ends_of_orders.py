"""What a preview says of the last days of orders that are entered: what counts, or still counts, after them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from tourbook.distancing import Facts
from tourbook.distancing.facts import Order, Words
from tourbook.distancing.rules import in_force
from tourbook.kst import civil_day
from tourbook.notices import day_in_words
from tourbook.operations.stages import Stage, Touched


def notes_on_ends(before: dict[UUID, Facts], after: dict[UUID, Facts], stages: Iterable[Stage]) -> tuple[Words, ...]:
    """Say where a new local order will end under a wider one, to which the course then falls back; and where departures
    after the last day of a new order become smaller too, since it does not end by itself.
    """
    entered = _entered(before, after)
    return (*_falling_back(entered, after), *_going_on([one for some in entered.values() for one in some], stages))


def _entered(before: dict[UUID, Facts], after: dict[UUID, Facts]) -> dict[UUID, list[Order]]:
    """By course, the orders that were not there before."""
    known = {course_id: set(facts.orders) for course_id, facts in before.items()}
    return {
        course_id: [one for one in facts.orders if one not in known.get(course_id, set())]
        for course_id, facts in after.items()
    }


def _falling_back(entered: dict[UUID, list[Order]], after: dict[UUID, Facts]) -> Iterator[Words]:
    told = set()
    for course_id, orders in entered.items():
        for order in orders:
            wider = _falls_back_to(order, after[course_id])
            if wider and (order, wider) not in told:
                told.add((order, wider))
                yield _fall_back_words(order, wider, after[course_id])


def _falls_back_to(order: Order, facts: Facts) -> Order | None:
    """The wider order that covers the day after this one's end, if that is what would be in force there."""
    if order.planned_until is None or order.withdrawn_at is not None:
        return None
    next_day = order.planned_until + timedelta(days=1)
    ranks = facts.regions.ranks(facts.region, next_day)
    found = in_force([one for one in facts.orders_within_reach if one.withdrawn_at is None], next_day, facts)
    is_wider = found is not None and order.region in ranks and ranks[found.region] > ranks[order.region]
    return found if is_wider else None


def _fall_back_words(order: Order, wider: Order, facts: Facts) -> Words:
    ours, theirs = facts.regions.name(order.region), facts.regions.name(wider.region)
    ko, en = (day_in_words(order.planned_until, language) if order.planned_until else "" for language in ("ko", "en"))
    return Words(
        f"{ours.ko} 조치는 {ko}에 끝나며, 그다음 날부터는 더 넓은 지역({theirs.ko})의 조치가 적용됩니다.",
        f"The order for {ours.en} ends on {en}; from the next day the order for {theirs.en} applies.",
    )


def _going_on(entered: Sequence[Order], stages: Iterable[Stage]) -> Iterator[Words]:
    """Of the first last day after which departures become smaller that no new order covers."""
    standing = [one for one in entered if one.withdrawn_at is None]
    open_ended = [one.planned_until for one in standing if one.planned_until and not one.ends_by_itself]
    if not open_ended:
        return
    last = min(open_ended)
    smaller = {one.departure_id: civil_day(one.starts_at) for stage in stages for one in stage.touched if _shrinks(one)}
    beyond = sorted(day for day in smaller.values() if day > last and not any(one.covers(day) for one in standing))
    if beyond:
        yield _going_on_words(last, beyond)


def _shrinks(touched: Touched) -> bool:
    was, becomes = touched.before, touched.after
    return becomes.capacity < was.capacity or not becomes.admits_party(was.party_max or was.capacity)


def _going_on_words(last: date, beyond: Sequence[date]) -> Words:
    number = len(beyond)
    ko, en = ([day_in_words(day, language) for day in (last, beyond[0], beyond[-1])] for language in ("ko", "en"))
    return Words(
        f"마지막 날({ko[0]})이 있지만 저절로 끝나지 않는 조치입니다. "
        f"그 뒤의 {number}개 회차({ko[1]}부터 {ko[2]}까지)도 "
        "다음 조치가 시행되거나 새로 결정될 때까지 인원이 줄어듭니다. "
        "그날 끝나는 것이 확실하면 ‘마지막 날이 지나면 저절로 끝남’으로 입력해 주세요.",
        f"The order has a last day, {en[0]}, but does not end by itself. "
        f"Until the next order applies, or somebody decides, departures after it become smaller too: "
        f"{number} of them, from {en[1]} to {en[2]}. "
        "If it is certain to end then, enter it as one that ends by itself after its last day.",
    )

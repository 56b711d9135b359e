"""Whole courses foreseen: which departure comes when, and whom of a long queue it looks at."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.applications.test_plan import DAY, HOUR, NOW, party, situation
from tourbook.applications.decided import Limit
from tourbook.applications.foresight import Foresight
from tourbook.applications.parties import OVERDUE_AFTER, Party, Situation
from tourbook.applications.queue import LONGEST, Queue, in_turn, own_first

EARLY, MIDDLE, LATE = (UUID(int=number) for number in (3, 2, 1))
OPEN, CLOSED = Limit(20, None), Limit(0, None)


def departing(departure_id: UUID, days: int, *parties: Party, **changed: object) -> Situation:
    """A departure after so many days, with its parties."""
    here = [one._replace(departure_id=departure_id) for one in parties]
    values = {"departure_id": departure_id, "starts_at": NOW + days * DAY, "offers_until": NOW + (days - 3) * DAY}
    return situation(*here, **{**values, **changed})


def test_the_earliest_departure_behind_the_queue_is_settled_next() -> None:
    course = [departing(LATE, 12), departing(MIDDLE, 11, party(1, "confirmed", 2)), departing(EARLY, 10)]
    limits = {EARLY: OPEN, MIDDLE: CLOSED, LATE: OPEN}

    done = Foresight(course, ()).settle_all(limits.__getitem__, NOW)

    assert [one.departure_id for one in done] == [EARLY, MIDDLE, LATE, EARLY]
    assert [[move.kind for move in one.plan.moves] for one in done] == [[], ["displace"], ["offer"], []]


def test_one_whose_clock_came_long_ago_is_settled_before_all_others() -> None:
    course = [departing(EARLY, 10), departing(LATE, 12, next_due_at=NOW - OVERDUE_AFTER)]

    done = Foresight(course, ()).settle_all(lambda _: OPEN, NOW)

    assert [one.departure_id for one in done] == [LATE, EARLY]


def test_a_departure_that_has_left_is_settled_no_more() -> None:
    course = [departing(EARLY, 1), departing(LATE, 12)]

    done = Foresight(course, ()).settle_all(lambda _: OPEN, NOW + 2 * DAY)

    assert [one.departure_id for one in done] == [LATE]


def test_one_that_has_left_asks_nobody_who_joins_the_queue() -> None:
    course = [departing(EARLY, 1), departing(MIDDLE, 11, party(1, "confirmed", 2)), departing(LATE, 12)]
    limits = {EARLY: OPEN, MIDDLE: CLOSED, LATE: CLOSED}

    done = Foresight(course, ()).settle_all(limits.__getitem__, NOW + 2 * DAY)

    assert [one.departure_id for one in done] == [MIDDLE, LATE]


def test_of_a_long_queue_only_those_are_looked_at_who_fit() -> None:
    queue = Queue([*(party(number, "displaced", 4) for number in range(500)), party(900, "displaced", 2)])
    seats = [5]

    asked = []
    for one in in_turn(queue, room=lambda: seats[0]):
        asked.append(one.reference)
        seats[0] -= one.seats

    assert asked == ["R000"]
    assert [one.reference for one in in_turn(queue, room=lambda: 3)] == ["R900"]


def test_of_a_long_queue_from_elsewhere_nobody_is_looked_at_for_the_sake_of_those_from_here() -> None:
    elsewhere = [_Counted(*party(number, "displaced", 4)) for number in range(500)]
    queue = Queue([*elsewhere, *(party(number, "displaced", 2, departure_id=EARLY) for number in (700, 701))])
    _Counted.looked_at = 0
    seats = [5]

    asked = []
    for one in own_first(queue, departure_id=EARLY, room=lambda: seats[0]):
        asked.append(one.reference)
        seats[0] -= one.seats

    assert asked == ["R700", "R701"]
    assert _Counted.looked_at <= 2


class _Counted(Party):
    """Counts how often its turn is asked."""

    looked_at = 0

    @property
    def by_confirmation(self) -> tuple[datetime, str]:
        _Counted.looked_at += 1
        return super().by_confirmation


@given(sizes=st.lists(st.integers(1, 5), max_size=20), gone=st.sets(st.integers(0, 19)))
def test_a_queue_is_served_by_first_confirmation_whatever_the_sizes(sizes: list[int], gone: set[int]) -> None:
    parties = [party(number, "displaced", seats) for number, seats in enumerate(sizes)]
    one, other = Queue(reversed(parties[::2])), Queue(parties[1::2])
    for number in gone & set(range(len(parties))):
        one.remove(parties[number])
        other.remove(parties[number])

    left = [party for number, party in enumerate(parties) if number not in gone]
    assert list(in_turn(one, other, room=lambda: 5)) == sorted(left, key=lambda party: party.by_confirmation)


def test_whoever_is_far_down_a_long_queue_can_be_taken_out_of_it() -> None:
    parties = [party(number, "displaced", 2) for number in range(LONGEST + 3)]
    queue = Queue(parties)

    queue.remove(parties[-1])
    queue.remove(parties[-1])  # is not there any more

    assert list(in_turn(queue, room=lambda: 2)) == parties[:-1]


def test_while_time_runs_each_departure_is_settled_when_it_falls_due() -> None:
    first, second = party(1, "waiting", 2), party(2, "waiting", 2)
    foresight = Foresight([departing(EARLY, 20, first, second)], ())
    made = foresight.settle_all(lambda _: Limit(2, None), NOW)
    assert [(move.kind, move.party.reference) for one in made for move in one.plan.moves] == [("offer", "R001")]

    foresight.let_time_run(lambda _: Limit(2, None), NOW + 3 * DAY)

    (last,) = foresight.settle_all(lambda _: Limit(0, None), NOW + 3 * DAY)
    assert last.plan.moves == ()
    assert last.plan.seats_taken == 0


def test_time_runs_up_to_a_moment_and_not_beyond() -> None:
    foresight = Foresight([departing(EARLY, 20, party(1, "waiting", 2))], ())
    foresight.settle_all(lambda _: OPEN, NOW)

    foresight.let_time_run(lambda _: OPEN, NOW + DAY)

    (last,) = foresight.settle_all(lambda _: OPEN, NOW + DAY + timedelta(microseconds=1))
    assert [move.kind for move in last.plan.moves] == ["lapse"]


def test_while_time_runs_departures_are_settled_by_their_moments_then_by_their_start() -> None:
    waits = party(1, "waiting", 2)
    course = [departing(LATE, 22, waits), departing(MIDDLE, 21, waits), departing(EARLY, 20, waits, offer_for=2 * DAY)]
    foresight, settled = Foresight(course, ()), list[UUID]()
    foresight.settle_all(lambda _: OPEN, NOW)

    def limit_of(departure_id: UUID) -> Limit:
        settled.append(departure_id)
        return OPEN

    foresight.let_time_run(limit_of, NOW + 3 * DAY)

    assert settled == [MIDDLE, LATE, EARLY]


def test_while_time_runs_all_that_fall_due_at_one_moment_are_settled_before_any_serves_the_queue() -> None:
    one, other = (party(number, "waiting", 2, wait_id=UUID(int=number)) for number in (1, 2))
    foresight = Foresight([departing(EARLY, 20), departing(MIDDLE, 21, one), departing(LATE, 22, other)], ())
    foresight.settle_all(lambda _: OPEN, NOW)
    settled = list[UUID]()

    def limit_of(departure_id: UUID) -> Limit:
        settled.append(departure_id)
        return OPEN

    foresight.let_time_run(limit_of, NOW + DAY + HOUR)

    assert settled == [MIDDLE, LATE, EARLY, MIDDLE]  # who let an offer go may be asked for another of its dates


def test_while_time_runs_nothing_is_settled_twice_for_one_moment_nor_for_one_that_counts_no_more() -> None:
    course = [departing(EARLY, 20, party(1, "waiting", 2)), departing(LATE, 21, party(2, "waiting", 2))]
    foresight, settled = Foresight(course, ()), list[UUID]()
    foresight.settle_all(lambda _: OPEN, NOW)
    foresight.settle_all({EARLY: CLOSED, LATE: OPEN}.__getitem__, NOW)  # the offer of the early one ends at once

    def limit_of(departure_id: UUID) -> Limit:
        settled.append(departure_id)
        return OPEN

    foresight.let_time_run(limit_of, NOW + DAY + HOUR)

    assert settled == [LATE]


def test_a_full_departure_is_not_settled_again_for_those_who_join_the_queue() -> None:
    full = departing(EARLY, 10, *(party(number, "confirmed", 4) for number in range(5)))
    course = [full, departing(MIDDLE, 11, party(9, "confirmed", 2)), departing(LATE, 12)]
    limits = {EARLY: OPEN, MIDDLE: CLOSED, LATE: OPEN}

    done = Foresight(course, ()).settle_all(limits.__getitem__, NOW)

    assert [one.departure_id for one in done] == [EARLY, MIDDLE, LATE]

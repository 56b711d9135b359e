"""For whom a departure keeps seats, by the plan: who lost them there and is being offered another date."""

from tests.applications.test_plan import ELSEWHERE, HERE, NOW, moved, party, situation
from tourbook.applications.decided import Limit, Plan
from tourbook.applications.parties import Party
from tourbook.applications.plan import plan


def lost_here(number: int, seats: int, **changed: object) -> Party:
    return party(number, "displaced", seats, departure_id=HERE, **changed)


def planned(*parties: Party, capacity: int, party_max: int | None = None, only_own: bool = False) -> Plan:
    return plan(situation(*parties), Limit(capacity, party_max), NOW, only_own=only_own)


def test_seats_are_kept_in_turn_among_those_who_lost_theirs() -> None:
    first, second, third = lost_here(1, 3, asked_elsewhere=True), lost_here(2, 3), lost_here(3, 1)

    decided = planned(first, second, third, capacity=5)

    assert moved(decided, "offer") == [third.reference]
    assert (decided.seats_taken, decided.public_free) == (1, 1)


def test_who_is_before_it_is_offered_seats_though_none_are_left_to_keep() -> None:
    first, second = lost_here(1, 3), lost_here(2, 3, asked_elsewhere=True)

    decided = planned(first, second, capacity=5)

    assert moved(decided, "offer") == [first.reference]
    assert decided.public_free == 2


def test_other_dates_keep_nothing_for_it() -> None:
    elsewhere = party(1, "displaced", 3, asked_elsewhere=True)

    assert elsewhere.departure_id == ELSEWHERE
    assert planned(elsewhere, capacity=5).public_free == 5


def test_nothing_is_kept_for_who_is_too_large_goes_already_or_let_it_go() -> None:
    too_large = lost_here(1, 5, asked_elsewhere=True)
    goes = lost_here(2, 2, asked_elsewhere=True, persons=frozenset({"somebody"}))
    let_go = lost_here(3, 2, asked_elsewhere=True, offered=frozenset({HERE}))
    again = party(4, "confirmed", 1, persons=frozenset({"somebody"}))

    assert planned(too_large, goes, let_go, again, capacity=10, party_max=4).public_free == 9


def test_who_waits_is_passed_by_nobody_for_what_is_kept() -> None:
    kept, large, small = lost_here(1, 3, asked_elsewhere=True), party(2, "waiting", 4), party(3, "waiting", 2)

    decided = planned(kept, large, small, capacity=5)

    assert moved(decided, "offer") == [small.reference]
    assert decided.passed == {large.id: 1}


def test_a_departure_that_asks_its_own_first_has_nobody_else_to_ask_where_all_is_kept() -> None:
    kept = lost_here(1, 5, asked_elsewhere=True)
    gone = party(2, "must_shrink", 6, shrink_until=NOW)

    decided = planned(kept, gone, capacity=5, party_max=5, only_own=True)

    assert moved(decided, "displace_large") == [gone.reference]
    assert not decided.own_asked

"""Who stays when a departure becomes smaller: each policy by its sentences, and by properties over random cuts."""

from dataclasses import replace
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.applications.test_plan import DAY, HOUR, NOW, limits, moved, party, situation, situations
from tourbook.applications import lots
from tourbook.applications.decided import Limit
from tourbook.applications.foresight import Foresight, foresee
from tourbook.applications.parties import Party, Situation
from tourbook.applications.plan import plan
from tourbook.applications.queue import Queue, in_turn
from tourbook.courses.models import Policy

DRAW = Policy.DRAW_AMONG_BOOKED
FIRST_ASKED = Policy.VOLUNTEERS_FIRST
ORDERLY = [Policy.KEEP_EARLIEST, DRAW]  # by these parties stay in an order as far as they fit

sizes = st.lists(st.integers(1, 6), min_size=1, max_size=9)


def booked(*seats: int) -> list[Party]:
    return [party(number, "confirmed", size) for number, size in enumerate(seats)]


# -- lots ------------------------------------------------------------------------------------------------------------


def test_the_lowest_lot_stays_first_and_whoever_still_fits_stays_beside_it() -> None:
    of = situation(*booked(3, 3, 2, 1), policy=DRAW, seed="seed")
    value = lots.value("seed", 0)
    by_lot = sorted(of.parties, key=lambda one: sha256(f"{value}\n{one.reference}".encode()).digest())

    decided = plan(of, Limit(4, None), NOW)

    room, leaving = 4, []
    for one in by_lot:
        if one.seats <= room:
            room -= one.seats
        else:
            leaving.append(one.reference)
    assert moved(decided, "displace") == leaving
    assert list(decided.drawn) == by_lot


def test_when_a_party_applied_makes_no_difference_to_its_lot() -> None:
    first, last = party(1, "confirmed", 2), party(2, "confirmed", 2)
    exchanged = [first._replace(confirmed_at=last.confirmed_at), last._replace(confirmed_at=first.confirmed_at)]

    one, other = (
        plan(situation(*some, policy=DRAW, seed="seed"), Limit(2, None), NOW) for some in ([first, last], exchanged)
    )

    assert moved(one, "displace") == moved(other, "displace")


def test_each_value_was_pledged_by_its_hash_before_it_was_drawn() -> None:
    for held in range(lots.DRAWS):
        assert lots.pledge("seed", held) == sha256(lots.value("seed", held).encode()).hexdigest()


def test_a_value_that_was_shown_is_the_pledge_of_the_next_draw() -> None:
    assert [lots.pledge("seed", held + 1) for held in range(5)] == [lots.value("seed", held) for held in range(5)]


def test_the_values_are_the_links_of_a_chain_of_hashes_over_the_seed_the_last_first() -> None:
    link, chain = "seed", []
    for _ in range(lots.DRAWS):
        link = sha256(link.encode()).hexdigest()
        chain.append(link)

    assert [lots.value("seed", held) for held in range(lots.DRAWS)] == chain[::-1]


@pytest.mark.parametrize("more", [0, 1, 9])
def test_whoever_draws_more_often_than_the_chain_is_long_uses_its_last_value_again(more: int) -> None:
    last = sha256(b"seed").hexdigest()

    assert lots.value("seed", lots.DRAWS + more) == last
    assert lots.pledge("seed", lots.DRAWS + more) == sha256(last.encode()).hexdigest()


def test_a_second_draw_goes_by_another_value_which_the_foresight_knows() -> None:
    of = situation(*booked(1, 1, 1, 1, 1, 1), policy=DRAW, seed="seed", offers_until=NOW)
    foresight = Foresight([of], ())

    (first,) = foresight.settle_all(lambda _: Limit(4, None), NOW)
    (second,) = foresight.settle_all(lambda _: Limit(2, None), NOW)

    assert first.after.draws_held == 1
    value = lots.value("seed", 1)
    by_lot = sorted(first.after.parties, key=lambda one: lots.turn(value, one.reference))
    assert list(second.plan.drawn) == by_lot


def test_where_nobody_can_stay_no_lots_are_drawn() -> None:
    of = situation(*booked(2, 3), policy=DRAW, seed="seed")

    decided = plan(of, Limit(0, None), NOW)

    assert sorted(moved(decided, "displace")) == ["R000", "R001"]
    assert decided.drawn == ()


# -- volunteers ------------------------------------------------------------------------------------------------------


def volunteer(number: int, seats: int, *, hour: int = 0) -> Party:
    return party(number, "confirmed", seats, volunteered_at=NOW - DAY + hour * HOUR)


def asked(*parties: Party, **changed: object) -> Situation:
    """A departure whose parties are asked who would give way, for another hour unless it says otherwise."""
    return situation(*parties, policy=FIRST_ASKED, **{"volunteers_until": NOW + HOUR, **changed})


def test_everybody_is_asked_before_anybody_has_to_go() -> None:
    of = situation(*booked(2, 2, 2), policy=FIRST_ASKED)

    decided = plan(of, Limit(4, None), NOW)

    assert [(move.kind, move.until) for move in decided.moves] == [("ask_volunteers", NOW + DAY)] * 3
    assert (decided.over_capacity, decided.public_free) == (True, 0)
    assert decided.volunteers_until == decided.next_due_at == NOW + DAY


def test_nobody_is_asked_twice_while_the_question_stands() -> None:
    decided = plan(asked(*booked(2, 2, 2)), Limit(4, None), NOW)

    assert decided.moves == ()
    assert decided.volunteers_until == NOW + HOUR


def test_nobody_is_offered_anything_while_volunteers_are_looked_for() -> None:
    of = asked(*booked(2, 2, 2), party(7, "waiting", 1), party(8, "displaced", 1))

    assert plan(of, Limit(4, None), NOW).moves == ()


def test_the_question_ends_when_the_names_are_due_or_where_that_is_near_when_they_may_change_no_more() -> None:
    soon = situation(*booked(2, 2), policy=FIRST_ASKED, names_due=NOW + 5 * HOUR)
    too_near = situation(*booked(2, 2), policy=FIRST_ASKED, names_due=NOW + HOUR / 2, offers_until=NOW + 2 * HOUR)

    an_hour = replace(too_near, names_due=NOW + HOUR)

    assert plan(soon, Limit(2, None), NOW).volunteers_until == NOW + 5 * HOUR
    assert plan(too_near, Limit(2, None), NOW).volunteers_until == NOW + 2 * HOUR
    assert plan(an_hour, Limit(2, None), NOW).volunteers_until == NOW + 2 * HOUR


def test_where_no_hour_is_left_the_earliest_confirmed_stay_at_once() -> None:
    of = situation(*booked(2, 2), policy=FIRST_ASKED, offers_until=NOW + HOUR / 2)

    decided = plan(of, Limit(2, None), NOW)

    assert moved(decided, "displace") == ["R001"]
    assert decided.volunteers_until is None


def test_where_nobody_can_stay_nobody_is_asked() -> None:
    of = situation(*booked(2, 2), policy=FIRST_ASKED)

    assert moved(plan(of, Limit(0, None), NOW), "displace") == ["R000", "R001"]


def test_volunteers_go_at_once_where_they_free_exactly_what_is_needed() -> None:
    of = asked(party(1, "confirmed", 2), volunteer(2, 3, hour=2), volunteer(3, 2, hour=3))

    decided = plan(of, Limit(5, None), NOW)

    assert [(move.kind, move.party.reference) for move in decided.moves] == [
        ("release_volunteer", "R003"),
        ("end_question", "R001"),
        ("keep_volunteer", "R002"),
    ]
    assert (decided.over_capacity, decided.volunteers_until) == (False, None)


def test_more_than_is_needed_is_taken_only_when_the_time_to_answer_is_over() -> None:
    parties = [party(1, "confirmed", 2), volunteer(2, 3)]

    meanwhile = plan(asked(*parties), Limit(4, None), NOW)
    afterwards = plan(asked(*parties, volunteers_until=NOW), Limit(4, None), NOW)

    assert meanwhile.moves == ()
    assert moved(afterwards, "release_volunteer") == ["R002"]


def test_of_volunteers_with_as_many_people_the_first_goes() -> None:
    of = asked(party(1, "confirmed", 2), volunteer(2, 2, hour=5), volunteer(3, 2, hour=4), volunteers_until=NOW)

    assert moved(plan(of, Limit(4, None), NOW), "release_volunteer") == ["R003"]


def test_of_volunteers_who_go_the_first_to_come_forward_is_named_first() -> None:
    of = asked(party(1, "confirmed", 2), volunteer(2, 2, hour=5), volunteer(3, 2, hour=4), volunteers_until=NOW)

    assert moved(plan(of, Limit(2, None), NOW), "release_volunteer") == ["R003", "R002"]


def test_where_too_few_volunteer_the_earliest_confirmed_of_the_others_stay() -> None:
    of = asked(volunteer(1, 1), party(2, "confirmed", 2), party(3, "confirmed", 2), volunteers_until=NOW)

    decided = plan(of, Limit(2, None), NOW)

    assert moved(decided, "release_volunteer") == ["R001"]
    assert moved(decided, "displace") == ["R003"]


def test_a_volunteer_whose_places_nobody_needs_any_more_stays() -> None:
    decided = plan(asked(party(1, "confirmed", 2), volunteer(2, 2)), Limit(4, None), NOW)

    assert [(move.kind, move.party.reference) for move in decided.moves] == [
        ("end_question", "R001"),
        ("keep_volunteer", "R002"),
    ]


def test_while_the_question_stands_and_where_there_was_none_nobody_hears_that_it_is_over() -> None:
    parties = [party(1, "confirmed", 2), party(2, "confirmed", 2)]

    assert moved(plan(asked(*parties), Limit(2, None), NOW), "end_question") == []
    assert moved(plan(situation(*parties), Limit(4, None), NOW), "end_question") == []


def test_when_the_time_to_answer_is_over_those_who_stay_hear_so() -> None:
    parties = [party(1, "confirmed", 2), party(2, "confirmed", 2)]

    decided = plan(asked(*parties, volunteers_until=NOW), Limit(2, None), NOW)

    assert (moved(decided, "displace"), moved(decided, "end_question")) == (["R002"], ["R001"])


def test_who_has_to_become_smaller_still_is_told_by_when() -> None:
    of = asked(party(1, "must_shrink", 4, shrink_until=NOW + HOUR, shrink_to=3))

    (over,) = plan(of, Limit(4, 3), NOW).moves

    assert (over.kind, over.until) == ("end_question", NOW + HOUR)


def test_a_volunteer_who_has_to_shrink_stays_too_where_nobody_needs_its_places() -> None:
    willing = party(2, "must_shrink", 4, shrink_until=NOW + HOUR, volunteered_at=NOW - HOUR)

    decided = plan(asked(willing), Limit(4, 3), NOW)

    assert moved(decided, "keep_volunteer") == ["R002"]


def test_a_volunteer_who_stays_and_has_to_shrink_is_none_any_more() -> None:
    kept, shrinks = plan(asked(volunteer(2, 4)), Limit(4, 3), NOW).moves

    assert (kept.kind, shrinks.kind) == ("keep_volunteer", "ask_to_shrink")
    assert shrinks.party == kept.party._replace(volunteered_at=None)


def test_whoever_gave_way_is_asked_before_an_earlier_confirmation_that_lost_its_places() -> None:
    gave_way, lost = party(5, "displaced", 2, rank=0), party(1, "displaced", 2)

    assert moved(plan(situation(gave_way, lost), Limit(2, None), NOW), "offer") == ["R005"]


def test_foresight_puts_whoever_gives_way_before_those_who_lost_their_places() -> None:
    queue = Queue([party(1, "displaced", 2)])
    of = asked(party(2, "confirmed", 2), volunteer(3, 2))

    foresee(of, Limit(2, None), NOW, queue)

    assert [one.reference for one in in_turn(queue, room=lambda: 9)] == ["R003", "R001"]


# -- exceptions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [Policy.CANCEL_ALL, Policy.KEEP_EARLIEST, DRAW])
def test_who_is_kept_by_exception_stays_before_all_others(policy: Policy) -> None:
    parties = [*booked(2, 2, 2), party(9, "confirmed", 2, exempt=True)]

    decided = plan(situation(*parties, policy=policy, seed="seed", offers_until=NOW), Limit(2, None), NOW)

    assert moved(decided, "displace") != []
    assert "R009" not in moved(decided, "displace")


@given(of=situations(), limit=limits)
def test_an_exception_never_takes_more_places_than_there_are(of: Situation, limit: Limit) -> None:
    exempt = replace(of, parties=tuple(one._replace(exempt=True) for one in of.parties))

    decided = plan(exempt, limit, NOW)

    assert decided.seats_taken <= max(limit.capacity, of.walk_ups) or decided.volunteers_until


# -- properties ------------------------------------------------------------------------------------------------------


@given(seats=sizes, capacity=st.integers(0, 20), policy=st.sampled_from(ORDERLY))
def test_nobody_is_moved_who_could_have_stayed(seats: list[int], capacity: int, policy: Policy) -> None:
    of = situation(*booked(*seats), policy=policy, seed="seed", offers_until=NOW)

    decided = plan(of, Limit(capacity, None), NOW)

    free = capacity - decided.seats_taken
    assert free >= 0
    assert all(move.party.seats > free for move in decided.moves if move.kind == "displace")


@given(seats=sizes, capacity=st.integers(0, 20), policy=st.sampled_from(ORDERLY))
def test_whoever_stays_comes_before_whoever_has_as_many_people_and_goes(
    seats: list[int], capacity: int, policy: Policy
) -> None:
    of = situation(*booked(*seats), policy=policy, seed="seed", offers_until=NOW)
    value = lots.value("seed", 0)
    turns = {one.id: lots.turn(value, one.reference) if policy == DRAW else one.by_confirmation for one in of.parties}

    going = {move.party.id for move in plan(of, Limit(capacity, None), NOW).moves if move.kind == "displace"}

    for one, other in combinations(of.parties, 2):
        if one.seats == other.seats and (one.id in going) != (other.id in going):
            stays, goes = (other, one) if one.id in going else (one, other)
            assert turns[stays.id] < turns[goes.id]  # type: ignore[operator]  # both of one kind


@given(of=situations(), limit=limits)
def test_nobody_is_moved_by_policy_while_all_who_are_booked_fit(of: Situation, limit: Limit) -> None:
    seated = sum(one.seats for one in of.parties if one.state in {"confirmed", "must_shrink"}) + of.walk_ups

    decided = plan(of, limit, NOW)

    assert seated > limit.capacity or moved(decided, "displace") == []
    assert seated > limit.capacity or decided.drawn == ()


@given(
    seats=sizes,
    willing=st.lists(st.integers(1, 6), max_size=6),
    capacity=st.integers(1, 30),
)
def test_of_volunteers_no_other_choice_would_move_fewer_people(
    seats: list[int], willing: list[int], capacity: int
) -> None:
    volunteers = [volunteer(50 + number, size, hour=number) for number, size in enumerate(willing)]
    of = asked(*booked(*seats), *volunteers, volunteers_until=NOW, offers_until=NOW)

    decided = plan(of, Limit(capacity, None), NOW)

    assert not decided.over_capacity
    room = capacity - sum(seats) + sum(move.party.seats for move in decided.moves if move.kind == "displace")
    choices = [sum(some) for number in range(len(willing) + 1) for some in combinations(willing, number)]
    going = sum(move.party.seats for move in decided.moves if move.kind == "release_volunteer")
    if sum(seats) + sum(willing) > capacity:
        assert sum(willing) - going == max(staying for staying in choices if staying <= max(room, 0))
    else:
        assert going == 0


@given(
    seats=sizes,
    willing=st.lists(st.integers(1, 6), max_size=6),
    capacity=st.integers(0, 30),
)
def test_nobody_who_did_not_volunteer_goes_while_volunteers_suffice(
    seats: list[int], willing: list[int], capacity: int
) -> None:
    volunteers = [volunteer(50 + number, size, hour=number) for number, size in enumerate(willing)]
    of = asked(*booked(*seats), *volunteers, volunteers_until=NOW, offers_until=NOW)

    decided = plan(of, Limit(capacity, None), NOW)

    assert sum(seats) > capacity or moved(decided, "displace") == []


@given(seats=sizes, willing=st.lists(st.integers(1, 6), max_size=6), capacity=st.integers(1, 30))
def test_while_volunteers_are_looked_for_nobody_goes_but_exactly_enough_of_them(
    seats: list[int], willing: list[int], capacity: int
) -> None:
    volunteers = [volunteer(50 + number, size, hour=number) for number, size in enumerate(willing)]

    decided = plan(asked(*booked(*seats), *volunteers), Limit(capacity, None), NOW)

    going = sum(move.party.seats for move in decided.moves if move.kind == "release_volunteer")
    all_go = len(moved(decided, "displace") + moved(decided, "release_volunteer")) == len(seats) + len(willing)
    assert all_go or moved(decided, "displace") == []
    assert all_go or going in (0, sum(seats) + sum(willing) - capacity)


def test_while_volunteers_are_asked_the_plan_says_who_goes_if_nobody_comes_forward() -> None:
    parties = booked(2, 2, 2)

    first = plan(asked(*parties, volunteers_until=None), Limit(4, None), NOW)
    afterwards = plan(asked(*parties, volunteers_until=NOW), Limit(4, None), NOW)

    gone = [move.party.id for move in afterwards.moves if move.kind == "displace"]
    assert [one.id for one in first.otherwise] == gone == [parties[2].id]
    assert afterwards.otherwise == ()

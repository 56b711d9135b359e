"""Who stays when a departure becomes smaller: each policy by its sentences, and by properties over random cuts."""

from hashlib import sha256
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tests.applications.test_plan import NOW, limits, moved, party, situation, situations
from tourbook.applications import lots
from tourbook.applications.foresight import Foresight
from tourbook.applications.parties import Party, Situation
from tourbook.applications.plan import Limit, plan
from tourbook.courses.models import Policy

DRAW = Policy.DRAW_AMONG_BOOKED
ORDERLY = [Policy.KEEP_EARLIEST, DRAW]
"""The policies by which parties stay in an order as far as they fit."""

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

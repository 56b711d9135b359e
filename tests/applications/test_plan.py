"""The plan for one departure, by its sentences and by properties over random situations."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from tourbook.applications.decided import Limit, Plan
from tourbook.applications.foresight import Foresight
from tourbook.applications.parties import OpenOffer, Party, Situation
from tourbook.applications.plan import plan
from tourbook.applications.told import notices
from tourbook.courses.models import Policy

NOW = datetime(2026, 5, 4, tzinfo=UTC)
HERE = UUID(int=1)
ELSEWHERE = UUID(int=2)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def party(number: int, state: str, seats: int, **changed: Any) -> Party:
    """A party that came in at the hour of its number."""
    at = NOW - 100 * HOUR + number * HOUR
    values: dict[str, Any] = {
        "id": UUID(int=100 + number),
        "reference": f"R{number:03}",
        "departure_id": ELSEWHERE if state == "displaced" else HERE,
        "state": state,
        "seats": seats,
        "created_at": at,
        "confirmed_at": at if state in {"confirmed", "must_shrink", "displaced"} else None,
        "waiting_since": at if state == "waiting" else None,
        "typing_until": NOW + timedelta(minutes=5) if state == "held" else None,
        "persons": frozenset({f"person {number}"}),
        "way": "mail",
    }
    return Party(**{**values, **changed})


def situation(*parties: Party, **changed: Any) -> Situation:
    values: dict[str, Any] = {
        "departure_id": HERE,
        "starts_at": NOW + 10 * DAY,
        "offers_from": NOW - 5 * DAY,
        "offers_until": NOW + 7 * DAY,
        "policy": "cancel_all",
        "skip_bound": 3,
        "offer_for": DAY,
        "shrink_within": DAY,
        "parties": tuple(one for one in parties if one.state != "displaced"),
        "displaced": tuple(one for one in parties if one.state == "displaced"),
    }
    return Situation(**{**values, **changed})


def moved(decided: Plan, kind: str) -> list[str]:
    return [move.party.reference for move in decided.moves if move.kind == kind]


def test_offers_are_revoked_before_holds_and_holds_before_anybody_is_displaced() -> None:
    offered = party(3, "waiting", 2)
    offer = OpenOffer(UUID(int=9), offered, 2, NOW - HOUR, NOW + HOUR)
    of = situation(party(1, "confirmed", 2), party(2, "held", 2), offered, offers=(offer,))

    assert [move.kind for move in plan(of, Limit(4, None), NOW).moves] == ["revoke"]
    assert [move.kind for move in plan(of, Limit(2, None), NOW).moves] == ["revoke", "release"]
    closed = plan(of, Limit(0, None), NOW)
    assert [move.kind for move in closed.moves] == ["revoke", "release", "displace", "set_aside"]


def test_the_newest_hold_is_released_first() -> None:
    of = situation(party(1, "held", 2), party(2, "held", 2))

    assert moved(plan(of, Limit(2, None), NOW), "release") == ["R002"]


def test_the_earliest_confirmed_that_fit_are_kept_under_that_policy() -> None:
    of = situation(*(party(n, "confirmed", seats) for n, seats in enumerate((4, 5, 1))), policy="keep_earliest")

    assert moved(plan(of, Limit(6, None), NOW), "displace") == ["R001"]


def test_the_earliest_confirmed_are_kept_in_whatever_order_they_were_read() -> None:
    of = situation(
        party(2, "confirmed", 3), party(1, "must_shrink", 3, shrink_until=NOW + HOUR), policy="keep_earliest"
    )

    assert moved(plan(of, Limit(3, None), NOW), "displace") == ["R002"]


def test_an_early_party_above_a_new_party_limit_is_kept_and_asked_to_shrink() -> None:
    of = situation(party(1, "confirmed", 5), party(2, "confirmed", 2), policy="keep_earliest", offers_from=NOW + HOUR)

    decided = plan(of, Limit(6, 3), NOW)

    assert [(move.kind, move.party.reference) for move in decided.moves] == [
        ("displace", "R002"),
        ("ask_to_shrink", "R001"),
    ]


def test_who_never_had_seats_frees_none_by_leaving() -> None:
    of = situation(party(1, "waiting", 2, typing_until=NOW), party(2, "confirmed", 2))

    assert plan(of, Limit(20, None), NOW).seats_taken == 2


def test_a_party_remembers_everybody_whom_it_passed() -> None:
    large = [party(number, "waiting", 4) for number in (1, 2)]
    of = situation(party(3, "confirmed", 3), *large, party(4, "waiting", 1))

    decided = plan(of, Limit(6, None), NOW)

    assert decided.passing == {UUID(int=104): tuple(one.id for one in large)}
    assert decided.passed == {one.id: 1 for one in large}


def test_the_displaced_are_offered_seats_before_the_waiting() -> None:
    of = situation(party(1, "waiting", 2), party(2, "displaced", 2), party(3, "displaced", 2))

    assert moved(plan(of, Limit(4, None), NOW), "offer") == ["R002", "R003"]


def test_whoever_lost_places_here_comes_before_an_earlier_confirmation_from_elsewhere() -> None:
    elsewhere = [party(number, "displaced", 2) for number in (1, 2)]
    here = [party(number, "displaced", 2, departure_id=HERE) for number in (8, 9)]

    decided = plan(situation(*elsewhere, *here), Limit(6, None), NOW)

    assert moved(decided, "offer") == ["R008", "R009", "R001"]


def test_nobody_is_offered_a_departure_twice_or_one_where_they_go_already() -> None:
    asked = party(1, "displaced", 2, offered=frozenset({HERE}))
    there = party(2, "displaced", 2, persons=frozenset({"kim"}))
    of = situation(asked, there, present=frozenset({"kim"}))

    assert plan(of, Limit(20, None), NOW).moves == ()


def test_one_notice_tells_of_lost_seats_and_of_the_offer_that_follows_at_once() -> None:
    of = situation(party(1, "confirmed", 3), party(2, "confirmed", 3), party(3, "waiting", 1))

    told = [(move.party.reference, notice) for move, notice in notices(plan(of, Limit(4, None), NOW).moves)]

    assert told == [
        ("R001", None),
        ("R002", "displaced"),
        ("R001", "displaced_offered"),
        ("R003", "offer"),
    ]


def test_nothing_is_offered_before_the_opening_nor_in_the_last_hour() -> None:
    waiting = party(1, "waiting", 2)

    early = plan(situation(waiting, offers_from=NOW + HOUR), Limit(4, None), NOW)
    late = plan(situation(waiting, offers_until=NOW + HOUR / 2), Limit(4, None), NOW)

    assert moved(early, "offer") == moved(late, "offer") == []
    assert early.next_due_at == NOW + HOUR


def test_a_waiting_party_that_was_passed_often_enough_keeps_seats_from_the_public() -> None:
    patient = party(1, "waiting", 4, passed_by=3)

    decided = plan(situation(patient, party(2, "waiting", 1)), Limit(3 + 1, None), NOW)
    stuck = plan(situation(party(3, "confirmed", 2), patient, party(2, "waiting", 1)), Limit(4, None), NOW)

    assert moved(decided, "offer") == ["R001"]
    assert moved(stuck, "offer") == []
    assert stuck.public_free == 0


def test_in_the_last_hour_seats_are_no_longer_kept_for_those_who_cannot_be_offered_them() -> None:
    of = situation(party(1, "confirmed", 2), party(2, "waiting", 4, passed_by=3), offers_until=NOW + 2 * HOUR)

    kept = plan(of, Limit(4, None), NOW)
    given_free = plan(of, Limit(4, None), NOW + HOUR)

    assert (kept.public_free, kept.next_due_at) == (0, NOW + HOUR)
    assert (given_free.public_free, given_free.next_due_at) == (2, NOW + 2 * HOUR)


def test_a_party_too_large_for_an_empty_departure_is_set_aside_and_blocks_nobody() -> None:
    large = party(1, "waiting", 5, passed_by=3)

    decided = plan(situation(large, party(2, "waiting", 2)), Limit(4, None), NOW)

    assert moved(decided, "set_aside") == ["R001"]
    assert moved(decided, "offer") == ["R002"]
    assert decided.public_free == 2


def test_who_had_to_shrink_until_the_start_has_gone_as_it_was() -> None:
    late = party(1, "must_shrink", 4, shrink_until=NOW - HOUR)
    of = situation(late, party(2, "must_shrink", 3, shrink_until=NOW), starts_at=NOW)

    decided = plan(of, Limit(20, 2), NOW)

    assert [(move.kind, move.party.reference) for move in decided.moves] == [("keep", "R001"), ("keep", "R002")]
    assert notices(decided.moves) == [(move, None) for move in decided.moves]
    assert (decided.seats_taken, decided.next_due_at) == (7, None)


def test_walk_ups_beyond_a_cut_leave_the_departure_over_capacity_and_closed_to_all() -> None:
    decided = plan(situation(party(1, "waiting", 1), walk_ups=5), Limit(3, None), NOW)

    assert decided.over_capacity
    assert decided.public_free == 0
    assert moved(decided, "offer") == []


# -- properties ------------------------------------------------------------------------------------------------------

states = st.sampled_from(["held", "confirmed", "must_shrink", "waiting", "displaced"])


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    rows = draw(st.lists(st.tuples(states, st.integers(1, 6), st.integers(0, 4)), max_size=12))
    made = [party(n, state, seats, passed_by=passed) for n, (state, seats, passed) in enumerate(rows)]
    offered = [one for one in made if one.state in {"waiting", "displaced"} and draw(st.booleans())]
    hours = draw(st.lists(st.integers(-2, 30), min_size=len(offered), max_size=len(offered)))
    offers = tuple(
        OpenOffer(uuid5(one.id, "offer"), one, one.seats, NOW - DAY, NOW + hour * HOUR)
        for one, hour in zip(offered, hours, strict=True)
    )
    free = tuple(one for one in made if one.state == "displaced" and one not in offered)
    return situation(
        *(one for one in made if one.state != "displaced"),
        displaced=free,
        offers=offers,
        policy=draw(st.sampled_from(list(Policy))),
        seed="seed",
        skip_bound=draw(st.integers(0, 3)),
        walk_ups=draw(st.integers(0, 4)),
    )


limits = st.builds(Limit, st.integers(0, 24), st.one_of(st.none(), st.integers(1, 6)))


@given(of=situations(), limit=limits)
def test_nobody_is_oversold_and_no_party_is_split(of: Situation, limit: Limit) -> None:
    decided = plan(of, limit, NOW)

    assert decided.seats_taken <= decided.allowed or decided.over_capacity
    assert decided.over_capacity == (of.walk_ups > limit.capacity or decided.volunteers_until is not None)
    assert 0 <= decided.public_free <= max(decided.allowed - decided.seats_taken, 0)
    sizes = {one.id: one.seats for one in (*of.parties, *of.displaced, *(offer.party for offer in of.offers))}
    assert all(move.party.seats == sizes[move.party.id] for move in decided.moves)


@given(of=situations(), limit=limits)
def test_a_plan_leaves_nothing_to_plan(of: Situation, limit: Limit) -> None:
    foresight = Foresight([of], of.displaced)
    foresight.settle_all(lambda _: limit, NOW)

    again = foresight.settle_all(lambda _: limit, NOW)

    assert [move for foreseen in again for move in foreseen.plan.moves] == []


@given(of=situations(), limit=limits)
def test_offers_are_admissible_and_end_in_time(of: Situation, limit: Limit) -> None:
    for move in plan(of, limit, NOW).moves:
        if move.kind == "offer":
            assert limit.admits(move.party.seats)
            assert move.until is not None
            assert NOW < move.until <= of.offers_until


@given(of=situations(), limit=limits)
def test_nobody_is_passed_more_often_than_the_course_says(of: Situation, limit: Limit) -> None:
    before = {one.id: one.passed_by for one in of.parties}

    for application, times in plan(of, limit, NOW).passed.items():
        assert before[application] < times <= max(of.skip_bound, before[application])


@given(of=situations(), limit=limits)
def test_no_waiting_party_that_fits_is_left_beside_free_seats(of: Situation, limit: Limit) -> None:
    foresight = Foresight([of], of.displaced)
    (*_, last) = foresight.settle_all(lambda _: limit, NOW)

    free = last.plan.allowed - last.plan.seats_taken
    stuck = last.plan.public_free == 0
    left = [one for one in of.parties if one.state == "waiting" and one.id not in _answered(last.plan, of)]
    assert stuck or not any(one.seats <= free and limit.admits(one.seats) for one in left)


def _answered(decided: Plan, of: Situation) -> set[UUID]:
    """Whoever was offered seats, has an offer already, or has left."""
    return {move.party.id for move in decided.moves} | {offer.party.id for offer in of.offers}

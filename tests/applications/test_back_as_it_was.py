"""Whoever is put back is as before the change that was taken back: holds, time to shrink, volunteers, other offers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from tests.applications.test_plan import DAY, ELSEWHERE, HERE, HOUR, NOW, party, situation
from tests.applications.test_putting_back import ANOTHER_OFFER, OPEN, lost, offer, told
from tourbook.applications.deadlines import shrink_by
from tourbook.applications.decided import Limit
from tourbook.applications.parties import Elsewhere, Party, Undone, Undrawn
from tourbook.applications.plan import plan
from tourbook.courses.models import Policy

ASKED_UNTIL = NOW + 3 * HOUR
BY_VOLUNTEERS = {"policy": Policy.VOLUNTEERS_FIRST, "had_volunteers_until": ASKED_UNTIL}
CAME_FORWARD = NOW - HOUR


# -- holds -----------------------------------------------------------------------------------------------------------


def test_whoever_was_typing_holds_the_places_again_and_passes_those_again_whom_it_passed() -> None:
    holds, waits = party(3, "held", 3), party(2, "waiting", 2)
    of = situation(party(1, "confirmed", 2), waits, undone=(Undone(holds, passed=(waits.id,)),))

    decided = plan(of, Limit(5, 3), NOW)

    assert [(move.kind, move.party, move.until) for move in decided.moves] == [
        ("hold_again", holds, holds.typing_until)
    ]
    assert (decided.seats_taken, decided.next_due_at) == (5, holds.typing_until)
    assert (decided.passed, decided.passing) == ({waits.id: 1}, {holds.id: (waits.id,)})


@pytest.mark.parametrize(
    ("limit", "present"),
    [(Limit(4, None), []), (Limit(20, 2), []), (OPEN, ["person 3"])],
    ids=["no room", "too large", "one of its people goes"],
)
def test_nobody_is_told_of_places_that_were_held_and_cannot_be_again(limit: Limit, present: list[str]) -> None:
    of = situation(party(1, "confirmed", 2), present=frozenset(present), undone=(Undone(party(3, "held", 3)),))

    decided = plan(of, limit, NOW)

    assert (told(decided), decided.seats_taken) == ([], 2)


# -- who was passed by -------------------------------------------------------------------------------------------------


def test_whoever_sits_again_or_has_its_offer_again_passes_those_again_who_wait_still() -> None:
    waits, gone, sat, asked = party(1, "waiting", 5), UUID(int=5), lost(2, 3), party(3, "displaced", 2)
    undone = (Undone(sat, passed=(waits.id, gone)), Undone(asked, offer(asked), passed=(waits.id,)))

    decided = plan(situation(waits, undone=undone), Limit(5, None), NOW)

    assert told(decided) == [("put_back", "R002"), ("reopen", "R003")]
    assert decided.passed == {waits.id: 2}
    assert decided.passing == {sat.id: (waits.id,), asked.id: (waits.id,)}


# -- who is enough to be decided among --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "moves"),
    [
        ({"walk_ups": 1}, [("put_back", "R002"), ("displace", "R002")]),
        ({"walk_ups": 1, "let_in_by_mistake": 1}, [("tell_now", "R002")]),
    ],
)
def test_who_came_to_the_gate_takes_room_of_those_who_sat_there_but_not_who_was_let_in_by_mistake(
    changed: dict[str, object], moves: list[tuple[str, str]]
) -> None:
    of = situation(party(1, "confirmed", 2), undone=(Undone(lost(2, 3)),), policy=Policy.KEEP_EARLIEST, **changed)

    assert told(plan(of, Limit(5, None), NOW)) == moves


def test_whoever_has_to_shrink_sits_there_too_where_it_is_decided_among_all() -> None:
    shrinks = party(1, "must_shrink", 3, shrink_until=NOW + HOUR)
    of = situation(shrinks, undone=(Undone(lost(2, 2)),), policy=Policy.KEEP_EARLIEST)

    assert told(plan(of, Limit(4, 2), NOW)) == [("put_back", "R002"), ("displace", "R002")]


def was_set_aside() -> tuple[list[Party], Undone]:
    aside = party(4, "waiting", 4, set_aside=True)
    return [aside], Undone(aside)


def lost_an_offer() -> tuple[list[Party], Undone]:
    asked = party(4, "displaced", 4)
    return [], Undone(asked, offer(asked))


def answers_elsewhere() -> tuple[list[Party], Undone]:
    return [], Undone(lost(4, 4), elsewhere=Elsewhere(ANOTHER_OFFER, ELSEWHERE, locked=False))


def goes_with_somebody_else() -> tuple[list[Party], Undone]:
    return [], Undone(lost(4, 4, persons=frozenset({"person 1"})))


@pytest.mark.parametrize("who", [was_set_aside, lost_an_offer, answers_elsewhere, goes_with_somebody_else])
def test_only_who_sat_there_and_may_sit_there_again_counts_among_those_who_are_too_many(
    who: Callable[[], tuple[list[Party], Undone]],
) -> None:
    new, (here, other) = party(3, "confirmed", 2), who()
    undone, since = (Undone(lost(2, 2)), other), {"newcomers": frozenset({new.id}), "offers_from": NOW + DAY}

    decided = plan(situation(party(1, "confirmed", 2), new, *here, undone=undone, **since), Limit(5, 3), NOW)

    assert sorted(told(decided)) == [("tell_now", "R002"), ("tell_now", "R004")]


# -- volunteers -------------------------------------------------------------------------------------------------------


def test_volunteers_are_looked_for_as_before_and_until_then_everybody_sits_again() -> None:
    of = situation(party(1, "confirmed", 2), undone=(Undone(lost(2, 3), volunteered_at=CAME_FORWARD),), **BY_VOLUNTEERS)

    decided = plan(of, Limit(3, None), NOW)

    assert told(decided) == [("put_back", "R002"), ("ask_volunteers", "R001")]
    assert {move.until for move in decided.moves if move.kind == "ask_volunteers"} == {ASKED_UNTIL}
    assert decided.moves[0].party.volunteered_at == CAME_FORWARD
    assert (decided.volunteers_until, decided.over_capacity) == (ASKED_UNTIL, True)


def test_as_long_as_it_is_open_who_goes_nobody_else_is_asked_to_become_smaller() -> None:
    of = situation(party(1, "confirmed", 3), undone=(Undone(lost(2, 2)),), **BY_VOLUNTEERS)

    assert told(plan(of, Limit(4, 2), NOW)) == [("put_back", "R002"), ("ask_volunteers", "R001")]


def test_who_never_heard_that_the_question_is_over_is_not_asked_again() -> None:
    of = situation(party(1, "confirmed", 2), undone=(Undone(lost(2, 3)),), **BY_VOLUNTEERS)

    assert told(plan(replace(of, volunteers_until=ASKED_UNTIL), Limit(4, None), NOW)) == [("put_back", "R002")]


def test_where_there_is_room_nobody_is_a_volunteer_any_more() -> None:
    of = situation(party(1, "confirmed", 2), undone=(Undone(lost(2, 3), volunteered_at=CAME_FORWARD),), **BY_VOLUNTEERS)

    decided = plan(of, Limit(5, None), NOW)

    assert told(decided) == [("put_back", "R002"), ("end_question", "R002")]
    assert (decided.moves[0].party.volunteered_at, decided.volunteers_until) == (None, None)


def test_where_nobody_has_been_moved_volunteers_are_looked_for_anew() -> None:
    of = situation(party(1, "confirmed", 2), party(2, "confirmed", 3), **BY_VOLUNTEERS)

    decided = plan(of, Limit(4, None), NOW)

    assert told(decided) == [("ask_volunteers", "R001"), ("ask_volunteers", "R002")]
    assert decided.volunteers_until == NOW + DAY


def test_where_those_who_came_forward_are_just_enough_nobody_is_looked_for_as_before() -> None:
    volunteer = party(1, "confirmed", 2, volunteered_at=CAME_FORWARD)
    of = situation(volunteer, undone=(Undone(lost(2, 3)),), **BY_VOLUNTEERS)

    assert told(plan(of, Limit(3, None), NOW)) == [
        ("put_back", "R002"),
        ("release_volunteer", "R001"),
        ("end_question", "R002"),
    ]


def test_who_had_come_forward_and_would_be_just_enough_ends_the_question_of_before_and_all_are_asked_anew() -> None:
    undone = (Undone(lost(2, 3), volunteered_at=CAME_FORWARD),)

    decided = plan(situation(party(1, "confirmed", 2), undone=undone, **BY_VOLUNTEERS), Limit(2, None), NOW)

    assert told(decided) == [("put_back", "R002"), ("ask_volunteers", "R001"), ("ask_volunteers", "R002")]
    assert decided.volunteers_until == NOW + DAY


def test_who_came_since_makes_room_before_volunteers_are_looked_for() -> None:
    new = party(3, "confirmed", 2)
    seats = {3: [("tell_now", "R002")], 4: [("put_back", "R002"), ("displace", "R003"), ("ask_volunteers", "R001")]}

    for size, moves in seats.items():
        undone = (Undone(lost(2, size)),)
        of = situation(party(1, "confirmed", 2), new, undone=undone, newcomers=frozenset({new.id}), **BY_VOLUNTEERS)
        decided = plan(of, Limit(5, None), NOW)
        assert told(decided) == moves
        assert decided.volunteers_until == (ASKED_UNTIL if size == 4 else None)


def test_nobody_is_looked_for_once_the_departure_has_left() -> None:
    of = situation(
        party(1, "confirmed", 2),
        undone=(Undone(lost(2, 3)),),
        starts_at=NOW,
        offers_until=NOW - DAY,
        **BY_VOLUNTEERS,
    )

    assert told(plan(of, Limit(0, None), NOW)) == [("tell_now", "R002"), ("displace", "R001")]
    gone = party(3, "confirmed", 2, retaken=2)
    instead = replace(of, parties=(*of.parties, gone), walk_ups=2, let_in_by_mistake=2)
    assert told(plan(instead, Limit(0, None), NOW)) == [("tell_now", "R002"), ("displace", "R001")]


# -- time to shrink ---------------------------------------------------------------------------------------------------


def test_whoever_is_asked_anew_is_told_of_the_number_that_may_go_now_and_has_its_time() -> None:
    decided = plan(situation(undone=(Undone(lost(1, 3, shrink_to=1)),)), Limit(20, 2), NOW)

    until = shrink_by(NOW, DAY, situation().starts_at)
    assert [(move.kind, move.until) for move in decided.moves] == [("put_back_to_shrink", until)]
    assert decided.next_due_at == until


def test_whoever_knows_of_another_number_than_may_go_now_is_told_so_as_it_sits_again() -> None:
    undone = (Undone(lost(1, 3, shrink_to=1), shrink_until=NOW + HOUR),)

    assert told(plan(situation(undone=undone), Limit(20, 2), NOW)) == [("put_back", "R001"), ("ask_anew", "R001")]


def test_whoever_was_to_be_told_of_a_number_hears_only_of_the_one_that_may_go_now() -> None:
    large = party(1, "must_shrink", 4, shrink_until=NOW + HOUR, shrink_to=2)

    assert told(plan(situation(large, undone=(Undone(large),)), Limit(10, 3), NOW)) == [
        ("unsay", "R001"),
        ("ask_anew", "R001"),
    ]


def test_whoever_had_to_shrink_and_has_not_heard_that_it_need_not_has_the_same_time_again() -> None:
    whole = party(1, "confirmed", 4)

    decided = plan(situation(whole, undone=(Undone(whole, shrink_until=NOW + HOUR),)), Limit(20, 3), NOW)

    assert [(move.kind, move.party, move.until) for move in decided.moves] == [("shrink_again", whole, NOW + HOUR)]
    assert decided.next_due_at == NOW + HOUR


@pytest.mark.parametrize("until", [None, NOW, NOW - HOUR])
def test_whoever_has_no_time_left_of_before_is_asked_anew_and_hears_nothing_else(until: datetime | None) -> None:
    whole = party(1, "confirmed", 4)

    assert told(plan(situation(whole, undone=(Undone(whole, shrink_until=until),)), Limit(20, 3), NOW)) == [
        ("unsay", "R001"),
        ("ask_to_shrink", "R001"),
    ]


def test_whoever_was_in_line_again_and_is_too_large_again_is_set_aside_and_passed_by_nobody() -> None:
    large, other = party(1, "waiting", 4), party(2, "waiting", 2)

    decided = plan(situation(large, other, undone=(Undone(large),)), Limit(3, None), NOW)

    assert told(decided) == [("aside_again", "R001"), ("offer", "R002")]
    assert decided.passed == {}


# -- other offers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("untold", "kind"), [(True, "drop_elsewhere"), (False, "withdraw_elsewhere")])
@pytest.mark.parametrize("party_max", [None, 2])
def test_an_offer_of_another_departure_ends_as_its_party_sits_again(
    party_max: int | None, untold: bool, kind: str
) -> None:
    other = Elsewhere(ANOTHER_OFFER, ELSEWHERE, locked=True, untold=untold)
    again = lost(1, 3)

    put_back, ended = plan(situation(undone=(Undone(again, elsewhere=other),)), Limit(20, party_max), NOW).moves

    assert (ended.kind, ended.party, ended.offer_id) == (kind, again, ANOTHER_OFFER)
    assert ended.until == put_back.until == (shrink_by(NOW, DAY, situation().starts_at) if party_max else None)


def test_an_offer_for_a_change_that_was_taken_back_ends_and_is_made_anew_once() -> None:
    asked = party(1, "waiting", 3)
    made = replace(offer(asked), untold=True, undone=True)

    decided = plan(situation(asked, offers=(made,)), Limit(6, None), NOW)

    assert told(decided) == [("unmake", "R001"), ("offer", "R001")]
    assert (decided.moves[0].offer_id, decided.seats_taken) == (made.id, 3)


def test_whoever_has_the_offer_again_that_it_knew_of_has_passed_nobody_by_the_one_that_it_never_heard_of() -> None:
    large = party(2, "waiting", 4, passed_by=1)
    asked = party(3, "waiting", 2, passes=(large.id,))
    made = replace(offer(asked, named=ANOTHER_OFFER), untold=True, undone=True, sits_again=True)
    of = situation(party(1, "confirmed", 3), large, asked, offers=(made,), undone=(Undone(asked, offer(asked)),))

    decided = plan(of, Limit(6, None), NOW)

    assert told(decided) == [("unmake", "R003"), ("reopen", "R003")]
    assert (decided.passed, decided.passing) == ({large.id: 0}, {asked.id: ()})


def test_whoever_may_sit_again_elsewhere_is_asked_for_nothing_here_meanwhile() -> None:
    asked = party(1, "displaced", 3)
    made = replace(offer(asked), untold=True, undone=True, sits_again=True)

    assert told(plan(situation(offers=(made,)), OPEN, NOW)) == [("unmake", "R001")]


def test_who_is_put_back_and_has_to_go_in_turn_may_be_offered_the_same_departure_again() -> None:
    back = lost(2, 3, offered=frozenset({HERE}))

    moves = told(plan(situation(party(3, "confirmed", 2), undone=(Undone(back),)), Limit(4, None), NOW))

    assert moves[-1] == ("offer", "R002")


# -- what stands around it --------------------------------------------------------------------------------------------


def test_draws_by_which_nobody_has_lost_anything_were_none_the_last_first() -> None:
    undrawn = (Undrawn(3, frozenset({"R001"})), Undrawn(2, frozenset({"R009"})), Undrawn(1, frozenset({"R001"})))
    of = situation(undone=(Undone(lost(1, 2)),), policy=Policy.DRAW_AMONG_BOOKED, draws_held=3, undrawn=undrawn)

    decided = plan(of, OPEN, NOW)

    assert (decided.undrawn, decided.draws_held) == ((3,), 2)
    assert plan(situation(draws_held=3), OPEN, NOW).draws_held == 3
    assert plan(situation(), OPEN, NOW).undrawn == ()


@pytest.mark.parametrize(("capacity", "too_many"), [(6, 0), (5, 0), (4, 2)])
def test_nobody_goes_for_those_who_were_let_in_by_mistake(capacity: int, too_many: int) -> None:
    of = situation(party(1, "confirmed", 3), walk_ups=2, let_in_by_mistake=2)

    decided = plan(of, Limit(capacity, None), NOW)

    assert (told(decided), decided.let_in_by_mistake) == ([], too_many)


@pytest.mark.parametrize(("capacity", "moves"), [(0, [("displace", "R001")]), (1, [])])
def test_only_what_was_closed_before_it_left_is_told_after_it(capacity: int, moves: list[tuple[str, str]]) -> None:
    of = situation(party(1, "confirmed", 2), starts_at=NOW)

    assert told(plan(of, Limit(capacity, None), NOW)) == moves
    assert told(plan(replace(of, called_off=True), Limit(capacity, None), NOW)) == []

"""Places set aside for groups in a plan: by its sentences, and by properties over random situations."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.applications.test_plan import DAY, HOUR, NOW, moved, party, situation
from tourbook.applications.aside import Freed, left_of
from tourbook.applications.decided import Limit
from tourbook.applications.foresight import foresee
from tourbook.applications.parties import Allotted, Situation
from tourbook.applications.plan import plan
from tourbook.applications.queue import Queue

FIRST, LAST = UUID(int=501), UUID(int=502)


def allotted(left: int, *, named: UUID = FIRST, **changed: Any) -> Allotted:
    values: dict[str, Any] = {"made_at": NOW - 2 * DAY, "releases_at": NOW + 5 * DAY}
    return Allotted(named, left, **{**values, **changed})


def test_what_is_set_aside_is_not_free_and_counts_as_taken() -> None:
    decided = plan(situation(party(1, "confirmed", 2), allotments=(allotted(5),)), Limit(10, None), NOW)

    assert (decided.seats_taken, decided.public_free) == (7, 3)
    assert left_of(decided.allotments) == 5
    assert decided.freed == ()


def test_it_ends_by_the_clock_and_is_offered_to_those_who_wait_before_the_public() -> None:
    before = situation(party(1, "waiting", 4), allotments=(allotted(5, releases_at=NOW),))

    decided = plan(before, Limit(5, None), NOW)

    assert decided.freed == (Freed(FIRST, unfilled=5, over=True),)
    assert moved(decided, "offer") == ["R001"]
    assert (decided.seats_taken, decided.public_free, decided.allotments) == (4, 1, ())


@pytest.mark.parametrize(("reachable", "left", "told"), [(True, 1, True), (True, 0, False), (False, 1, False)])
def test_a_group_is_written_to_where_it_left_a_contact_and_places_of_it_are_free_by_its_end(
    reachable: bool, left: int, told: bool
) -> None:
    ended = allotted(left, reachable=reachable, releases_at=NOW)

    assert [one.told for one in plan(situation(allotments=(ended,)), Limit(9, None), NOW).freed] == [told]


def test_a_group_that_gave_up_places_is_written_to_also_where_one_of_its_parties_goes_after_that() -> None:
    group = party(1, "confirmed", 4, allotment_id=FIRST)

    decided = plan(situation(group, allotments=(allotted(2, reachable=True),)), Limit(3, None), NOW)

    assert decided.freed == (Freed(FIRST, unfilled=2, lost=4, told=True),)


def test_where_nothing_is_set_aside_nothing_is_left_of_it() -> None:
    assert (left_of(()), left_of((allotted(0),))) == (None, 0)


def test_its_end_is_a_moment_at_which_the_departure_is_due() -> None:
    ends = NOW + 3 * HOUR

    assert plan(situation(allotments=(allotted(5, releases_at=ends),)), Limit(9, None), NOW).next_due_at == ends


def test_a_cut_takes_places_without_a_name_before_anybody_with_one_the_newest_first() -> None:
    named = (party(1, "confirmed", 4), party(2, "held", 2))
    aside = (allotted(3), allotted(3, named=LAST, made_at=NOW - DAY))

    decided = plan(situation(*named, allotments=aside), Limit(8, None), NOW)

    assert decided.moves == ()
    assert decided.freed == (Freed(LAST, unfilled=3), Freed(FIRST, unfilled=1))
    assert (decided.seats_taken, decided.over_capacity) == (8, False)


def test_a_raise_gives_nothing_back_by_itself() -> None:
    cut = foresee(situation(allotments=(allotted(8),)), Limit(5, None), NOW, Queue())

    again = plan(cut.after, Limit(10, None), NOW)

    assert left_of(again.allotments) == 5
    assert (again.seats_taken, again.public_free) == (5, 5)


@pytest.mark.parametrize(("state", "kind"), [("confirmed", "displace"), ("held", "release")])
def test_a_party_of_a_group_that_has_to_go_takes_its_places_out_of_what_is_set_aside(state: str, kind: str) -> None:
    group = party(1, state, 4, allotment_id=FIRST)

    decided = plan(situation(group, allotments=(allotted(2),)), Limit(3, None), NOW)

    assert moved(decided, kind) == ["R001"]
    assert decided.freed == (Freed(FIRST, unfilled=2, lost=4),)
    assert (decided.seats_taken, left_of(decided.allotments)) == (0, 0)


def test_what_a_party_of_a_group_typed_in_vain_is_the_groups_again() -> None:
    late = party(1, "held", 4, allotment_id=FIRST, typing_until=NOW)
    waits = party(2, "waiting", 1)

    decided = plan(situation(late, waits, allotments=(allotted(1),)), Limit(5, None), NOW)

    assert moved(decided, "expire") == ["R001"]
    assert moved(decided, "offer") == []
    assert (decided.seats_taken, left_of(decided.allotments)) == (5, 5)


def test_a_departure_that_was_called_off_has_nothing_set_aside() -> None:
    decided = plan(situation(allotments=(allotted(5),), called_off=True), Limit(10, None), NOW)

    assert decided.freed == (Freed(FIRST, unfilled=5, over=True),)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    states = st.sampled_from(["held", "confirmed", "must_shrink", "waiting"])
    parties = [
        party(
            number,
            draw(states),
            draw(st.integers(1, 6)),
            allotment_id=draw(st.sampled_from([None, FIRST, LAST])),
            typing_until=None,
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    seated = [
        one._replace(typing_until=NOW + timedelta(minutes=draw(st.integers(-2, 5)))) if one.state == "held" else one
        for one in parties
    ]
    there = [one._replace(allotment_id=None) if one.state == "waiting" else one for one in seated]
    aside = [
        allotted(draw(st.integers(0, 8)), named=named, releases_at=NOW + draw(st.integers(-1, 3)) * DAY)
        for named in draw(st.sets(st.sampled_from([FIRST, LAST])))
    ]
    return situation(*there, allotments=tuple(sorted(aside, key=lambda one: one.id)))


@given(situations(), st.integers(0, 30), st.sampled_from([None, 2, 4]))
def test_nobody_with_a_name_goes_for_lack_of_room_while_places_without_one_are_kept(
    before: Situation, capacity: int, party_max: int | None
) -> None:
    decided = plan(before, Limit(capacity, party_max), NOW)

    assert decided.seats_taken <= capacity
    if moved(decided, "displace"):
        assert not any(one.left for one in decided.allotments)


@given(situations(), st.integers(0, 30), st.sampled_from([None, 2, 4]))
def test_what_is_foreseen_stands_still_when_it_is_planned_again(
    before: Situation, capacity: int, party_max: int | None
) -> None:
    limit, queue = Limit(capacity, party_max), Queue()
    done = foresee(before, limit, NOW, queue)

    again = plan(done.after, limit, NOW, queue)

    assert again.freed == ()
    assert (again.seats_taken, again.allotments) == (done.plan.seats_taken, done.plan.allotments)


@given(situations(), st.integers(0, 30), st.sampled_from([None, 2, 4]))
def test_no_place_that_was_set_aside_is_lost_from_the_count(
    before: Situation, capacity: int, party_max: int | None
) -> None:
    """What is left, and what became of the rest: nothing else takes from it or adds to it."""
    decided = plan(before, Limit(capacity, party_max), NOW)
    back = {"expire", "displace_large"}
    for one in before.allotments:
        freed = next((each for each in decided.freed if each.allotment_id == one.id), Freed(one.id))
        returned = sum(
            move.party.seats for move in decided.moves if move.party.allotment_id == one.id and move.kind in back
        )
        left = sum(each.left for each in decided.allotments if each.id == one.id)
        if not freed.over:
            assert left == one.left + returned - freed.unfilled

"""In which order parties are served, however they were read, and when a departure has to be looked at again."""

from uuid import UUID

import pytest

from tests.applications.test_plan import DAY, ELSEWHERE, HERE, HOUR, NOW, moved, party, situation
from tourbook.applications.deadlines import right_ends
from tourbook.applications.decided import Limit
from tourbook.applications.parties import OpenOffer, Party
from tourbook.applications.plan import plan
from tourbook.applications.queue import Queue, in_turn, own

OPEN = Limit(20, None)


def read_last_first(*parties: Party) -> list[Party]:
    """The same parties, with ids that sort against their order; and read in that order."""
    return [one._replace(id=UUID(int=1000 - place)) for place, one in enumerate(parties)][::-1]


# -- order -----------------------------------------------------------------------------------------------------------


def test_the_earliest_confirmed_are_kept() -> None:
    of = situation(*read_last_first(*(party(n, "confirmed", 3) for n in (1, 2))), policy="keep_earliest")

    assert moved(plan(of, Limit(3, None), NOW), "displace") == ["R002"]


def test_the_earliest_hold_is_kept() -> None:
    of = situation(*read_last_first(*(party(n, "held", 3) for n in (1, 2))))

    assert moved(plan(of, Limit(3, None), NOW), "release") == ["R002"]


def test_where_several_holds_end_the_newest_ends_first() -> None:
    of = situation(*read_last_first(*(party(n, "held", 3) for n in (1, 2, 3))))

    assert moved(plan(of, Limit(3, None), NOW), "release") == ["R003", "R002"]


def test_the_waiting_are_served_by_arrival() -> None:
    of = situation(*read_last_first(*(party(n, "waiting", 2) for n in (1, 2))))

    assert moved(plan(of, OPEN, NOW), "offer") == ["R001", "R002"]


def test_the_displaced_are_served_by_first_confirmation() -> None:
    parties = read_last_first(*(party(n, "displaced", 2) for n in (1, 2, 3)))

    everybody = in_turn(Queue(parties), room=lambda: 2)
    of_one_departure = own(Queue(parties), departure_id=ELSEWHERE, room=lambda: 2)

    in_order = ["R001", "R002", "R003"]
    assert [one.reference for one in everybody] == [one.reference for one in of_one_departure] == in_order


# -- who is asked ----------------------------------------------------------------------------------------------------


def test_whoever_loses_seats_and_is_offered_them_again_is_displaced_by_then() -> None:
    late = party(1, "must_shrink", 3, shrink_until=NOW + HOUR)

    decided = plan(situation(late), Limit(20, 2), NOW + HOUR)
    again = plan(situation(party(2, "confirmed", 3), late), Limit(3, None), NOW)

    assert moved(decided, "displace_large") == ["R001"]
    (offer, *_) = (move for move in again.moves if move.kind == "offer")
    assert offer.party == late._replace(state="displaced", shrink_until=None, right_until=right_ends(NOW, 365))


def test_two_displaced_parties_with_one_person_are_not_both_asked() -> None:
    kim, lee = frozenset({"kim"}), frozenset({"lee"})
    both = (party(n, "displaced", 1, persons=kim) for n in (1, 2))
    of = situation(*both, party(3, "displaced", 1, persons=lee), party(4, "displaced", 1), present=lee)

    assert moved(plan(of, OPEN, NOW), "offer") == ["R001", "R004"]


def test_a_hold_above_a_new_party_limit_is_released() -> None:
    of = situation(party(1, "held", 4), party(2, "held", 3))

    assert moved(plan(of, Limit(20, 3), NOW), "release") == ["R001"]


def test_offers_are_made_from_the_opening_on_and_not_an_hour_before_their_end() -> None:
    waiting = party(1, "waiting", 2)

    at_the_opening = plan(situation(waiting, offers_from=NOW), OPEN, NOW)
    at_the_end = plan(situation(waiting, offers_until=NOW + HOUR), OPEN, NOW)
    long_before = plan(situation(waiting, offers_until=NOW + 2 * HOUR), OPEN, NOW)

    assert [moved(one, "offer") for one in (at_the_opening, at_the_end, long_before)] == [["R001"], [], ["R001"]]
    assert [one.serves_queue for one in (at_the_opening, at_the_end, long_before)] == [True, False, True]


def test_whoever_asks_only_its_own_has_others_to_ask_as_long_as_one_seat_is_left() -> None:
    seated, of_here = party(1, "confirmed", 2), party(2, "displaced", 1, departure_id=HERE)
    of = situation(seated, of_here, own_asked=False)

    left, none_left = (plan(of, Limit(size, None), NOW, only_own=True) for size in (4, 3))

    assert (left.own_asked, none_left.own_asked) == (True, False)


def test_an_offer_above_a_new_party_limit_is_taken_back() -> None:
    asked = party(1, "waiting", 4)
    offer = OpenOffer(UUID(int=9), asked, 4, NOW - HOUR, NOW + HOUR)

    decided = plan(situation(asked, offers=(offer,)), Limit(20, 3), NOW)

    assert [move.kind for move in decided.moves] == ["revoke", "set_aside"]


@pytest.mark.parametrize("state", ["waiting", "displaced"])
def test_whose_offer_is_taken_back_is_asked_again_where_seats_come_free_in_the_same_breath(state: str) -> None:
    asked = party(2, state, 2, wait_id=UUID(int=7))
    offer = OpenOffer(UUID(int=9), asked, 2, NOW - HOUR, NOW + HOUR)
    waiting = [asked] if state == "waiting" else []
    queue = Queue()
    queue.asked[UUID(int=7)] = True  # it is being offered one of its dates: this one

    decided = plan(situation(party(1, "confirmed", 3), *waiting, offers=(offer,)), Limit(2, None), NOW, queue)

    kinds = [(move.kind, move.party.reference) for move in decided.moves]
    assert kinds == [("revoke", "R002"), ("displace", "R001"), ("offer", "R002")]


@pytest.mark.parametrize(("since_then", "offered"), [(None, []), (True, []), (False, ["R001"])])
def test_whoever_is_being_offered_another_of_its_dates_is_asked_when_it_has_let_that_one_go(
    since_then: bool | None, offered: list[str]
) -> None:
    queue = Queue()
    if since_then is not None:
        queue.asked[UUID(int=7)] = since_then
    waiting = party(1, "waiting", 2, wait_id=UUID(int=7), asked_elsewhere=True)

    assert moved(plan(situation(waiting), OPEN, NOW, queue), "offer") == offered


def test_whoever_came_forward_is_asked_first_where_all_have_to_go() -> None:
    """The course has another policy since."""
    willing = party(2, "confirmed", 2, volunteered_at=NOW - HOUR)

    assert moved(plan(situation(party(1, "confirmed", 2), willing), Limit(2, None), NOW), "offer") == ["R002"]


def test_whoever_once_gave_way_is_not_asked_first_when_it_loses_other_places() -> None:
    once = party(2, "confirmed", 2, rank=0)

    assert moved(plan(situation(party(1, "confirmed", 2), once), Limit(2, None), NOW), "offer") == ["R001"]


def test_no_offer_of_a_plan_outlasts_the_right_that_it_is_made_under() -> None:
    soon = party(1, "displaced", 2, right_until=NOW + 3 * HOUR)

    (move,) = plan(situation(soon), OPEN, NOW).moves

    assert (move.kind, move.until) == ("offer", NOW + 3 * HOUR)


# -- who passes whom -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bound", "offers"), [(3, ["R003", "R004"]), (1, ["R003"])])
def test_each_that_passes_in_one_plan_is_counted(bound: int, offers: list[str]) -> None:
    waiting = (party(2, "waiting", 4), party(3, "waiting", 1), party(4, "waiting", 1))

    decided = plan(situation(party(1, "confirmed", 3), *waiting, skip_bound=bound), Limit(6, None), NOW)

    assert moved(decided, "offer") == offers
    assert decided.passed == {waiting[0].id: len(offers)}


def test_whoever_lets_seats_go_is_named_as_passing_nobody() -> None:
    large = party(1, "waiting", 4, passed_by=2)
    held = party(2, "held", 1, typing_until=NOW, passes=(large.id,))
    asked = party(3, "waiting", 1, passes=(large.id,))
    offer = OpenOffer(UUID(int=9), asked, 1, NOW - DAY, NOW - HOUR)

    decided = plan(situation(large, held, asked, offers=(offer,), offers_from=NOW + DAY), OPEN, NOW)

    assert decided.passing == {held.id: (), asked.id: ()}
    assert decided.passed == {large.id: 0}


# -- when to look again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["held", "waiting"])
def test_it_is_looked_at_again_when_somebodys_time_to_type_ends(state: str) -> None:
    of = situation(party(1, state, 2, typing_until=NOW + HOUR))

    assert plan(of, OPEN, NOW).next_due_at == NOW + HOUR


def test_it_is_looked_at_again_when_somebodys_time_to_shrink_ends() -> None:
    has_time = situation(party(1, "must_shrink", 4, shrink_until=NOW + HOUR))
    just_asked = situation(party(1, "confirmed", 4), shrink_within=2 * HOUR)
    restored = situation(party(1, "must_shrink", 2, shrink_until=NOW + HOUR), offers_from=NOW + 3 * HOUR)

    decided = [plan(of, Limit(20, 3), NOW) for of in (has_time, just_asked, restored)]

    assert [one.next_due_at for one in decided] == [NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR]
    assert {one.party_max for one in decided} == {3}

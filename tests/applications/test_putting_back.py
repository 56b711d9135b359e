"""Who was moved by a change that was taken back has places, offer or place in line again, as far as that can be."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.applications.test_plan import DAY, ELSEWHERE, HERE, HOUR, NOW, party, situation
from tourbook.applications.deadlines import offers_end, shrink_by
from tourbook.applications.decided import Limit, Plan
from tourbook.applications.foresight import foresee
from tourbook.applications.parties import Elsewhere, OpenOffer, Party, Undone
from tourbook.applications.plan import plan
from tourbook.applications.queue import Queue, in_turn
from tourbook.courses.models import Policy

OPEN = Limit(20, None)
AN_OFFER, ANOTHER_OFFER = UUID(int=9), UUID(int=8)
A_WAIT = UUID(int=7)
END_OF_OFFERS = offers_end(situation().offers_until)


def lost(number: int, seats: int, **changed: object) -> Party:
    """A party that lost its places here, and has not been told."""
    return party(number, "displaced", seats, departure_id=HERE, **changed)


def offer(to: Party, *, seats: int | None = None, until: timedelta = 4 * HOUR, named: UUID = AN_OFFER) -> OpenOffer:
    return OpenOffer(named, to, seats or to.seats, NOW - HOUR, NOW + until)


def told(decided: Plan) -> list[tuple[str, str]]:
    """Every move: its kind, and whose it is."""
    return [(move.kind, move.party.reference) for move in decided.moves]


# -- places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", [5, 20])
def test_whoever_lost_places_has_them_again_where_there_is_room(capacity: int) -> None:
    of = situation(party(1, "confirmed", 2), undone=(Undone(lost(2, 3)),))

    decided = plan(of, Limit(capacity, 3), NOW)

    assert told(decided) == [("put_back", "R002")]
    assert (decided.seats_taken, decided.public_free) == (5, capacity - 5)


def test_a_party_that_is_too_large_has_them_again_and_must_become_smaller() -> None:
    of = situation(party(1, "confirmed", 2), undone=(Undone(lost(2, 3)),))

    decided = plan(of, Limit(20, 2), NOW)

    assert told(decided) == [("put_back_to_shrink", "R002")]
    assert decided.seats_taken == 5


def test_a_deadline_that_passed_while_it_had_no_places_is_none_and_it_is_asked_anew() -> None:
    passed, ahead = NOW, NOW + HOUR
    undone = (Undone(lost(1, 3), shrink_until=passed), Undone(lost(2, 3), shrink_until=ahead))

    moves = plan(situation(undone=undone), Limit(20, 2), NOW).moves

    assert [(move.kind, move.party.reference) for move in moves] == [
        ("put_back_to_shrink", "R001"),
        ("put_back", "R002"),
    ]
    assert [move.until for move in moves] == [shrink_by(NOW, DAY, situation().starts_at), ahead]


def test_who_sits_again_hears_nothing_of_an_offer_that_was_revoked_meanwhile() -> None:
    again = lost(1, 3)
    queue = Queue()

    done = foresee(situation(undone=(Undone(again), Undone(again, offer(again)))), OPEN, NOW, queue)

    assert told(done.plan) == [("put_back", "R001")]
    assert list(in_turn(queue, room=lambda: 20)) == []


@pytest.mark.parametrize(
    ("policy", "leaving"), [(Policy.KEEP_EARLIEST, ["R002"]), (Policy.CANCEL_ALL, ["R001", "R002"])]
)
def test_of_more_who_sat_there_than_there_is_room_for_the_declared_policy_decides_who_goes(
    policy: Policy, leaving: list[str]
) -> None:
    of = situation(party(1, "confirmed", 2), undone=(Undone(lost(2, 3)),), policy=policy)

    moves = told(plan(of, Limit(4, None), NOW))

    assert moves[0] == ("put_back", "R002")
    assert [reference for kind, reference in moves if kind == "displace"] == leaving


def test_whoever_was_confirmed_first_stays() -> None:
    of = situation(undone=tuple(Undone(lost(number, 2)) for number in (3, 2, 1)), policy=Policy.KEEP_EARLIEST)

    decided = plan(of, Limit(5, None), NOW)

    assert told(decided) == [("put_back", "R001"), ("put_back", "R002"), ("put_back", "R003"), ("displace", "R003")]
    assert decided.seats_taken == 4


def test_whoever_is_put_back_is_in_line_for_no_other_departure() -> None:
    back, other = lost(1, 2), party(2, "displaced", 2)
    queue = Queue([back, other])

    plan(situation(undone=(Undone(back),), offers_from=NOW + DAY), OPEN, NOW, queue)

    assert list(in_turn(queue, room=lambda: 9)) == [other]


def test_its_own_seats_that_it_was_offered_since_are_room_for_it() -> None:
    back = lost(1, 3)
    of = situation(party(2, "confirmed", 2), offers=(offer(back),), undone=(Undone(back),))

    decided = plan(of, Limit(5, None), NOW)

    assert told(decided) == [("unoffer", "R001"), ("put_back", "R001")]
    assert [move.offer_id for move in decided.moves] == [AN_OFFER, None]
    assert (decided.seats_taken, decided.next_due_at) == (5, END_OF_OFFERS)


def test_seats_that_somebody_else_was_offered_are_no_room_for_it() -> None:
    asked = party(2, "waiting", 3)
    of = situation(asked, offers=(offer(asked),), undone=(Undone(lost(1, 3)),))

    assert told(plan(of, Limit(5, None), NOW)) == [("tell_now", "R001")]


def test_a_larger_party_than_before_needs_more_than_the_seats_it_was_offered() -> None:
    back, asked = lost(1, 4), party(2, "waiting", 2)
    of = situation(asked, offers=(offer(back, seats=3), offer(asked, named=ANOTHER_OFFER)), undone=(Undone(back),))

    assert told(plan(of, Limit(5, None), NOW)) == [("tell_now", "R001")]


def test_whoever_answers_for_seats_elsewhere_is_told_and_not_put_back() -> None:
    of = situation(undone=(Undone(lost(1, 2), None, elsewhere=Elsewhere(ANOTHER_OFFER, ELSEWHERE)),))

    assert told(plan(of, OPEN, NOW)) == [("tell_now", "R001")]


@pytest.mark.parametrize("there", ["a party", "whoever came to the gate", "an offer", "who was put back before"])
def test_nobody_is_put_back_where_one_of_its_people_goes_or_may_go_meanwhile(there: str) -> None:
    kim = frozenset({"kim"})
    asked = party(3, "displaced", 1, persons=kim)
    of = situation(
        *([party(3, "confirmed", 1, persons=kim)] if there == "a party" else []),
        present=kim if there == "whoever came to the gate" else frozenset(),
        offers=(offer(asked),) if there == "an offer" else (),
        undone=(
            *([Undone(lost(1, 1, persons=kim))] if there == "who was put back before" else []),
            Undone(lost(2, 2, persons=kim | {"lee"})),
        ),
    )

    assert told(plan(of, OPEN, NOW))[-1] == ("tell_now", "R002")


def late(number: int, seats: int) -> Party:
    """A party whose time to shrink is over: it makes room as soon as those who were moved are put back."""
    return party(number, "must_shrink", seats, shrink_until=NOW)


def test_whoever_is_not_put_back_is_asked_again_like_everybody_who_lost_places() -> None:
    """Also where an offer of somebody else took its room."""
    asked = party(3, "waiting", 2)
    of = situation(late(1, 4), asked, offers=(offer(asked),), undone=(Undone(lost(2, 3)),))

    decided = plan(of, Limit(7, 3), NOW)

    assert told(decided) == [("tell_now", "R002"), ("displace_large", "R001"), ("offer", "R002")]


def test_whoever_answers_for_seats_elsewhere_is_not_asked_again() -> None:
    of = situation(late(1, 4), undone=(Undone(lost(2, 3), None, elsewhere=Elsewhere(ANOTHER_OFFER, ELSEWHERE)),))

    assert told(plan(of, Limit(4, 3), NOW)) == [("tell_now", "R002"), ("displace_large", "R001")]


def test_whoever_is_not_put_back_and_has_an_offer_here_keeps_that_one() -> None:
    smaller, asked = lost(2, 3), party(3, "waiting", 2)
    of = situation(
        late(1, 4),
        asked,
        offers=(offer(smaller, seats=1), offer(asked, named=ANOTHER_OFFER)),
        undone=(Undone(smaller),),
    )

    decided = plan(of, Limit(7, 3), NOW)

    assert told(decided) == [("tell_now", "R002"), ("displace_large", "R001")]
    assert decided.seats_taken == 3


def test_whoever_keeps_an_offer_here_is_in_line_for_no_other_departure_meanwhile() -> None:
    smaller, asked, queue = lost(2, 3), party(3, "waiting", 2), Queue()
    of = situation(
        late(1, 4),
        asked,
        offers=(offer(smaller, seats=1), offer(asked, named=ANOTHER_OFFER)),
        undone=(Undone(smaller),),
    )

    foresee(of, Limit(7, 3), NOW, queue)

    line = in_turn(queue, room=lambda: 20)
    assert [one.reference for one in line] == ["R001"]


# -- offers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["waiting", "displaced"])
@pytest.mark.parametrize("capacity", [5, 20])
def test_whoever_had_an_offer_has_it_again_until_the_same_minute(state: str, capacity: int) -> None:
    asked = party(1, state, 3)
    here = [asked] if state == "waiting" else []
    of = situation(party(2, "confirmed", 2), *here, undone=(Undone(asked, offer(asked)),))

    decided = plan(of, Limit(capacity, 3), NOW)

    (move,) = decided.moves
    assert (move.kind, move.party, move.offer_id, move.until) == ("reopen", asked, AN_OFFER, NOW + 4 * HOUR)
    assert (decided.seats_taken, decided.next_due_at) == (5, NOW + 4 * HOUR)


def test_whoever_has_its_offer_again_is_in_line_for_no_other_departure() -> None:
    asked, other = party(1, "displaced", 3), party(2, "displaced", 3)
    queue = Queue([asked, other])

    plan(situation(undone=(Undone(asked, offer(asked)),), offers_from=NOW + DAY), OPEN, NOW, queue)

    assert list(in_turn(queue, room=lambda: 9)) == [other]


@pytest.mark.parametrize(
    ("limit", "until", "changed"),
    [
        (Limit(4, None), HOUR, {}),
        (Limit(20, 2), HOUR, {}),
        (OPEN, timedelta(), {}),
        (OPEN, HOUR, {"set_aside": True}),
        (OPEN, HOUR, {"asked_elsewhere": True}),
        (OPEN, HOUR, {"state": "confirmed"}),
        (OPEN, HOUR, {"seats": 2}),
    ],
    ids=["no room", "too large", "over", "set aside", "asked for another date", "goes", "has become smaller"],
)
def test_an_offer_that_cannot_stand_any_more_stays_revoked(
    limit: Limit, until: timedelta, changed: dict[str, object]
) -> None:
    asked = party(1, "waiting", 3)._replace(**changed)
    of = situation(
        party(2, "confirmed", 2), asked, undone=(Undone(asked, offer(asked, seats=3, until=until)),), sealed=True
    )

    assert told(plan(of, limit, NOW))[0] == ("tell_now", "R001")


def test_an_offer_stays_revoked_while_the_party_is_being_offered_another_of_its_dates() -> None:
    asked = party(1, "waiting", 3, wait_id=A_WAIT)
    queue = Queue()
    queue.asked[A_WAIT] = True

    assert told(plan(situation(asked, undone=(Undone(asked, offer(asked)),)), OPEN, NOW, queue)) == [
        ("tell_now", "R001")
    ]


def test_an_offer_stays_revoked_where_the_party_answers_for_seats_elsewhere() -> None:
    asked = party(1, "displaced", 3)
    of = situation(undone=(Undone(asked, offer(asked), elsewhere=Elsewhere(ANOTHER_OFFER, ELSEWHERE)),))

    assert told(plan(of, OPEN, NOW)) == [("tell_now", "R001")]


@pytest.mark.parametrize(
    ("other", "moves"),
    [
        (Elsewhere(ANOTHER_OFFER, ELSEWHERE, locked=True, untold=True), ["reopen", "drop_elsewhere"]),
        (Elsewhere(ANOTHER_OFFER, ELSEWHERE, locked=False, untold=True), ["tell_now"]),
        (Elsewhere(ANOTHER_OFFER, ELSEWHERE, locked=True, untold=False), ["tell_now"]),
    ],
    ids=["not heard of", "somebody is at work there", "heard of"],
)
def test_an_offer_is_open_again_instead_of_another_of_which_nobody_has_heard(
    other: Elsewhere, moves: list[str]
) -> None:
    asked = party(1, "waiting", 3, wait_id=A_WAIT, asked_elsewhere=True)
    of = situation(asked, undone=(Undone(asked, offer(asked), elsewhere=other),), sealed=True)

    decided = plan(of, OPEN, NOW)

    assert told(decided) == [(kind, "R001") for kind in moves]
    assert decided.moves[-1].offer_id == (ANOTHER_OFFER if "reopen" in moves else None)


def test_an_offer_stays_revoked_where_one_of_its_people_goes_meanwhile() -> None:
    asked = party(1, "displaced", 3)
    of = situation(present=asked.persons, undone=(Undone(asked, offer(asked)),))

    assert told(plan(of, OPEN, NOW)) == [("tell_now", "R001")]


def test_offers_come_after_all_who_were_seated_however_late_these_were_confirmed() -> None:
    asked = party(1, "displaced", 3)
    of = situation(undone=(Undone(asked, offer(asked)), Undone(lost(5, 3))))

    assert told(plan(of, Limit(3, None), NOW)) == [("put_back", "R005"), ("tell_now", "R001")]


def test_offers_come_by_first_confirmation() -> None:
    first, second = party(1, "displaced", 3), party(2, "displaced", 3)
    of = situation(undone=(Undone(second, offer(second, named=ANOTHER_OFFER)), Undone(first, offer(first))))

    assert told(plan(of, Limit(3, None), NOW)) == [("reopen", "R001"), ("tell_now", "R002")]


def test_seats_that_are_offered_again_are_taken() -> None:
    asked = party(1, "displaced", 3)
    of = situation(party(2, "waiting", 2), undone=(Undone(asked, offer(asked)),))

    assert told(plan(of, Limit(4, None), NOW)) == [("reopen", "R001")]


# -- size ------------------------------------------------------------------------------------------------------------


def test_whoever_had_to_shrink_stays_whole_again() -> None:
    whole = party(1, "must_shrink", 4, shrink_until=NOW + HOUR)

    decided = plan(situation(whole, undone=(Undone(whole),)), Limit(4, 4), NOW)

    assert [(move.kind, move.party, move.until) for move in decided.moves] == [("put_back_whole", whole, None)]
    assert decided.next_due_at == END_OF_OFFERS


def test_whoever_is_whole_again_goes_like_everybody_where_there_are_too_few_places() -> None:
    whole = party(5, "must_shrink", 4, shrink_until=NOW + HOUR)
    of = situation(party(1, "confirmed", 2), whole, undone=(Undone(whole),), policy="keep_earliest", sealed=True)

    assert told(plan(of, Limit(5, 4), NOW)) == [("put_back_whole", "R005"), ("displace", "R005")]


def test_whoever_still_has_to_shrink_is_told_now() -> None:
    large = party(1, "must_shrink", 4, shrink_until=NOW + HOUR)

    decided = plan(situation(large, undone=(Undone(large),)), Limit(4, 3), NOW)

    assert told(decided) == [("tell_now", "R001")]
    assert decided.next_due_at == NOW + HOUR


def test_whoever_was_set_aside_is_in_line_again() -> None:
    aside = party(1, "waiting", 4, set_aside=True)

    assert told(plan(situation(aside, undone=(Undone(aside),)), Limit(4, None), NOW)) == [
        ("put_back_in_line", "R001"),
        ("offer", "R001"),
    ]


@pytest.mark.parametrize("limit", [Limit(3, None), Limit(20, 3)])
def test_whoever_still_fits_no_empty_departure_is_told_now(limit: Limit) -> None:
    aside = party(1, "waiting", 4, set_aside=True)

    assert told(plan(situation(aside, undone=(Undone(aside),)), limit, NOW)) == [("tell_now", "R001")]


def test_whoever_waits_and_was_never_set_aside_has_nothing_to_be_put_back_to() -> None:
    waiting = party(1, "waiting", 4)

    decided = plan(situation(waiting, undone=(Undone(waiting),), sealed=True), OPEN, NOW)

    assert told(decided) == [("tell_now", "R001")]


def test_whoever_was_set_aside_and_lost_its_offer_has_both_again() -> None:
    aside = party(1, "waiting", 3, set_aside=True)
    of = situation(aside, undone=(Undone(aside, offer(aside)), Undone(aside)))

    assert told(plan(of, OPEN, NOW)) == [("put_back_in_line", "R001"), ("reopen", "R001")]


# -- too late --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"called_off": True}, {"starts_at": NOW}, {"starts_at": NOW - HOUR}])
def test_nobody_is_put_back_on_a_departure_that_has_left_or_was_called_off(changed: dict[str, object]) -> None:
    whole, aside = party(3, "must_shrink", 2, shrink_until=NOW + HOUR), party(4, "waiting", 2, set_aside=True)
    asked = party(2, "displaced", 2, departure_id=ELSEWHERE)
    undone = (Undone(lost(1, 2)), Undone(asked, offer(asked)), Undone(whole), Undone(aside))

    decided = plan(situation(whole, aside, undone=undone, **changed), OPEN, NOW)

    assert told(decided)[:4] == [("tell_now", f"R{number:03}") for number in (1, 3, 4, 2)]

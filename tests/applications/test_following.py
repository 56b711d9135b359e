"""What a departure and the queue of its course look like after each kind of move, as foresight carries them along."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.applications.test_plan import DAY, ELSEWHERE, HERE, HOUR, NOW, party, situation
from tourbook.applications.deadlines import right_ends
from tourbook.applications.decided import Limit
from tourbook.applications.foresight import Foreseen, foresee
from tourbook.applications.parties import Elsewhere, OpenOffer, Party, Situation, Undone
from tourbook.applications.queue import Queue, in_turn
from tourbook.courses.models import Policy

OPEN, CLOSED = Limit(20, None), Limit(0, None)
AN_OFFER = UUID(int=9)
A_WAIT = UUID(int=7)


def offered(to: Party, *, deadline: timedelta) -> OpenOffer:
    return OpenOffer(AN_OFFER, to, to.seats, NOW - DAY, NOW + deadline)


def following(of: Situation, limit: Limit, queue: Queue) -> tuple[list[str], Foreseen]:
    """The kinds of move, in order, and how things stand after them."""
    done = foresee(of, limit, NOW, queue)
    return [move.kind for move in done.plan.moves], done


def in_line(queue: Queue) -> list[Party]:
    """Everybody in the queue."""
    return list(in_turn(queue, room=lambda: 99))


def closed_for_offers(*parties: Party, **changed: object) -> Situation:
    """A departure whose window opens tomorrow, so that nothing is offered yet."""
    return situation(*parties, offers_from=NOW + DAY, **changed)


def test_it_names_the_departure_and_the_limit_that_it_was_planned_under() -> None:
    done = foresee(situation(), OPEN, NOW, Queue())

    assert (done.departure_id, done.limit) == (HERE, OPEN)


@pytest.mark.parametrize("state", ["held", "waiting"])
def test_whoever_did_not_finish_typing_is_gone(state: str) -> None:
    late, queue = party(1, state, 2, typing_until=NOW), Queue()

    kinds, done = following(situation(late), OPEN, queue)

    assert kinds == ["expire"]
    assert (done.after.parties, in_line(queue), done.queue_grew) == ((), [], False)


def test_whoever_waited_until_the_end_is_gone() -> None:
    kinds, done = following(situation(party(1, "waiting", 2), offers_until=NOW), OPEN, Queue())

    assert kinds == ["end_wait"]
    assert (done.after.parties, done.queue_grew) == ((), False)


def test_a_hold_without_room_is_gone() -> None:
    kinds, done = following(situation(party(1, "held", 2)), CLOSED, Queue())

    assert kinds == ["release"]
    assert (done.after.parties, done.queue_grew) == ((), False)


def test_whoever_waited_and_did_not_answer_is_gone_with_the_offer() -> None:
    waiting, queue = party(1, "waiting", 2), Queue()

    kinds, done = following(closed_for_offers(waiting, offers=(offered(waiting, deadline=-HOUR),)), OPEN, queue)

    assert kinds == ["lapse"]
    assert (done.after.parties, done.after.offers, in_line(queue)) == ((), (), [])
    assert not done.queue_grew


def test_a_party_whose_own_wait_was_given_up_meanwhile_takes_nobody_along() -> None:
    waiting = party(1, "waiting", 2)

    kinds, done = following(closed_for_offers(offers=(offered(waiting, deadline=-HOUR),)), OPEN, Queue())

    assert (kinds, done.after.parties) == (["lapse"], ())


def test_a_displaced_party_that_did_not_answer_joins_the_queue_and_is_not_asked_here_again() -> None:
    before = frozenset({ELSEWHERE})
    displaced, queue = party(1, "displaced", 2, offered=before), Queue()

    kinds, done = following(situation(offers=(offered(displaced, deadline=-HOUR),)), OPEN, queue)

    assert kinds == ["lapse"]
    assert in_line(queue) == [displaced._replace(offered=before | {HERE})]
    assert (done.after.offers, done.queue_grew) == ((), True)


def test_a_displaced_party_whose_offer_is_taken_back_joins_the_queue_as_it_was() -> None:
    displaced, queue = party(1, "displaced", 2), Queue()

    kinds, done = following(situation(offers=(offered(displaced, deadline=HOUR),)), CLOSED, queue)

    assert kinds == ["revoke"]
    assert in_line(queue) == [displaced]
    assert (done.after.offers, done.queue_grew) == ((), True)


def test_a_waiting_party_whose_offer_is_taken_back_waits_on() -> None:
    waiting, queue = party(1, "waiting", 2), Queue()
    of = situation(waiting, party(2, "confirmed", 2), offers=(offered(waiting, deadline=HOUR),))

    kinds, done = following(of, Limit(2, None), queue)

    assert kinds == ["revoke"]
    assert (done.after.parties, done.after.offers, in_line(queue)) == (of.parties, (), [])
    assert not done.queue_grew


@pytest.mark.parametrize(
    ("limit", "kind"), [(CLOSED, "displace"), (Limit(20, 2), "displace_large")], ids=["a cut", "too large"]
)
def test_whoever_loses_its_places_joins_the_queue_as_displaced(limit: Limit, kind: str) -> None:
    late, queue = party(1, "must_shrink", 4, shrink_until=NOW - HOUR if limit.capacity else NOW + HOUR), Queue()

    kinds, done = following(closed_for_offers(late), limit, queue)

    assert kinds == [kind]
    assert in_line(queue) == [late._replace(state="displaced", shrink_until=None, right_until=right_ends(NOW, 365))]
    assert (done.after.parties, done.after.own_asked, done.queue_grew) == ((), False, True)


def test_whoever_has_to_shrink_and_may_stay_after_all_is_restated() -> None:
    large, was_large = party(1, "confirmed", 4), party(2, "must_shrink", 2, shrink_until=NOW + HOUR)

    kinds, done = following(situation(large, was_large), Limit(20, 3), Queue())

    assert kinds == ["ask_to_shrink", "restore"]
    assert done.after.parties == (
        large._replace(state="must_shrink", shrink_until=NOW + DAY, shrink_to=3),
        was_large._replace(state="confirmed", shrink_until=None),
    )
    assert not done.queue_grew


def test_whoever_has_gone_as_it_was_is_confirmed() -> None:
    late = party(1, "must_shrink", 4, shrink_until=NOW)

    kinds, done = following(situation(late, starts_at=NOW), Limit(20, 2), Queue())

    assert kinds == ["keep"]
    assert done.after.parties == (late._replace(state="confirmed", shrink_until=None),)


def test_whoever_is_set_aside_and_taken_back_still_waits() -> None:
    large, was_large = party(1, "waiting", 5), party(2, "waiting", 2, set_aside=True)

    kinds, done = following(closed_for_offers(large, was_large), Limit(4, None), Queue())

    assert kinds == ["set_aside", "take_back"]
    assert done.after.parties == (large._replace(set_aside=True), was_large._replace(set_aside=False))


def test_an_offer_is_open_until_its_deadline_and_its_party_is_in_the_queue_no_more() -> None:
    displaced, queue = party(1, "displaced", 2), Queue([party(1, "displaced", 2)])

    kinds, done = following(situation(), OPEN, queue)

    assert kinds == ["offer"]
    assert [(one.party, one.seats, one.made_at, one.deadline) for one in done.after.offers] == [
        (displaced, 2, NOW, NOW + DAY)
    ]
    assert (in_line(queue), done.queue_grew) == ([], False)


def test_who_passed_whom_is_carried_along() -> None:
    seated, large, small = party(3, "confirmed", 3), party(1, "waiting", 4), party(2, "waiting", 1)

    _, done = following(situation(seated, large, small), Limit(6, None), Queue())

    assert done.after.parties == (seated, large._replace(passed_by=1), small._replace(passes=(large.id,)))


def test_who_lets_seats_go_has_passed_nobody_from_then_on() -> None:
    large, gone = party(1, "waiting", 4, passed_by=1), party(2, "held", 1, typing_until=NOW)
    seated = party(3, "confirmed", 3)

    _, done = following(situation(large, gone._replace(passes=(large.id,)), seated), Limit(6, None), Queue())

    assert done.after.parties == (large._replace(passed_by=0), seated)


def test_without_being_told_otherwise_it_asks_everybody() -> None:
    here, elsewhere = party(8, "displaced", 2, departure_id=HERE), party(1, "displaced", 2)
    of = situation(own_asked=False)

    everybody = foresee(of, OPEN, NOW, Queue([here, elsewhere]))
    own = foresee(of, OPEN, NOW, Queue([here, elsewhere]), only_own=True)

    assert [move.party for move in everybody.plan.moves] == [here, elsewhere]
    assert [move.party for move in own.plan.moves] == [here]
    assert (everybody.after, own.after) == (
        replace(of, offers=everybody.after.offers, own_asked=False, next_due_at=everybody.plan.next_due_at),
        replace(of, offers=own.after.offers, own_asked=True),  # as due as it was: the others come next
    )


# -- volunteers ------------------------------------------------------------------------------------------------------


def test_it_is_carried_along_until_when_volunteers_are_looked_for() -> None:
    of = closed_for_offers(party(1, "confirmed", 2), party(2, "confirmed", 2), policy=Policy.VOLUNTEERS_FIRST)

    kinds, done = following(of, Limit(2, None), Queue())

    assert kinds == ["ask_volunteers", "ask_volunteers"]
    assert (done.after.parties, done.after.volunteers_until) == (of.parties, NOW + DAY)


def test_a_volunteer_whose_places_nobody_needs_is_none_any_more() -> None:
    willing = party(1, "confirmed", 2, volunteered_at=NOW - HOUR)

    kinds, done = following(closed_for_offers(willing), OPEN, Queue())

    assert kinds == ["keep_volunteer"]
    assert done.after.parties == (willing._replace(volunteered_at=None),)


def test_whoever_gave_way_joins_the_queue_before_the_others_and_is_no_volunteer_any_more() -> None:
    willing, queue = party(1, "confirmed", 2, volunteered_at=NOW - HOUR), Queue()
    of = closed_for_offers(willing, party(2, "confirmed", 2), policy=Policy.VOLUNTEERS_FIRST)

    kinds, _ = following(of, Limit(2, None), queue)

    assert kinds == ["release_volunteer"]
    (gone,) = in_line(queue)
    assert (gone.state, gone.rank, gone.volunteered_at) == ("displaced", 0, None)


# -- several dates ---------------------------------------------------------------------------------------------------


def test_whoever_waits_for_several_dates_is_asked_for_no_other_while_it_is_offered_one() -> None:
    queue = Queue()

    kinds, done = following(situation(party(1, "waiting", 2, wait_id=A_WAIT)), OPEN, queue)

    assert kinds == ["offer"]
    assert (queue.asked, done.queue_grew) == ({A_WAIT: True}, True)


@pytest.mark.parametrize(("limit", "deadline", "kind"), [(OPEN, -HOUR, "lapse"), (Limit(1, None), HOUR, "revoke")])
def test_the_other_dates_may_ask_again_when_the_offer_of_one_is_over(
    limit: Limit, deadline: timedelta, kind: str
) -> None:
    waiting, queue = party(1, "waiting", 2, wait_id=A_WAIT), Queue()
    of = closed_for_offers(waiting, offers=(offered(waiting, deadline=deadline),))

    kinds, done = following(of, limit, queue)

    assert kinds[0] == kind
    assert (queue.asked, done.queue_grew) == ({A_WAIT: False}, True)


# -- a change that was taken back ------------------------------------------------------------------------------------


def lost(number: int, seats: int, **changed: object) -> Party:
    """A party that lost its places here, and has not been told."""
    return party(number, "displaced", seats, departure_id=HERE, **changed)


def test_whoever_is_put_back_sits_again_and_is_in_the_queue_no_more() -> None:
    back = lost(1, 2)
    queue = Queue([back])
    of = closed_for_offers(offers=(offered(back, deadline=HOUR),), undone=(Undone(back),))

    kinds, done = following(of, OPEN, queue)

    assert kinds == ["unoffer", "put_back"]
    assert done.after.parties == (back._replace(state="confirmed"),)
    assert (done.after.offers, done.after.undone, in_line(queue), done.queue_grew) == ((), (), [], False)


def test_whoever_has_its_offer_again_is_asked_for_nothing_else() -> None:
    first, second = (party(number, "displaced", 2, wait_id=A_WAIT if number == 2 else None) for number in (1, 2))
    over, again = offered(first, deadline=-HOUR), replace(offered(second, deadline=HOUR), id=UUID(int=8))
    queue = Queue([second])

    kinds, done = following(closed_for_offers(undone=(Undone(first, over), Undone(second, again))), OPEN, queue)

    assert kinds == ["tell_now", "reopen"]
    assert (done.after.offers, queue.asked, in_line(queue)) == ((again,), {A_WAIT: True}, [first])


def test_of_those_who_are_told_now_only_who_lost_its_places_joins_the_queue() -> None:
    large, queue = party(1, "must_shrink", 4, shrink_until=NOW + HOUR), Queue()
    asked = party(3, "waiting", 2)
    taken = (offered(asked, deadline=HOUR),)
    of = closed_for_offers(large, asked, offers=taken, undone=(Undone(large), Undone(lost(2, 3))))

    kinds, done = following(of, Limit(7, 3), queue)

    assert kinds == ["tell_now", "tell_now"]
    assert (done.after.parties, in_line(queue), done.queue_grew) == ((large, asked), [lost(2, 3)], True)


def test_whoever_answers_for_seats_elsewhere_does_not_join_the_queue() -> None:
    queue = Queue()

    kinds, done = following(
        closed_for_offers(undone=(Undone(lost(1, 2), None, elsewhere=Elsewhere(AN_OFFER, ELSEWHERE)),)), OPEN, queue
    )

    assert (kinds, in_line(queue), done.queue_grew) == (["tell_now"], [], False)

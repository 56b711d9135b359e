"""What a departure and the queue of its course look like after each kind of move, as foresight carries them along."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.applications.test_plan import DAY, ELSEWHERE, HERE, HOUR, NOW, party, situation
from tourbook.applications.deadlines import right_ends
from tourbook.applications.foresight import Foreseen, foresee
from tourbook.applications.parties import OpenOffer, Party, Situation
from tourbook.applications.plan import Limit
from tourbook.applications.queue import Queue, in_turn

OPEN, CLOSED = Limit(20, None), Limit(0, None)
AN_OFFER = UUID(int=9)


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
        large._replace(state="must_shrink", shrink_until=NOW + DAY),
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

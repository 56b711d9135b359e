"""How a departure stands after moves for a change that was taken back, and after those of a group's places."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests.applications.test_following import A_WAIT, CLOSED, OPEN, closed_for_offers, following, in_line, lost, offered
from tests.applications.test_plan import DAY, HOUR, NOW, party, situation
from tourbook.applications.deadlines import shrink_by
from tourbook.applications.decided import Limit
from tourbook.applications.foresight import foresee
from tourbook.applications.parties import Allotted, Elsewhere, Party, Undone, Undrawn
from tourbook.applications.queue import Queue
from tourbook.courses.models import Policy

ANOTHER_WAIT = UUID(int=6)
A_GROUP = Allotted(UUID(int=20), 2, NOW - DAY, NOW + DAY)

# -- places ----------------------------------------------------------------------------------------------------------


def test_whoever_holds_places_again_has_them_until_the_same_minute() -> None:
    holds = party(1, "held", 2)

    kinds, done = following(closed_for_offers(undone=(Undone(holds),)), OPEN, Queue())

    assert kinds == ["hold_again"]
    assert (done.after.parties, done.queue_grew) == ((holds,), False)


def test_whoever_is_too_large_for_the_limit_sits_again_and_knows_how_many_may_go_now() -> None:
    back = lost(1, 4, shrink_to=3, offered=frozenset({UUID(int=2)}))

    kinds, done = following(closed_for_offers(undone=(Undone(back),)), Limit(20, 2), Queue())

    until = shrink_by(NOW, DAY, situation().starts_at)
    again = back._replace(state="must_shrink", shrink_until=until, shrink_to=2, offered=frozenset())
    assert (kinds, done.after.parties) == (["put_back_to_shrink"], (again,))


def test_whoever_had_time_to_become_smaller_has_it_again_and_knows_the_number_that_it_was_told() -> None:
    back = lost(1, 4, shrink_to=2)

    kinds, done = following(closed_for_offers(undone=(Undone(back, shrink_until=NOW + HOUR),)), Limit(20, 2), Queue())

    assert kinds == ["put_back"]
    assert done.after.parties == (back._replace(state="must_shrink", shrink_until=NOW + HOUR),)


def test_whoever_was_told_of_no_number_knows_of_none_as_it_sits_again() -> None:
    back = lost(1, 4)

    kinds, done = following(closed_for_offers(undone=(Undone(back, shrink_until=NOW + HOUR),)), Limit(20, 3), Queue())

    assert kinds == ["put_back"]
    assert [one.shrink_to for one in done.after.parties] == [None]


def test_whoever_sits_again_and_need_not_become_smaller_remembers_no_number() -> None:
    back = lost(1, 4, shrink_to=2)

    kinds, done = following(closed_for_offers(undone=(Undone(back, shrink_until=NOW + HOUR),)), OPEN, Queue())

    assert (kinds, done.after.parties) == (["put_back"], (back._replace(state="confirmed", shrink_to=None),))


def test_whoever_has_to_become_smaller_again_has_the_same_time_and_number_as_before() -> None:
    whole = party(1, "confirmed", 4, shrink_to=3)
    of = closed_for_offers(whole, undone=(Undone(whole, shrink_until=NOW + HOUR),))

    kinds, done = following(of, Limit(20, 3), Queue())

    assert kinds == ["shrink_again"]
    assert done.after.parties == (whole._replace(state="must_shrink", shrink_until=NOW + HOUR),)


def test_whoever_need_not_become_smaller_any_more_remembers_no_number() -> None:
    was_large = party(1, "must_shrink", 4, shrink_until=NOW + HOUR, shrink_to=3)

    kinds, done = following(closed_for_offers(was_large), OPEN, Queue())

    assert kinds == ["restore"]
    assert done.after.parties == (was_large._replace(state="confirmed", shrink_until=None, shrink_to=None),)


# -- offers that nobody heard of -------------------------------------------------------------------------------------


def unheard(to: Party, *, sits_again: bool = False) -> dict[str, object]:
    made = replace(offered(to, deadline=HOUR), untold=True, undone=True, sits_again=sits_again)
    return {"offers": (made,)}


def test_an_offer_that_nobody_heard_of_ends_and_its_party_waits_on_for_all_its_dates() -> None:
    waiting, queue = party(1, "waiting", 2, wait_id=A_WAIT), Queue()

    kinds, done = following(closed_for_offers(waiting, **unheard(waiting)), OPEN, queue)

    assert kinds == ["unmake"]
    assert (done.after.parties, done.after.offers, in_line(queue)) == ((waiting,), (), [])
    assert (queue.asked, done.queue_grew) == ({A_WAIT: False}, True)


def test_whoever_lost_places_and_never_heard_of_its_offer_is_in_the_queue_again() -> None:
    displaced, queue = party(1, "displaced", 2), Queue()

    kinds, done = following(closed_for_offers(**unheard(displaced)), OPEN, queue)

    assert kinds == ["unmake"]
    assert (done.after.offers, in_line(queue), done.queue_grew) == ((), [displaced], True)


def test_whoever_may_sit_again_elsewhere_is_asked_for_nothing_meanwhile() -> None:
    displaced = party(1, "displaced", 2, wait_id=A_WAIT)
    queue = Queue()

    kinds, done = following(closed_for_offers(**unheard(displaced, sits_again=True)), OPEN, queue)

    assert kinds == ["unmake"]
    assert (done.after.offers, in_line(queue), queue.asked) == ((), [], {A_WAIT: True})


# -- who is told now -------------------------------------------------------------------------------------------------


def test_whoever_loses_its_offer_for_good_may_be_asked_for_its_other_dates_and_nobody_else_by_that() -> None:
    late, aside = party(1, "waiting", 2, wait_id=A_WAIT), party(2, "waiting", 4, set_aside=True, wait_id=ANOTHER_WAIT)
    queue = Queue()
    undone = (Undone(late, offered(late, deadline=-HOUR)), Undone(aside))

    kinds, done = following(closed_for_offers(late, aside, undone=undone), Limit(20, 3), queue)

    assert kinds == ["tell_now", "tell_now"]
    assert (queue.asked, done.queue_grew) == ({A_WAIT: False}, True)


def test_whoever_answers_for_another_of_its_dates_is_asked_for_none_meanwhile() -> None:
    asked, queue = party(1, "waiting", 2, wait_id=A_WAIT, asked_elsewhere=True), Queue()
    heard = Elsewhere(UUID(int=8), UUID(int=2), locked=True)

    kinds, done = following(
        closed_for_offers(asked, undone=(Undone(asked, offered(asked, deadline=HOUR), elsewhere=heard),)), OPEN, queue
    )

    assert (kinds, queue.asked, done.queue_grew) == (["tell_now"], {}, False)


# -- what counts once ------------------------------------------------------------------------------------------------


def test_what_was_to_be_put_back_counts_for_one_settling_only() -> None:
    """Also who came since, a draw that was none, and until when volunteers were looked for."""
    new = party(1, "confirmed", 2)
    of = closed_for_offers(
        new,
        undone=(Undone(lost(2, 2)),),
        undrawn=(Undrawn(1, frozenset({"R002"})),),
        newcomers=frozenset({new.id}),
        policy=Policy.VOLUNTEERS_FIRST,
        had_volunteers_until=NOW + HOUR,
        draws_held=1,
    )

    after = foresee(of, OPEN, NOW, Queue()).after

    assert (after.undone, after.undrawn, after.newcomers) == ((), (), frozenset())
    assert (after.had_volunteers_until, after.draws_held) == (None, 0)


# -- places of groups ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "limit", "left"),
    [("confirmed", CLOSED, 0), ("must_shrink", Limit(20, 2), 5)],
    ids=["lack of room", "did not become smaller"],
)
def test_whoever_loses_places_of_a_group_has_none_of_the_group_any_more(state: str, limit: Limit, left: int) -> None:
    one, queue = party(1, state, 3, allotment_id=A_GROUP.id, shrink_until=NOW), Queue()

    _, done = following(closed_for_offers(one, allotments=(A_GROUP,)), limit, queue)

    assert [gone.allotment_id for gone in in_line(queue)] == [None]
    assert done.after.allotments == (replace(A_GROUP, left=left),)


def test_places_of_a_group_that_ended_by_the_clock_are_carried_along_no_more() -> None:
    ended, stays = replace(A_GROUP, id=UUID(int=21), releases_at=NOW), A_GROUP

    assert foresee(situation(allotments=(ended, stays)), OPEN, NOW, Queue()).after.allotments == (stays,)

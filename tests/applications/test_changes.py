"""What a change of rules does to parties: cut, displaced, asked first, offered, shrunk; on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import (
    Scene,
    assert_sound,
    build_scene,
    departure,
    open_offer,
    refusal,
    settle_all,
    state,
    told,
)
from tourbook.actor import GUEST
from tourbook.applications import (
    accept_offer,
    cancel,
    cancel_visitor,
    decline_offer,
)
from tourbook.applications.models import Offer, PriorityRight, State, Visitor
from tourbook.courses.models import Policy
from tourbook.errors import Refused
from tourbook.notices.models import Notice


def test_a_closed_level_displaces_everybody_and_tells_them_why(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 4)

    scene.add_order("closed", "2026-05-10", "2026-05-31")
    settle_all(scene)

    assert state(party) == State.DISPLACED
    assert departure(walk).seats_taken == 0
    assert told(session, party) == ["confirmed", "displaced"]
    with pytest.raises(Refused) as error:
        scene.hold(walk)
    assert refusal(error) == "suspended"
    assert_sound(scene, session)


def test_an_applicants_act_settles_first_where_the_timetable_has_not(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    displaced = scene.apply(walk, 5)
    order = scene.add_order("closed", "2026-05-10", "2026-05-31")
    settle_all(scene)
    scene.now += timedelta(days=1)
    scene.withdraw(order)

    with pytest.raises(Refused) as error:
        scene.hold(walk, 5, browser="x") and scene.hold(walk, 5) and scene.hold(walk, 5) and scene.hold(walk, 5)

    assert refusal(error) == "full"
    assert open_offer(displaced) is not None
    assert departure(walk).seats_taken == 20
    assert_sound(scene, session)


def test_the_displaced_are_moved_and_told_even_by_an_act_that_is_refused(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 5)
    scene.add_order("closed", "2026-05-10", "2026-05-31")

    with pytest.raises(Refused) as error:
        scene.hold(walk, 2)

    assert refusal(error) == "suspended"
    assert state(party) == State.DISPLACED
    assert told(session, party) == ["confirmed", "displaced"]


def test_a_cut_to_half_keeps_the_earliest_under_that_policy(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    walk = scene.add_departure("2026-05-20T10:00")
    parties = [scene.apply(walk, seats) for seats in (5, 4, 3, 1, 5)]

    scene.add_order("half", "2026-05-10", "2026-05-31")
    settle_all(scene)

    stays = [State.CONFIRMED, State.CONFIRMED, State.DISPLACED, State.CONFIRMED, State.DISPLACED]
    assert [state(party) for party in parties] == stays
    assert departure(walk).seats_taken == 10
    assert_sound(scene, session)


def test_a_cut_under_cancel_all_asks_the_earliest_whether_they_still_want_to_go(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    parties = [scene.apply(walk, seats) for seats in (5, 5, 5)]

    scene.add_order("half", "2026-05-10", "2026-05-31")
    settle_all(scene)

    assert [state(party) for party in parties] == [State.DISPLACED] * 3
    assert [open_offer(party) is not None for party in parties] == [True, True, False]
    assert_sound(scene, session)


def test_who_loses_its_places_and_is_offered_some_at_once_is_told_so_once(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    asked, *_, left_out = [scene.apply(walk, 5) for _ in range(3)]

    scene.add_order("half", "2026-05-10", "2026-05-31")
    settle_all(scene)

    assert told(session, asked) == ["confirmed", "displaced_offered"]
    assert told(session, left_out) == ["confirmed", "displaced"]
    notice = session.scalars(select(Notice).where(Notice.subject_id == asked, Notice.kind != "confirmed")).one()
    offer = open_offer(asked)
    assert offer is not None
    assert notice.facts["deadline"] == offer.deadline.isoformat()
    assert "half" in notice.facts["cause_en"]
    assert_sound(scene, session)


def test_who_is_offered_another_departure_later_is_told_of_it_by_itself(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 5)
    scene.add_measure("2026-05-20", "2026-05-20")
    scene.add_departure("2026-05-22T10:00")
    settle_all(scene)

    assert told(session, party) == ["confirmed", "displaced", "offer"]


def test_an_offer_that_is_taken_back_and_made_anew_at_once_is_told_of_once(scene: Scene, session: Session) -> None:
    walk, other = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-22T10:00", capacity=10)
    first, later = scene.apply(walk, 4), scene.apply(other, 5)
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    assert told(session, first) == ["confirmed", "displaced", "offer"]

    scene.add_measure("2026-05-22", "2026-05-22", kind="override", capacity=4)
    settle_all(scene)

    assert told(session, first) == ["confirmed", "displaced", "offer", "offer"]
    assert told(session, later) == ["confirmed", "displaced"]
    assert_sound(scene, session)


def test_the_displaced_are_served_on_another_departure_and_move_there(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 4)
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    other = scene.add_departure("2026-05-22T10:00")
    settle_all(scene)

    offer = open_offer(party)
    assert offer is not None
    moved_to = accept_offer(offer.id, actor=GUEST, now=scene.now)

    assert accept_offer(offer.id, actor=GUEST, now=scene.now) == moved_to
    assert state(party) == State.MOVED
    assert state(moved_to) == State.CONFIRMED
    assert departure(other).seats_taken == 4
    assert told(session, moved_to) == ["moved"]
    assert session.scalars(select(PriorityRight)).one().used_at is not None
    assert_sound(scene, session)


def test_a_displaced_party_that_declines_keeps_its_right_for_other_days(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 4)
    scene.add_measure("2026-05-20", "2026-05-20")
    first = scene.add_departure("2026-05-22T10:00")
    settle_all(scene)

    offer = open_offer(party)
    assert offer is not None
    assert offer.departure_id == first
    decline_offer(offer.id, actor=GUEST, now=scene.now)
    second = scene.add_departure("2026-05-23T10:00")
    settle_all(scene)

    again = open_offer(party)
    assert again is not None
    assert again.departure_id == second
    assert_sound(scene, session)


def test_an_offer_that_is_not_answered_goes_to_the_next(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    first = scene.apply(walk, 2)
    waiting = [scene.apply(walk, 2, wait=True) for _ in range(2)]
    cancel(first, actor=GUEST, now=scene.now)

    scene.now += timedelta(hours=24)
    settle_all(scene)

    assert [state(party) for party in waiting] == [State.EXPIRED, State.WAITING]
    assert open_offer(waiting[0]) is None
    assert open_offer(waiting[1]) is not None
    lapsed = session.scalars(select(Offer).where(Offer.application_id == waiting[0])).one()
    with pytest.raises(Refused) as error:
        accept_offer(lapsed.id, actor=GUEST, now=scene.now)
    assert refusal(error) == "offer_lapsed"
    assert_sound(scene, session)


def test_an_offer_that_was_accepted_has_not_run_out_however_late_somebody_declines_it(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    first = scene.apply(walk, 2)
    offered = scene.apply(walk, 2, wait=True)
    cancel(first, actor=GUEST, now=scene.now)
    offer = open_offer(offered)
    accept_offer(offer.id, actor=GUEST, now=scene.now)

    with pytest.raises(Refused) as error:
        decline_offer(offer.id, actor=GUEST, now=scene.now + timedelta(hours=25))

    assert refusal(error) == "offer_answered"


def test_a_cut_revokes_an_offer_and_the_party_keeps_its_place(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    first = scene.apply(walk, 2)
    waiting = scene.apply(walk, 2, wait=True)
    cancel(first, actor=GUEST, now=scene.now)

    order = scene.add_order("half", "2026-05-10", "2026-05-31")
    settle_all(scene)
    assert open_offer(waiting) is None
    assert state(waiting) == State.WAITING
    scene.withdraw(order)
    settle_all(scene)

    assert open_offer(waiting) is not None
    expected = ["waiting_joined", "offer", "offer_revoked", "set_aside", "taken_back", "offer"]
    assert told(session, waiting) == expected
    assert_sound(scene, session)


def test_a_party_above_a_new_party_limit_shrinks_or_is_displaced(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    shrinks, stays_large = scene.apply(walk, 5), scene.apply(walk, 5)
    scene.add_order("open", "2026-05-10", "2026-05-31", party_max=4)
    settle_all(scene)
    assert state(shrinks) == State.MUST_SHRINK

    visitor = session.scalars(select(Visitor).where(Visitor.application_id == shrinks)).first()
    assert visitor is not None
    cancel_visitor(visitor.id, actor=GUEST, now=scene.now)
    scene.now += timedelta(hours=24)
    settle_all(scene)

    assert state(shrinks) == State.CONFIRMED
    assert state(stays_large) == State.DISPLACED
    assert told(session, stays_large) == ["confirmed", "must_shrink", "shrink_lapsed"]
    assert_sound(scene, session)


def test_a_large_party_is_passed_by_a_bounded_number_of_times(session: Session) -> None:
    scene = build_scene(skip_bound=1)
    walk = scene.add_departure("2026-05-20T10:00", capacity=5)
    parties = [scene.apply(walk, 1) for _ in range(5)]
    large = scene.apply(walk, 3, wait=True)

    cancel(parties[0], actor=GUEST, now=scene.now)
    assert departure(walk).public_free == 1
    scene.hold(walk, 1)
    cancel(parties[1], actor=GUEST, now=scene.now)

    assert departure(walk).public_free == 0
    with pytest.raises(Refused) as error:
        scene.hold(walk, 1)
    assert refusal(error) == "full"
    cancel(parties[2], actor=GUEST, now=scene.now)
    cancel(parties[3], actor=GUEST, now=scene.now)
    assert open_offer(large) is not None
    assert_sound(scene, session)


def test_nobody_is_moved_from_a_departure_that_has_left(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-08T10:00")
    party = scene.apply(walk, 3)
    scene.now += timedelta(days=5)

    scene.add_order("closed", "2026-05-01", "2026-05-31")
    settle_all(scene)

    assert state(party) == State.CONFIRMED


def test_a_rule_that_is_withdrawn_before_it_is_settled_moves_nobody(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 3)

    order = scene.add_order("closed", "2026-05-10", "2026-05-31")
    scene.withdraw(order)
    settle_all(scene)

    assert state(party) == State.CONFIRMED
    assert told(session, party) == ["confirmed"]

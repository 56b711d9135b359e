"""One party's life: holding, confirming, waiting, being moved, giving up; on both databases."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import (
    Scene,
    assert_sound,
    departure,
    open_offer,
    refusal,
    settle_all,
    state,
    told,
)
from tourbook.actor import GUEST, SYSTEM
from tourbook.applications import (
    VisitorDetails,
    accept_offer,
    cancel,
    confirm,
    describe_party,
    extend_hold,
    give_contact,
    give_up,
    hold_again,
)
from tourbook.applications.models import Application, State
from tourbook.courses import window
from tourbook.courses.models import Course, Departure
from tourbook.db import db, transaction
from tourbook.errors import Refused
from tourbook.notices import Notice


def test_a_party_holds_types_and_is_confirmed(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")

    party = scene.apply(walk, 4)

    assert state(party) == State.CONFIRMED
    assert departure(walk).seats_taken == 4
    assert departure(walk).public_free == 16
    assert told(session, party) == ["confirmed"]
    assert_sound(scene, session)


def test_a_confirmed_party_is_told_when_to_be_at_the_meeting_place(scene: Scene, session: Session) -> None:
    with transaction() as act:
        act.get_one(Course, scene.course_id).details = {"meeting_ko": "30분 전", "meeting_en": "30 minutes before"}

    party = scene.apply(scene.add_departure("2026-05-20T10:00"))

    facts = session.scalars(select(Notice.facts).where(Notice.subject_id == party)).one()
    assert (facts["meeting_ko"], facts["meeting_en"]) == ("30분 전", "30 minutes before")


def test_naming_who_goes_says_whether_it_is_known_how_to_reach_them(scene: Scene) -> None:
    party = scene.hold(scene.add_departure("2026-05-20T10:00"), 1)
    named = [VisitorDetails("김하늘", date(1990, 1, 1), "KR")]

    before = describe_party(party, named, actor=GUEST, now=scene.now)
    consents = {"personal_data", "conduct"}
    give_contact(party, contact="sky@example.kr", way="mail", consents=consents, actor=GUEST, now=scene.now)
    after = describe_party(party, named, actor=GUEST, now=scene.now)

    assert (before, after) == (False, True)


def test_the_same_form_sent_twice_makes_one_application(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")

    first = scene.hold(walk, 2, form_id="same", browser="b")
    second = scene.hold(walk, 2, form_id="same", browser="b")

    assert first == second
    with pytest.raises(Refused) as error:
        scene.hold(walk, 3, form_id="same", browser="b")
    assert refusal(error) == "form_reused"


def test_the_form_of_another_browser_leads_to_nobodys_application(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.hold(walk, 2, form_id="same", browser="b")

    with pytest.raises(Refused) as error:
        scene.hold(walk, 2, form_id="same", browser="of somebody else")

    assert refusal(error) == "form_reused"


def test_time_that_ran_out_on_one_departure_does_not_keep_a_browser_from_another(scene: Scene) -> None:
    walk, other = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00")
    left = scene.hold(walk, 2, browser="b")
    scene.now += timedelta(minutes=16)

    held = scene.hold(other, 2, browser="b")

    assert (state(left), state(held)) == (State.EXPIRED, State.HELD)
    assert departure(walk).seats_taken == 0


def test_a_place_in_the_queue_that_is_still_typed_counts_as_the_browsers_hold(scene: Scene) -> None:
    walk, other = scene.add_departure("2026-05-20T10:00", capacity=1), scene.add_departure("2026-05-21T10:00")
    scene.hold(walk, 1)
    waiting = scene.hold(walk, 1, wait=True, browser="b")

    with pytest.raises(Refused) as error:
        scene.hold(other, 1, browser="b")

    assert refusal(error) == "hold_exists"
    assert error.value.facts == {"application_id": str(waiting)}


def test_a_full_departure_refuses_and_lets_the_whole_party_wait(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=4)
    first = scene.apply(walk, 3)

    with pytest.raises(Refused) as error:
        scene.hold(walk, 2)
    waiting = scene.apply(walk, 2, wait=True)

    assert refusal(error) == "full"
    assert state(waiting) == State.WAITING
    assert told(session, waiting) == ["waiting_joined"]
    cancel(first, actor=GUEST, now=scene.now)
    offer = open_offer(waiting)
    assert offer is not None
    assert departure(walk).seats_taken == 2
    accept_offer(offer.id, actor=GUEST, now=scene.now)
    assert state(waiting) == State.CONFIRMED
    assert_sound(scene, session)


def test_an_expired_hold_frees_its_seats_without_any_job(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    late = scene.hold(walk, 2)
    scene.now += timedelta(minutes=15)

    winner = scene.hold(walk, 2)

    assert state(winner) == State.HELD
    assert state(late) == State.EXPIRED
    with pytest.raises(Refused) as error:
        confirm(late, form_id="late", actor=GUEST, now=scene.now)
    assert refusal(error) == "hold_expired"
    assert_sound(scene, session)


def test_what_was_typed_survives_the_end_of_a_hold(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.hold(walk, 2)
    scene.fill_in(party)
    scene.now += timedelta(minutes=16)
    settle_all(scene)

    hold_again(party, actor=GUEST, now=scene.now)
    confirm(party, form_id="again", actor=GUEST, now=scene.now)

    assert state(party) == State.CONFIRMED
    assert_sound(scene, session)


def test_a_hold_is_extended_twice_and_no_more(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.hold(walk)

    for _ in range(2):
        scene.now += timedelta(minutes=14)
        until = extend_hold(party, actor=GUEST, now=scene.now)
        assert until == scene.now + timedelta(minutes=15)

    with pytest.raises(Refused) as error:
        extend_hold(party, actor=GUEST, now=scene.now)
    assert refusal(error) == "hold_not_extendable"


def test_nobody_is_given_more_time_once_applications_have_closed(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    found = db.session.get_one(Departure, walk)
    closes_at = window(db.session.get_one(Course, scene.course_id), found).closes_at
    scene.now = closes_at - timedelta(minutes=1)
    party = scene.hold(walk)
    until = extend_hold(party, actor=GUEST, now=scene.now)
    scene.now = closes_at

    with pytest.raises(Refused) as error:
        extend_hold(party, actor=GUEST, now=scene.now)

    assert refusal(error) == "hold_past_closing"
    assert db.session.get_one(Application, party, populate_existing=True).typing_until == until


def test_more_time_that_is_asked_for_again_with_the_same_form_counts_once(scene: Scene) -> None:
    party = scene.hold(scene.add_departure("2026-05-20T10:00"))
    scene.now += timedelta(minutes=10)

    until = [extend_hold(party, form_id="more time", actor=GUEST, now=scene.now) for _ in range(3)]
    other = extend_hold(party, form_id="more time again", actor=GUEST, now=scene.now)

    assert set(until) == {scene.now + timedelta(minutes=15)} == {other}
    assert db.session.get_one(Application, party, populate_existing=True).extensions == 2


def test_one_browser_holds_once_and_may_give_up(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    first = scene.hold(walk, browser="mine")

    with pytest.raises(Refused) as error:
        scene.hold(walk, browser="mine")
    give_up(first, actor=GUEST, now=scene.now)
    second = scene.hold(walk, browser="mine")

    assert refusal(error) == "hold_exists"
    assert state(first) == State.CANCELLED
    assert state(second) == State.HELD
    assert_sound(scene, session)


def test_one_network_address_holds_few(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=40)
    for _ in range(10):
        scene.hold(walk, 1, address="10.9.9.9")

    with pytest.raises(Refused) as error:
        scene.hold(walk, 1, address="10.9.9.9")

    assert refusal(error) == "too_many_holds"


def test_the_same_person_is_not_twice_on_one_departure(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 2, names=["김 하늘", "이서준"])

    other = scene.hold(walk, 1)
    with pytest.raises(Refused) as error:
        scene.fill_in(other, names=["김하늘"])

    assert refusal(error) == "person_twice"


def test_the_window_opens_and_closes_at_its_minute(scene: Scene) -> None:
    walk = scene.add_departure("2026-06-10T10:00")
    opens = scene.now.replace(month=5, day=13, hour=1, minute=0)

    scene.now = opens - timedelta(seconds=1)
    with pytest.raises(Refused) as early:
        scene.hold(walk)
    scene.now = opens
    scene.hold(walk)
    scene.now = opens.replace(month=6, day=8, hour=15)
    with pytest.raises(Refused) as late:
        scene.hold(walk)

    assert refusal(early) == "not_open_yet"
    assert refusal(late) == "window_closed"


def test_cancelling_twice_frees_the_seats_once(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party, other = scene.apply(walk, 3), scene.apply(walk, 3)

    cancel(party, actor=GUEST, now=scene.now)
    cancel(party, actor=GUEST, now=scene.now)

    assert departure(walk).seats_taken == 3
    assert state(other) == State.CONFIRMED
    assert told(session, party) == ["confirmed", "cancelled"]
    assert_sound(scene, session)


def test_the_application_page_opens_by_a_token_that_is_stored_only_sealed(
    scene: Scene, session: Session, app: Flask
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 1)

    row = session.get_one(Application, party)

    assert len(row.token) >= 22
    assert row.token.encode() not in row.token_sealed
    assert SYSTEM.label == "timetable"

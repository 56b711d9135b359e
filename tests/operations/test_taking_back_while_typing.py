"""A change is taken back while somebody typed, or was being offered another date: they have what was theirs again."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, settle_all, state
from tests.ground.application import Ground
from tests.operations.test_taking_back import change, close, letters, measure, order, undo
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, confirm, settle_departure
from tourbook.applications.models import Application, Offer, OfferState, PriorityRight, State
from tourbook.courses.models import Departure, Policy
from tourbook.distancing import enter_order
from tourbook.errors import Conflict
from tourbook.notices import Notice
from tourbook.operations import outlook_of, take_back
from tourbook.operations.taking_back import change_by_id

HERE, THERE = "2026-05-20T10:00", "2026-05-21T10:00"


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


def suspend_here(scene: Scene) -> UUID:
    """By mistake, for the one day alone."""
    return measure(scene, kind="suspension")


def typing_until(session: Session, application_id: UUID) -> object:
    return session.get_one(Application, application_id, populate_existing=True).typing_until


def test_places_that_somebody_held_while_typing_are_held_again_for_the_minutes_that_were_left(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure(HERE)
    held = scene.hold(walk, 3)
    before = typing_until(session, held)
    mistake = close(scene)
    assert state(held) == State.EXPIRED

    undo(scene, mistake)

    assert state(held) == State.HELD
    assert typing_until(session, held) == before
    assert departure(walk).seats_taken == 3
    assert_sound(scene, session)


def test_the_form_is_sent_in_as_if_nothing_had_happened(scene: Scene, session: Session) -> None:
    held = scene.hold(scene.add_departure(HERE), 2)
    scene.fill_in(held)
    undo(scene, close(scene))

    confirm(held, form_id="sent", actor=GUEST, now=scene.now)

    assert state(held) == State.CONFIRMED
    assert_sound(scene, session)


def test_places_that_are_held_again_run_out_as_they_would_have(scene: Scene, session: Session) -> None:
    walk = scene.add_departure(HERE)
    held = scene.hold(walk, 3)
    undo(scene, close(scene))
    scene.now += timedelta(minutes=14)

    settle_all(scene)

    assert state(held) == State.EXPIRED
    assert departure(walk).seats_taken == 0


def somebody_took_the_seats(scene: Scene, walk: UUID, held: UUID) -> None:
    scene.hold(walk, 2)


def the_browser_began_another_form(scene: Scene, walk: UUID, held: UUID) -> None:
    scene.hold(scene.add_departure(THERE), 1, browser="the same")


def the_minutes_are_over(scene: Scene, walk: UUID, held: UUID) -> None:
    scene.now += timedelta(minutes=2)


@pytest.mark.parametrize("meanwhile", [somebody_took_the_seats, the_browser_began_another_form, the_minutes_are_over])
def test_places_are_not_held_again_where(
    scene: Scene, session: Session, meanwhile: Callable[[Scene, UUID, UUID], None]
) -> None:
    walk = scene.add_departure(HERE, capacity=4)
    confirmed = scene.apply(walk, 1)
    held = scene.hold(walk, 3, browser="the same")
    scene.now += timedelta(minutes=12)
    mistake = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    assert (state(confirmed), state(held)) == (State.CONFIRMED, State.EXPIRED)
    if meanwhile is somebody_took_the_seats:
        scene.hold(walk, 1)
    else:
        meanwhile(scene, walk, held)

    undo(scene, mistake)

    assert state(held) == State.EXPIRED
    assert typing_until(session, held) is None
    assert_sound(scene, session)


def told_of_offers(session: Session) -> None:
    """As a sender does that has taken what tells of offers."""
    for notice in session.scalars(select(Notice).where(Notice.kind == "offer")):
        notice.tries = 1
        notice.due_at = notice.created_at
    session.commit()


@pytest.mark.parametrize(("knows", "hears"), [(True, ["confirmed", "offer", "put_back"]), (False, ["confirmed"])])
def test_a_party_with_another_date_in_hand_has_its_own_again_and_is_told_once_if_it_knew_of_that(
    scene: Scene, session: Session, knows: bool, hears: list[str]
) -> None:
    here, there = scene.add_departure(HERE), scene.add_departure(THERE)
    party = scene.apply(here, 3)
    mistake = suspend_here(scene)
    elsewhere = open_offer(party)
    assert elsewhere is not None
    assert elsewhere.departure_id == there
    if knows:
        told_of_offers(session)

    undo(scene, mistake)

    assert state(party) == State.CONFIRMED
    assert session.get_one(Offer, elsewhere.id, populate_existing=True).state == OfferState.REVOKED
    assert (departure(here).seats_taken, departure(there).seats_taken) == (3, 0)
    assert session.scalars(select(PriorityRight.ended_at)).one() == scene.now
    assert sorted(letters(scene, session, party)) == hears
    assert_sound(scene, session)


def test_the_seats_of_the_other_date_go_to_who_waits_for_them(scene: Scene, session: Session) -> None:
    here, there = scene.add_departure(HERE), scene.add_departure(THERE, capacity=3)
    party = scene.apply(here, 3)
    mistake = suspend_here(scene)
    waiting = scene.apply(there, 3, wait=True)
    assert open_offer(waiting) is None

    undo(scene, mistake, after=0)

    assert state(party) == State.CONFIRMED
    offered = open_offer(waiting)
    assert offered is not None
    assert offered.departure_id == there
    assert_sound(scene, session)


def test_who_has_accepted_the_other_date_meanwhile_goes_there(scene: Scene, session: Session) -> None:
    here, there = scene.add_departure(HERE), scene.add_departure(THERE)
    party = scene.apply(here, 3)
    mistake = suspend_here(scene)
    offered = open_offer(party)
    assert offered is not None
    there_now = accept_offer(offered.id, actor=GUEST, now=scene.now)

    undo(scene, mistake)

    assert (state(party), state(there_now)) == (State.MOVED, State.CONFIRMED)
    assert (departure(here).seats_taken, departure(there).seats_taken) == (0, 3)


def test_the_offer_cannot_be_accepted_any_more(scene: Scene) -> None:
    here, _ = scene.add_departure(HERE), scene.add_departure(THERE)
    party = scene.apply(here, 3)
    mistake = suspend_here(scene)
    offered = open_offer(party)
    assert offered is not None
    undo(scene, mistake)

    with pytest.raises(Conflict, match="offer_revoked"):
        accept_offer(offered.id, actor=GUEST, now=scene.now)


@pytest.mark.postgres_only("on SQLite nobody else is at work meanwhile")
def test_where_somebody_is_at_work_on_the_other_date_nobody_waits_and_the_party_keeps_that(
    database: Ground, scene: Scene, session: Session
) -> None:
    here, there = scene.add_departure(HERE), scene.add_departure(THERE)
    party = scene.apply(here, 3)
    mistake = suspend_here(scene)
    take_back(mistake, actor=COMMAND, now=scene.now)

    with database.engine.begin() as somebody:
        somebody.execute(select(Departure.id).where(Departure.id == there).with_for_update())
        settle_departure(here, actor=COMMAND, now=scene.now)
    settle_all(scene)

    assert state(party) == State.DISPLACED
    assert open_offer(party) is not None
    assert "displaced" in letters(scene, session, party)
    assert_sound(scene, session)


def test_a_party_whose_own_seats_are_gone_keeps_the_other_date(scene: Scene, session: Session) -> None:
    here, there = scene.add_departure(HERE, capacity=4), scene.add_departure(THERE)
    scene.apply(here, 1)
    party = scene.apply(here, 3)
    mistake = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    assert state(party) == State.DISPLACED
    offered = open_offer(party)
    assert offered is not None
    scene.hold(here, 1)

    undo(scene, mistake)

    assert state(party) == State.DISPLACED
    assert departure(there).seats_taken == 3
    assert "displaced" in letters(scene, session, party)
    assert_sound(scene, session)


def test_whoever_is_about_to_take_back_reads_what_comes_of_it(scene: Scene, session: Session) -> None:
    here, _ = scene.add_departure(HERE), scene.add_departure(THERE)
    scene.hold(here, 1)
    scene.now += timedelta(minutes=13)
    scene.hold(here, 1)
    scene.apply(here, 3)
    mistake = suspend_here(scene)

    outlook = outlook_of(session, change_by_id(session, mistake), scene.now + timedelta(minutes=1))

    assert (outlook.told, outlook.held, outlook.over, outlook.offered) == (0, 1, 1, 0)
    told_of_offers(session)
    outlook = outlook_of(session, change_by_id(session, mistake), scene.now + timedelta(minutes=1))
    assert (outlook.told, outlook.offered) == (1, 1)

"""Within the grace time of a change nobody is told of an offer; taken back, nobody hears that there was one."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, settle_all, state
from tests.operations.test_taking_back import DAY, GRACE, change, order, sent_by, undo
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel, decline_offer
from tourbook.applications.models import State
from tourbook.courses.drafts import MeasureDraft
from tourbook.courses.models import Policy
from tourbook.courses.steps import enter_measure
from tourbook.db import db
from tourbook.distancing import CellDraft, enter_order, set_cell, withdraw_order
from tourbook.notices.models import Notice
from tourbook.operations import StopDraft, apply_change, stop_proposal

LATER = "2026-05-27T10:00"


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.KEEP_EARLIEST)


def stop(scene: Scene) -> UUID:
    days = {"first_day": DAY, "last_day": DAY}
    draft = StopDraft(cause="asf", courses=("walk",), **days)  # type: ignore[arg-type]  # fields by name
    proposal = stop_proposal(db.session(), draft, actor=COMMAND, now=scene.now)
    told = {"foreseen": [], "expected_version": None, "grace": GRACE}
    found = apply_change(proposal, **told, actor=COMMAND, now=scene.now)
    settle_all(scene)
    return found


def close_the_day(scene: Scene) -> UUID:
    draft = order("closed", announced_at=scene.now, planned_until=DAY, ends_by_itself=True)
    return change(scene, enter_order, draft=draft)


def suspend(scene: Scene) -> UUID:
    days = {"effective_from": DAY, "effective_until": DAY}
    words = {"reason_ko": "비", "reason_en": "rain"}
    draft = MeasureDraft(course="walk", kind="suspension", announced_at=scene.now, **days, **words)
    return change(scene, enter_measure, draft=draft)


def shrink_the_table(scene: Scene) -> UUID:
    draft = CellDraft(scale="s", level="half", measure="people", amount=0, kind="trail")
    return change(scene, set_cell, draft=draft)


@pytest.mark.parametrize("mistake", [close_the_day, suspend, stop], ids=["order", "measure", "stop"])
def test_who_is_offered_another_date_hears_of_it_after_the_grace_and_never_if_it_is_taken_back(
    scene: Scene, session: Session, mistake: Callable[[Scene], UUID]
) -> None:
    walk, other = scene.add_departure("2026-05-20T10:00"), scene.add_departure(LATER)
    party = scene.apply(walk, 3)
    made = mistake(scene)
    offered = open_offer(party)
    assert offered
    assert offered.departure_id == other
    assert sent_by(session, party, scene.now + timedelta(minutes=4)) == ["confirmed"]

    undo(scene, made, after=4)

    assert (state(party), open_offer(party)) == (State.CONFIRMED, None)
    assert sent_by(session, party, scene.now + timedelta(days=1)) == ["confirmed"]
    assert [departure(one).seats_taken for one in (walk, other)] == [3, 0]
    assert_sound(scene, session)


def test_a_table_that_is_taken_back_offers_nobody_anything(scene: Scene, session: Session) -> None:
    scene.add_order("half", "2026-05-20", "2026-05-20", ends_by_itself=True)
    walk, _ = scene.add_departure("2026-05-20T10:00"), scene.add_departure(LATER)
    party = scene.apply(walk, 3)
    made = shrink_the_table(scene)
    assert open_offer(party)

    undo(scene, made)

    assert (state(party), open_offer(party)) == (State.CONFIRMED, None)
    assert sent_by(session, party, scene.now + timedelta(days=1)) == ["confirmed"]
    assert_sound(scene, session)


def test_an_offer_stands_as_long_as_from_when_it_is_told(scene: Scene, session: Session) -> None:
    walk, _ = scene.add_departure("2026-05-20T10:00"), scene.add_departure(LATER)
    party = scene.apply(walk, 3)
    close_the_day(scene)
    offered = open_offer(party)
    assert offered

    over = scene.now + GRACE

    assert offered.deadline == over + timedelta(hours=24)
    assert sent_by(session, party, over - timedelta(seconds=1)) == ["confirmed"]
    assert sent_by(session, party, over) == ["confirmed", "displaced", "offer"]


def test_more_places_that_are_taken_back_are_offered_to_nobody(scene: Scene, session: Session) -> None:
    standing = scene.add_order("half", "2026-05-04")
    walk = scene.add_departure("2026-05-20T10:00")
    settle_all(scene)
    for seats in (5, 5):
        scene.apply(walk, seats)
    waiting = scene.apply(walk, 2, wait=True)
    made = change(scene, withdraw_order, order_id=standing)
    assert open_offer(waiting)

    undo(scene, made)

    assert (state(waiting), open_offer(waiting)) == (State.WAITING, None)
    assert sent_by(session, waiting, scene.now + timedelta(days=1)) == ["waiting_joined"]
    assert_sound(scene, session)


def test_an_offer_that_stands_for_another_reason_is_made_anew(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=4)
    there, waiting = scene.apply(walk, 4), scene.apply(walk, 4, wait=True)
    other = scene.add_departure(LATER)
    made = suspend_later(scene)
    cancel(there, actor=GUEST, now=scene.now)
    assert sent_by(session, waiting, scene.now) == ["waiting_joined"]

    undo(scene, made)

    assert open_offer(waiting)
    assert sent_by(session, waiting, scene.now) == ["waiting_joined", "offer"]
    assert departure(other).allowed == 20
    assert_sound(scene, session)


def suspend_later(scene: Scene) -> UUID:
    days = {"effective_from": date(2026, 5, 27), "effective_until": date(2026, 5, 27)}
    words = {"reason_ko": "비", "reason_en": "rain"}
    draft = MeasureDraft(course="walk", kind="suspension", announced_at=scene.now, **days, **words)
    return change(scene, enter_measure, draft=draft)


@pytest.mark.parametrize("answer", [accept_offer, decline_offer])
def test_who_answers_on_its_page_before_the_letter_left_gets_no_letter_of_the_offer(
    scene: Scene, session: Session, answer: Callable[..., object]
) -> None:
    walk, _ = scene.add_departure("2026-05-20T10:00"), scene.add_departure(LATER)
    party = scene.apply(walk, 3)
    close_the_day(scene)
    offered = open_offer(party)
    assert offered

    answer(offered.id, actor=GUEST, now=scene.now)
    settle_all(scene)

    assert "offer" not in sent_by(session, party, scene.now + timedelta(hours=1))
    assert_sound(scene, session)


def test_a_second_change_that_ends_an_untold_offer_is_not_told_of_it(scene: Scene, session: Session) -> None:
    walk, other = scene.add_departure("2026-05-20T10:00"), scene.add_departure(LATER)
    party = scene.apply(walk, 3)
    close_the_day(scene)
    suspend_later(scene)

    assert open_offer(party) is None
    assert sent_by(session, party, scene.now + timedelta(hours=1)) == ["confirmed", "displaced"]
    assert departure(other).seats_taken == 0
    assert_sound(scene, session)


def test_who_was_told_of_an_offer_hears_that_it_ends(scene: Scene, session: Session) -> None:
    walk, _ = scene.add_departure("2026-05-20T10:00"), scene.add_departure(LATER)
    party = scene.apply(walk, 3)
    made = close_the_day(scene)
    for notice in notices(session, "offer"):
        notice.tries = 1
    session.commit()  # as a sender does that has taken it

    undo(scene, made)

    assert state(party) == State.CONFIRMED
    assert "put_back" in sent_by(session, party, scene.now + timedelta(days=1))


def notices(session: Session, kind: str) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.kind == kind)))

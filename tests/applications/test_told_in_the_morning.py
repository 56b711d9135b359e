"""Texts that wait for the morning tell nothing that is over by then: whoever has acted on its page meanwhile reads of
that alone.
"""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, open_offer, settle_all, state
from tourbook.actor import GUEST
from tourbook.applications import (
    VisitorDetails,
    accept_offer,
    cancel,
    cancel_visitor,
    confirm,
    describe_party,
    give_contact,
)
from tourbook.applications.models import State, Visitor
from tourbook.courses.models import Policy
from tourbook.kst import parse_moment
from tourbook.notices import Way, deliver_due
from tourbook.notices.models import Notice, NoticeState

THE_DAY = "2026-05-20"
EVENING, MORNING = parse_moment("2026-05-05T21:30"), parse_moment("2026-05-06T09:00")


def apply_by_text(scene: Scene, walk: UUID, seats: int, *, wait: bool = False) -> UUID:
    """A party that is written to by text."""
    party = scene.hold(walk, seats, wait=wait)
    people = [VisitorDetails(f"문자 {party.hex[-4:]} {place}", date(1990, 1, 1), "KR") for place in range(seats)]
    describe_party(party, people, actor=GUEST, now=scene.now)
    consents = {"personal_data", "conduct"}
    number = f"010-1234-{int(party.hex[-8:], 16) % 10000:04}"
    give_contact(party, contact=number, way="sms", consents=consents, actor=GUEST, now=scene.now)
    confirm(party, form_id=party.hex, actor=GUEST, now=scene.now)
    scene.now += timedelta(minutes=1)
    return party


def sent(session: Session, party: UUID) -> list[str]:
    """What it has been told by nine in the morning."""
    for moment in (EVENING + timedelta(hours=2), MORNING):
        while deliver_due(way=Way.SMS, now=moment):
            pass
    session.rollback()
    of_it = (Notice.subject_id == party, Notice.state == NoticeState.SENT)
    return [str(kind) for kind in session.scalars(select(Notice.kind).where(*of_it).order_by(Notice.id))]


def test_who_became_smaller_at_night_is_not_asked_for_it_in_the_morning(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    party = apply_by_text(scene, scene.add_departure(f"{THE_DAY}T10:00"), 3)
    scene.now = EVENING
    scene.add_order("open", THE_DAY, party_max=2)
    settle_all(scene)
    assert state(party) is State.MUST_SHRINK

    scene.now += timedelta(hours=1)
    last = session.scalars(select(Visitor.id).where(Visitor.application_id == party).order_by(Visitor.place)).all()[-1]
    session.rollback()
    cancel_visitor(last, actor=GUEST, now=scene.now)

    assert state(party) is State.CONFIRMED
    assert "must_shrink" not in sent(session, party)


def test_control_who_stays_too_large_is_asked_for_it_in_the_morning(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    party = apply_by_text(scene, scene.add_departure(f"{THE_DAY}T10:00"), 3)
    scene.now = EVENING
    scene.add_order("open", THE_DAY, party_max=2)
    settle_all(scene)

    assert "must_shrink" in sent(session, party)


def test_who_accepted_at_night_is_not_offered_it_in_the_morning(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    walk = scene.add_departure(f"{THE_DAY}T10:00", capacity=3)
    first = apply_by_text(scene, walk, 3)
    party = apply_by_text(scene, walk, 3, wait=True)
    scene.now = EVENING
    cancel(first, actor=GUEST, now=scene.now)
    scene.now += timedelta(hours=1)
    found = open_offer(party)
    assert found is not None

    accept_offer(found.id, actor=GUEST, now=scene.now)

    assert "offer" not in sent(session, party)


def test_who_gave_up_at_night_does_not_read_in_the_morning_that_it_lost_its_places(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    party = apply_by_text(scene, scene.add_departure(f"{THE_DAY}T10:00"), 3)
    scene.now = EVENING
    scene.add_order("closed", THE_DAY)
    settle_all(scene)
    scene.now += timedelta(hours=1)

    cancel(party, actor=GUEST, now=scene.now)

    assert "displaced" not in sent(session, party)


def test_who_has_its_places_again_at_night_does_not_read_in_the_morning_that_they_are_lost(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    walk = scene.add_departure(f"{THE_DAY}T10:00", capacity=8)
    first, party = apply_by_text(scene, walk, 3), apply_by_text(scene, walk, 4)
    scene.now = EVENING
    scene.add_order("half", THE_DAY)
    settle_all(scene)
    assert state(party) is State.DISPLACED
    cancel(first, actor=GUEST, now=scene.now)
    scene.now += timedelta(hours=1)
    found = open_offer(party)
    assert found is not None

    accept_offer(found.id, actor=GUEST, now=scene.now)

    assert state(party) is State.CONFIRMED
    assert not {"displaced", "displaced_offered"} & set(sent(session, party))


def test_who_loses_its_places_at_night_is_not_asked_in_the_morning_to_become_smaller(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    party = apply_by_text(scene, scene.add_departure(f"{THE_DAY}T10:00"), 5)
    scene.now = EVENING
    scene.add_order("open", THE_DAY, party_max=4)
    settle_all(scene)
    scene.now += timedelta(hours=1)

    scene.add_order("closed", THE_DAY)
    settle_all(scene)

    assert state(party) is State.DISPLACED
    assert sent(session, party)[-1] == "displaced"
    assert "must_shrink" not in sent(session, party)


def test_who_was_offered_places_at_night_that_were_taken_back_reads_of_neither(session: Session) -> None:
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    walk = scene.add_departure(f"{THE_DAY}T10:00", capacity=5)
    first, waits = apply_by_text(scene, walk, 5), apply_by_text(scene, walk, 5, wait=True)
    scene.now = EVENING
    cancel(first, actor=GUEST, now=scene.now)
    assert open_offer(waits)
    scene.now += timedelta(hours=1)

    scene.add_order("closed", THE_DAY)
    settle_all(scene)

    assert open_offer(waits) is None
    assert not {"offer", "offer_revoked"} & set(sent(session, waits))
    assert sent(session, waits)[-1] == "set_aside"

"""A change of which nobody may know yet can be taken back like any other; nothing that people see waits for that."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, open_offer, settle_all
from tests.operations.test_taking_back import GRACE, change, order, sent_by, undo
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.courses.models import Policy
from tourbook.distancing import enter_order

A_DAY = timedelta(hours=24)


def with_an_order(public_after: timedelta | None) -> tuple[Scene, UUID, UUID | None]:
    """Five places that are taken, somebody who waits for them, and an order that becomes public so much later (None: no
    order). The places come free at once; given are the scene, who waits, and the change.
    """
    scene = build_scene(policy=Policy.KEEP_EARLIEST)
    walk = scene.add_departure("2026-05-20T10:00", capacity=5)
    seated, waits = scene.apply(walk, 5), scene.apply(walk, 5, wait=True)
    made = None
    if public_after is not None:
        secret = order("half", announced_at=scene.now, public_from=scene.now + public_after)
        made = change(scene, enter_order, draft=secret)
    cancel(seated, actor=GUEST, now=scene.now)
    return scene, waits, made


def told_of_the_offer(session: Session, scene: Scene, party: UUID, now: datetime) -> tuple[timedelta, bool]:
    """For how long the offer stands, and whether its letter has left by then."""
    offer = open_offer(party)
    assert offer is not None
    return offer.deadline - scene.now, "offer" in sent_by(session, party, now)


@pytest.mark.parametrize("public_after", [None, A_DAY, GRACE])
def test_an_offer_is_made_and_told_as_if_there_were_no_embargoed_order(
    session: Session, public_after: timedelta | None
) -> None:
    scene, waits, _ = with_an_order(public_after)

    assert told_of_the_offer(session, scene, waits, scene.now) == (A_DAY, True)


def test_what_becomes_public_within_its_grace_is_waited_for(session: Session) -> None:
    scene, waits, _ = with_an_order(GRACE - timedelta(seconds=1))

    assert told_of_the_offer(session, scene, waits, scene.now) == (A_DAY + GRACE, False)


def test_it_can_be_taken_back_all_the_same(session: Session) -> None:
    scene, waits, made = with_an_order(A_DAY)
    assert made is not None
    undo(scene, made)
    scene.now += 2 * A_DAY / 3

    settle_all(scene)

    assert open_offer(waits) is not None
    assert_sound(scene, session)

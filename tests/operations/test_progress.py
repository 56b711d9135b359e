"""How far a change is applied, and what came out differently from what was shown."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, open_offer, settle_all
from tests.operations.test_later_stages import DAY, full_with_an_offer, suspended
from tests.operations.test_preview import order, propose
from tests.rosters.gate import run_by
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer
from tourbook.applications.models import Offer, OfferState
from tourbook.db import db
from tourbook.operations import Preview, apply_change, call_off_departure, preview, progress


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


def apply_as_shown(scene: Scene, shown: Preview, *rows: object) -> UUID:
    """Apply the rows that were shown, and settle."""
    change = apply_change(
        propose(scene, *rows), foreseen=shown.foreseen, expected_version=shown.version, actor=COMMAND, now=scene.now
    )
    settle_all(scene)
    return change


def test_an_offer_that_lapsed_before_it_could_be_taken_back_is_not_called_undone(scene: Scene) -> None:
    full_with_an_offer(scene, "2026-05-26T10:00")
    shown = preview(propose(scene, order(scene, "closed", 20)), now=scene.now)
    assert [act for act, _ in shown.foreseen] == ["offer_revoked"]

    scene.now += 2 * DAY
    change = apply_as_shown(scene, shown, order(scene, "closed", 20))

    assert progress(db.session(), change, now=scene.now).missing == ()


def test_an_offer_that_was_answered_before_it_could_be_taken_back_is_said(scene: Scene, session: Session) -> None:
    full_with_an_offer(scene, "2026-05-26T10:00")
    shown = preview(propose(scene, order(scene, "closed", 20)), now=scene.now)
    offer = session.scalars(select(Offer).where(Offer.state == OfferState.OPEN)).one()

    accept_offer(offer.id, actor=GUEST, now=scene.now)
    change = apply_as_shown(scene, shown, order(scene, "closed", 20))

    assert progress(db.session(), change, now=scene.now).missing == (("offer_revoked", str(offer.application_id)),)


def test_what_was_still_made_for_the_change_before_is_not_called_undone(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 3)
    first = propose(scene, order(scene, "closed", 20))
    apply_change(first, foreseen=[], expected_version=None, actor=COMMAND, now=scene.now)
    shown = preview(propose(scene, suspended(scene, "2026-06-20", scene.now)), now=scene.now)
    assert [act for act, _ in shown.foreseen] == ["application_displaced"]

    settle_all(scene)
    scene.now += timedelta(minutes=1)
    change = apply_as_shown(scene, shown, suspended(scene, "2026-06-20", scene.now))

    assert progress(db.session(), change, now=scene.now).missing == ()


def test_progress_is_told_also_after_a_departure_was_called_off(scene: Scene) -> None:
    lost, other = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-22T10:00")
    party = scene.apply(lost, 3)
    change = apply_as_shown(scene, preview(propose(scene), now=scene.now), suspended(scene, "2026-05-20", scene.now))
    assert open_offer(party) is not None

    operator = run_by("paju", scene.course_id)
    call_off_departure(other, reason_ko="비", reason_en="rain", actor=operator, now=scene.now)

    assert progress(db.session(), change, now=scene.now).missing == ()


def test_what_three_changes_showed_is_as_shown_for_each_although_departures_came_to_all_of_them_at_once(
    scene: Scene,
) -> None:
    days = ("2026-05-20", "2026-05-21", "2026-05-22")
    for day in days:
        scene.apply(scene.add_departure(f"{day}T10:00", capacity=3), 3)
    changes = []
    for number, day in enumerate(days):
        row = suspended(scene, day, scene.now)
        row.entry += number
        shown = preview(propose(scene, row), now=scene.now)
        changes.append(
            apply_change(
                propose(scene, row),
                foreseen=shown.foreseen,
                expected_version=shown.version,
                actor=COMMAND,
                now=scene.now,
            )
        )
        scene.now += timedelta(seconds=1)
    settle_all(scene)

    for change in changes:
        reached = progress(db.session(), change, now=scene.now)
        assert (reached.missing, reached.unforeseen) == ((), ())

"""Exceptions: an administrator keeps a party's places out of turn, for a reason."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all, state
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.admin.deciding import Administrator, errors
from tourbook.applications.models import Application, State
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Policy
from tourbook.db import transaction


def test_a_party_that_is_kept_by_exception_stays_where_the_earliest_would_have(
    scene: Scene, session: Session, admin: Administrator, clock: StandingClock
) -> None:
    with transaction() as acting:
        acting.get_one(Course, scene.course_id).policy = Policy.KEEP_EARLIEST
    walk = scene.add_departure("2026-05-20T10:00")
    parties = [scene.apply(walk, 4) for _ in range(3)]
    clock.stand_at(scene.now)
    reference = session.get_one(Application, parties[2]).reference

    spelt = reference.lower().replace("-", "")
    page = admin.fill_in("/exceptions", "exception-form", reference=spelt, reason="A wheelchair user")
    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=8)
    settle_all(scene)

    assert reference in words(page.mark("exceptions"))
    assert "A wheelchair user" in words(page.mark("exceptions"))
    assert [state(one) for one in parties] == [State.CONFIRMED, State.DISPLACED, State.CONFIRMED]
    entry = session.scalars(select(TrailEntry).where(TrailEntry.act == "exempted")).one()
    assert (entry.subject_id, entry.facts["reason_given"]) == (parties[2], "A wheelchair user")


def test_an_exception_needs_a_reason_and_a_party_that_has_places(
    scene: Scene, session: Session, admin: Administrator, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    scene.apply(walk, 2)
    waiting = session.get_one(Application, scene.apply(walk, 2, wait=True)).reference
    clock.stand_at(scene.now)

    without_reason = admin.fill_in("/exceptions", "exception-form", reference=waiting, reason="")
    without_places = admin.fill_in("/exceptions", "exception-form", reference=waiting, reason="A reason")
    unknown = admin.fill_in("/exceptions", "exception-form", reference="ZZZZ-9999", reason="A reason")

    assert "Say why" in errors(without_reason)
    assert "has no places" in errors(without_places)
    assert unknown.status == 422
    assert unknown.has("no-exceptions")


def test_an_exception_that_has_ended_counts_no_more(
    scene: Scene, session: Session, admin: Administrator, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    reference = session.get_one(Application, scene.apply(walk, 4)).reference
    clock.stand_at(scene.now)
    page = admin.fill_in("/exceptions", "exception-form", reference=reference, reason="A wheelchair user")

    after = page.form(to="/end").submit(admin.client)

    assert after.has("no-exceptions")

"""A change is taken back while it is being settled, while its letters leave, and by several at once.

Each has its control: with the guard taken away the same race must break the promise.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date, timedelta
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all, state
from tests.ground.application import Ground
from tests.races.test_last_seat import crowd
from tourbook.actor import COMMAND
from tourbook.applications import grace, settle, settle_due
from tourbook.applications.models import State
from tourbook.db import db
from tourbook.distancing import OrderDraft, enter_order, ruleset_version
from tourbook.distancing.facts import Words
from tourbook.notices import Way, deliver_due, delivery
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations import Proposal, TakenBack, apply_change, take_back, taking_back

GRACE = timedelta(minutes=5)
LONELY = 2  # seconds until a settling goes on although the other has not come


@pytest.fixture
def party(scene: Scene) -> UUID:
    return scene.apply(scene.add_departure("2026-05-20T10:00"), 3)


def close(scene: Scene) -> UUID:
    """An administrator closes everything by mistake; nothing is settled yet."""
    draft = OrderDraft(
        region_code="41", effective_from=date(2026, 5, 20), scale="s", level="closed", announced_at=scene.now
    )

    def step(session: Session) -> object:
        return enter_order(session, draft, actor=COMMAND, now=scene.now)

    told = {"foreseen": [], "expected_version": None, "grace": GRACE, "actor": COMMAND, "now": scene.now}
    return apply_change(Proposal((step,), Words("변경", "A change")), **told)


def elsewhere(ground: Ground, act: Any) -> Any:
    """Do something in a thread with a session of its own."""
    with ground.app.app_context():
        try:
            return act()
        finally:
            db.session.remove()


def letters(scene: Scene, party: UUID) -> list[str]:
    while deliver_due(way=Way.MAIL, now=scene.now + timedelta(hours=1)):
        pass
    sent = select(Notice.kind).where(Notice.subject_id == party, Notice.state == NoticeState.SENT)
    return list(db.session.scalars(sent.order_by(Notice.id)))


def taken_back_while_it_is_settled(scene: Scene, ground: Ground, patch: pytest.MonkeyPatch) -> None:
    """Settling has read the facts; before it writes, the change is taken back, if that does not have to wait."""
    mistake = close(scene)
    has_read, is_back = Event(), Event()
    read = settle.situations

    def slowly(*given: Any) -> Any:
        found = read(*given)
        has_read.set()
        is_back.wait(LONELY)
        return found

    def undo() -> None:
        has_read.wait(LONELY)
        take_back(mistake, actor=COMMAND, now=scene.now + timedelta(minutes=1))
        is_back.set()

    with patch.context() as slow, ThreadPoolExecutor(2) as pool:
        slow.setattr(settle, "situations", slowly)
        both = [pool.submit(elsewhere, ground, one) for one in (lambda: settle_due(now=scene.now), undo)]
        for one in both:
            one.result()
    db.session.rollback()
    scene.now += timedelta(minutes=1)
    settle_all(scene)


def test_taken_back_while_it_is_settled_nobody_is_told(
    scene: Scene, party: UUID, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_back_while_it_is_settled(scene, database, monkeypatch)

    assert state(party) == State.CONFIRMED
    assert letters(scene, party) == ["confirmed"]


@pytest.mark.postgres_only("SQLite lets one write at a time, whoever stands still")
def test_control_without_standing_still_somebody_is_told_of_it(
    scene: Scene, party: UUID, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grace, "stand_still", lambda _session: None)

    taken_back_while_it_is_settled(scene, database, monkeypatch)

    assert letters(scene, party)[:2] == ["confirmed", "displaced"]


def taken_back_while_its_letter_leaves(scene: Scene, ground: Ground, patch: pytest.MonkeyPatch) -> None:
    """The button was pressed within the grace time, and is served while the first letter is being handed over; what
    that makes due is settled before the sender writes down what came of it.
    """
    mistake = close(scene)
    settle_all(scene)
    in_time = scene.now + GRACE - timedelta(seconds=1)
    done: list[TakenBack] = []

    def undo() -> None:
        done.append(take_back(mistake, actor=COMMAND, now=in_time))
        while settle_due(now=in_time):
            pass

    def while_it_leaves(_letter: object) -> None:
        if not done:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(elsewhere, ground, undo).result()

    with patch.context() as sending:
        sending.setattr(delivery, "sending_by", lambda *_: nullcontext(while_it_leaves))
        deliver_due(way=Way.MAIL, now=scene.now + GRACE)
    assert done
    db.session.rollback()
    scene.now += GRACE
    settle_all(scene)


@pytest.fixture
def told(scene: Scene, party: UUID) -> UUID:
    """The party, whose confirmation has left already."""
    letters(scene, party)
    return party


def test_a_letter_that_is_leaving_is_true(
    scene: Scene, told: UUID, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_back_while_its_letter_leaves(scene, database, monkeypatch)

    assert state(told) == State.DISPLACED
    assert letters(scene, told)[:2] == ["confirmed", "displaced"]


def test_control_a_letter_that_is_suspended_while_it_leaves_tells_what_is_not_so(
    scene: Scene, told: UUID, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def whatever_was_begun(session: Session, *, since: int) -> int:
        held = update(Notice).where(Notice.state == NoticeState.WAITING, Notice.held_by >= since)
        return session.connection().execute(held.values(state=NoticeState.SUSPENDED)).rowcount

    monkeypatch.setattr(taking_back, "suspend_held", whatever_was_begun)

    taken_back_while_its_letter_leaves(scene, database, monkeypatch)

    assert state(told) == State.CONFIRMED


def taken_back_by_eight(scene: Scene, ground: Ground) -> int:
    """How often the facts were changed by it."""
    mistake = close(scene)
    settle_all(scene)
    before = ruleset_version(db.session())
    db.session.rollback()
    crowd(ground, lambda _: take_back(mistake, actor=COMMAND, now=scene.now), size=8)
    db.session.rollback()
    return ruleset_version(db.session()) - before


@pytest.mark.usefixtures("party")
def test_of_many_who_take_it_back_one_does(scene: Scene, database: Ground) -> None:
    assert taken_back_by_eight(scene, database) == 1


@pytest.mark.usefixtures("party")
@pytest.mark.postgres_only("SQLite lets one write at a time, whatever it locks")
def test_control_without_the_lock_several_do(scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_back, "lock_facts", lambda _session: None)

    assert taken_back_by_eight(scene, database) > 1

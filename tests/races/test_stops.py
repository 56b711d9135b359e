"""A stop comes while somebody confirms, an exception while the cut is settled that it is to spare from.

Each has its control: with the guard taken away the same race must break the promise.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all, state, told
from tests.ground.application import Ground
from tests.races.test_taking_back import elsewhere
from tests.races.without_guards import without_numbers
from tourbook.actor import COMMAND, GUEST, Actor
from tourbook.applications import confirm, keep_by_exception, settle, settle_due
from tourbook.applications.acts import confirm as confirming
from tourbook.applications.acts import exceptions
from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure
from tourbook.db import db, transaction
from tourbook.distancing import ruleset_version
from tourbook.errors import Refused
from tourbook.operations import StopDraft, apply_change, check, facts, stop_proposal

LONELY = 2  # seconds until one goes on although the other has not come


def meanwhile(
    ground: Ground, patch: pytest.MonkeyPatch, where: tuple[Any, str], first: Callable[[], Any], then: Callable[[], Any]
) -> Any:
    """The first does its step and waits with its transaction open, until the other is done or has to wait itself; gives
    what came of the other.
    """
    module, name = where
    step, done_so_far, other_is_done = getattr(module, name), Event(), Event()

    def slowly(*given: Any, **named: Any) -> Any:
        found = step(*given, **named)
        if not done_so_far.is_set():
            done_so_far.set()
            other_is_done.wait(LONELY)
        return found

    def other() -> Any:
        done_so_far.wait(10 * LONELY)
        try:
            return then()
        except Refused as refused:
            return refused.code
        finally:
            other_is_done.set()

    with patch.context() as slow, ThreadPoolExecutor(2) as pool:
        slow.setattr(module, name, slowly)
        both = [pool.submit(elsewhere, ground, one) for one in (first, other)]
        _, answer = (one.result() for one in both)
    db.session.rollback()
    return answer


# -- a stop ----------------------------------------------------------------------------------------------------------


def stopped_while_it_confirms(scene: Scene, ground: Ground, patch: pytest.MonkeyPatch) -> UUID:
    party = scene.hold(scene.add_departure("2026-05-20T10:00"), 3)
    scene.fill_in(party)

    def stop() -> UUID:
        draft = StopDraft(cause="military", first_day=date(2026, 5, 20), courses=("walk",))
        proposal = stop_proposal(db.session(), draft, actor=COMMAND, now=scene.now)
        db.session.rollback()
        return apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=scene.now)

    def confirms() -> object:
        return confirm(party, form_id="while it is stopped", actor=GUEST, now=scene.now)

    assert isinstance(meanwhile(ground, patch, (confirming, "confirm_seats"), confirms, stop), UUID)
    settle_all(scene)
    return party


def test_who_confirms_while_the_course_is_stopped_loses_the_places_and_is_told(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = stopped_while_it_confirms(scene, database, monkeypatch)

    assert state(party) == State.DISPLACED
    assert told(db.session(), party) == ["confirmed", "displaced"]
    assert check(db.session(), now=scene.now).ok


def test_control_a_stop_that_raises_no_version_leaves_it_sitting(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "raise_version", lambda session: ruleset_version(session) + 1)

    assert state(stopped_while_it_confirms(scene, database, monkeypatch)) == State.CONFIRMED


# -- an exception ----------------------------------------------------------------------------------------------------


def granted_while_it_is_settled(scene: Scene, ground: Ground, patch: pytest.MonkeyPatch) -> tuple[UUID, object]:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 3)
    scene.add_measure("2026-05-20", kind="override", capacity=2)

    def grant() -> str:
        keep_by_exception(party, reason="a wheelchair", actor=COMMAND, now=scene.now)
        return "kept"

    answer = meanwhile(ground, patch, (settle, "situations"), lambda: settle_due(now=scene.now), grant)
    return party, answer


def test_an_exception_that_comes_while_the_cut_is_settled_is_refused_and_promises_nothing(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    party, answer = granted_while_it_is_settled(scene, database, monkeypatch)

    assert (answer, state(party)) == ("no_places_to_keep", State.DISPLACED)


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_lock_it_is_promised_to_a_party_that_goes_all_the_same(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def unlocked(
        application_id: UUID, *, actor: Actor, now: object
    ) -> Iterator[tuple[Session, tuple[Application, Departure]]]:
        with transaction() as session:
            application = session.get_one(Application, application_id)
            yield session, (application, session.get_one(Departure, application.departure_id))

    monkeypatch.setattr(exceptions, "caught_up_for", unlocked)
    monkeypatch.setattr(exceptions, "settle", lambda *_args, **_told: None)  # it locks the queue: a guard, too
    without_numbers(monkeypatch)

    party, answer = granted_while_it_is_settled(scene, database, monkeypatch)

    assert (answer, state(party)) == ("kept", State.DISPLACED)

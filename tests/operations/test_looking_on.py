"""Whoever only looks, at the preview of a change or at the recount, keeps nobody waiting and is not cut short."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tests.ground.application import Ground
from tests.operations.test_preview import order, propose
from tourbook import patience
from tourbook.applications.models import Application
from tourbook.courses.models import Departure
from tourbook.db import db, snapshot
from tourbook.errors import Conflict
from tourbook.operations import preview, previews, recount

SILENCE = 0.3
"""Seconds after which the server ends a transaction that it hears nothing of, in these tests."""


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


@pytest.fixture
def walk(scene: Scene) -> UUID:
    return scene.add_departure("2026-05-20T10:00")


@pytest.fixture
def party(scene: Scene, walk: UUID) -> UUID:
    return scene.apply(walk, 4)


def meanwhile(act: Callable[[], object], ground: Ground, patch: pytest.MonkeyPatch) -> None:
    """Somebody else does this while a preview has read half of what it needs."""
    foresee = previews.foresee_stages

    def somebody() -> None:
        with ground.app.app_context(), patience.bounded(patience.Bound(1, 1)):
            act()
            db.session.remove()

    def interrupted(session: Session, *rest: Any) -> Any:
        session.scalar(select(func.count()).select_from(Departure))
        with ThreadPoolExecutor(1) as pool:
            pool.submit(somebody).result()
        return foresee(session, *rest)

    patch.setattr(previews, "foresee_stages", interrupted)


def test_people_apply_while_a_preview_is_being_made(
    database: Ground, scene: Scene, walk: UUID, party: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(lambda: scene.apply(walk, 2), database, monkeypatch)

    shown = preview(propose(scene, order(scene, "closed", 20)), now=scene.now)

    assert db.session.scalar(select(func.count()).select_from(Application)) == 2
    assert [move.party.id for move in shown.now.parties("displace")] == [party]


def test_a_preview_of_what_somebody_else_has_changed_meanwhile_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = previews._tried

    def changed_meanwhile(proposal: Any) -> Any:
        found = tried(proposal)
        scene.add_order("half", "2026-05-20")
        return found

    monkeypatch.setattr(previews, "_tried", changed_meanwhile)

    with pytest.raises(Conflict, match="rules_changed"):
        preview(propose(scene, order(scene, "closed", 20)), now=scene.now)


@contextmanager
def impatient_server(bound: patience.Bound | None = None) -> Iterator[None]:
    """A server that soon ends whoever is silent."""
    db.session.remove()
    db.engine.dispose()
    with db.engine.begin() as connection:  # the only one of the pool, which the next one to ask is given
        connection.execute(text(f"SET idle_in_transaction_session_timeout = '{SILENCE}s'"))
    try:
        with patience.bounded(bound) if bound else nullcontext():
            yield
    finally:
        db.session.remove()
        db.engine.dispose()


def think() -> None:
    time.sleep(2 * SILENCE)


@pytest.mark.postgres_only("SQLite has no server that could end anything")
class TestThinkingForLong:
    def test_a_preview_may_think_longer_than_the_server_bears_silence(
        self, scene: Scene, party: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        foresee = previews.foresee_stages

        def thoughtful(session: Session, *rest: Any) -> Any:
            think()
            return foresee(session, *rest)

        monkeypatch.setattr(previews, "foresee_stages", thoughtful)

        with impatient_server(patience.Bound(SILENCE / 2, 10, thorough=True)):
            shown = preview(propose(scene, order(scene, "closed", 20)), now=scene.now)

        assert [move.party.id for move in shown.now.moves] == [party]

    def test_a_recount_may_think_longer_than_the_server_bears_silence(
        self, database: Ground, scene: Scene, party: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recount, "_LOOKS", (_thoughtful_look, *recount._LOOKS))

        with impatient_server():
            said = database.command("tourbook", "check")

        assert said.startswith("everything holds")

    def test_control_whoever_may_write_is_ended(self, scene: Scene) -> None:
        with impatient_server():
            for _ in _thoughtful_look(db.session(), scene.now):
                pass

            with pytest.raises(DBAPIError):
                db.session.scalar(select(func.count()).select_from(Departure))

    def test_whoever_only_looks_cannot_write(self, scene: Scene) -> None:
        with pytest.raises(DBAPIError, match="read-only"), snapshot() as session:
            session.execute(text("UPDATE departure SET seats_taken = 0"))


def _thoughtful_look(session: Session, _now: object) -> Iterator[recount.Finding]:
    session.scalar(select(func.count()).select_from(Departure))
    think()
    yield from ()

"""Garbage in cycles is not looked for while somebody plans for thousands or holds locks, and is afterwards."""

import gc
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, settle_all
from tests.operations.test_preview import order, propose
from tourbook.applications import settle
from tourbook.garbage import put_off
from tourbook.operations import preview, previews


@pytest.fixture
def scene(session: Session) -> Scene:
    scene = build_scene()
    scene.apply(scene.add_departure("2026-05-20T10:00"), 4)
    settle_all(scene)
    return scene


def test_garbage_lies_until_the_last_who_put_it_off_is_done() -> None:
    with put_off():
        with put_off():
            assert not gc.isenabled()
        assert not gc.isenabled()

    assert gc.isenabled()


def test_it_is_looked_for_again_after_a_fault() -> None:
    with pytest.raises(ZeroDivisionError), put_off():
        raise ZeroDivisionError

    assert gc.isenabled()


def _looking_on(module: Any, name: str, patch: pytest.MonkeyPatch) -> list[bool]:
    """Whether garbage is looked for, at each call of that function."""
    seen, does = [], getattr(module, name)

    def look_on(*arguments: Any, **named: Any) -> Any:
        seen.append(gc.isenabled())
        return does(*arguments, **named)

    patch.setattr(module, name, look_on)
    return seen


def test_it_is_put_off_while_departures_are_locked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _looking_on(settle, "settle_in_turn", monkeypatch)
    scene.add_order("closed", "2026-05-01")

    settle_all(scene)

    assert seen == [False]
    assert gc.isenabled()


def test_it_is_put_off_while_a_change_is_foreseen(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _looking_on(previews, "foresee_stages", monkeypatch)

    preview(propose(scene, order(scene, "closed", 20)), now=scene.now)

    assert seen == [False]
    assert gc.isenabled()

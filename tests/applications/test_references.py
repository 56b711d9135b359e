"""No two applications are called the same, whatever the lot says."""

from collections.abc import Iterator
from itertools import chain, count, repeat

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, open_offer, settle_all, state
from tests.rosters.gate import gate_party, run_by
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, references
from tourbook.applications.models import Application, State
from tourbook.kst import parse_moment
from tourbook.rosters import admit_at_gate

TAKEN = "AAAA-AAAA"


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


def draw(monkeypatch: pytest.MonkeyPatch, drawn: Iterator[str]) -> None:
    """Let the lot give these references, one after the other."""
    monkeypatch.setattr(references, "new_reference", lambda: next(drawn))


def twice_taken() -> Iterator[str]:
    """A reference that somebody has, twice, then others."""
    return chain([TAKEN, TAKEN, TAKEN], (f"BBBB-{number:04}" for number in count()))


def given(session: Session) -> list[str]:
    return list(session.scalars(select(Application.reference).order_by(Application.created_at, Application.id)))


def test_who_applies_gets_another_reference_where_the_drawn_one_is_taken(
    scene: Scene, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(monkeypatch, twice_taken())
    walk, other = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00")

    first, second = scene.apply(walk, 2), scene.apply(other, 3)

    assert [state(one) for one in (first, second)] == [State.CONFIRMED] * 2
    assert given(session) == [TAKEN, "BBBB-0000"]
    assert_sound(scene, session)


def test_who_moves_to_another_departure_gets_another_reference(
    scene: Scene, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(monkeypatch, twice_taken())
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 4)
    scene.add_measure("2026-05-20", "2026-05-20")
    scene.add_departure("2026-05-22T10:00")
    settle_all(scene)

    offer = open_offer(party)
    assert offer is not None
    accept_offer(offer.id, actor=GUEST, now=scene.now)

    assert given(session) == [TAKEN, "BBBB-0000"]
    assert_sound(scene, session)


def test_who_comes_to_the_gate_gets_another_reference(
    scene: Scene, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(monkeypatch, twice_taken())
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 2)
    scene.now = parse_moment("2026-05-20T09:30")

    admit_at_gate(walk, gate_party(1), form_id="gate", actor=run_by("paju", scene.course_id), now=scene.now)

    assert given(session) == [TAKEN, "BBBB-0000"]


def test_a_lot_that_gives_nothing_else_is_a_fault_and_books_nothing(
    scene: Scene, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(monkeypatch, repeat(TAKEN))
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 2)

    with pytest.raises(RuntimeError, match="reference"):
        scene.hold(walk, 2)

    assert given(session) == [TAKEN]

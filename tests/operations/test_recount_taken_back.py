"""The recount sees what was said to be taken back and was not."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, departure
from tests.operations.test_taking_back import change, close, undo
from tests.operations.test_undrawn import booked, halve
from tourbook.courses.drafts import MeasureDraft
from tourbook.courses.models import Policy
from tourbook.courses.steps import enter_measure, set_figures
from tourbook.distancing import CellDraft, set_cell
from tourbook.distancing.models import Change
from tourbook.operations import check

DRAFT = {"course": "walk", "kind": "suspension", "effective_from": date(2026, 5, 20), "reason_ko": "비"}
CELL = CellDraft(scale="s", level="half", measure="people", amount=3, kind="trail")
MISTAKES: dict[str, Callable[[Scene], UUID]] = {
    "order_entered": close,
    "measure_entered": lambda scene: change(
        scene,
        enter_measure,
        draft=MeasureDraft(announced_at=scene.now, reason_en="rain", **DRAFT),  # type: ignore[arg-type]  # fields by name
    ),
    "cell_entered": lambda scene: change(scene, set_cell, draft=CELL),
    "figures_entered": lambda scene: change(scene, set_figures, course_id=scene.course_id, capacity=4, party_limit=2),
}


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene(policy=Policy.DRAW_AMONG_BOOKED)


def findings(scene: Scene, session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return [one.sentence for one in check(session, now=scene.now).findings if one.invariant == 25]


@pytest.mark.parametrize("act", MISTAKES)
def test_a_change_that_is_marked_and_still_counts(scene: Scene, session: Session, act: str) -> None:
    MISTAKES[act](scene)
    session.scalars(select(Change)).one().taken_back_at = scene.now
    session.commit()

    assert findings(scene, session) == [f"is taken back, yet what it entered still counts ({act})"]


@pytest.mark.parametrize("act", MISTAKES)
def test_a_change_that_was_taken_back_is_in_order(scene: Scene, session: Session, act: str) -> None:
    undo(scene, MISTAKES[act](scene))

    assert findings(scene, session) == []


def test_a_draw_that_uses_up_its_value_although_it_does_not_count(scene: Scene, session: Session) -> None:
    walk, _ = booked(scene)
    undo(scene, halve(scene))
    departure(walk).draws_held = 1
    session.commit()

    assert findings(scene, session) == ["stores 1 draws among the booked; recounted: 0"]

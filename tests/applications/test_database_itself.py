"""The last word: what the database refuses by itself, whatever the code above it believes."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all
from tourbook.courses.models import Departure
from tourbook.db import new_id
from tourbook.once import FormUse


def test_no_more_seats_are_taken_than_are_allowed(scene: Scene, session: Session) -> None:
    scene.add_departure("2026-05-20T10:00")
    settle_all(scene)
    taken = update(Departure).values(seats_taken=Departure.allowed + 1)

    with pytest.raises(IntegrityError, match="not_oversold"):
        session.execute(taken)
    session.rollback()
    session.execute(taken.values(over_capacity=True))  # the named state in which nobody is admitted


def test_a_form_is_used_once(scene: Scene, session: Session) -> None:
    use = {"form_id": "the form", "content_hash": "what it said", "used_at": scene.now}
    session.add_all(FormUse(**use, result_id=new_id()) for _ in range(2))

    with pytest.raises(IntegrityError, match="form_id"):
        session.flush()

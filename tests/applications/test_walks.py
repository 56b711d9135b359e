"""Random walks through the life of a course: whatever people do in whatever order, everything holds after each step."""

import pytest

from tests.applications.acts import ACTS
from tests.applications.walk import Walk
from tests.ground.application import Ground
from tourbook.db import db

STEPS = 40


@pytest.mark.parametrize("seed", range(2))
def test_whatever_people_do_everything_holds_after_each_step(database: Ground, seed: int) -> None:
    with database.app.app_context():
        Walk(seed).go(ACTS, STEPS)
        db.session.remove()

"""What most races begin with."""

from collections.abc import Iterator

import pytest

from tests.applications.scene import Scene, build_scene
from tests.ground.application import Ground
from tourbook.db import db


@pytest.fixture
def scene(database: Ground) -> Iterator[Scene]:
    """The usual course, in which several take part at once."""
    with database.app.app_context():
        yield build_scene()
        db.session.remove()

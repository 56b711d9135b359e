"""The scene that these tests play on."""

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene


@pytest.fixture
def scene(session: Session) -> Scene:
    """A course without departures, and nothing in force."""
    return build_scene()

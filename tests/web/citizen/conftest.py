"""A small world, and people in it who apply in browsers of their own."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tests.ground.moments import StandingClock
from tests.web.citizen.people import Citizen


@pytest.fixture
def scene(session: Session, clock: StandingClock) -> Scene:
    """A course of Paju with 20 seats; open from 28 days before at 10:00 to 2 days before."""
    return build_scene(clock.now.isoformat())


@pytest.fixture
def citizen(app: Flask) -> Citizen:
    """Somebody who reads Korean."""
    return Citizen(app.test_client())


@pytest.fixture
def somebody(app: Flask) -> Callable[..., Citizen]:
    """Another person in another browser; `lang` is what they read."""

    def another(lang: str = "ko") -> Citizen:
        return Citizen(app.test_client(), lang)

    return another

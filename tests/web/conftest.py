"""Fixtures for tests of the web."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.ground.application import Ground, build_app
from tests.ground.moments import StandingClock
from tourbook.db import db

Build = Callable[..., Flask]


@pytest.fixture
def build(database: Ground, clock: StandingClock) -> Iterator[Build]:
    """A function: one more application, with settings of its own, and still open for routes."""
    apps: list[Flask] = []

    def one_more(**settings: Any) -> Flask:
        moment = clock.now
        apps.append(build_app(settings.pop("database_url", database.url), **settings))
        clock.stand_at(moment)  # an application that starts lets the clock run
        return apps[-1]

    yield one_more
    for app in apps:
        with app.app_context():
            db.engine.dispose()

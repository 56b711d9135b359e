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
def build(database: Ground, build_anywhere: Build) -> Build:
    """A function: one more application on the test's database, with settings of its own, and still open for routes."""
    return lambda **settings: build_anywhere(**{"database_url": database.url, **settings})


@pytest.fixture
def build_anywhere(clock: StandingClock) -> Iterator[Build]:
    """A function: one more application on the database whose URL it is given."""
    apps: list[Flask] = []

    def one_more(database_url: str, **settings: Any) -> Flask:
        moment = clock.now
        apps.append(build_app(database_url, **settings))
        clock.stand_at(moment)  # an application that starts lets the clock run
        return apps[-1]

    yield one_more
    for app in apps:
        with app.app_context():
            db.engine.dispose()

"""A small world, and administrators who decide on it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.applications.scene import Scene, build_scene
from tests.ground.moments import StandingClock
from tests.web.admin.deciding import Administrator
from tests.web.signing import sign_in
from tourbook.accounts import limits
from tourbook.actor import Role


@pytest.fixture(autouse=True)
def _at_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who decides here does not fall asleep while the tests move the clock; tests/accounts asks how long that takes."""
    monkeypatch.setattr(limits, "of", lambda _role: limits.Limits(timedelta(hours=1), timedelta(hours=24)))


@pytest.fixture
def scene(session: Session, clock: StandingClock) -> Scene:
    """A course of Paju with 20 seats; levels open, half and closed; nothing in force. Monday 4 May 2026, 09:00."""
    return build_scene(clock.now.isoformat())


@pytest.fixture
def another(app: Flask) -> Callable[..., Administrator]:
    """A function: one more administrator in a browser of their own; `lang` is what they read."""

    def sign_one_in(lang: str = "en", *, mail: str = "boss@example.kr") -> Administrator:
        client = app.test_client()
        assert sign_in(client, somebody(app, Role.ADMINISTRATOR, mail=mail)).status == 302
        return Administrator(client, lang)

    return sign_one_in


@pytest.fixture
def admin(another: Callable[..., Administrator]) -> Administrator:
    """An administrator who reads English."""
    return another()

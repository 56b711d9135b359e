from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.accounts.people import somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit
from tests.rosters.gate import AT_THE_GATE, Gate, build_gate
from tests.web.signing import sign_in
from tourbook.accounts import limits
from tourbook.actor import Role

SINCE = "2026-01-02T09:00"
"""Since when the operator is one: tests go back to days before the departure."""


@dataclass
class Desk:
    """An operator's browser, half an hour before a departure of ten seats leaves, and what happens around it."""

    gate: Gate
    client: FlaskClient
    clock: StandingClock

    @property
    def address(self) -> str:
        """The roster."""
        return f"/ko/operator/departures/{self.gate.departure_id}"

    def open(self, path: str = "", **sent: object) -> Page:
        """A page below the roster's address, or the roster itself."""
        return visit(self.client, self.address + path, **sent)

    def press(self, mark: str, number: int = 0, *, on: Page | None = None, follow: bool = True) -> Page:
        """Press the button with that mark, the first one unless told otherwise."""
        page = on or self.open()
        form = [form for form in page.forms if any(one.get("data-test") == mark for one in form.element.iter("button"))]
        return form[number].submit(self.client, follow=follow)

    def stand_at(self, moment: str) -> None:
        """Let it be another moment, for the scene and for the site."""
        self.gate.scene.now = self.clock.stand_at(moment)


@pytest.fixture
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is signed in stays so for days, while a test moves the clock."""
    monkeypatch.setattr(limits, "of", lambda _role: limits.Limits(timedelta(days=7), timedelta(days=7)))


@pytest.fixture
def desk(app: Flask, session: Session, clock: StandingClock) -> Desk:
    """The operator of Paju, signed in."""
    clock.stand_at(SINCE)
    operator = somebody(app, Role.OPERATOR, organisation="paju")
    clock.stand_at(AT_THE_GATE)
    gate = build_gate()
    client = app.test_client()
    assert sign_in(client, operator).status == 302
    return Desk(gate, client, clock)

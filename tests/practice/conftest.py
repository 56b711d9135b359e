"""A rehearsal on the test's database: a small world, a clock of its own, and a machine whose clock stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.people import Somebody, somebody
from tests.applications.scene import Scene, build_scene
from tests.ground.application import Ground, build_app
from tests.ground.moments import MONDAY_MORNING
from tests.ground.pages import Page, visit
from tests.web.signing import sign_in
from tourbook import clock, practice
from tourbook.actor import Role
from tourbook.db import db
from tourbook.kst import parse_moment

BEGAN_AT = parse_moment(MONDAY_MORNING)
MACHINE = datetime.fromisoformat("2027-01-15T03:00:00.400+00:00")
"""Later than the rehearsal: its clock shows less than the machine's."""


S = TypeVar("S", bound=Scene)


@dataclass
class Practice:
    """The rehearsal's application, its world, and who works in it."""

    app: Flask
    scene: Scene
    people: dict[Role, Somebody]
    url: str
    machine: datetime = MACHINE
    one_more: Callable[[], Flask] = field(repr=False, default=lambda: Flask("none"))

    def another_world(self, build: Callable[[], S]) -> S:
        """Let it begin with another world instead."""
        practice.mark(began_at=BEGAN_AT, machine=self.machine)
        return build()

    def pass_by(self, **length: float) -> None:
        """Let that much time pass in the world outside."""
        self.machine += timedelta(**length)

    def browser(self, role: Role) -> FlaskClient:
        """A browser in which somebody of that role is signed in."""
        client = self.app.test_client()
        assert sign_in(client, self.people[role]).status == 302
        return client

    def move(self, client: FlaskClient, *, by: str) -> Page:
        """Press one of the buttons that move the clock."""
        page = visit(client, "/en/admin/rehearsal")
        return page.form(mark="move-form").submit(client, by=by)

    def move_to(self, client: FlaskClient, moment: str) -> Page:
        """Type a moment and press its button."""
        page = visit(client, "/en/admin/rehearsal")
        return page.form(mark="moment-form").submit(client, moment=moment)


@pytest.fixture
def rehearsal(database: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    """A course of Paju, Monday 4 May 2026, 09:00, an administrator, an operator and a citizen."""
    apps: list[Flask] = []

    def one_more() -> Flask:
        apps.append(build_app(database.url, environment="rehearsal", database_deadline=60))
        return apps[-1]

    made = Practice(database.app, Scene(BEGAN_AT), {}, database.url, one_more=one_more)
    monkeypatch.setattr(clock, "of_the_machine", lambda: made.machine)
    with database.app.app_context():
        practice.mark(began_at=BEGAN_AT, machine=made.machine)
        made.scene = build_scene(MONDAY_MORNING)
        db.session.remove()
    made.app = one_more()
    made.people = {role: somebody(made.app, role, mail=f"{role.value}@example.kr") for role in Role}
    with made.app.app_context():
        practice.keep_beginning(machine=made.machine)
        db.session.remove()
    yield made
    clock.show(None)
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()

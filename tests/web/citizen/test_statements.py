"""How many statements a request sends: a bound for each step of applying, so that nobody adds one unawares.

Most of what a request costs is Python around its statements, more than the database needs to answer them.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import request, request_finished
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.application import Ground
from tests.web.citizen.people import Citizen
from tourbook.db import db

BEGINNING = ("BEGIN", "PRAGMA", "SELECT set_config")  # a transaction, and how long it may wait
MOST = {
    ("GET", "citizen.course"): 13,
    ("GET", "citizen.departure"): 6,
    ("POST", "citizen.hold"): 13,
    ("GET", "citizen.visitors"): 5,
    ("POST", "citizen.visitors_now"): 12,
    ("GET", "citizen.contact"): 5,
    ("POST", "citizen.contact_now"): 11,
    ("GET", "citizen.check"): 7,
    ("POST", "citizen.check_now"): 16,
    ("GET", "citizen.application"): 7,
}


@pytest.fixture
def sent(database: Ground, session: Session) -> Iterator[dict[tuple[str, str], int]]:
    """How many statements each request has sent, by its method and its view; beginning is none."""
    counts: dict[tuple[str, str], int] = {}
    running: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(BEGINNING):
            running.append(statement)

    def finished(_app: object, **_answer: object) -> None:
        counts[request.method, str(request.endpoint)] = len(running)
        running.clear()

    event.listen(db.engine, "before_cursor_execute", note)
    with request_finished.connected_to(finished, database.app):
        yield counts
    event.remove(db.engine, "before_cursor_execute", note)


def test_no_step_of_applying_sends_more_statements_than_it_needs(
    scene: Scene, client: FlaskClient, sent: dict[tuple[str, str], int]
) -> None:
    walk: UUID = scene.add_departure("2026-05-20T10:00")
    Citizen(client).apply(walk)  # settles the departure, and reads the facts that are kept
    other = Citizen(client.application.test_client())
    sent.clear()

    other.open("/courses/walk")
    other.apply(walk)

    assert set(sent) == set(MOST)
    assert {step: number for step, number in sent.items() if number > MOST[step]} == {}, sent

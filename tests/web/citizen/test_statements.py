"""How many statements and transactions a step of applying takes: bounds, so that nobody adds one unawares.

Most of what a request costs is Python around its statements, more than the database needs to answer them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    ("GET", "citizen.course"): 12,
    ("GET", "citizen.departure"): 5,
    ("POST", "citizen.hold"): 10,
    ("GET", "citizen.visitors"): 3,
    ("POST", "citizen.visitors_now"): 6,
    ("GET", "citizen.contact"): 3,
    ("POST", "citizen.contact_now"): 5,
    ("GET", "citizen.check"): 4,
    ("POST", "citizen.check_now"): 11,
    ("GET", "citizen.application"): 5,
}


@dataclass
class Asked:
    """What one request asked of the database: its statements, without those that begin, and how often it began."""

    statements: int = 0
    transactions: int = 0


Requests = dict[tuple[str, str], Asked]


@pytest.fixture
def asked(database: Ground, session: Session) -> Iterator[Requests]:
    """What each request asked of the database, by its method and its view."""
    requests: Requests = {}
    running = Asked()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        running.statements += not statement.startswith(BEGINNING)

    def begun(_connection: object) -> None:
        running.transactions += 1

    def finished(_app: object, **_answer: object) -> None:
        requests[request.method, str(request.endpoint)] = replace(running)
        running.statements = running.transactions = 0

    event.listen(db.engine, "before_cursor_execute", note)
    event.listen(db.engine, "begin", begun)
    with request_finished.connected_to(finished, database.app):
        yield requests
    event.remove(db.engine, "begin", begun)
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def applied(scene: Scene, client: FlaskClient, asked: Requests) -> Requests:
    """What each step asked for, of somebody who applies for a departure that is settled, while all is as it was."""
    walk: UUID = scene.add_departure("2026-05-20T10:00")
    Citizen(client).apply(walk)  # settles the departure, and reads the facts that are kept
    other = Citizen(client.application.test_client())
    asked.clear()
    other.open("/courses/walk")
    other.apply(walk)
    return asked


def test_no_step_of_applying_sends_more_statements_than_it_needs(applied: Requests) -> None:
    sent = {step: one.statements for step, one in applied.items()}

    assert set(sent) == set(MOST)
    assert {step: number for step, number in sent.items() if number > MOST[step]} == {}, sent


def test_every_step_of_applying_is_one_transaction(applied: Requests) -> None:
    assert {step: one.transactions for step, one in applied.items()} == dict.fromkeys(MOST, 1)

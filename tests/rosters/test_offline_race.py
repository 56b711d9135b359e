"""Devices that come home in the same moment: the departure's lock is what makes one mark of several."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.rosters.gate import Gate, build_gate, standing, trail, visitors
from tourbook.applications import settle
from tourbook.applications.models import Attendance
from tourbook.db import db
from tourbook.rosters import OfflineMark, hand_out, take_marks
from tourbook.rosters import offline as offline_module

DEVICES, SENDS = 3, 2
PEOPLE = 5


@pytest.fixture
def gate(session: Session) -> Gate:
    return build_gate()


@pytest.fixture
def party(gate: Gate, session: Session) -> UUID:
    party = gate.apply(PEOPLE)
    session.rollback()
    return party


Sent = list[tuple[str, list[OfflineMark]]]


def marked_on_every_device(gate: Gate, party: UUID, *, sends: int) -> Sent:
    """Every device has marked everybody, and sends its marks so often, as after lost answers."""
    people = [one.id for one in visitors(party)]
    sent: Sent = []
    for number in range(DEVICES):
        token = hand_out(gate.departure_id, actor=gate.operator, now=gate.now).token
        marks = [
            OfflineMark(f"device-{number}-mark-{place}-of-race", who, Attendance.EXPECTED, Attendance.ARRIVED, gate.now)
            for place, who in enumerate(people)
        ]
        sent += [(token, marks)] * sends
    db.session.rollback()
    return sent


def come_home_at_once(app: Flask, gate: Gate, sent: Sent) -> None:
    """All of it in the same moment."""
    ready = Barrier(len(sent))

    def send(one: tuple[str, list[OfflineMark]]) -> None:
        with app.app_context():
            ready.wait()
            try:
                take_marks(gate.departure_id, *one, actor=gate.operator, now=gate.now)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(sent)) as threads:
        list(threads.map(send, sent))


def test_everybody_arrives_once_whoever_sends_and_however_often(
    app: Flask, gate: Gate, party: UUID, session: Session
) -> None:
    come_home_at_once(app, gate, marked_on_every_device(gate, party, sends=SENDS))

    assert standing(party) == [Attendance.ARRIVED] * PEOPLE
    assert len(trail(session, "visitor_arrived")) == PEOPLE


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without our lock")
def test_without_the_lock_people_arrive_several_times(
    app: Flask, gate: Gate, party: UUID, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = marked_on_every_device(gate, party, sends=1)
    everybody_has_read = Barrier(DEVICES)
    read: Callable[..., Any] = offline_module._people

    def read_only(session: Session, model: type[Any], ids: Any) -> list[Any]:
        return list(session.scalars(select(model).where(model.id.in_(ids))))

    def read_with_the_others(session: Session, departure_id: UUID) -> Any:
        found = read(session, departure_id)
        everybody_has_read.wait(timeout=20)
        return found

    monkeypatch.setattr(settle, "lock", read_only)
    monkeypatch.setattr(offline_module, "_people", read_with_the_others)
    come_home_at_once(app, gate, sent)

    assert len(trail(session, "visitor_arrived")) > PEOPLE

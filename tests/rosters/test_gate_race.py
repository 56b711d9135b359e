"""Eight gates at once: the departure's lock is what keeps them within the allowance."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import departure
from tests.races.without_guards import without_numbers
from tests.rosters.gate import Gate, build_gate, gate_party, people_present, visitors
from tourbook.applications import settle, settle_departure
from tourbook.applications.models import Attendance
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.operations import check
from tourbook.rosters import admit_at_gate, mark_attendance
from tourbook.rosters import gate as gate_module

THREADS = 8


@pytest.fixture
def gate(session: Session) -> Gate:
    """Ten seats: seven are taken and one of them left empty, so that four may still come in. Nothing is due."""
    gate = build_gate()
    people = [*visitors(gate.apply(5)), *visitors(gate.apply(2))]
    settle_departure(gate.departure_id, actor=gate.operator, now=gate.now)
    mark_attendance(people[0].id, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)
    session.rollback()
    return gate


def admit_all_at_once(app: Flask, gate: Gate) -> list[str]:
    """Eight people turn up at eight gates in the same moment; gives what each was told."""
    ready = Barrier(THREADS)

    def turn_up(number: int) -> str:
        with app.app_context():
            party = gate_party(1)
            ready.wait()
            try:
                admit_at_gate(gate.departure_id, party, form_id=f"race {number}", actor=gate.operator, now=gate.now)
            except Refused as refused:
                return refused.code
            finally:
                db.session.remove()
            return "let in"

    with ThreadPoolExecutor(THREADS) as threads:
        return sorted(threads.map(turn_up, range(THREADS)))


def test_eight_gates_let_in_as_many_as_there_are_places(app: Flask, gate: Gate, session: Session) -> None:
    told = admit_all_at_once(app, gate)

    assert told == ["gate_full"] * 4 + ["let in"] * 4
    assert departure(gate.departure_id).seats_taken == 10
    assert people_present(session, gate.departure_id) == 10
    assert check(session, now=gate.now).findings == ()


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without our lock")
def test_without_the_lock_they_let_in_too_many(app: Flask, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_has_counted = Barrier(THREADS)
    count_places = gate_module.places_to_give

    def read_only(session: Session, model: type[Any], ids: Any) -> list[Any]:
        return list(session.scalars(select(model).where(model.id.in_(ids))))

    def count_with_the_others(session: Session, departure: Any) -> Any:
        places = count_places(session, departure)
        everybody_has_counted.wait(timeout=20)
        return places

    without_numbers(monkeypatch)
    monkeypatch.setattr(settle, "lock", read_only)
    monkeypatch.setattr(gate_module, "places_to_give", count_with_the_others)

    told = admit_all_at_once(app, gate)

    assert told == ["let in"] * THREADS

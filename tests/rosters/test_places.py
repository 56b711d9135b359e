"""Who sits on whose place, when somebody who left one empty leaves altogether."""

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import departure, state
from tests.rosters.gate import Gate, build_gate, people_present, visitors
from tourbook.actor import GUEST
from tourbook.applications import cancel, settle_departure
from tourbook.applications.models import Attendance, Channel, State
from tourbook.errors import Refused
from tourbook.operations import check
from tourbook.rosters import mark_attendance


@pytest.fixture
def gate(session: Session) -> Gate:
    """Two seats."""
    return build_gate(2)


def no_show(gate: Gate, visitor_id: object) -> None:
    settle_departure(gate.departure_id, actor=gate.operator, now=gate.now)
    mark_attendance(visitor_id, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)


def assert_full(gate: Gate, session: Session) -> None:
    with pytest.raises(Refused):
        gate.admit(1)
    assert people_present(session, gate.departure_id) == departure(gate.departure_id).seats_taken == 2
    assert_sound(gate, session)


def assert_sound(gate: Gate, session: Session) -> None:
    session.rollback()
    session.expire_all()
    assert not check(session, now=gate.now).findings


def test_a_seat_is_not_free_while_somebody_sits_on_it(gate: Gate, session: Session) -> None:
    party = gate.apply(2)
    no_show(gate, visitors(party)[0].id)
    assert gate.admit(1).channel == Channel.STANDBY

    cancel(party, actor=GUEST, now=gate.now)
    gate.admit(1)

    assert_full(gate, session)


def test_a_place_is_free_again_when_a_standby_party_cancels(gate: Gate, session: Session) -> None:
    party = gate.apply(2)
    no_show(gate, visitors(party)[0].id)
    cancel(gate.admit(1).application_id, actor=GUEST, now=gate.now)

    gate.admit(1)

    assert_full(gate, session)


def test_whoever_sits_on_a_place_is_still_counted_when_its_party_is_displaced(gate: Gate, session: Session) -> None:
    no_show(gate, visitors(gate.apply(2))[0].id)
    standby = gate.admit(1).application_id

    gate.scene.add_order("half", "2026-05-10", "2026-05-31")
    settle_departure(gate.departure_id, actor=gate.operator, now=gate.now)

    assert state(standby) == State.CONFIRMED
    assert people_present(session, gate.departure_id) == departure(gate.departure_id).seats_taken == 1
    assert_sound(gate, session)
